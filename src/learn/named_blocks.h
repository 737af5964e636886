// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_NAMED_BLOCKS_H_
#define SLEEVE_LEARN_NAMED_BLOCKS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "learn/training_set.h"

// What the transforms that know descriptors by their names have in common. For this room's .cc files only.
namespace sleeve {

// kUsage if there is no name, an empty one, or one twice. `owner` ("only") starts the message, which ends
// with the `example`.
Status check_block_names(const std::vector<std::string>& names, std::string_view owner,
                         std::string_view example);

// Of every name the blocks that are called so: hog stands for hog, hog:cell=10 and hog:cell=20. kUsage for a
// name that none has, saying which there are, for a block that two names stand for, and if none are known.
// REQUIRES: names that passed check_block_names().
Result<std::vector<std::vector<ColumnBlock>>> find_blocks(std::span<const ColumnBlock> blocks,
                                                          const std::vector<std::string>& names,
                                                          std::string_view owner);
// kUsage if a block is a bag of local features, saying what makes features of it. `owner` is what would
// otherwise take packed bytes for numbers.
Status check_no_bags(std::span<const ColumnBlock> blocks, std::string_view owner);

// kUsage if no blocks are known.
Status check_blocks_known(std::span<const ColumnBlock> blocks, std::string_view owner);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_NAMED_BLOCKS_H_
