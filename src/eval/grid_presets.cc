// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "eval/grid.h"

namespace sleeve {
namespace {

// The original project's own grids (its notebooks used no transforms), and for each learner a small grid
// around what the literature calls sensible.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kPresets = {{
    {"original", R"({"searches": [
       {"name": "the original's four models", "folds": 10, "repeats": 1,
        "pipelines": ["none>logistic", "forest:trees=100", "none>knn:k=5", "none>svm"]},
       {"name": "the original's svm grid", "pipeline": "none>svm", "folds": 10, "repeats": 3,
        "grid": {"kernel": ["poly", "rbf", "sigmoid"], "c": [0.001, 0.1, 1, 10, 100]}},
       {"name": "the original's forest grid", "pipeline": "none>forest", "folds": 10, "repeats": 3,
        "grid": {"trees": [10, 100, 1000], "max_features": ["sqrt", "log2"]}}],
      "final": "forest:trees=1000:max_features=log2"})"},
    {"original-forest", R"({"pipeline": "none>forest", "folds": 10, "repeats": 3,
      "grid": {"trees": [10, 100, 1000], "max_features": ["sqrt", "log2"]}})"},
    {"original-svm", R"({"pipeline": "none>svm", "folds": 10, "repeats": 3,
      "grid": {"kernel": ["poly", "rbf", "sigmoid"], "c": [0.001, 0.1, 1, 10, 100]}})"},
    {"forest", R"({"grid": {"trees": [100, 300, 1000], "max_features": ["sqrt", "log2", "0.1"],
      "min_leaf": [1, 3, 10]}})"},
    {"svm",
     R"({"grid": {"kernel": ["rbf", "linear"], "c": {"from": 0.01, "to": 100, "steps": 9, "scale": "log"}}})"},
    {"logistic", R"({"grid": {"c": {"from": 0.0001, "to": 10, "steps": 11, "scale": "log"}}})"},
    {"knn", R"({"grid": {"k": [1, 3, 5, 9, 15, 25, 45], "metric": ["euclidean", "cosine"],
      "weights": ["uniform", "distance"]}})"},
}};

}  // namespace

std::vector<std::string> grid_preset_names() {
  std::vector<std::string> names;
  for (const auto& [name, text] : kPresets) names.emplace_back(name);
  return names;
}

Result<Json> grid_preset(std::string_view name) {
  for (const auto& [known, text] : kPresets) {
    if (known == name) return parse_json(text);
  }
  const auto names = grid_preset_names();
  return make_error(ErrorCode::kUsage, "there is no grid file or preset '{}'{} (presets: {})",
                    printable(name), suggestion(name, names), join_text(names, ", "));
}

}  // namespace sleeve
