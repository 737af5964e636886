// SPDX-License-Identifier: Apache-2.0
#include "learn/svm_parts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "base/parallel.h"
#include "base/rng.h"
#include "learn/inner_folds.h"
#include "learn/temperature.h"

namespace sleeve {
namespace {

constexpr size_t kInnerFolds = 5;

std::vector<double> costs_of(const SvmOptions& options, const ClassRows& groups) {
  std::vector<double> costs(groups.size(), options.c);
  if (options.class_weight != "balanced") return costs;
  double rows = 0.0;
  for (const auto& group : groups) rows += static_cast<double>(group.size());
  for (size_t k = 0; k < groups.size(); ++k) {
    costs[k] *= rows / (static_cast<double>(groups.size()) * static_cast<double>(groups[k].size()));
  }
  return costs;
}

bool differ_in_cost_only(const SvmOptions& a, const SvmOptions& b) {
  return a.class_weight == b.class_weight && a.tolerance == b.tolerance;
}

// Half, so that no coefficient can have been held at its cost on LIBSVM's way either: on the same way with a
// higher cost all steps are the same.
bool far_below(const SvmMachine& machine, double cost) {
  return std::ranges::all_of(machine.supports, [&](const SvmMachine::Support& support) {
    return std::abs(support.coefficient) < 0.5 * cost;
  });
}

struct Division {
  ClassRows train;
  ClassRows held_out;
};

// A class of one row is never held out, so that no class is missing.
std::vector<Division> divide_rows(ClassRows rows, uint64_t seed) {
  Rng rng(seed);
  for (auto& own : rows) rng.shuffle(std::span(own));
  std::vector<Division> result(kInnerFolds);
  for (size_t fold = 0; fold < kInnerFolds; ++fold) {
    result[fold] = {ClassRows(rows.size()), ClassRows(rows.size())};
    for (size_t k = 0; k < rows.size(); ++k) {
      for (size_t i = 0; i < rows[k].size(); ++i) {
        const bool out = rows[k].size() > 1 && i % kInnerFolds == fold;
        (out ? result[fold].held_out : result[fold].train)[k].push_back(rows[k][i]);
      }
      // The order that the outer fit has, for LIBSVM's path depends on it.
      std::ranges::sort(result[fold].train[k]);
    }
  }
  return result;
}

// Groups stay together. A fold whose training part lacks a class is left out: its machines would be others.
std::vector<Division> divide_groups(const ClassRows& rows, const TrainingSet& data, uint64_t seed) {
  std::vector<size_t> place(data.x.rows());  // among the classes that there are
  for (size_t k = 0; k < rows.size(); ++k) {
    for (const uint32_t row : rows[k]) place[row] = k;
  }
  std::vector<Division> result;
  for (const Fold& fold : inner_folds(data, static_cast<int>(kInnerFolds), seed)) {
    Division own{ClassRows(rows.size()), ClassRows(rows.size())};
    for (const size_t row : fold.train) own.train[place[row]].push_back(static_cast<uint32_t>(row));
    for (const size_t row : fold.test) own.held_out[place[row]].push_back(static_cast<uint32_t>(row));
    const bool whole = std::ranges::none_of(own.train, [](const auto& of_class) { return of_class.empty(); });
    if (whole) result.push_back(std::move(own));
  }
  return result;
}

}  // namespace

PresentClasses present_classes(std::span<const int> labels, int classes) {
  ClassRows all(static_cast<size_t>(classes));
  for (size_t row = 0; row < labels.size(); ++row) {
    all[static_cast<size_t>(labels[row])].push_back(static_cast<uint32_t>(row));
  }
  PresentClasses present;
  for (int label = 0; label < classes; ++label) {
    auto& rows = all[static_cast<size_t>(label)];
    if (rows.empty()) continue;
    present.labels.push_back(label);
    present.rows.push_back(std::move(rows));
  }
  return present;
}

Kernel resolved_kernel(const SvmOptions& options, const Matrix& x) {
  return resolved_kernels({&options, 1}, x)[0];
}

std::vector<Kernel> resolved_kernels(std::span<const SvmOptions> options, const Matrix& x) {
  std::map<std::pair<std::string, std::string>, double> gammas;
  std::vector<Kernel> kernels;
  for (const SvmOptions& own : options) {
    const auto [gamma, is_new] = gammas.try_emplace({own.kernel, own.gamma});
    if (is_new) gamma->second = resolved_gamma(own.gamma, kernel_kind(own.kernel), x);
    kernels.push_back({kernel_kind(own.kernel), gamma->second, own.degree, own.coef0});
  }
  return kernels;
}

std::vector<std::vector<SvmMachine>> train_each(std::span<const SvmOptions> options, const GramMatrix& gram,
                                                const ClassRows& groups, const WorkContext& context) {
  std::vector<std::pair<size_t, size_t>> pairs;
  for_pairs(groups.size(), [&](size_t, size_t i, size_t j) { pairs.emplace_back(i, j); });
  std::vector<std::vector<double>> costs;
  for (const SvmOptions& own : options) costs.push_back(costs_of(own, groups));
  std::vector<size_t> rising(options.size());
  std::iota(rising.begin(), rising.end(), size_t{0});
  std::ranges::stable_sort(rising, {}, [&](size_t i) { return options[i].c; });

  std::vector<std::vector<SvmMachine>> machines(options.size(), std::vector<SvmMachine>(pairs.size()));
  parallel_for(pairs.size(), [&](size_t pair) {
    const auto [first, second] = pairs[pair];
    for (auto at = rising.begin(); at != rising.end() && !context.stopping(); ++at) {
      SvmMachine& machine = machines[*at][pair];
      const auto lower = std::find_if(rising.begin(), at, [&](size_t i) {
        return differ_in_cost_only(options[i], options[*at]) &&
               far_below(machines[i][pair], std::min(costs[i][first], costs[i][second]));
      });
      machine = lower != at ? machines[*lower][pair]
                            : train_machine(gram, groups[first], costs[*at][first], groups[second],
                                            costs[*at][second], options[*at].tolerance);
    }
  });
  return machines;
}

std::vector<SvmMachine> train_all(const SvmOptions& options, const GramMatrix& gram, const ClassRows& groups,
                                  const WorkContext& context) {
  return train_each({&options, 1}, gram, groups, context)[0];
}

std::vector<double> scores_of(std::span<const double> decisions, size_t classes) {
  if (classes == 2) return {decisions[0], 0.0};
  std::vector<double> votes(classes);
  std::vector<double> confidences(classes);
  for_pairs(classes, [&](size_t pair, size_t i, size_t j) {
    votes[decisions[pair] > 0.0 ? i : j] += 1.0;
    confidences[i] += decisions[pair];
    confidences[j] -= decisions[pair];
  });
  for (size_t k = 0; k < classes; ++k) votes[k] += confidences[k] / (3.0 * (std::abs(confidences[k]) + 1.0));
  return votes;
}

double sharpness_on_inner_folds(const SvmOptions& options, const GramMatrix& gram, const ClassRows& rows,
                                const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  const std::vector<Division> divisions =
      data.groups.empty() ? divide_rows(rows, seed) : divide_groups(rows, data, seed);
  std::vector<std::vector<double>> scores(divisions.size());
  std::vector<std::vector<size_t>> truth(divisions.size());
  parallel_for(divisions.size(), [&](size_t fold) {
    const auto& [train, held_out] = divisions[fold];
    const auto machines = train_all(options, gram, train, context);
    for (size_t k = 0; k < held_out.size(); ++k) {
      for (const uint32_t row : held_out[k]) {
        std::vector<double> decisions;
        for (const SvmMachine& machine : machines) decisions.push_back(machine.decide(gram, row));
        const auto own = scores_of(decisions, rows.size());
        scores[fold].insert(scores[fold].end(), own.begin(), own.end());
        truth[fold].push_back(k);
      }
    }
  });
  std::vector<double> all_scores;
  std::vector<size_t> all_truth;
  for (size_t fold = 0; fold < divisions.size(); ++fold) {
    all_scores.insert(all_scores.end(), scores[fold].begin(), scores[fold].end());
    all_truth.insert(all_truth.end(), truth[fold].begin(), truth[fold].end());
  }
  return fit_sharpness(all_scores, all_truth, rows.size());
}

}  // namespace sleeve
