// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/output_parts.h"

namespace sleeve {
namespace {

constexpr size_t kImportProblemsShown = 20;

std::string problems_text(const Json& problems) {
  std::string text;
  for (size_t i = 0; i < std::min(problems.size(), kImportProblemsShown); ++i) {
    text += fmt::format("  {}\n", problems[i]["reason"].get<std::string>());
  }
  if (problems.size() > kImportProblemsShown) {
    text += fmt::format("  … and {} more; --json lists all\n", problems.size() - kImportProblemsShown);
  }
  return text;
}

std::vector<std::string> class_row(const std::string& name, const Json* train, const Json& test) {
  std::vector<std::string> row = {"  " + name};
  const auto add = [&](const Json& scores) {
    for (const char* key : {"precision", "recall", "f1"}) row.push_back(three(scores[key].get<double>()));
    row.push_back(count(scores["support"]));
  };
  add(test);
  if (train != nullptr) add(*train);
  return row;
}

// Precision, recall, F1 and support per class; training beside test: overfitting in plain sight.
std::string classes_text(const Json& test, const Json* train, std::string_view test_name) {
  Rows rows;
  std::vector<std::string> header = {"", "precision", "recall", "F1", std::string(test_name)};
  if (train != nullptr) header.insert(header.end(), {"| precision", "recall", "F1", "training"});
  rows.push_back(std::move(header));
  for (const auto& [name, scores] : test["classes"].items()) {
    rows.push_back(class_row(name, train == nullptr ? nullptr : &(*train)["classes"][name], scores));
  }
  for (const char* average : {"macro", "weighted"}) {
    rows.push_back(class_row(fmt::format("({} average)", average),
                             train == nullptr ? nullptr : &(*train)[average], test[average]));
  }
  return align_table(rows);
}

std::string confusion_text(const Json& confusion) {
  Rows rows;
  std::vector<std::string> header = {"  true \\ predicted"};
  for (const Json& label : confusion["labels"]) header.push_back(label.get<std::string>());
  rows.push_back(std::move(header));
  for (size_t t = 0; t < confusion["labels"].size(); ++t) {
    std::vector<std::string> row = {"  " + confusion["labels"][t].get<std::string>()};
    for (const Json& cell : confusion["rows"][t]) row.push_back(count(cell));
    rows.push_back(std::move(row));
  }
  return align_table(rows);
}

std::string summary_text(const Json& report) {
  Rows rows = {{"", "accuracy [95 % interval]", "macro-F1 [95 % interval]", "balanced accuracy"}};
  const auto add = [&](const std::string& name, const char* key) {
    if (!report.contains(key)) return;
    const Json& evaluation = report[key];
    rows.push_back({name, with_interval(evaluation["accuracy"]), with_interval(evaluation["macro_f1"]),
                    with_interval(evaluation["balanced_accuracy"])});
  };
  add("test (not seen in training)", "test");
  add("baseline: the largest class", "baseline");
  add("training covers themselves", "train");
  return align_table(rows);
}

// "45 of svm": a search's candidates.
std::string search_subject(const Json& set) {
  std::vector<std::string> learners;
  for (const Json& pipeline : set["pipelines"]) {
    const std::string name = pipeline["learner"].value("name", "?");
    if (std::ranges::find(learners, name) == learners.end()) learners.push_back(name);
  }
  return fmt::format("{} of {}", set["pipelines"].size(), join_text(learners, "/"));
}

// "genre from hog+hsv: forest, grouped", as far as a run's configuration says so.
std::string run_subject(const Json& config) {
  if (config.contains("model")) return config["model"].get<std::string>();
  if (!config.contains("question") || !config.contains("features")) return "";
  std::vector<std::string> features;
  for (const Json& descriptor : config["features"]) features.push_back(descriptor.value("name", "?"));
  std::vector<std::string> models;
  if (config.contains("pipeline")) models.push_back(config["pipeline"]["learner"].value("name", "?"));
  for (const Json& pipeline : config.value("pipelines", Json::array())) {
    models.push_back(pipeline["learner"].value("name", "?"));
  }
  for (const Json& set : config.value("sets", Json::array())) models.push_back(search_subject(set));
  const Json& question = config["question"];
  return fmt::format("{}{} from {}: {}, {}", question.value("target", "?"),
                     question.value("as_number", false) ? " as a number" : "", join_text(features, "+"),
                     join_text(models, ", "), config.value("split", "?"));
}

}  // namespace

void print_report(const Session& session, const Json& report,
                  const std::function<std::string(const Json& report)>& text) {
  fmt::print("{}", session.common.json ? dump_json(report) + "\n" : text(report));
  std::fflush(stdout);
}

void print_note(const Session& session, const std::string& note) {
  if (!session.common.quiet) fmt::print(stderr, "{}\n", note);
}

Exit exit_of(size_t done, size_t failed, bool cancelled) {
  if (failed == 0 && !cancelled) return Exit::kDone;
  return done == 0 && !cancelled ? Exit::kFailed : Exit::kPartly;
}

std::string import_text(const Json& report) {
  std::string text = fmt::format(
      "{}: {} new, {} updated, {} unchanged, {} failed\n", plural(report["items"], "album", "albums"),
      count(report["added"]), count(report["updated"]), count(report["unchanged"]), count(report["failed"]));
  text += fmt::format("{} new", plural(report["new_covers"], "cover", "covers"));
  if (report["moved"] > 0) text += fmt::format(", {} found at a new place", count(report["moved"]));
  if (report["without_picture"] > 0) {
    text += fmt::format(", {} without a picture", plural(report["without_picture"], "album", "albums"));
  }
  text += "\n";
  if (report["merged"] > 0) {
    text += fmt::format(
        "{} an album that was named before: one album with the genres of all, the mean popularity\n",
        plural(report["merged"], "item names", "items name"));
  }
  const Json& passed_over = report["passed_over"];
  constexpr size_t kPassedOverShown = 5;
  for (size_t i = 0; i < std::min(passed_over.size(), kPassedOverShown); ++i) {
    text += fmt::format("passed over: {} (not in a genre's folder, or without a file)\n",
                        printable(std::string_view(passed_over[i].get_ref<const std::string&>())));
  }
  if (passed_over.size() > kPassedOverShown) {
    text += fmt::format("  … and {} more; --json lists all\n", passed_over.size() - kPassedOverShown);
  }
  if (!report["oddities"].empty())
    text += fmt::format("odd but usable: {}\n", counts_line(report["oddities"]));
  if (!report["problems"].empty()) {
    text += fmt::format("{}:\n{}", plural(Json(report["problems"].size()), "problem", "problems"),
                        problems_text(report["problems"]));
  }
  if (report["removed"] > 0) {
    text += fmt::format("{} removed: named here before, and no longer\n",
                        plural(report["removed"], "album", "albums"));
  }
  if (report["cancelled"]) {
    text +=
        "stopped: the covers looked at are kept, albums are written once all are; the same command goes on\n";
  }
  return text;
}

std::string extract_text(const Json& report) {
  const bool copies = report.contains("copies");
  std::string text = fmt::format(
      "{}{}: {} computed, {} there already, {} failed, in {:.1f} s\n", report["features"].get<std::string>(),
      copies
          ? fmt::format(" with {} of each cover", plural(report["copies"], "altered copy", "altered copies"))
          : "",
      plural(report["done"], "cover", "covers"), count(report["skipped"]), report["failed"].size(),
      report["seconds"].get<double>());
  if (report["without_file"] > 0) {
    text += fmt::format("{} without a file: moved or deleted? import again\n",
                        plural(report["without_file"], "cover", "covers"));
  }
  if (report["covers"] == 0)
    text += "no covers are known here yet: 'sleeve import' or 'sleeve collect' first\n";
  text += problems_text(report["failed"]);
  if (report["cancelled"]) text += "stopped; the same command again goes on\n";
  return text;
}

std::string status_text(const Json& report) {
  Rows rows = {{"covers", count(report["covers"])},
               {"albums", count(report["albums"])},
               {"artists", count(report["artists"])},
               {"albums with popularity", count(report["with_popularity"])},
               {"recorded runs", count(report["runs"])}};
  if (report["with_year"] > 0) rows.push_back({"albums with a year", count(report["with_year"])});
  if (report["collections"] > 0) rows.push_back({"collections", count(report["collections"])});
  for (const auto& [descriptor, covers] : report["descriptors"].items()) {
    rows.push_back({"covers with " + descriptor, count(covers)});
  }
  std::string text = fmt::format("{}\n{}", report["workspace"].get<std::string>(), align_table(rows));
  Rows genres = {{"genre", report["covers"] > 0 ? "covers" : "albums"}};
  for (const auto& [genre, covers] : report["genres"].items())
    genres.push_back({"  " + genre, count(covers)});
  constexpr size_t kGenresShown = 30;
  const size_t hidden = genres.size() > kGenresShown + 1 ? genres.size() - kGenresShown - 1 : 0;
  if (hidden > 0) {
    std::ranges::sort(genres.begin() + 1, genres.end(), std::greater<>(),
                      [&](const std::vector<std::string>& row) {
                        return report["genres"][row[0].substr(2)].get<long long>();
                      });
    genres.resize(kGenresShown + 1);
  }
  if (genres.size() > 1) text += align_table(genres);
  if (hidden > 0) text += fmt::format("  … and {} more; --json lists all\n", hidden);
  if (!report["sizes"].empty()) text += fmt::format("sizes: {}\n", counts_line(report["sizes"]));

  const Json& odd = report["odd"];
  Rows oddities;
  const auto add = [&](const char* name, const Json& number) {
    if (number.get<long long>() > 0) oddities.push_back({fmt::format("  {}", name), count(number)});
  };
  add("covers that stand under several genres", odd["covers_under_several_genres"]);
  for (const auto& [pair, number] : odd["genre_pairs"].items()) add(("  " + pair).c_str(), number);
  add("files that are byte for byte another's copy", odd["identical_files"]);
  add("pairs of covers that look alike", odd["look_alike_pairs"]);
  add("albums without a cover", report["albums_without_cover"]);
  add("covers without a file", odd["covers_without_file"]);
  add("recorded files that are gone", odd["missing_files"]);
  for (const auto& [oddity, number] : odd["oddities"].items()) add(("covers: " + oddity).c_str(), number);
  add("items that could not be imported", Json(report["problems"].size()));
  if (!oddities.empty()) text += "odd:\n" + align_table(oddities);
  text += problems_text(report["problems"]);
  return text;
}

namespace {

// "oob_accuracy 0.612, importance: hog 0.548, hsv 0.452". Lists (of several labels) are for --json.
std::string facts_text(const Json& facts) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : facts.items()) {
    if (value.is_object()) parts.push_back(fmt::format("{}: {}", name, facts_text(value)));
    if (value.is_number_float()) parts.push_back(fmt::format("{} {:.3f}", name, value.get<double>()));
    if (value.is_number_integer()) parts.push_back(fmt::format("{} {}", name, count(value)));
  }
  return join_text(parts, ", ");
}

