// SPDX-License-Identifier: Apache-2.0
#include "learn/projection.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/try.h"
#include "learn/blocks.h"
#include "learn/finite_float.h"
#include "learn/kmeans.h"

namespace sleeve {
namespace {

constexpr size_t kProjectionBlock = 64;

}  // namespace

Status check(const ProjectionOptions& options) { return check_blocks_option(options.blocks, "project"); }

void Projection::set_parts(std::vector<ColumnRange> parts) {
  parts_ = std::move(parts);
  weights_.clear();
  for (size_t i = 0; i < parts_.size(); ++i) weights_.push_back(std::make_unique<Weights>());
}

Status Projection::fit(const TrainingSet& data) {
  SLEEVE_TRY(auto parts, ranges_of(options_.blocks, data, "project"));
  const auto wanted = static_cast<size_t>(options_.columns);
  std::erase_if(parts, [&](const ColumnRange& part) { return part.width() <= wanted; });
  double bytes = 0.0;
  for (ColumnRange& part : parts) {
    part.after = wanted;
    bytes += sizeof(float) * static_cast<double>(part.width()) * static_cast<double>(wanted);
  }
  if (bytes > memory_bytes() / 4.0) {
    return make_error(ErrorCode::kTooLarge,
                      "project: the weights would take {:.1f} GB; lower columns, or name blocks",
                      bytes / 1e9);
  }
  set_parts(std::move(parts));
  return {};
}

const std::vector<float>& Projection::weights(size_t part) const {
  Weights& weights = *weights_[part];
  std::call_once(weights.drawn, [&] {
    Rng rng(static_cast<uint64_t>(options_.seed), part);
    const ColumnRange& range = parts_[part];
    weights.values.resize(range.width() * range.after);
    const double scale = 1.0 / std::sqrt(static_cast<double>(range.after));
    for (float& value : weights.values) {
      if (options_.kind == "gaussian") {
        value = static_cast<float>(rng.normal(0.0, scale));
        continue;
      }
      const uint64_t side = rng.below(6);
      value = side > 1 ? 0.0F : static_cast<float>((side == 0 ? 1.0 : -1.0) * std::sqrt(3.0) * scale);
    }
  });
  return weights.values;
}

Matrix Projection::apply(Matrix x) const {
  if (parts_.empty()) return x;
  Matrix result(x.rows(), columns_after(x.columns()));
  parallel_for(blocks_in(x.rows(), kProjectionBlock), [&](size_t block) {
    const size_t begin = block * kProjectionBlock;
    const size_t count = std::min(x.rows() - begin, kProjectionBlock);
    std::vector<Vectors> projected;
    for (size_t part = 0; part < parts_.size(); ++part) {
      const ColumnRange& range = parts_[part];
      const Eigen::Map<const Vectors, 0, Eigen::OuterStride<>> from(
          x.data() + begin * x.columns() + range.begin, index_of(count), index_of(range.width()),
          Eigen::OuterStride<>(index_of(x.columns())));
      const Eigen::Map<const Vectors> drawn(weights(part).data(), index_of(range.after),
                                            index_of(range.width()));
      projected.emplace_back(from * drawn.transpose());
    }
    for (size_t row = 0; row < count; ++row) {
      const auto fill = [&](size_t part, std::span<const float> /*from*/, std::span<float> to) {
        for (size_t k = 0; k < to.size(); ++k) {
          to[k] = finite_float(static_cast<double>(projected[part](index_of(row), index_of(k))));
        }
      };
      map_row(parts_, static_cast<const Matrix&>(x).row(begin + row), result.row(begin + row), fill);
    }
  });
  return result;
}

void Projection::save(ByteWriter& out) const { save_ranges(parts_, out); }

Status Projection::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(auto parts, load_ranges(in, columns, static_cast<size_t>(options_.columns), "project"));
  if (std::ranges::any_of(parts, [](const ColumnRange& part) { return part.after >= part.width(); })) {
    return make_error(ErrorCode::kCorrupt, "project: the columns don't make sense");
  }
  set_parts(std::move(parts));
  return {};
}

size_t Projection::columns_after(size_t columns) const { return sleeve::columns_after(parts_, columns); }

std::vector<ColumnBlock> Projection::blocks_after(std::span<const ColumnBlock> blocks,
                                                  size_t /*columns*/) const {
  if (options_.blocks.empty() && !parts_.empty()) return {};
  return sleeve::blocks_after(parts_, blocks);
}

}  // namespace sleeve
