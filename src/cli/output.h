// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_OUTPUT_H_
#define SLEEVE_CLI_OUTPUT_H_

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/command.h"
#include "learn/training_set.h"

// How reports are printed. Text is made from the same JSON that --json prints, so that each figure
// a person sees is there for a machine, too.
namespace sleeve {

// `text` or the JSON on standard output, as the session asks.
void print_report(const Session& session, const Json& report,
                  const std::function<std::string(const Json& report)>& text);

std::string import_text(const Json& report);
std::string estimate_text(const Json& report);  // of collect --dry-run
std::string collect_text(const Json& report);
std::string status_text(const Json& report);
std::string extract_text(const Json& report);
std::string train_text(const Json& report);  // of train and evaluate
std::string crossval_text(const Json& report);
// A column for each metric; with none, the usual ones.
std::string crossval_text(const Json& report, const std::vector<std::string>& metrics);
std::string curve_text(const Json& report);
std::string tune_text(const Json& report);
std::string runs_text(const Json& report);
std::string compare_text(const Json& report);  // of runs compare
std::string repeat_text(const Json& report);   // of runs repeat

// "accuracy,log_loss": names of metrics, each once. kUsage with the nearest name for what is unknown.
Result<std::vector<std::string>> parse_metrics(const std::string& list, Goal goal = Goal::kClass);
std::string metric_list();  // all that it knows, for help
// Whether it is known of each fold (metric_names()), and not only of all predictions together.
bool is_fold_metric(const std::string& metric);

// A line on standard error, unless --quiet.
void print_note(const Session& session, const std::string& note);

// kDone; kPartly if `failed` of the items failed or work was stopped; kFailed if nothing was done.
Exit exit_of(size_t done, size_t failed, bool cancelled);

}  // namespace sleeve

#endif  // SLEEVE_CLI_OUTPUT_H_
