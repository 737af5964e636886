// SPDX-License-Identifier: Apache-2.0
#include "learn/ridge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <Eigen/Cholesky>

#include "base/error.h"
#include "base/try.h"
#include "learn/centred.h"
#include "learn/finite_float.h"

namespace sleeve {
namespace {

// Solves (products + alpha·1) w = right for symmetric products whose lower half is given.
Eigen::VectorXd solve(Eigen::MatrixXd products, double alpha, const Eigen::VectorXd& right) {
  const double largest = products.diagonal().maxCoeff();
  products.diagonal().array() += alpha;
  double step =
      std::numeric_limits<double>::epsilon() * std::max(largest, std::numeric_limits<double>::min());
  while (true) {
    const Eigen::LLT<Eigen::MatrixXd> factors(products);
    if (factors.info() == Eigen::Success) {
      Eigen::VectorXd solution = factors.solve(right);
      if (solution.allFinite()) return solution;
    }
    products.diagonal().array() += step;
    step *= 10.0;
  }
}

}  // namespace

Status Ridge::fit(const TrainingSet& data, uint64_t /*seed*/, const WorkContext& context) {
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "ridge: there are no rows to learn from");
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "ridge: stopped");
  const Rows rows = centred(data.x, means_);
  Eigen::VectorXd values(rows.rows());
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    values(i) = static_cast<double>(data.values[static_cast<size_t>(i)]);
  }
  centre_ = values.mean();
  values.array() -= centre_;
  Eigen::MatrixXd products = smaller_products(rows);
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "ridge: stopped");
  const Eigen::VectorXd solution =
      rows.rows() < rows.cols()
          ? Eigen::VectorXd(rows.transpose() * solve(std::move(products), options_.alpha, values))
          : solve(std::move(products), options_.alpha, rows.transpose() * values);
  coefficients_.assign(solution.data(), solution.data() + solution.size());
  return {};
}

double Ridge::intercept() const {
  double sum = centre_;
  for (size_t j = 0; j < means_.size(); ++j) sum -= means_[j] * coefficients_[j];
  return sum;
}

Matrix Ridge::outputs(const Matrix& x) const {
  Matrix result(x.rows(), 1);
  for (size_t row = 0; row < x.rows(); ++row) {
    const auto values = x.row(row);
    double sum = centre_;
    for (size_t j = 0; j < values.size(); ++j) {
      sum += (static_cast<double>(values[j]) - means_[j]) * coefficients_[j];
    }
    result(row, 0) = finite_float(sum);
  }
  return result;
}

void Ridge::save(ByteWriter& out) const {
  out.put(centre_);
  out.put_array(means_);
  out.put_array(coefficients_);
}

Status Ridge::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(const double centre, in.get<double>());
  SLEEVE_TRY(std::vector<double> means, in.get_array<double>());
  SLEEVE_TRY(std::vector<double> coefficients, in.get_array<double>());
  const auto finite = [](double value) { return std::isfinite(value); };
  if (classes != 1 || !finite(centre) || means.size() != columns || coefficients.size() != columns ||
      !std::ranges::all_of(means, finite) || !std::ranges::all_of(coefficients, finite)) {
    return make_error(ErrorCode::kCorrupt, "ridge: the coefficients don't make sense");
  }
  centre_ = centre;
  means_ = std::move(means);
  coefficients_ = std::move(coefficients);
  return {};
}

}  // namespace sleeve
