// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "base/try.h"
#include "cli/output.h"
#include "stage/extract.h"

namespace sleeve {

void add_extract(CLI::App& app, const SetAction& set) {
  auto features = std::make_shared<std::string>();
  app.add_option(
         "--features", *features,
         "Descriptors joined with '+', options after ':'; default: all of the default set ('sleeve list')")
      ->type_name("SET");
  app.footer(
      "Examples:\n  sleeve extract\n  sleeve extract --features hog+hsv\n  sleeve extract --features "
      "hog:cell=10\n"
      "Only what is missing is computed; stopping loses at most the covers in flight.");
  set(app, [features](const Session& session) -> Result<Exit> {
    SLEEVE_TRY(const FeatureSet set_of_features, parse_feature_set(*features));
    SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
    SLEEVE_TRY(const ExtractSummary summary, extract(workspace, set_of_features, session.context()));
    print_report(session, to_json(summary), extract_text);
    return exit_of(summary.done + summary.skipped, summary.failed.size(), summary.cancelled);
  });
}

}  // namespace sleeve
