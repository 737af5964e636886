// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/sheet.h"
#include "stage/crossval.h"
#include "stage/evaluate.h"
#include "stage/extract.h"
#include "stage/import.h"
#include "stage/predict.h"
#include "stage/status.h"
#include "synth/synth.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarker = "made-by-demo.txt";
constexpr const char* kModels = "logistic,forest:trees=300:max_features=log2";
constexpr const char* kFinalModel = "forest:trees=1000:max_features=log2";

struct DemoArguments {
  std::string folder = "sleeve-demo";
  bool only_draw = false;
  Json synth = Json::object();  // options given on the command line
};

// The share of covers that this draw shows in their own genre's habits: what a perfect judge of
// habits is right about.
double own_habits(const SynthOptions& options) {
  const auto albums = synth_albums(options);
  const auto own =
      std::ranges::count_if(albums, [](const SynthAlbum& album) { return album.habits == album.genre; });
  return static_cast<double>(own) / static_cast<double>(albums.size());
}

// Walks the whole way, a function a step; each prints its report or keeps it for --json.
class Demo {
 public:
  Demo(const DemoArguments& arguments, const Session& session, SynthOptions options)
      : arguments_(arguments), session_(session), options_(options), folder_(arguments.folder) {}

  Result<Exit> run() {
    SLEEVE_CHECK(draw());
    if (!arguments_.only_draw) {
      SLEEVE_CHECK(make_workspace());
      SLEEVE_TRY(Workspace workspace, Workspace::open(folder_ / "workspace", Workspace::Access::kCreate));
      SLEEVE_CHECK(import_and_extract(workspace));
      SLEEVE_CHECK(compare_models(workspace));
      SLEEVE_CHECK(train_and_evaluate(workspace));
      SLEEVE_CHECK(predict_some());
      say_what_is_where();
    }
    if (session_.common.json) fmt::print("{}\n", dump_json(reports_));
    return Exit::kDone;
  }

 private:
  void step(const std::string& title) {
    if (!session_.common.json) fmt::print("\n── {} ──\n", title);
    std::fflush(stdout);
  }

  void show(const char* name, Json report, std::string (*text)(const Json&)) {
    if (!session_.common.json) fmt::print("{}", text(report));
    std::fflush(stdout);
    reports_[name] = std::move(report);
  }

  Status draw() {
    step("Drawing synthetic covers: no real artist, album or genre is among them");
    SLEEVE_TRY(const SynthSummary summary,
               write_synth_dataset(options_, folder_ / "covers", session_.context()));
    const Json report{{"synthetic", true},
                      {"folder", printable(folder_ / "covers")},
                      {"covers", summary.covers},
                      {"cross_genre_copies", summary.cross_genre_copies},
                      {"near_copies", summary.near_copies},
                      {"grey", summary.grey},
                      {"tiny", summary.tiny},
                      {"corrupt", summary.corrupt},
                      {"missing_files", summary.missing_files},
                      {"bad_popularities", summary.bad_popularities},
                      {"options", options_to_json(options_)},
                      {"accuracy_ceiling", accuracy_ceiling(options_)},
                      {"own_habits", own_habits(options_)}};
    show("draw", report, [](const Json& json) {
      return fmt::format(
          "{} covers in {}\nplanted: the best accuracy to expect is {:.3f}; in this draw {:.3f} of the "
          "covers show their "
          "own genre's habits\n",
          json["covers"].get<size_t>(), json["folder"].get<std::string>(),
          json["accuracy_ceiling"].get<double>(), json["own_habits"].get<double>());
    });
    return {};
  }

  // The workspace of an earlier demo is made anew: its covers are not these covers. A workspace that
  // no demo made is never touched.
  Status make_workspace() {
    const fs::path workspace = folder_ / "workspace";
    std::error_code code;
    fs::remove_all(workspace, code);
    if (code) return error_from_errno(code.value(), printable(workspace));
    return write_file_atomic(workspace / kMarker,
                             std::string_view("Made by sleeve demo; made anew by the next one.\n"));
  }

  Status import_and_extract(Workspace& workspace) {
    step("sleeve import csv covers/manifest.csv");
    SLEEVE_TRY(const ImportReport imported,
               import_csv(workspace, {folder_ / "covers" / "manifest.csv", {}, ""}, {}, session_.context()));
    show("import", to_json(imported), import_text);
    step("sleeve extract");
    SLEEVE_TRY(const FeatureSet features, parse_feature_set(""));
    SLEEVE_TRY(const ExtractSummary extracted, extract(workspace, features, session_.context()));
    show("extract", to_json(extracted), extract_text);
    step("sleeve status");
    SLEEVE_TRY(const StatusReport state, status(workspace));
    show("status", to_json(state), status_text);
    return {};
  }

  Status compare_models(Workspace& workspace) {
    step(fmt::format("sleeve crossval --folds 5 --models {}", kModels));
    CrossvalOptions options;
    SLEEVE_TRY(options.features, parse_feature_set("hog+hsv"));
    SLEEVE_TRY(options.pipelines, parse_pipelines(kModels));
    options.folds = 5;
    options.seed = session_.common.seed;
    SLEEVE_TRY(const CrossvalReport report, crossval(workspace, options, session_.context()));
    show("crossval", to_json(report), crossval_text);
    return {};
  }

