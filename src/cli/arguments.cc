// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/question_options.h"
#include "stage/task.h"

namespace sleeve {

void add_label_options(CLI::App& app, ProtocolArguments& arguments) {
  app.add_option(
         "--target", arguments.question.target,
         "genre: one an album; genres: as many as it has; popularity: two classes, popular and common "
         "(see --popular-above), or the number (see --as)")
      ->check(CLI::IsMember({"genre", "genres", "popularity"}))
      ->capture_default_str()
      ->type_name("TARGET");
  app.add_option(
         "--popular-above", arguments.question.popular_above,
         "Popularity above which an album counts as popular (the original's: 70); named here, it goes "
         "before the classes of 'sleeve label popularity'")
      ->each([&arguments](const std::string&) { arguments.question.own_threshold = true; })
      ->check(CLI::Validator(
          [](std::string& text) {
            const auto value = parse_number(text);
            return value && *value >= 0 && *value <= 100 ? std::string() : "must be a number from 0 to 100";
          },
          ""))
      ->capture_default_str()
      ->type_name("0-100");
  app.add_option_function<double>(
         "--popular-quantile",
         [&arguments](double share) {
           arguments.question.popular_quantile = share;
           arguments.question.own_threshold = true;
         },
         "Instead: this share of the covers is common, the more popular rest is popular (0.5: the median)")
      ->check(CLI::Range(0.01, 0.99))
      ->type_name("SHARE");
  app.add_option_function<std::string>(
         "--as", [&arguments](const std::string& what) { arguments.question.as_number = what == "number"; },
         "Popularity as classes (the default) or as a number from 0 to 100, with an interval")
      ->check(CLI::IsMember({"classes", "number"}))
      ->type_name("FORM");
  app.add_flag("--keep-conflicting", arguments.question.keep_conflicting,
               "Keep covers that stand under several genres, once per genre; left out otherwise");
  app.add_flag("--raw-labels", arguments.question.raw_labels,
               "Tags and figures as they were imported, without the decisions of 'sleeve label'");
}

void add_question_options(CLI::App& app, ProtocolArguments& arguments) {
  add_label_options(app, arguments);
  app.add_option("--features", arguments.features,
                 "Descriptors joined with '+', options after ':' (hog:cell=10+hsv); 'sleeve list' shows them")
      ->type_name("SET")
      ->default_str("hog+hsv");
}

void add_protocol_options(CLI::App& app, ProtocolArguments& arguments) {
  add_question_options(app, arguments);
  app.add_option(
         "--split", arguments.split,
         "grouped: one artist's covers and look-alikes stay on one side; stratified: they may not, and the "
         "score flatters")
      ->check(CLI::IsMember({"grouped", "stratified"}))
      ->capture_default_str()
      ->type_name("KIND");
  add_augment_option(app, arguments.augment,
                     "Learn from so many altered copies of each training cover, too, made as the options say "
                     "(3:rotate=0:flip=1; see docs/evaluation.md); copies are never tested on");
  add_tta_option(
      app, arguments.tta,
      "Average a model's answers over a cover and so many altered copies of it (test-time averaging)");
}

void add_augment_option(CLI::App& app, std::string& text, const std::string& what) {
  app.add_option("--augment", text, what)->type_name("COPIES[:OPTION=VALUE…]");
}

void add_tta_option(CLI::App& app, std::optional<int>& copies, const std::string& what) {
  app.add_option_function<int>(
         "--tta", [&copies](int given) { copies = given; }, what)
      ->check(CLI::Range(0, kMostCopies))
      ->type_name("COPIES");
}

Result<Protocol> parse_protocol(const ProtocolArguments& arguments) {
  SLEEVE_TRY(FeatureSet features,
             parse_feature_set(arguments.features.empty() ? "hog+hsv" : arguments.features));
  if (arguments.question.as_number && arguments.question.target != "popularity") {
    return Error{ErrorCode::kUsage, "--as number needs --target popularity: genres are no numbers"};
  }
  SLEEVE_TRY(const SplitKind split, split_kind_of(arguments.split));
  Augmentation augmentation;
  if (!arguments.augment.empty()) {
    auto wanted = parse_copies(arguments.augment);
    if (!wanted.ok()) return with_context(std::move(wanted).error(), "--augment");
    augmentation = {wanted->options, wanted->copies, 0};
  }
  augmentation.test = arguments.tta.value_or(0);
  return Protocol{std::move(features), split, augmentation};
}

std::string usual_models(Goal goal) { return goal == Goal::kNumber ? "ridge,forest" : "logistic,forest"; }

Result<PipelineSpec> parse_model(std::string_view text, Goal goal) {
  auto pipeline = parse_pipeline(text, goal);
  if (pipeline.ok() || goal == Goal::kNumber || !parse_pipeline(text, Goal::kNumber).ok()) return pipeline;
  return make_error(ErrorCode::kUsage, "{}; numbers are learnt with '--target popularity --as number'",
                    pipeline.error().message);
}

Result<std::vector<PipelineSpec>> parse_pipelines(const std::string& list, Goal goal) {
  std::vector<PipelineSpec> pipelines;
  for (const std::string& text : split_outside_parentheses(list, ',')) {
    SLEEVE_TRY(PipelineSpec pipeline, parse_model(trim(text), goal));
    pipelines.push_back(std::move(pipeline));
  }
  return pipelines;
}

}  // namespace sleeve
