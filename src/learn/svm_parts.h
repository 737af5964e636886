// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SVM_PARTS_H_
#define SLEEVE_LEARN_SVM_PARTS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "learn/kernel.h"
#include "learn/svm.h"
#include "learn/svm_machine.h"

// What fitting one SVM and fitting many on the same kernel values have in common. For this room's .cc files
// only.
namespace sleeve {

struct PresentClasses {
  std::vector<int32_t> labels;  // rising
  ClassRows rows;
};
PresentClasses present_classes(std::span<const int> labels, int classes);

// The kernel with its gamma as a number.
Kernel resolved_kernel(const SvmOptions& options, const Matrix& x);
// Of many: a gamma that is taken from the rows takes longer than many a fit, so it is found once.
std::vector<Kernel> resolved_kernels(std::span<const SvmOptions> options, const Matrix& x);

// Calls body(pair, i, j) for the pairs (0, 1), (0, 2), …, (1, 2), ….
template <class Body>
void for_pairs(size_t classes, const Body& body) {
  size_t pair = 0;
  for (size_t i = 0; i < classes; ++i) {
    for (size_t j = i + 1; j < classes; ++j) body(pair++, i, j);
  }
}

// Of each of the options the machine of every pair of classes. A machine none of whose coefficients comes
// near its cost is that of every higher cost as well (the conditions of the optimum are then the same), and
// is not trained again. Some are empty if context.stopping(). REQUIRES: options of the Gram matrix's kernel.
std::vector<std::vector<SvmMachine>> train_each(std::span<const SvmOptions> options, const GramMatrix& gram,
                                                const ClassRows& groups, const WorkContext& context);

// The machine of every pair of classes. Some are empty if context.stopping().
std::vector<SvmMachine> train_all(const SvmOptions& options, const GramMatrix& gram, const ClassRows& groups,
                                  const WorkContext& context);

// A score for every class from the decisions of the pairs (the head of class Svm says how).
std::vector<double> scores_of(std::span<const double> decisions, size_t classes);

// The sharpness that fits best on inner folds of the rows, which keep data.groups together.
double sharpness_on_inner_folds(const SvmOptions& options, const GramMatrix& gram, const ClassRows& rows,
                                const TrainingSet& data, uint64_t seed, const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SVM_PARTS_H_
