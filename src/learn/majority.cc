// SPDX-License-Identifier: Apache-2.0
#include "learn/majority.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {

Status Majority::fit(const TrainingSet& data, uint64_t /*seed*/, const WorkContext& context) {
  if (data.labels.empty()) return make_error(ErrorCode::kNoData, "majority: there are no rows to learn from");
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "majority: stopped");
  std::vector<size_t> counts(static_cast<size_t>(data.classes));
  for (const int label : data.labels) ++counts[static_cast<size_t>(label)];
  shares_.clear();
  for (const size_t count : counts) {
    shares_.push_back(
        static_cast<float>(static_cast<double>(count) / static_cast<double>(data.labels.size())));
  }
  return {};
}

Matrix Majority::outputs(const Matrix& x) const {
  Matrix result(x.rows(), shares_.size());
  for (size_t row = 0; row < x.rows(); ++row) std::ranges::copy(shares_, result.row(row).begin());
  return result;
}

void Majority::save(ByteWriter& out) const { out.put_array(shares_); }

Status Majority::load(ByteReader& in, size_t /*columns*/, int classes) {
  SLEEVE_TRY(std::vector<float> shares, in.get_array<float>());
  const bool sensible =
      std::ranges::all_of(shares, [](float share) { return share >= 0.0F && share <= 1.0F; });
  if (shares.size() != static_cast<size_t>(classes) || !sensible) {
    return make_error(ErrorCode::kCorrupt, "majority: the class shares don't make sense");
  }
  shares_ = std::move(shares);
  return {};
}

}  // namespace sleeve
