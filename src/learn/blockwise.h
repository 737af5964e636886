// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_BLOCKWISE_H_
#define SLEEVE_LEARN_BLOCKWISE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/byte_stream.h"
#include "learn/matrix.h"
#include "learn/training_set.h"

// Transforms that make other columns of some blocks, each for itself, and leave the others alone. For this
// room's .cc files only.
namespace sleeve {

struct ColumnRange {
  size_t begin = 0;
  size_t end = 0;
  size_t after = 0;  // columns that they become
  [[nodiscard]] size_t width() const { return end - begin; }
};

// Says whether the text of an option `blocks` can be: "hog+hsv", "each", or nothing. kUsage.
Status check_blocks_option(const std::string& text, std::string_view owner);
// Which columns it means: of the named blocks, of every block, or all together; rising, `after` 0. kUsage if
// a block isn't known.
Result<std::vector<ColumnRange>> ranges_of(const std::string& text, const TrainingSet& data,
                                           std::string_view owner);

// How many columns there are when the ranges have become what they become, and which are whose. None of these
// is a bag: `words` makes columns of all, and other transforms take none.
size_t columns_after(std::span<const ColumnRange> ranges, size_t columns);
std::vector<ColumnBlock> blocks_after(std::span<const ColumnRange> ranges,
                                      std::span<const ColumnBlock> blocks);

// Copies a row's columns outside the ranges, and has `fill` make those inside: fill(range number, values,
// places).
void map_row(std::span<const ColumnRange> ranges, std::span<const float> from, std::span<float> to,
             const std::function<void(size_t, std::span<const float>, std::span<float>)>& fill);

void save_ranges(std::span<const ColumnRange> ranges, ByteWriter& out);
// kCorrupt unless they rise within `columns` and become at least one column, and at most `most` each.
Result<std::vector<ColumnRange>> load_ranges(ByteReader& in, size_t columns, size_t most,
                                             std::string_view owner);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_BLOCKWISE_H_
