// SPDX-License-Identifier: Apache-2.0
#include "learn/stratified_chance.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/try.h"

namespace sleeve {

Status StratifiedChance::fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  if (data.labels.empty()) {
    return make_error(ErrorCode::kNoData, "stratified: there are no rows to learn from");
  }
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "stratified: stopped");
  seed_ = seed;
  counts_.assign(static_cast<size_t>(data.classes), 0);
  for (const int label : data.labels) ++counts_[static_cast<size_t>(label)];
  return {};
}

size_t StratifiedChance::draw(std::span<const float> row) const {
  std::vector<float> values(row.begin(), row.end());
  for (float& value : values) value += 0.0F;  // -0 is the same feature as 0
  uint64_t rows = 0;
  for (const uint64_t count : counts_) rows += count;
  uint64_t place = Rng(seed_, checksum64(std::as_bytes(std::span(values)))).below(rows);
  size_t label = 0;
  while (place >= counts_[label]) place -= counts_[label++];
  return label;
}

Matrix StratifiedChance::outputs(const Matrix& x) const {
  Matrix result(x.rows(), counts_.size());
  for (size_t row = 0; row < x.rows(); ++row) result(row, draw(x.row(row))) = 1.0F;
  return result;
}

void StratifiedChance::save(ByteWriter& out) const {
  out.put(seed_);
  out.put_array(counts_);
}

Status StratifiedChance::load(ByteReader& in, size_t /*columns*/, int classes) {
  SLEEVE_TRY(const uint64_t seed, in.get<uint64_t>());
  SLEEVE_TRY(std::vector<uint64_t> counts, in.get_array<uint64_t>());
  // Bounded, so that their sum doesn't wrap around.
  const bool bounded = std::ranges::all_of(counts, [](uint64_t count) { return count < uint64_t{1} << 40; });
  const bool any = std::ranges::any_of(counts, [](uint64_t count) { return count > 0; });
  if (counts.size() != static_cast<size_t>(classes) || !bounded || !any) {
    return make_error(ErrorCode::kCorrupt, "stratified: the counts of the classes don't make sense");
  }
  seed_ = seed;
  counts_ = std::move(counts);
  return {};
}

}  // namespace sleeve
