// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_ARGUMENTS_H_
#define SLEEVE_CLI_ARGUMENTS_H_

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <sleeve/result.h>

#include "feature/feature_set.h"
#include "learn/pipeline.h"
#include "learn/split.h"
#include "stage/dataset.h"

namespace sleeve {

// Arguments that train and crossval share: which covers, which labels, which split.
struct ProtocolArguments {
  Question question;
  std::string features;
  std::string split = "grouped";
};
void add_protocol_options(CLI::App& app, ProtocolArguments& arguments);

struct Protocol {
  FeatureSet features;
  SplitKind split;
};
Result<Protocol> parse_protocol(const ProtocolArguments& arguments);

// "logistic,forest:trees=300"
Result<std::vector<PipelineSpec>> parse_pipelines(const std::string& list, Goal goal = Goal::kClass);

}  // namespace sleeve

#endif  // SLEEVE_CLI_ARGUMENTS_H_
