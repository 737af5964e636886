// SPDX-License-Identifier: Apache-2.0
#include "learn/svm_machine.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <new>
#include <numeric>
#include <utility>

#include <libsvm/svm.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

namespace sleeve {
namespace {

constexpr size_t kGramTile = 64;
// LIBSVM computes with single-precision kernel values and their sums.
constexpr double kLargestValue = 1e30;

void silence_libsvm() {
  static const bool silenced = [] {
    svm_set_print_string_function([](const char*) {});
    return true;
  }();
  static_cast<void>(silenced);
}

}  // namespace

// Every row is LIBSVM's list of a row of a precomputed kernel: the place of its own value, and then its
// values with all rows, each in its row's place.
struct GramMatrix::Nodes {
  explicit Nodes(size_t count, const ClassRows& classes)
      : rows(count), places(count), nodes(count * (count + 1)) {
    size_t place = 1;
    for (const auto& of_class : classes) {
      for (const uint32_t row_number : of_class) places[row_number] = place++;
    }
    assert(place == rows + 1);
  }
  svm_node* row(size_t i) { return nodes.data() + i * (rows + 1); }
  size_t rows;
  std::vector<size_t> places;
  std::vector<svm_node> nodes;
};

struct SolverInput {
  static svm_node* row(const GramMatrix& gram, size_t i) { return gram.nodes_->row(i); }
};

GramMatrix::GramMatrix(std::unique_ptr<Nodes> nodes) : nodes_(std::move(nodes)) {}
GramMatrix::~GramMatrix() = default;
GramMatrix::GramMatrix(GramMatrix&&) noexcept = default;
GramMatrix& GramMatrix::operator=(GramMatrix&&) noexcept = default;

size_t GramMatrix::rows() const { return nodes_->rows; }
double GramMatrix::operator()(size_t i, size_t j) const { return nodes_->row(i)[nodes_->places[j]].value; }

template <class Fill>
Result<GramMatrix> GramMatrix::make_from(const ClassRows& classes, size_t rows, const Fill& fill,
                                         const WorkContext& context) {
  const double most = std::floor(std::sqrt(memory_bytes() / 2.0 / sizeof(svm_node)));
  if (static_cast<double>(rows) > most) {
    return make_error(
        ErrorCode::kTooLarge,
        "svm: the kernel values of {} rows with each other do not fit into half of the memory; {} "
        "rows would: train on a sample of so many, or take 'nystroem:components=1000 > linear_svm', which "
        "comes "
        "close to the kernel and grows with the rows only (for kernel=linear 'linear_svm' alone)",
        rows, most);
  }
  auto nodes = std::make_unique<Nodes>(rows, classes);
  const size_t tiles = blocks_in(rows, kGramTile);
  std::vector<double> largest(tiles * tiles);
  parallel_for(tiles * tiles, [&](size_t at) {
    const size_t i_begin = at / tiles * kGramTile;
    const size_t j_begin = at % tiles * kGramTile;
    if (j_begin > i_begin || context.stopping()) return;
    const size_t i_end = std::min(rows, i_begin + kGramTile);
    const size_t j_end = std::min(rows, j_begin + kGramTile);
    const Rows values = fill(i_begin, i_end, j_begin, j_end);
    for (size_t i = i_begin; i < i_end; ++i) {
      for (size_t j = j_begin; j < std::min(j_end, i + 1); ++j) {
        const double value = values(index_of(i - i_begin), index_of(j - j_begin));
        // Written so that not-a-number counts as too large.
        if (!(std::abs(value) <= largest[at])) largest[at] = std::abs(value);
        nodes->row(i)[nodes->places[j]] = {0, value};
        nodes->row(j)[nodes->places[i]] = {0, value};
      }
    }
  });
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "svm: stopped");
  for (const double value : largest) {
    if (value <= kLargestValue) continue;
    return make_error(
        ErrorCode::kUsage,
        "svm: the kernel has values as large as {:.3g}: bring the features to a common size first, "
        "as in 'standard > svm'",
        value);
  }
  for (size_t i = 0; i < rows; ++i) nodes->row(i)[0] = {0, static_cast<double>(nodes->places[i])};
  return GramMatrix(std::move(nodes));
}

