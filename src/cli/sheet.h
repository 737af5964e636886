// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_SHEET_H_
#define SLEEVE_CLI_SHEET_H_

#include <filesystem>
#include <string>

#include <sleeve/result.h>

#include "stage/train.h"

namespace sleeve {

// The test covers of a judgement as a picture sheet: some of each true class in turn, in an order
// that has nothing to do with how well the model did.
Status write_judged_sheet(const Judgement& judgement, const std::string& pipeline,
                          const std::string& features, const std::filesystem::path& path);

}  // namespace sleeve

#endif  // SLEEVE_CLI_SHEET_H_
