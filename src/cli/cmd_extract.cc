// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include "base/error.h"
#include "base/try.h"
#include "cli/arguments.h"
#include "cli/output.h"
#include "stage/extract.h"

namespace sleeve {
namespace {

struct ExtractArguments {
  std::string features;
  std::string augment;
};

// The covers, then their copies, one after the other.
Result<Exit> run_extract(const ExtractArguments& arguments, const Session& session) {
  SLEEVE_TRY(const FeatureSet features, parse_feature_set(arguments.features));
  CopiesWanted wanted;
  if (!arguments.augment.empty()) {
    auto parsed = parse_copies(arguments.augment);
    if (!parsed.ok()) return with_context(std::move(parsed).error(), "--augment");
    wanted = *parsed;
  }
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  SLEEVE_TRY(ExtractSummary summary, extract(workspace, features, session.context()));
  for (int number = 1; number <= wanted.copies && !summary.cancelled; ++number) {
    SLEEVE_TRY(const ExtractSummary copies,
               extract(workspace, features, session.context(), {}, AugmentedCopy{wanted.options, number}));
    add_copies(copies, summary);
  }
  print_report(session, to_json(summary), extract_text);
  return exit_of(summary.done + summary.skipped, summary.failed.size(), summary.cancelled);
}

}  // namespace

void add_extract(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<ExtractArguments>();
  app.add_option(
         "--features", arguments->features,
         "Descriptors joined with '+', options after ':'; default: all of the default set ('sleeve list')")
      ->type_name("SET");
  add_augment_option(
      app, arguments->augment,
      "Describe so many altered copies of each cover, too, as train and crossval --augment use them");
  app.footer(
      "Examples:\n  sleeve extract\n  sleeve extract --features hog+hsv\n  sleeve extract --features "
      "hog:cell=10\n  sleeve extract --features hog+hsv --augment 3:rotate=0\n"
      "Only what is missing is computed; stopping loses at most the covers in flight.");
  set(app, [arguments](const Session& session) { return run_extract(*arguments, session); });
}

}  // namespace sleeve
