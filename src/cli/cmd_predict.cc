// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "eval/objective.h"
#include "model/default_model.h"
#include "report/picture_sheet.h"
#include "stage/predict.h"

namespace sleeve {
namespace {

struct PredictArguments {
  std::string model;
  std::vector<std::string> paths;
  std::string sheet;
  std::optional<int> tta;
};

std::string text_of(const Prediction& prediction, const Model& model) {
  const std::string path = printable(std::string_view(prediction.path));
  if (prediction.error) return fmt::format("{}: error: {}", path, prediction.error->message);
  if (model.pipeline.spec().goal == Goal::kNumber) {
    const auto [low, high] = interval_around(prediction.number, model);
    return fmt::format("{}: popularity {:.0f} ({:.0f} to {:.0f})", path, prediction.number, low, high);
  }
  std::vector<size_t> order(model.class_names.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::greater<>(), [&](size_t i) { return prediction.probabilities[i]; });
  std::string text = path + ":";
  for (size_t i = 0; i < std::min<size_t>(order.size(), 3); ++i) {
    text += fmt::format("{} {} {:.0f} %", i == 0 ? "" : ",", model.class_names[order[i]],
                        100 * prediction.probabilities[order[i]]);
  }
  return text;
}

// Why an error's message must not name the file twice: predictions already start with it.
Prediction without_path_in_error(Prediction prediction) {
  if (!prediction.error) return prediction;
  const std::string prefix = printable(std::string_view(prediction.path)) + ": ";
  std::string& message = prediction.error->message;
  if (message.starts_with(prefix)) message.erase(0, prefix.size());
  return prediction;
}

Status write_prediction_sheet(const std::vector<Prediction>& predictions, const Model& model,
                              const std::string& path) {
  std::vector<SheetCell> cells;
  for (const Prediction& prediction : predictions) {
    if (prediction.error) continue;
    if (model.pipeline.spec().goal == Goal::kNumber) {
      cells.push_back({prediction.path, fmt::format("{:.0f}", prediction.number), {}, 0});
      continue;
    }
    const auto predicted = static_cast<size_t>(prediction.predicted);
    cells.push_back({prediction.path, model.class_names[predicted], {}, prediction.probabilities[predicted]});
  }
  SheetOptions options;
  options.title = fmt::format("{} on {}", model.pipeline.spec().text(), model.features.text());
  const std::string metric(default_objective(model.pipeline.spec().goal).name);
  const Json scores = model.record.value("test_scores", Json());
  options.caption = scores.is_object() && scores.contains(metric) && scores[metric].is_number()
                        ? fmt::format("predicted.  {} on covers held out in training: {:.3f}", metric,
                                      scores[metric].get<double>())
                        : "predicted.  The model was trained without a held-out part";
  return write_sheet(cells, options, path);
}

// What must be known to whoever takes the answers of a model that they haven't chosen.
std::string note_on_default() {
  const Json scores = default_model_scores();
  const auto percent = [&](const char* name) { return 100 * scores[name]["value"].get<double>(); };
  return fmt::format(
      "judged by the model that comes with sleeve: of covers it had never seen it was right about {:.0f} of "
      "100, "
      "and {:.0f} come from always naming the most frequent genre (docs/default-model.md; your own: sleeve "
      "train)",
      percent("accuracy"), percent("baseline_accuracy"));
}

Result<Exit> run_predict(const PredictArguments& arguments, const Session& session) {
  SLEEVE_CHECK(check_output_files({{"--sheet", arguments.sheet, ".png"}}));
  SLEEVE_TRY(const Model model, arguments.model.empty() ? default_model() : load_model(arguments.model));
  const std::vector<std::filesystem::path> paths(arguments.paths.begin(), arguments.paths.end());
  const auto files = files_below(paths);
  if (files.empty())
    return make_error(ErrorCode::kNoData, "no file below {}", join_text(arguments.paths, ", "));
  if (arguments.model.empty()) print_note(session, note_on_default());
  std::vector<Prediction> kept;  // for the sheet only
  const auto take = [&](const Prediction& prediction) {
    const Prediction shown = without_path_in_error(prediction);
    fmt::print("{}\n", session.common.json ? dump_json(to_json(shown, model)) : text_of(shown, model));
    if (!arguments.sheet.empty()) kept.push_back(prediction);
  };
  SLEEVE_TRY(const PredictReport report, predict(model, files, take, session.context(), arguments.tta));
  std::fflush(stdout);
  if (!arguments.sheet.empty()) {
    SLEEVE_CHECK(write_prediction_sheet(kept, model, arguments.sheet));
    print_note(session, "picture sheet written to " + arguments.sheet);
  }
  if (report.failed > 0) {
    print_note(session, fmt::format("{} of {} files could not be judged", report.failed, files.size()));
  }
  return exit_of(report.done, report.failed, report.cancelled);
}

}  // namespace

void add_predict(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<PredictArguments>();
  app.add_option(
         "-m,--model", arguments->model,
         "A .sleeve file, as 'sleeve train' writes it; left out: the one that comes with sleeve, for genres")
      ->type_name("FILE");
  app.add_option("PATH", arguments->paths, "Picture files, or folders with pictures below them")->required();
  app.add_option("--sheet", arguments->sheet, "Draw the covers with their predictions as PNG")
      ->type_name("FILE");
  add_tta_option(
      app, arguments->tta,
      "Average answers over a cover and so many altered copies of it; default: as when the model was "
      "trained");
  app.footer(
      "Examples:\n  sleeve predict draft.jpg\n"
      "  sleeve predict --model genre.sleeve draft.jpg\n"
      "  sleeve predict --model genre.sleeve --json --quiet covers/ | jq -r '[.path, .genre] | @tsv'\n"
      "  sleeve predict --model genre.sleeve covers/ --sheet sheet.png\n"
      "With --json one object per cover and line: path, genre (or class), confidence, probabilities; or "
      "path, error. A model of several genres also gives genres (those of at least even odds); one of "
      "numbers\n"
      "popularity and interval instead.");
  set(app, [arguments](const Session& session) { return run_predict(*arguments, session); });
}

}  // namespace sleeve