std::string learner_text(const Json& report) {
  const std::string facts = report.contains("learner") ? facts_text(report["learner"]) : "";
  return facts.empty() ? "" : fmt::format("the model found: {}\n", facts);
}

}  // namespace

std::string train_text(const Json& report) {
  std::string text = dataset_text(report["dataset"]);
  text += fmt::format("features {}, model {}{}{}\n\n", report["features"].get<std::string>(),
                      report["pipeline"].get<std::string>(),
                      report.contains("split") ? ", split " + report["split"].get<std::string>() : "",
                      copies_text(report));
  const Json& judged = report.contains("test") ? report["test"] : report["train"];
  if (!judged.contains("accuracy")) {
    text += outcomes_text(report) + learner_text(report);
  } else if (text += summary_text(report) + learner_text(report) + "\n"; report.contains("test")) {
    text +=
        classes_text(report["test"], report.contains("train") ? &report["train"] : nullptr, "test covers");
    text += "\n" + confusion_text(report["test"]["confusion"]) + "\n";
  } else {
    text += classes_text(report["train"], nullptr, "training");
  }
  text += warnings_text(report);
  if (report.contains("left_out") && report["left_out"]["same_group"] > 0) {
    text += fmt::format("Left out: {} of artists that the model has seen.\n",
                        plural(report["left_out"]["same_group"], "cover", "covers"));
  }
  text += fmt::format("{}run {}, {:.1f} s\n",
                      report.contains("split") && report["model"] != ""
                          ? fmt::format("model written to {}; ", report["model"].get<std::string>())
                          : "",
                      count(report["run"]), report["seconds"].get<double>());
  return text;
}

std::string runs_text(const Json& report) {
  Rows rows = {{"run", "command", "started", "seconds", "data", "what"}};
  for (const Json& run : report["runs"]) {
    rows.push_back({count(run["id"]), run["command"].get<std::string>(), run["started_at"].get<std::string>(),
                    fmt::format("{:.1f}", run["seconds"].get<double>()),
                    run["fingerprint"].get<std::string>(), run_subject(run["config"])});
  }
  return rows.size() == 1 ? "no runs yet: train, tune, crossval, curve and evaluate record one each\n"
                          : align_table(rows);
}

}  // namespace sleeve
