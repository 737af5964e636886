// SPDX-License-Identifier: Apache-2.0
#include "learn/only_blocks.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/named_blocks.h"

namespace sleeve {

Status check(const OnlyBlocksOptions& options) {
  return check_block_names(split_outside_parentheses(options.blocks, '+'), "only", "only:blocks=hog+hsv");
}

Status OnlyBlocks::fit(const TrainingSet& data) {
  std::vector<std::string> names;
  for (const std::string& name : split_outside_parentheses(options_.blocks, '+'))
    names.emplace_back(trim(name));
  SLEEVE_TRY(const auto by_name, find_blocks(data.blocks, names, "only"));
  std::vector<ColumnBlock> found;
  for (const auto& blocks : by_name) found.insert(found.end(), blocks.begin(), blocks.end());
  std::ranges::sort(found, {}, &ColumnBlock::begin);
  ranges_.clear();
  for (const ColumnBlock& block : found) {
    ranges_.insert(ranges_.end(), {static_cast<uint32_t>(block.begin), static_cast<uint32_t>(block.end)});
  }
  return {};
}

size_t OnlyBlocks::columns_after(size_t /*columns*/) const {
  size_t width = 0;
  for (size_t i = 0; i < ranges_.size(); i += 2) width += ranges_[i + 1] - ranges_[i];
  return width;
}

std::vector<ColumnBlock> OnlyBlocks::blocks_after(std::span<const ColumnBlock> blocks,
                                                  size_t /*columns*/) const {
  std::vector<ColumnBlock> result;
  size_t at = 0;
  for (size_t i = 0; i < ranges_.size(); i += 2) {
    const auto same = std::ranges::find(blocks, ranges_[i], &ColumnBlock::begin);
    const size_t width = ranges_[i + 1] - ranges_[i];
    if (same != blocks.end()) result.push_back({same->name, at, at + width, same->bag});
    at += width;
  }
  return result;
}

Matrix OnlyBlocks::apply(Matrix x) const {
  Matrix result(x.rows(), columns_after(x.columns()));
  for (size_t row = 0; row < x.rows(); ++row) {
    auto to = result.row(row).begin();
    for (size_t i = 0; i < ranges_.size(); i += 2) {
      to = std::ranges::copy(x.row(row).subspan(ranges_[i], ranges_[i + 1] - ranges_[i]), to).out;
    }
  }
  return result;
}

Status OnlyBlocks::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(ranges_, in.get_array<uint32_t>());
  bool sensible = !ranges_.empty() && ranges_.size() % 2 == 0 && ranges_.back() <= columns;
  for (size_t i = 1; i < ranges_.size(); ++i) {
    sensible = sensible && (i % 2 == 1 ? ranges_[i - 1] < ranges_[i] : ranges_[i - 1] <= ranges_[i]);
  }
  if (!sensible) return make_error(ErrorCode::kCorrupt, "only: the columns don't make sense");
  return {};
}

}  // namespace sleeve
