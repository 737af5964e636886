// SPDX-License-Identifier: Apache-2.0
#include "learn/blockwise.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/named_blocks.h"

namespace sleeve {
namespace {

constexpr std::string_view kEach = "each";

std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string& name : split_outside_parentheses(text, '+')) names.emplace_back(trim(name));
  return names;
}

}  // namespace

Status check_blocks_option(const std::string& text, std::string_view owner) {
  if (text.empty() || text == kEach) return {};
  return check_block_names(names_in(text), owner, fmt::format("{}:blocks=hog+hsv", owner));
}

Result<std::vector<ColumnRange>> ranges_of(const std::string& text, const TrainingSet& data,
                                           std::string_view owner) {
  if (text.empty()) return std::vector<ColumnRange>{{0, data.x.columns(), 0}};
  std::vector<ColumnRange> ranges;
  const auto add = [&](const ColumnBlock& block) {
    if (block.begin < block.end) ranges.push_back({block.begin, block.end, 0});
  };
  if (text == kEach) {
    SLEEVE_CHECK(check_blocks_known(data.blocks, owner));
    std::ranges::for_each(data.blocks, add);
    return ranges;
  }
  SLEEVE_TRY(const auto by_name, find_blocks(data.blocks, names_in(text), owner));
  for (const auto& blocks : by_name) std::ranges::for_each(blocks, add);
  std::ranges::sort(ranges, {}, &ColumnRange::begin);
  return ranges;
}

size_t columns_after(std::span<const ColumnRange> ranges, size_t columns) {
  for (const ColumnRange& range : ranges) columns = columns - range.width() + range.after;
  return columns;
}

std::vector<ColumnBlock> blocks_after(std::span<const ColumnRange> ranges,
                                      std::span<const ColumnBlock> blocks) {
  std::vector<ColumnBlock> result;
  const auto moved = [&](size_t column) {
    size_t to = column;
    for (const ColumnRange& range : ranges) {
      if (range.end <= column) to = to - range.width() + range.after;
    }
    return to;
  };
  for (const ColumnBlock& block : blocks) {
    result.push_back({block.name, moved(block.begin), moved(block.end), {}});
  }
  return result;
}

void map_row(std::span<const ColumnRange> ranges, std::span<const float> from, std::span<float> to,
             const std::function<void(size_t, std::span<const float>, std::span<float>)>& fill) {
  size_t done = 0;
  const auto pass_through = [&](size_t end) {
    std::ranges::copy(from.subspan(done, end - done), to.begin());
    to = to.subspan(end - done);
    done = end;
  };
  for (size_t i = 0; i < ranges.size(); ++i) {
    pass_through(ranges[i].begin);
    fill(i, from.subspan(ranges[i].begin, ranges[i].width()), to.first(ranges[i].after));
    to = to.subspan(ranges[i].after);
    done = ranges[i].end;
  }
  pass_through(from.size());
}

void save_ranges(std::span<const ColumnRange> ranges, ByteWriter& out) {
  std::vector<uint64_t> numbers;
  for (const ColumnRange& range : ranges)
    numbers.insert(numbers.end(), {range.begin, range.end, range.after});
  out.put_array(numbers);
}

Result<std::vector<ColumnRange>> load_ranges(ByteReader& in, size_t columns, size_t most,
                                             std::string_view owner) {
  SLEEVE_TRY(const auto numbers, in.get_array<uint64_t>());
  std::vector<ColumnRange> ranges;
  bool sensible = numbers.size() % 3 == 0;
  size_t done = 0;
  for (size_t i = 0; sensible && i < numbers.size(); i += 3) {
    sensible = numbers[i] >= done && numbers[i] < numbers[i + 1] && numbers[i + 1] <= columns &&
               numbers[i + 2] > 0 && numbers[i + 2] <= most;
    if (!sensible) break;
    ranges.push_back({static_cast<size_t>(numbers[i]), static_cast<size_t>(numbers[i + 1]),
                      static_cast<size_t>(numbers[i + 2])});
    done = ranges.back().end;
  }
  if (!sensible) return make_error(ErrorCode::kCorrupt, "{}: the columns don't make sense", owner);
  return ranges;
}

}  // namespace sleeve
