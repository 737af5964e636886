// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_enrich.h"
#include "cli/cmd_export.h"
#include "cli/command.h"

namespace sleeve {

std::span<const Command> commands() {
  static constexpr Command kCommands[] = {
      {"import", "Bring covers and their labels into the workspace", add_import},
      {"collect", "Build a data set from music services: albums, genres, popularity, covers", add_collect},
      {"status", "Show what the workspace holds and what is odd in it", add_status},
      {"label", "Turn tags and figures into labels; check, clean and undo them", add_label},
      {"extract", "Compute descriptors of all covers", add_extract},
      {"crossval", "Compare models by cross-validation", add_crossval},
      {"curve", "Show how scores grow with the number of training covers", add_curve},
      {"tune", "Search for the best options of a model", add_tune},
      {"train", "Train a model, judge it on covers held out, save it", add_train},
      {"evaluate", "Judge a saved model on covers it has not seen", add_evaluate},
      {"predict", "Predict genre or popularity of picture files", add_predict},
      {"show", "Show what descriptors see in a cover, as numbers and as a picture", add_show},
      {"runs", "Show the recorded runs", add_runs},
      {"models", "Fetch, check and add the ONNX networks that descriptors look through", add_models},
      {"enrich", "Add genres and popularity that are missing", add_enrich},
      {"export", "Write albums, labels, features or covers for others to read", add_export},
      {"list", "List descriptors, models and transforms with their options", add_list},
      {"demo", "Draw synthetic covers and walk the whole way with them", add_demo},
  };
  return kCommands;
}

}  // namespace sleeve
