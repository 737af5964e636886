// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SVM_MACHINE_H_
#define SLEEVE_LEARN_SVM_MACHINE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <sleeve/result.h>

#include "base/progress.h"
#include "learn/kernel.h"
#include "learn/symmetric_sums.h"

// LIBSVM's solver on a Gram matrix that is computed once. For this room's .cc files only.
namespace sleeve {

// Rows by class; only classes that have rows.
using ClassRows = std::vector<std::vector<uint32_t>>;

// k(x_i, x_j) of all pairs of rows, as LIBSVM wants to have it (16 bytes a value). In each row the values
// with the rows of one class lie side by side: machines that part two classes then read only what they need,
// in order.
class GramMatrix {
 public:
  // kTooLarge, before anything is allocated, if it would take more than half of the machine's memory;
  // kUsage if a value of the kernel is too large for LIBSVM, which keeps them as floats; kCancelled.
  // `classes` has every row once.
  static Result<GramMatrix> make(const Kernel& kernel, const Matrix& x, const ClassRows& classes,
                                 const WorkContext& context);
  // The same for some rows of a matrix whose sums are known: row i of the result is row rows[i].
  // REQUIRES: `sums` are those of kernel.kind.
  static Result<GramMatrix> make(const Kernel& kernel, const SymmetricSums& sums,
                                 std::span<const size_t> rows, const ClassRows& classes,
                                 const WorkContext& context);
  ~GramMatrix();
  GramMatrix(GramMatrix&&) noexcept;
  GramMatrix& operator=(GramMatrix&&) noexcept;

  [[nodiscard]] size_t rows() const;
  [[nodiscard]] double operator()(size_t i, size_t j) const;

 private:
  friend struct SolverInput;
  struct Nodes;
  explicit GramMatrix(std::unique_ptr<Nodes> nodes);
  // `fill(i_begin, i_end, j_begin, j_end)` gives the values of a tile.
  template <class Fill>
  static Result<GramMatrix> make_from(const ClassRows& classes, size_t rows, const Fill& fill,
                                      const WorkContext& context);
  std::unique_ptr<Nodes> nodes_;
};

// What separates two classes: Σ coefficient · k(x, x_row) - rho is above 0 for the first of them.
struct SvmMachine {
  struct Support {
    uint32_t row;
    double coefficient;
  };
  std::vector<Support> supports;
  double rho = 0.0;

  [[nodiscard]] double decide(const GramMatrix& gram, size_t row) const;
};

// C-SVC between two classes, given as rows of the Gram matrix, with the cost of an error for each.
// Deterministic, thread-safe. REQUIRES: both have rows.
SvmMachine train_machine(const GramMatrix& gram, std::span<const uint32_t> first, double first_cost,
                         std::span<const uint32_t> second, double second_cost, double tolerance);

// ε-SVR on all rows of the Gram matrix, whose numbers are `values`: Σ coefficient · k(x, x_row) - rho is
// the answer. Deterministic, thread-safe. REQUIRES: a value a row.
SvmMachine train_number_machine(const GramMatrix& gram, std::span<const float> values, double cost,
                                double epsilon, double tolerance);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SVM_MACHINE_H_
