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

constexpr size_t kPcaBlock = 64;

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
  if (wanted_of(options.components)) return check_blocks_option(options.blocks, "pca");
  return make_error(ErrorCode::kUsage,
                    "pca: components={} is none of all, a whole number above 0, or a share between 0 and 1",
                    printable(std::string_view(options.components)));
}

void Pca::Part::fit(const Matrix& x, const PcaOptions& options) {
  const Rows rows = centred(x, means);
  const Axes axes = solve(rows);
  variances.clear();
  for (Eigen::Index k = axes.variances.size(); k-- > 0;) {
    variances.push_back(std::max(0.0, axes.variances(k)));
  }
  const size_t kept = kept_of(variances, *wanted_of(options.components), x.columns());
  variances.resize(kept);
  components.assign(kept * x.columns(), 0.0);
  Eigen::Map<Rows> directions(components.data(), index_of(kept), index_of(x.columns()));
  const auto vectors = axes.vectors.rightCols(index_of(kept)).rowwise().reverse();
  if (rows.rows() < rows.cols()) {
    directions.noalias() = vectors.transpose() * rows;
  } else {
    directions = vectors.transpose();
  }
  scales.assign(kept, 1.0);
  for (size_t k = 0; k < kept; ++k) {
    auto direction = directions.row(index_of(k));
    // Rows that don't vary at all have no direction: the first column stands for it.
    if (variances[k] == 0.0) direction = Eigen::RowVectorXd::Unit(direction.size(), 0);
    direction /= direction.norm();
    fix_sign(direction);
    if (options.whiten && variances[k] > 0.0) scales[k] = std::sqrt(variances[k]);
  }
  directions = directions.cast<float>().cast<double>();
}

Status Pca::fit(const TrainingSet& data) {
  const Matrix& x = data.x;
  if (x.rows() == 0) return make_error(ErrorCode::kNoData, "pca: there are no rows to learn from");
  SLEEVE_CHECK(check(options_));
  SLEEVE_TRY(ranges_, ranges_of(options_.blocks, data, "pca"));
  parts_.assign(ranges_.size(), {});
  for (size_t i = 0; i < ranges_.size(); ++i) {
    if (ranges_[i].width() == x.columns()) {
      parts_[i].fit(x, options_);
    } else {
      Matrix columns(x.rows(), ranges_[i].width());
      for (size_t row = 0; row < x.rows(); ++row) {
        std::ranges::copy(x.row(row).subspan(ranges_[i].begin, ranges_[i].width()), columns.row(row).begin());
      }
      parts_[i].fit(columns, options_);
    }
    ranges_[i].after = parts_[i].scales.size();
  }
  return {};
}

Matrix Pca::apply(Matrix x) const {
  Matrix result(x.rows(), columns_after(x.columns()));
  parallel_for(blocks_in(x.rows(), kPcaBlock), [&](size_t block) {
    const size_t begin = block * kPcaBlock;
    const size_t end = std::min(x.rows(), begin + kPcaBlock);
    const Rows all = block_of(x, begin, end);
    std::vector<Rows> projected;
    for (size_t i = 0; i < parts_.size(); ++i) {
      const size_t width = ranges_[i].width();
      const Eigen::Map<const Eigen::RowVectorXd> means(parts_[i].means.data(), index_of(width));
      const Eigen::Map<const Rows> components(parts_[i].components.data(), index_of(ranges_[i].after),
                                              index_of(width));
      Rows rows = all.middleCols(index_of(ranges_[i].begin), index_of(width));
      rows.rowwise() -= means;
      projected.emplace_back(rows * components.transpose());
    }
    for (size_t row = begin; row < end; ++row) {
      const auto fill = [&](size_t i, std::span<const float> /*from*/, std::span<float> to) {
        for (size_t k = 0; k < to.size(); ++k) {
          to[k] = static_cast<float>(projected[i](index_of(row - begin), index_of(k)) / parts_[i].scales[k]);
        }
      };
      map_row(ranges_, static_cast<const Matrix&>(x).row(row), result.row(row), fill);
    }
  });
  return result;
}

size_t Pca::columns_after(size_t columns) const { return sleeve::columns_after(ranges_, columns); }

std::vector<ColumnBlock> Pca::blocks_after(std::span<const ColumnBlock> blocks, size_t /*columns*/) const {
  if (options_.blocks.empty()) return {};
  return sleeve::blocks_after(ranges_, blocks);
}

void Pca::Part::save(ByteWriter& out) const {
  out.put_array(means);
  out.put_array(std::vector<float>(components.begin(), components.end()));
  out.put_array(variances);
  out.put_array(scales);
}

// All columns together as the first sleeve wrote it; blocks with their columns in front.
void Pca::save(ByteWriter& out) const {
  if (!options_.blocks.empty()) save_ranges(ranges_, out);
  for (const Part& part : parts_) part.save(out);
}

template <class Stored>
Status Pca::Part::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(means, in.get_array<double>());
  SLEEVE_TRY(const auto stored, in.get_array<Stored>());
  components.assign(stored.begin(), stored.end());
  SLEEVE_TRY(variances, in.get_array<double>());
  SLEEVE_TRY(scales, in.get_array<double>());
  const auto finite = [](double value) { return std::isfinite(value); };
  const bool shapes = means.size() == columns && !scales.empty() && scales.size() <= columns &&
                      variances.size() == scales.size() && components.size() == scales.size() * columns;
  const bool sensible =
      shapes && std::ranges::all_of(means, finite) &&
      std::ranges::all_of(components, [](double value) { return std::abs(value) <= 1.0 + 1e-9; }) &&
      std::ranges::all_of(variances, [](double value) { return std::isfinite(value) && value >= 0.0; }) &&
      std::ranges::all_of(scales, [](double value) { return std::isfinite(value) && value > 0.0; });
  if (!sensible) return make_error(ErrorCode::kCorrupt, "pca: the components don't make sense");
  return {};
}

template <class Stored>
Status Pca::load_parts(ByteReader& in, size_t columns) {
  ranges_ = {{0, columns, columns}};
  if (!options_.blocks.empty()) {
    SLEEVE_TRY(ranges_, load_ranges(in, columns, columns, "pca"));
  }
  parts_.assign(ranges_.size(), {});
  for (size_t i = 0; i < parts_.size(); ++i) {
    SLEEVE_CHECK(parts_[i].load<Stored>(in, ranges_[i].width()));
    if (!options_.blocks.empty() && parts_[i].scales.size() != ranges_[i].after) {
      return make_error(ErrorCode::kCorrupt, "pca: the components don't make sense");
    }
    ranges_[i].after = parts_[i].scales.size();
  }
  return {};
}

Status Pca::load(ByteReader& in, size_t columns) { return load_parts<float>(in, columns); }

Status Pca::load_earlier(ByteReader& in, size_t columns) { return load_parts<double>(in, columns); }

}  // namespace sleeve
