// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "base/try.h"
#include "cli/arguments.h"
#include "cli/figures.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/sheet.h"
#include "stage/train.h"

namespace sleeve {
namespace {

struct TrainArguments {
  ProtocolArguments protocol;
  std::string model = "forest:trees=1000:max_features=log2";
  double test_size = 0.2;
  std::string out;
  std::string sheet;
  FigureArguments figures;
};

Result<Exit> run_train(const TrainArguments& arguments, const Session& session) {
  SLEEVE_TRY(Protocol protocol, parse_protocol(arguments.protocol));
  SLEEVE_TRY(PipelineSpec pipeline, parse_model(arguments.model, goal_of(arguments.protocol.question)));
  SLEEVE_CHECK(
      check_figures(arguments.figures, {{"--out", arguments.out, ""}, {"--sheet", arguments.sheet, ".png"}}));
  SLEEVE_CHECK(check_scatter(arguments.figures, pipeline.goal, arguments.test_size));
  SLEEVE_TRY(Workspace workspace, Workspace::open(session.common.workspace, Workspace::Access::kWrite));
  const TrainOptions options{
      arguments.protocol.question, std::move(protocol.features), std::move(pipeline), protocol.split,
      arguments.test_size,         session.common.seed,          arguments.out,       protocol.augmentation};
  SLEEVE_TRY(const TrainReport report, train(workspace, options, session.context()));
  return present_judgement(session, report, arguments.sheet, arguments.figures);
}

}  // namespace

void add_train(CLI::App& app, const SetAction& set) {
  auto arguments = std::make_shared<TrainArguments>();
  add_protocol_options(app, arguments->protocol);
  app.add_option("--model", arguments->model,
                 "Model with options after ':', transforms in front with '>'; 'sleeve list' shows them")
      ->capture_default_str()
      ->type_name("MODEL");
  app.add_option("--test-size", arguments->test_size,
                 "Share of the covers held out for the honest score; 0: none")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str()
      ->type_name("SHARE");
  app.add_option("-o,--out", arguments->out, "Where to write the model (a .sleeve file)")
      ->required()
      ->type_name("FILE");
  app.add_option("--sheet", arguments->sheet, "Draw the held-out covers with predicted and true class as PNG")
      ->type_name("FILE");
  add_scatter_option(app, arguments->figures);
  add_evaluation_figures(app, arguments->figures);
  app.footer(
      "Examples:\n  sleeve train --out genre.sleeve\n"
      "  sleeve train --features hog+hsv+lbp --model 'sqrt>logistic:c=0.1' --out genre.sleeve --sheet "
      "test.png\n"
      "  sleeve train --target genres --model logistic --out genres.sleeve\n"
      "  sleeve train --target popularity --as number --model ridge --out popularity.sleeve --plot "
      "points.svg\n"
      "  sleeve train --target popularity --popular-above 60 --out popular.sleeve");
  set(app, [arguments](const Session& session) { return run_train(*arguments, session); });
}

}  // namespace sleeve