Result<GramMatrix> GramMatrix::make(const Kernel& kernel, const Matrix& x, const ClassRows& classes,
                                    const WorkContext& context) {
  return make_from(
      classes, x.rows(),
      [&](size_t i_begin, size_t i_end, size_t j_begin, size_t j_end) {
        return kernel.values(x, i_begin, i_end, x, j_begin, j_end);
      },
      context);
}

Result<GramMatrix> GramMatrix::make(const Kernel& kernel, const SymmetricSums& sums,
                                    std::span<const size_t> rows, const ClassRows& classes,
                                    const WorkContext& context) {
  return make_from(
      classes, rows.size(),
      [&](size_t i_begin, size_t i_end, size_t j_begin, size_t j_end) {
        return sums.kernel_values(kernel, rows.subspan(i_begin, i_end - i_begin),
                                  rows.subspan(j_begin, j_end - j_begin));
      },
      context);
}

double SvmMachine::decide(const GramMatrix& gram, size_t row) const {
  double sum = 0.0;
  for (const Support& support : supports) sum += support.coefficient * gram(row, support.row);
  return sum - rho;
}

namespace {

// Trains on the given rows of the Gram matrix, whose classes or numbers are `targets`.
SvmMachine solve(const GramMatrix& gram, std::span<const uint32_t> rows, std::vector<double>& targets,
                 svm_parameter& parameter) {
  silence_libsvm();
  std::vector<svm_node*> lists;
  lists.reserve(rows.size());
  for (const uint32_t row : rows) lists.push_back(SolverInput::row(gram, row));
  const svm_problem problem{static_cast<int>(rows.size()), targets.data(), lists.data()};
  parameter.kernel_type = PRECOMPUTED;
  parameter.cache_size = 100.0;
  parameter.shrinking = 1;
  svm_model* model = svm_train(&problem, &parameter);
  if (model == nullptr) throw std::bad_alloc();
  SvmMachine machine;
  machine.rho = model->rho[0];
  for (int i = 0; i < model->l; ++i) {
    const auto place = static_cast<size_t>(model->sv_indices[i] - 1);
    machine.supports.push_back({rows[place], model->sv_coef[0][i]});
  }
  svm_free_and_destroy_model(&model);
  return machine;
}

}  // namespace

SvmMachine train_machine(const GramMatrix& gram, std::span<const uint32_t> first, double first_cost,
                         std::span<const uint32_t> second, double second_cost, double tolerance) {
  std::vector<uint32_t> rows(first.begin(), first.end());
  rows.insert(rows.end(), second.begin(), second.end());
  // LIBSVM takes the class it meets first for the positive one.
  std::vector<double> labels(rows.size(), 1.0);
  std::fill_n(labels.begin(), first.size(), 0.0);
  std::array<int, 2> weight_labels{0, 1};
  std::array<double, 2> weights{first_cost, second_cost};
  svm_parameter parameter{};
  parameter.svm_type = C_SVC;
  parameter.eps = tolerance;
  parameter.C = 1.0;
  parameter.nr_weight = 2;
  parameter.weight_label = weight_labels.data();
  parameter.weight = weights.data();
  return solve(gram, rows, labels, parameter);
}

SvmMachine train_number_machine(const GramMatrix& gram, std::span<const float> values, double cost,
                                double epsilon, double tolerance) {
  std::vector<uint32_t> rows(values.size());
  std::iota(rows.begin(), rows.end(), 0U);
  std::vector<double> targets(values.begin(), values.end());
  svm_parameter parameter{};
  parameter.svm_type = EPSILON_SVR;
  parameter.eps = tolerance;
  parameter.C = cost;
  parameter.p = epsilon;
  return solve(gram, rows, targets, parameter);
}

}  // namespace sleeve
