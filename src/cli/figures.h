// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_FIGURES_H_
#define SLEEVE_CLI_FIGURES_H_

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "learn/training_set.h"

namespace sleeve {

// The files that a command is to draw into; empty: not asked for.
struct FigureArguments {
  std::string plot;         // what is the command's own: box plots, a learning curve
  std::string reliability;  // of any evaluation with probabilities
  std::string confusion;
};
void add_plot_option(CLI::App& app, FigureArguments& figures, const std::string& help);
void add_evaluation_figures(CLI::App& app, FigureArguments& figures);  // --reliability, --confusion

// --plot of what judges one model: predicted against true numbers. Checked beforehand: kUsage where there
// will be none.
void add_scatter_option(CLI::App& app, FigureArguments& figures);
Status check_scatter(const FigureArguments& figures, Goal goal, double test_size);

// Before hours of work: endings as check_drawing_path(), all files (with `others`) as check_output_files().
Status check_figures(const FigureArguments& figures, std::vector<OutputFile> others);

// The metric to draw: the first of them that each fold has, else the accuracy.
std::string drawn_metric(const std::vector<std::string>& metrics, Goal goal = Goal::kClass);

// Draws what was asked for, saying so on standard error. All that can be drawn is; the first error.
Status draw_figures(const Session& session, const FigureArguments& figures, const Json& report,
                    const std::string& metric);

}  // namespace sleeve

#endif  // SLEEVE_CLI_FIGURES_H_
