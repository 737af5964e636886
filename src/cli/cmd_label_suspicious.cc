// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/cmd_label.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "report/picture_sheet.h"
#include "stage/label_suspicious.h"

namespace sleeve {
namespace {

constexpr size_t kShown = 20;

struct SuspiciousArguments {
  std::string features = "hog+hsv";
  std::string model = "logistic";
  int folds = 5;
  double plant = 0;
  bool effect = false;
  std::string csv;
  std::string sheet;
};

std::string effect_text(const Json& arms) {
  std::vector<std::vector<std::string>> rows = {
      {"training folds (test folds untouched)", "covers", "macro-F1 [95 %]", "difference", "p"}};
  for (size_t i = 0; i < arms.size(); ++i) {
    const Json& arm = arms[i];
    const Json& f1 = arm["macro_f1"];
    rows.push_back({"  " + arm["training"].get<std::string>(),
                    fmt::format("{:.0f}", arm["training_rows"].get<double>()),
                    fmt::format("{:.3f} [{:.3f}, {:.3f}]", f1["value"].get<double>(), f1["low"].get<double>(),
                                f1["high"].get<double>()),
                    i == 0 ? "" : fmt::format("{:+.3f}", arm["macro_f1_difference"].get<double>()),
                    i == 0 ? "" : fmt::format("{:.3f}", arm["p_value"].get<double>())});
  }
  return "\n" + align_table(rows);
}

std::string suspicious_text(const Json& report) {
  std::string text = fmt::format("{} labels look wrong to {} on {}, {} folds; estimated noise {:.1f} %\n",
                                 report["suspicious"].get<size_t>(), report["pipeline"].get<std::string>(),
                                 report["features"].get<std::string>(), report["folds"].get<int>(),
                                 100 * report["estimated_noise"].get<double>());
  if (report["accepted_before"] > 0) {
    text += fmt::format("{} of them were accepted before and are not listed\n",
                        report["accepted_before"].get<size_t>());
  }
  const Json& covers = report["covers"];
  std::vector<std::vector<std::string>> rows = {{"id", "label", "suggested", "p(label)", "p(suggested)"}};
  for (size_t i = 0; i < std::min(covers.size(), kShown); ++i) {
    rows.push_back({covers[i]["id"].get<std::string>(), covers[i]["label"].get<std::string>(),
                    covers[i]["suggested"].get<std::string>(),
                    fmt::format("{:.2f}", covers[i]["p_label"].get<double>()),
                    fmt::format("{:.2f}", covers[i]["p_suggested"].get<double>())});
  }
  if (!covers.empty()) text += align_table(rows);
  if (covers.size() > kShown)
    text += fmt::format("… and {} more; --csv FILE writes all\n", covers.size() - kShown);
  if (report.contains("planted")) {
    const Json& planted = report["planted"];
    text += fmt::format("planted: {} labels changed, {} found: precision {:.3f}, recall {:.3f}\n",
                        planted["changed"].get<size_t>(), planted["found"].get<size_t>(),
                        planted["precision"].get<double>(), planted["recall"].get<double>());
  }
  if (report.contains("effect")) text += effect_text(report["effect"]);
  for (const Json& warning : report["warnings"])
    text += fmt::format("Note: {}.\n", warning.get<std::string>());
  return text +
         "Look at them ('--sheet FILE.png'), then: sleeve label accept ID…, or sleeve label reject ID… "
         "[--genre G]\n";
}

Status draw_suspicious(const LabelSuspiciousReport& report, const std::string& path) {
  std::vector<SheetCell> cells;
  for (const SuspiciousCover& cover : report.covers) {
    cells.push_back({cover.path, cover.suggested, cover.label, cover.p_suggested});
  }
  SheetOptions options;
  options.title = fmt::format("suspicious labels: {} on {}", report.pipeline, report.features);
  options.caption =
      "suggested genre and its out-of-fold probability; 'true' is the label as it stands. Worst first.";
  return write_sheet(cells, options, path);
}

Result<Exit> run_suspicious(const SuspiciousArguments& arguments, const Session& session) {
  SLEEVE_CHECK(check_output_files({{"--csv", arguments.csv, ""}, {"--sheet", arguments.sheet, ".png"}}));
  LabelSuspiciousOptions options;
  SLEEVE_TRY(options.features, parse_feature_set(arguments.features));
  SLEEVE_TRY(options.pipeline, parse_pipeline(arguments.model));
  options.folds = arguments.folds;
  options.seed = session.common.seed;
  options.plant = arguments.plant;
  options.effect = arguments.effect;
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  SLEEVE_TRY(const LabelSuspiciousReport report, label_suspicious(workspace, options, session.context()));
  Status written;
  if (!arguments.csv.empty()) written = write_suspicious(report, arguments.csv);
  if (written.ok() && !arguments.sheet.empty() && !report.covers.empty())
    written = draw_suspicious(report, arguments.sheet);
  print_report(session, to_json(report), suspicious_text);
  SLEEVE_CHECK(std::move(written));
  return Exit::kDone;
}

std::string review_text(const Json& report) {
  std::string text;
  for (const Json& cover : report["covers"]) {
    text += fmt::format("{} {} ({})\n", report["accepted"] == true ? "accepted" : "rejected",
                        cover["id"].get<std::string>(), cover["title"].get<std::string>());
  }
  return text + label_decisions_text(report["decisions"], false);
}

void add_review(CLI::App& label, const SetAction& set, bool accept) {
  CLI::App* app = accept ? label.add_subcommand("accept", "Say that covers' labels are right")
                         : label.add_subcommand("reject", "Say that covers' labels are wrong");
  auto options = std::make_shared<ReviewOptions>();
  auto genre = std::make_shared<std::string>();
  options->accept = accept;
  app->add_option("ID", options->ids,
                  "6 digits or more of the covers' hashes, as 'clean suspicious' lists them")
      ->required();
  if (!accept) {
    app->add_option("--genre", *genre, "What is right; without it the covers are left out")
        ->type_name("GENRE");
  }
  app->add_option("--note", options->note, "Why, kept with the decision")->type_name("TEXT");
  app->footer(
      accept
          ? "Example:\n  sleeve label accept 3fa91c02d7e8\nAccepted covers are not listed as suspicious "
            "again."
          : "Examples:\n  sleeve label reject 3fa91c02d7e8\n"
            "  sleeve label reject 3fa91c02d7e8 b01c77aa9012 --genre Jazz --note \"a jazz label's sleeve\"");
  set(*app, [options, genre](const Session& session) -> Result<Exit> {
    ReviewOptions review = *options;
    if (!trim(*genre).empty()) review.genre = std::string(trim(*genre));
    SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
    SLEEVE_TRY(const Json report, review_labels(workspace, review));
    print_report(session, report, review_text);
    return Exit::kDone;
  });
}

}  // namespace

void add_label_suspicious(CLI::App& clean, const SetAction& set) {
  CLI::App* app =
      clean.add_subcommand("suspicious", "List labels that a model contradicts which had not seen them");
  auto arguments = std::make_shared<SuspiciousArguments>();
  app->add_option("--features", arguments->features, "Descriptors joined with '+'")
      ->capture_default_str()
      ->type_name("SET");
  app->add_option("--model", arguments->model, "The model that judges; 'sleeve list' shows them")
      ->capture_default_str()
      ->type_name("MODEL");
  app->add_option("--folds", arguments->folds, "Parts of the cross-validation")
      ->check(CLI::Range(2, 100))
      ->capture_default_str();
  app->add_option("--sheet", arguments->sheet, "Draw the worst, to judge by eye")->type_name("FILE.png");
  app->add_option("--csv", arguments->csv, "Write all to a CSV file")->type_name("FILE");
  app->add_option("--plant", arguments->plant,
                  "Change this share of the labels first, and say how many are found")
      ->check(CLI::Range(0.0, 0.5))
      ->type_name("0-0.5");
  app->add_flag("--effect", arguments->effect,
                "Measure what cleaning the training folds does to scores on test folds that nobody cleaned");
  app->footer(
      "Examples:\n  sleeve label clean suspicious --sheet worst.png\n"
      "  sleeve label clean suspicious --model 'forest:trees=300' --csv suspicious.csv\n"
      "  sleeve label clean suspicious --plant 0.1 --effect\n"
      "Confident learning (Northcutt, Jiang & Chuang 2021). Nothing is changed: 'accept' and 'reject' "
      "decide.");
  set(*app, [arguments](const Session& session) { return run_suspicious(*arguments, session); });
}

void add_label_review(CLI::App& label, const SetAction& set) {
  add_review(label, set, true);
  add_review(label, set, false);
}

}  // namespace sleeve
