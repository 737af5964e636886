// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LABELLED_COVERS_H_
#define SLEEVE_STAGE_LABELLED_COVERS_H_

#include <string>
#include <vector>

#include <sleeve/result.h>

#include "stage/label_overlay.h"

namespace sleeve {

// A cover with the labels it has at the moment, and whose it is.
struct LabelledCover {
  int64_t id = 0;
  Sha256 cover;
  std::string path;                  // empty: no file known
  std::string title;                 // of its first album
  std::vector<std::string> artists;  // sorted, each once
  std::vector<std::string> labels;   // sorted, each once
  std::vector<std::string> votes;    // the labels of its albums, one for each album that has it
  bool left_out = false;             // by a decision
};

// All covers by their hashes, as the decisions have them but for those in `without` (fields: a command that
// decides anew must not see what it decided before). `target` is "genre" or "popularity": without decided
// classes of popularity there are no labels then.
Result<std::vector<LabelledCover>> labelled_covers(Catalogue& catalogue, const std::string& target,
                                                   const std::vector<std::string>& without);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LABELLED_COVERS_H_