  Status train_and_evaluate(Workspace& workspace) {
    step(fmt::format("sleeve train --model {} --out genre.sleeve", kFinalModel));
    TrainOptions options;
    SLEEVE_TRY(options.features, parse_feature_set("hog+hsv"));
    SLEEVE_TRY(options.pipeline, parse_pipeline(kFinalModel));
    options.seed = session_.common.seed;
    options.out = folder_ / "genre.sleeve";
    SLEEVE_TRY(const TrainReport trained, train(workspace, options, session_.context()));
    show("train", to_json(trained), train_text);
    step("sleeve evaluate genre.sleeve --sheet sheet.png");
    SLEEVE_TRY(const EvaluateReport evaluated, evaluate(workspace, options.out, session_.context()));
    reports_["evaluate"] = to_json(evaluated);
    for (const JudgedCover& cover : evaluated.judgement.covers) {
      if (to_predict_.size() < kPredicted) to_predict_.emplace_back(cover.path);
    }
    const Evaluation& test = *evaluated.judgement.test;
    if (!session_.common.json) {
      fmt::print("the saved model on its held-out covers: accuracy {:.3f}, macro-F1 {:.3f}, as in training\n",
                 test.scores.accuracy, test.scores.macro.f1);
    }
    return write_judged_sheet(evaluated.judgement, evaluated.pipeline, evaluated.features,
                              folder_ / "sheet.png");
  }

  Status predict_some() {
    step("sleeve predict --model genre.sleeve --json COVER…");
    SLEEVE_TRY(const Model model, load_model(folder_ / "genre.sleeve"));
    Json predictions = Json::array();
    const auto take = [&](const Prediction& prediction) {
      predictions.push_back(to_json(prediction, model));
    };
    SLEEVE_TRY(const PredictReport report, predict(model, to_predict_, take, session_.context()));
    if (report.failed > 0) return make_error(ErrorCode::kCorrupt, "a synthetic cover could not be judged");
    show("predict", predictions, [](const Json& json) {
      std::string text;
      for (const Json& line : json) text += dump_json(line) + "\n";
      return text;
    });
    return {};
  }

  void say_what_is_where() {
    if (session_.common.json) return;
    const std::string folder = printable(folder_);
    fmt::print(
        "\nLook at {0}/sheet.png: predicted genre, confidence and true genre of covers the model had not "
        "seen.\n"
        "The workspace is {0}/workspace, the model {0}/genre.sleeve. All covers here are synthetic.\n"
        "Next, with covers of your own: sleeve import folder DIR   (one sub-folder per genre)\n",
        folder);
  }

  static constexpr size_t kPredicted = 3;
  const DemoArguments& arguments_;
  const Session& session_;
  SynthOptions options_;
  fs::path folder_;
  std::vector<fs::path> to_predict_;
  Json reports_ = Json::object();
};

Result<Exit> run_demo(const DemoArguments& arguments, const Session& session) {
  Json json = arguments.synth;
  json["seed"] = session.common.seed;
  SLEEVE_TRY(const SynthOptions options, options_from_json<SynthOptions>(json, "demo"));
  std::error_code code;
  const fs::path folder = arguments.folder;
  if (fs::exists(folder / "workspace", code) && !fs::exists(folder / "workspace" / kMarker, code)) {
    return make_error(ErrorCode::kConflict,
                      "{}: holds a workspace that is not a demo's; choose another folder with --dir",
                      printable(folder));
  }
  return Demo(arguments, session, options).run();
}

// One flag per option of the generator, from its one description.
void add_synth_options(CLI::App& app, const std::shared_ptr<DemoArguments>& arguments) {
  for (const OptionInfo& option : list_options<SynthOptions>()) {
    if (option.name == "seed") continue;  // --seed is everywhere
    std::string flag = "--" + option.name;
    std::ranges::replace(flag, '_', '-');
    const std::string help = fmt::format("{} [{}]", option.help, dump_json(option.default_value));
    if (option.type == "flag") {
      app.add_flag_callback(
          flag, [arguments, name = option.name] { arguments->synth[name] = true; }, option.help);
    } else {
      app.add_option_function<std::string>(
             flag,
             [arguments, name = option.name](const std::string& value) { arguments->synth[name] = value; },
             help)
          ->type_name("N");
    }
  }
}

}  // namespace

void add_demo(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<DemoArguments>();
  app.add_option("--dir", arguments->folder, "Folder for covers, workspace, model and sheet")
      ->capture_default_str()
      ->type_name("DIR");
  app.add_flag("--only-draw", arguments->only_draw, "Only draw the covers and their manifest");
  add_synth_options(app, arguments);
  app.footer(
      "Examples:\n  sleeve demo\n  sleeve demo --dirt --dir dirty-demo\n"
      "  sleeve demo --only-draw --genre-signal 0 --artist-signal 1 --dir leak   # what a leaky split would "
      "reward");
  set(app, [arguments](const Session& session) { return run_demo(*arguments, session); });
}

}  // namespace sleeve
