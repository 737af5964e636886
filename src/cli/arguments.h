// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_ARGUMENTS_H_
#define SLEEVE_CLI_ARGUMENTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include <sleeve/result.h>

#include "feature/feature_set.h"
#include "learn/pipeline.h"
#include "learn/split.h"
#include "model/augmentation.h"
#include "stage/dataset.h"

namespace sleeve {

// Arguments that train and crossval share: which covers, which labels, which split.
struct ProtocolArguments {
  Question question;
  std::string features;
  std::string split = "grouped";
  std::string augment;
  std::optional<int> tta;
};
void add_protocol_options(CLI::App& app, ProtocolArguments& arguments);

// --augment: "3" or "3:rotate=0"; `what` is its help.
void add_augment_option(CLI::App& app, std::string& text, const std::string& what);
// --tta: over how many copies answers are averaged.
void add_tta_option(CLI::App& app, std::optional<int>& copies, const std::string& what);

struct Protocol {
  FeatureSet features;
  SplitKind split;
  Augmentation augmentation;
};
Result<Protocol> parse_protocol(const ProtocolArguments& arguments);

// As parse_pipeline(); says of a learner of numbers how numbers are asked for.
Result<PipelineSpec> parse_model(std::string_view text, Goal goal);
// "logistic,forest:trees=300"
std::string usual_models(Goal goal);  // where none are named
Result<std::vector<PipelineSpec>> parse_pipelines(const std::string& list, Goal goal = Goal::kClass);

}  // namespace sleeve

#endif  // SLEEVE_CLI_ARGUMENTS_H_
