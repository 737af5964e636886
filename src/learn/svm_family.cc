// SPDX-License-Identifier: Apache-2.0
#include "learn/svm_family.h"

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"
#include "base/pick.h"
#include "base/try.h"
#include "learn/distance.h"
#include "learn/svm_machine.h"
#include "learn/svm_parts.h"
#include "learn/temperature.h"

namespace sleeve {
namespace {

// One kernel's values between all rows that are asked about (by row) and all training rows.
Matrix outputs_of(const std::vector<SvmMachine>& machines, const Rows& values, const PresentClasses& present,
                  double sharpness, int classes) {
  Matrix result(static_cast<size_t>(values.rows()), static_cast<size_t>(classes));
  parallel_for(result.rows(), [&](size_t row) {
    std::vector<double> decisions;
    for (const SvmMachine& machine : machines) {
      double sum = 0.0;
      for (const auto& support : machine.supports) {
        sum += support.coefficient * values(index_of(row), index_of(support.row));
      }
      decisions.push_back(sum - machine.rho);
    }
    std::vector<double> shares = scores_of(decisions, present.rows.size());
    softmax(shares, sharpness);
    for (size_t k = 0; k < shares.size(); ++k) {
      result(row, static_cast<size_t>(present.labels[k])) = static_cast<float>(shares[k]);
    }
  });
  return result;
}

Matrix certain(size_t rows, const PresentClasses& present, int classes) {
  Matrix result(rows, static_cast<size_t>(classes));
  for (size_t row = 0; row < rows; ++row) result(row, static_cast<size_t>(present.labels[0])) = 1.0F;
  return result;
}

struct FoldRows {
  const TrainingSet& train;
  const PairSums& sums;
  std::span<const size_t> train_rows;
  std::span<const size_t> test_rows;
  const PresentClasses& present;
};

// All options that have this kernel.
Status fit_kernel(const Kernel& kernel, std::span<const SvmOptions> options,
                  std::span<const size_t> of_kernel, const FoldRows& fold, const FamilyWants& wants,
                  uint64_t seed, const WorkContext& context, std::vector<FamilyOutputs>& results) {
  const SymmetricSums& sums = *fold.sums.find(pair_sum_of(kernel.kind));
  SLEEVE_TRY(const GramMatrix gram,
             GramMatrix::make(kernel, sums, fold.train_rows, fold.present.rows, context));
  const Rows test_values = sums.kernel_values(kernel, fold.test_rows, fold.train_rows);
  const Rows train_values =
      wants.train_outputs ? sums.kernel_values(kernel, fold.train_rows, fold.train_rows) : Rows();
  const std::vector<SvmOptions> own_options = pick(options, of_kernel);
  const auto machines = train_each(own_options, gram, fold.present.rows, context);
  parallel_for(of_kernel.size(), [&](size_t at) {
    if (context.stopping()) return;
    const SvmOptions& own = own_options[at];
    const double sharpness = wants.probabilities ? sharpness_on_inner_folds(own, gram, fold.present.rows,
                                                                            fold.train, seed, context)
                                                 : 1.0;
    if (context.stopping()) return;
    FamilyOutputs& result = results[of_kernel[at]];
    const int classes = fold.train.classes;
    result.test = outputs_of(machines[at], test_values, fold.present, sharpness, classes);
    if (wants.train_outputs) {
      result.train = outputs_of(machines[at], train_values, fold.present, sharpness, classes);
    }
  });
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "svm: stopped");
  return {};
}

}  // namespace

Result<std::vector<FamilyOutputs>> svm_family(std::span<const SvmOptions> options, const TrainingSet& train,
                                              const PairSums& sums, std::span<const size_t> train_rows,
                                              std::span<const size_t> test_rows, const FamilyWants& wants,
                                              uint64_t seed, const WorkContext& context) {
  std::vector<FamilyOutputs> results(options.size());
  const PresentClasses present = present_classes(train.labels, train.classes);
  if (present.rows.size() == 1) {
    for (FamilyOutputs& result : results) {
      result.test = certain(test_rows.size(), present, train.classes);
      if (wants.train_outputs) result.train = certain(train_rows.size(), present, train.classes);
    }
    return results;
  }
  const std::vector<Kernel> kernels = resolved_kernels(options, train.x);
  const FoldRows fold{train, sums, train_rows, test_rows, present};
  for (size_t i = 0; i < options.size(); ++i) {
    if (std::ranges::find(kernels.begin(), kernels.begin() + static_cast<std::ptrdiff_t>(i), kernels[i]) !=
        kernels.begin() + static_cast<std::ptrdiff_t>(i)) {
      continue;  // done with an earlier one
    }
    std::vector<size_t> of_kernel;
    for (size_t j = i; j < options.size(); ++j) {
      if (kernels[j] == kernels[i]) of_kernel.push_back(j);
    }
    SLEEVE_CHECK(fit_kernel(kernels[i], options, of_kernel, fold, wants, seed, context, results));
  }
  return results;
}

}  // namespace sleeve
