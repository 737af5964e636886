// SPDX-License-Identifier: Apache-2.0
#include "learn/svr.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/parallel.h"
#include "base/try.h"
#include "learn/distance.h"
#include "learn/finite_float.h"
#include "learn/kernel.h"
#include "learn/svm.h"
#include "learn/svm_machine.h"
#include "learn/svm_parts.h"

namespace sleeve {
namespace {

constexpr size_t kSvrBlock = 64;
// Beyond this is only what a damaged file gives.
constexpr double kLargestSvr = 1e100;

// What the two machines have in common.
SvmOptions as_svm(const SvrOptions& options) {
  SvmOptions result;
  result.kernel = options.kernel;
  result.gamma = options.gamma;
  result.degree = options.degree;
  result.coef0 = options.coef0;
  return result;
}

}  // namespace

Status check(const SvrOptions& options) { return check(as_svm(options)); }

Status Svr::fit(const TrainingSet& data, uint64_t /*seed*/, const WorkContext& context) {
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "svr: there are no rows to learn from");
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "svr: stopped");
  SLEEVE_CHECK(check(options_));
  if (for_histograms(kernel_kind(options_.kernel))) {
    SLEEVE_CHECK(check_not_negative(data.x, fmt::format("svr: kernel {}", options_.kernel)));
  }
  const Kernel kernel = resolved_kernel(as_svm(options_), data.x);
  const PresentClasses all = present_classes(std::vector<int>(data.x.rows()), 1);
  SLEEVE_TRY(const GramMatrix gram, GramMatrix::make(kernel, data.x, all.rows, context));
  const SvmMachine machine =
      train_number_machine(gram, data.values, options_.c, options_.epsilon, options_.tolerance);
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "svr: stopped");
  std::vector<size_t> rows;
  coefficients_.clear();
  for (const SvmMachine::Support& support : machine.supports) {
    rows.push_back(support.row);
    coefficients_.push_back(support.coefficient);
  }
  supports_ = data.x.select(rows);
  gamma_ = kernel.gamma;
  rho_ = machine.rho;
  return {};
}

Matrix Svr::outputs(const Matrix& x) const {
  Matrix result(x.rows(), 1);
  const Kernel kernel{kernel_kind(options_.kernel), gamma_, options_.degree, options_.coef0};
  const Eigen::Map<const Eigen::VectorXd> coefficients(coefficients_.data(), index_of(coefficients_.size()));
  parallel_for(blocks_in(x.rows(), kSvrBlock), [&](size_t block) {
    const size_t begin = block * kSvrBlock;
    const size_t end = std::min(x.rows(), begin + kSvrBlock);
    const Rows values = kernel.values(x, begin, end, supports_, 0, supports_.rows());
    for (size_t row = begin; row < end; ++row) {
      const double sum = supports_.rows() == 0 ? 0.0 : values.row(index_of(row - begin)).dot(coefficients);
      result(row, 0) = finite_float(sum - rho_);
    }
  });
  return result;
}

void Svr::save(ByteWriter& out) const {
  out.put(gamma_);
  out.put(rho_);
  out.put_array(std::span<const float>(supports_.data(), supports_.rows() * supports_.columns()));
  out.put_array(coefficients_);
}

Status Svr::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(const double gamma, in.get<double>());
  SLEEVE_TRY(const double rho, in.get<double>());
  SLEEVE_TRY(std::vector<float> values, in.get_array<float>());
  SLEEVE_TRY(std::vector<double> coefficients, in.get_array<double>());
  const bool sensible =
      classes == 1 && gamma > 0.0 && std::isfinite(gamma) && std::abs(rho) <= kLargestSvr &&
      values.size() % columns == 0 && values.size() / columns == coefficients.size() &&
      std::ranges::all_of(values, [](float value) { return std::isfinite(value); }) &&
      std::ranges::all_of(coefficients, [](double value) { return std::abs(value) <= kLargestSvr; });
  if (!sensible) return make_error(ErrorCode::kCorrupt, "svr: the support vectors don't make sense");
  gamma_ = gamma;
  rho_ = rho;
  supports_ = Matrix(coefficients.size(), columns, std::move(values));
  coefficients_ = std::move(coefficients);
  return {};
}

}  // namespace sleeve
