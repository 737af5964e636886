// SPDX-License-Identifier: Apache-2.0
#include "learn/pca.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include <Eigen/Eigenvalues>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/blocks.h"
#include "learn/centred.h"

namespace sleeve {
namespace {

constexpr size_t kBlock = 64;

// Exactly one of the two; neither for all components.
struct Wanted {
  size_t number = 0;
  double share = 0.0;
};

std::optional<Wanted> wanted_of(const std::string& text) {
  if (text == "all") return Wanted{};
  const auto value = parse_number(text);
  if (!value || !(*value > 0.0)) return std::nullopt;
  if (*value < 1.0) return Wanted{0, *value};
  if (*value != std::floor(*value) || *value > 1e9) return std::nullopt;
  return Wanted{static_cast<size_t>(*value), 0.0};
}

// Eigenvectors (columns) by rising variance.
struct Axes {
  Eigen::VectorXd variances;
  Eigen::MatrixXd vectors;
};

Axes solve(const Rows& rows) {
  const double freedom = static_cast<double>(std::max<Eigen::Index>(1, rows.rows() - 1));
  Eigen::MatrixXd products = smaller_products(rows);
  products /= freedom;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(products);
  return {solver.eigenvalues(), solver.eigenvectors()};
}

// How many components to keep of variances that fall.
size_t kept_of(const std::vector<double>& variances, const Wanted& wanted, size_t columns) {
  // Below this an eigenvalue is rounding, not variance.
  const double noise = variances[0] * std::numeric_limits<double>::epsilon() * static_cast<double>(columns);
  const auto real = static_cast<size_t>(
      std::ranges::count_if(variances, [&](double variance) { return variance > noise; }));
  size_t kept = std::max<size_t>(1, real);
  if (wanted.number > 0) kept = std::min(kept, wanted.number);
  if (wanted.share > 0.0) {
    const double whole = std::accumulate(variances.begin(), variances.end(), 0.0);
    double sum = 0.0;
    size_t enough = 0;
    while (enough < kept && (enough == 0 || sum < wanted.share * whole)) sum += variances[enough++];
    kept = enough;
  }
  return kept;
}

void fix_sign(Eigen::Ref<Eigen::RowVectorXd> component) {
  Eigen::Index largest = 0;
  for (Eigen::Index j = 1; j < component.size(); ++j) {
    if (std::abs(component(j)) > std::abs(component(largest))) largest = j;
  }
  if (component(largest) < 0.0) component = -component;
}

}  // namespace

Status check(const PcaOptions& options) {
  if (wanted_of(options.components)) return {};
  return make_error(ErrorCode::kUsage,
                    "pca: components={} is none of all, a whole number above 0, or a share between 0 and 1",
                    printable(std::string_view(options.components)));
}

Status Pca::fit(const TrainingSet& data) {
  const Matrix& x = data.x;
  if (x.rows() == 0) return make_error(ErrorCode::kNoData, "pca: there are no rows to learn from");
  SLEEVE_CHECK(check(options_));
  const Rows rows = centred(x, means_);
  const Axes axes = solve(rows);
  variances_.clear();
  for (Eigen::Index k = axes.variances.size(); k-- > 0;) {
    variances_.push_back(std::max(0.0, axes.variances(k)));
  }
  const size_t kept = kept_of(variances_, *wanted_of(options_.components), x.columns());
  variances_.resize(kept);
  components_.assign(kept * x.columns(), 0.0);
  Eigen::Map<Rows> components(components_.data(), index_of(kept), index_of(x.columns()));
  const auto vectors = axes.vectors.rightCols(index_of(kept)).rowwise().reverse();
  if (rows.rows() < rows.cols()) {
    components.noalias() = vectors.transpose() * rows;
  } else {
    components = vectors.transpose();
  }
  scales_.assign(kept, 1.0);
  for (size_t k = 0; k < kept; ++k) {
    auto component = components.row(index_of(k));
    // Rows that don't vary at all have no direction: the first column stands for it.
    if (variances_[k] == 0.0) component = Eigen::RowVectorXd::Unit(component.size(), 0);
    component /= component.norm();
    fix_sign(component);
    if (options_.whiten && variances_[k] > 0.0) scales_[k] = std::sqrt(variances_[k]);
  }
  return {};
}

Matrix Pca::apply(Matrix x) const {
  const size_t kept = scales_.size();
  Matrix result(x.rows(), kept);
  const Eigen::Map<const Eigen::RowVectorXd> means(means_.data(), index_of(means_.size()));
  const Eigen::Map<const Rows> components(components_.data(), index_of(kept), index_of(means_.size()));
  parallel_for(blocks_in(x.rows(), kBlock), [&](size_t block) {
    const size_t begin = block * kBlock;
    const size_t end = std::min(x.rows(), begin + kBlock);
    Rows rows = block_of(x, begin, end);
    rows.rowwise() -= means;
    const Rows projected = rows * components.transpose();
    for (size_t row = begin; row < end; ++row) {
      for (size_t k = 0; k < kept; ++k) {
        result(row, k) = static_cast<float>(projected(index_of(row - begin), index_of(k)) / scales_[k]);
      }
    }
  });
  return result;
}

void Pca::save(ByteWriter& out) const {
  out.put_array(means_);
  out.put_array(components_);
  out.put_array(variances_);
  out.put_array(scales_);
}

Status Pca::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(std::vector<double> means, in.get_array<double>());
  SLEEVE_TRY(std::vector<double> components, in.get_array<double>());
  SLEEVE_TRY(std::vector<double> variances, in.get_array<double>());
  SLEEVE_TRY(std::vector<double> scales, in.get_array<double>());
  const auto finite = [](double value) { return std::isfinite(value); };
  const bool shapes = means.size() == columns && !scales.empty() && scales.size() <= columns &&
                      variances.size() == scales.size() && components.size() == scales.size() * columns;
  const bool sensible =
      shapes && std::ranges::all_of(means, finite) &&
      std::ranges::all_of(components, [](double value) { return std::abs(value) <= 1.0 + 1e-9; }) &&
      std::ranges::all_of(variances, [](double value) { return std::isfinite(value) && value >= 0.0; }) &&
      std::ranges::all_of(scales, [](double value) { return std::isfinite(value) && value > 0.0; });
  if (!sensible) return make_error(ErrorCode::kCorrupt, "pca: the components don't make sense");
  means_ = std::move(means);
  components_ = std::move(components);
  variances_ = std::move(variances);
  scales_ = std::move(scales);
  return {};
}

}  // namespace sleeve
