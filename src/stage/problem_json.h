// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_PROBLEM_JSON_H_
#define SLEEVE_STAGE_PROBLEM_JSON_H_

#include <vector>

#include "base/json.h"
#include "store/catalogue.h"

namespace sleeve {

// [{"item", "code", "reason"}, …]: the one form in which problems of single items leave sleeve.
Json to_json(const std::vector<Problem>& problems);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_PROBLEM_JSON_H_
