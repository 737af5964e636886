// SPDX-License-Identifier: Apache-2.0
#include "stage/problem_json.h"

namespace sleeve {

Json to_json(const std::vector<Problem>& problems) {
  Json json = Json::array();
  for (const Problem& problem : problems) {
    json.push_back({{"item", problem.item}, {"code", problem.code}, {"reason", problem.reason}});
  }
  return json;
}

}  // namespace sleeve
