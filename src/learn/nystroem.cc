// SPDX-License-Identifier: Apache-2.0
#include "learn/nystroem.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/distance.h"
#include "learn/kernel.h"

namespace sleeve {
namespace {

constexpr size_t kNystroemBlock = 64;
constexpr double kSmallestRest = 1e-10;

Kernel kernel_of(const NystroemOptions& options, double gamma) {
  return {kernel_kind(options.kernel), gamma, options.degree, options.coef0};
}

Rows kernel_values(const Kernel& kernel, const Matrix& x) {
  Rows all(index_of(x.rows()), index_of(x.rows()));
  parallel_for(blocks_in(x.rows(), kNystroemBlock), [&](size_t block) {
    const size_t begin = block * kNystroemBlock;
    const size_t end = std::min(x.rows(), begin + kNystroemBlock);
    all.middleRows(index_of(begin), index_of(end - begin)) = kernel.values(x, begin, end, x, 0, x.rows());
  });
  return all;
}

struct Factor {
  std::vector<size_t> order;  // of the rows that stay
  std::vector<double> lower;  // by rows
};

// Cholesky's method with the largest rest first (Higham 2002, section 10.3).
Factor pivoted_cholesky(const Rows& values) {
  const auto count = static_cast<size_t>(values.rows());
  std::vector<double> rest(count);
  for (size_t i = 0; i < count; ++i) rest[i] = values(index_of(i), index_of(i));
  const double largest = *std::ranges::max_element(rest);
  Factor factor;
  // Column k: of every row, what the k-th landmark says of it.
  std::vector<std::vector<double>> columns;
  while (factor.order.size() < count) {
    const auto pivot = static_cast<size_t>(std::ranges::max_element(rest) - rest.begin());
    if (!(rest[pivot] > kSmallestRest * largest)) break;
    const double root = std::sqrt(rest[pivot]);
    std::vector<double> column(count);
    for (size_t i = 0; i < count; ++i) column[i] = values(index_of(i), index_of(pivot));
    for (const auto& earlier : columns) {
      const double share = earlier[pivot];
      for (size_t i = 0; i < count; ++i) column[i] -= share * earlier[i];
    }
    for (size_t i = 0; i < count; ++i) {
      column[i] /= root;
      rest[i] -= column[i] * column[i];
    }
    column[pivot] = root;
    rest[pivot] = -1.0;  // taken
    factor.order.push_back(pivot);
    columns.push_back(std::move(column));
  }
  for (size_t row = 0; row < factor.order.size(); ++row) {
    for (size_t k = 0; k <= row; ++k) factor.lower.push_back(columns[k][factor.order[row]]);
  }
  return factor;
}

}  // namespace

Status check(const NystroemOptions& options) {
  if (is_gamma(options.gamma)) return {};
  return make_error(ErrorCode::kUsage, "nystroem: gamma={} is none of scale, auto, or a number above 0",
                    printable(std::string_view(options.gamma)));
}

Status Nystroem::fit(const TrainingSet& data) {
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "nystroem: there are no rows to learn from");
  if (for_histograms(kernel_kind(options_.kernel))) {
    SLEEVE_CHECK(check_not_negative(data.x, fmt::format("nystroem: kernel {}", options_.kernel)));
  }
  const size_t count = std::min(data.x.rows(), static_cast<size_t>(options_.components));
  // Kernel values and factor.
  const double bytes = 2.5 * sizeof(double) * static_cast<double>(count) * static_cast<double>(count);
  if (bytes > memory_bytes() / 2.0) {
    return make_error(
        ErrorCode::kTooLarge,
        "nystroem: the kernel values of {} landmarks with each other don't fit into half of the "
        "memory; components={} would",
        count, std::floor(std::sqrt(memory_bytes() / 5.0 / sizeof(double))));
  }
  gamma_ = resolved_gamma(options_.gamma, kernel_kind(options_.kernel), data.x);
  std::vector<size_t> rows(data.x.rows());
  std::iota(rows.begin(), rows.end(), size_t{0});
  Rng rng(static_cast<uint64_t>(options_.seed));
  rng.shuffle(std::span(rows));
  rows.resize(count);
  const Matrix drawn = data.x.select(rows);
  Factor factor = pivoted_cholesky(kernel_values(kernel_of(options_, gamma_), drawn));
  if (factor.order.empty()) {  // only zeros: one column of zeros stands for them
    factor = {{0}, {1.0}};
  }
  landmarks_ = drawn.select(factor.order);
  lower_ = std::move(factor.lower);
  return {};
}

Matrix Nystroem::apply(Matrix x) const {
  const size_t count = landmarks_.rows();
  Rows lower = Rows::Zero(index_of(count), index_of(count));
  for (size_t row = 0, at = 0; row < count; ++row) {
    for (size_t k = 0; k <= row; ++k) lower(index_of(row), index_of(k)) = lower_[at++];
  }
  const Kernel kernel = kernel_of(options_, gamma_);
  Matrix result(x.rows(), count);
  parallel_for(blocks_in(x.rows(), kNystroemBlock), [&](size_t block) {
    const size_t begin = block * kNystroemBlock;
    const size_t end = std::min(x.rows(), begin + kNystroemBlock);
    Rows values = kernel.values(x, begin, end, landmarks_, 0, count).transpose();
    lower.triangularView<Eigen::Lower>().solveInPlace(values);
    for (size_t row = begin; row < end; ++row) {
      for (size_t k = 0; k < count; ++k) {
        result(row, k) = static_cast<float>(values(index_of(k), index_of(row - begin)));
      }
    }
  });
  return result;
}

void Nystroem::save(ByteWriter& out) const {
  out.put(gamma_);
  out.put_array(std::span<const float>(landmarks_.data(), landmarks_.rows() * landmarks_.columns()));
  out.put_array(lower_);
}

Status Nystroem::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(gamma_, in.get<double>());
  SLEEVE_TRY(std::vector<float> landmarks, in.get_array<float>());
  SLEEVE_TRY(lower_, in.get_array<double>());
  const size_t count = landmarks.size() / columns;
  bool sensible = count > 0 && landmarks.size() == count * columns &&
                  lower_.size() == count * (count + 1) / 2 && gamma_ > 0.0 && std::isfinite(gamma_) &&
                  std::ranges::all_of(landmarks, [](float value) { return std::isfinite(value); }) &&
                  std::ranges::all_of(lower_, [](double value) { return std::isfinite(value); });
  for (size_t row = 0; sensible && row < count; ++row) sensible = lower_[row * (row + 3) / 2] > 0.0;
  if (!sensible) return make_error(ErrorCode::kCorrupt, "nystroem: the landmarks don't make sense");
  landmarks_ = Matrix(count, columns, std::move(landmarks));
  return {};
}

}  // namespace sleeve
