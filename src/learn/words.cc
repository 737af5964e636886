// SPDX-License-Identifier: Apache-2.0
#include "learn/words.h"

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"
#include "base/try.h"

namespace sleeve {
namespace {

Encoding encoding_of(const std::string& name) {
  if (name == "soft") return Encoding::kSoft;
  if (name == "vlad") return Encoding::kVlad;
  return name == "fisher" ? Encoding::kFisher : Encoding::kHard;
}

constexpr size_t kMostBytes = 65'536;  // of a local vector; a file may claim anything

}  // namespace

Status check(const WordsOptions& options) {
  if (!options.tfidf || options.encoding == "hard" || options.encoding == "soft") return {};
  return make_error(ErrorCode::kUsage, "words: tfidf weighs counts, which encoding={} has none of",
                    options.encoding);
}

BagOptions Words::bag_options() const {
  const auto size = [](int value) { return static_cast<size_t>(value); };
  return {encoding_of(options_.encoding),
          size(options_.k),
          size(options_.levels),
          size(options_.nearest),
          size(options_.sample),
          size(options_.reduce),
          options_.place,
          options_.root,
          options_.tfidf,
          options_.power,
          options_.norm,
          static_cast<uint64_t>(options_.seed)};
}

Status Words::fit(const TrainingSet& data) {
  bags_.clear();
  for (const ColumnBlock& block : data.blocks) {
    if (!block.bag) continue;
    bags_.push_back({block.begin, block.end, *block.bag, BagEncoder(bag_options(), *block.bag)});
  }
  if (bags_.empty()) {
    return Error{
        ErrorCode::kUsage,
        "words: there is no bag of local features here: it must stand first, with a descriptor such as "
        "sift, dense_sift, kaze, akaze or orb among the features"};
  }
  for (Bag& bag : bags_) bag.encoder.fit(data.x, bag.begin, bag.end);
  return {};
}

size_t Words::columns_after(size_t columns) const {
  for (const Bag& bag : bags_) columns = columns - (bag.end - bag.begin) + bag.encoder.size();
  return columns;
}

std::vector<ColumnBlock> Words::blocks_after(std::span<const ColumnBlock> blocks, size_t /*columns*/) const {
  std::vector<ColumnBlock> result;
  const auto moved = [&](size_t column) {
    size_t to = column;
    for (const Bag& bag : bags_) {
      if (bag.end <= column) to = to - (bag.end - bag.begin) + bag.encoder.size();
    }
    return to;
  };
  for (const ColumnBlock& block : blocks)
    result.push_back({block.name, moved(block.begin), moved(block.end), {}});
  return result;
}

Matrix Words::apply(Matrix x) const {
  Matrix result(x.rows(), columns_after(x.columns()));
  parallel_for(x.rows(), [&](size_t row) {
    const auto from = static_cast<const Matrix&>(x).row(row);
    auto to = result.row(row);
    size_t done = 0;
    const auto pass_through = [&](size_t end) {
      std::ranges::copy(from.subspan(done, end - done), to.begin());
      to = to.subspan(end - done);
      done = end;
    };
    for (const Bag& bag : bags_) {
      pass_through(bag.begin);
      bag.encoder.encode(from.subspan(bag.begin, bag.end - bag.begin), to.first(bag.encoder.size()));
      to = to.subspan(bag.encoder.size());
      done = bag.end;
    }
    pass_through(from.size());
  });
  return result;
}

void Words::save(ByteWriter& out) const {
  out.put<uint32_t>(static_cast<uint32_t>(bags_.size()));
  for (const Bag& bag : bags_) {
    out.put<uint64_t>(bag.begin);
    out.put<uint64_t>(bag.end);
    out.put<uint8_t>(static_cast<uint8_t>(bag.layout.kind));
    out.put<uint64_t>(bag.layout.bytes);
    bag.encoder.save(out);
  }
}

Status Words::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(const uint32_t count, in.get<uint32_t>());
  bags_.clear();
  size_t done = 0;
  for (uint32_t i = 0; i < count; ++i) {
    SLEEVE_TRY(const uint64_t begin, in.get<uint64_t>());
    SLEEVE_TRY(const uint64_t end, in.get<uint64_t>());
    SLEEVE_TRY(const uint8_t kind, in.get<uint8_t>());
    SLEEVE_TRY(const uint64_t bytes, in.get<uint64_t>());
    if (begin < done || end <= begin || end > columns || kind > static_cast<uint8_t>(LocalKind::kBits) ||
        bytes == 0 || bytes > kMostBytes) {
      return make_error(ErrorCode::kCorrupt, "words: the bags' columns don't make sense");
    }
    done = static_cast<size_t>(end);
    const BagLayout layout{static_cast<LocalKind>(kind), static_cast<size_t>(bytes)};
    bags_.push_back({static_cast<size_t>(begin), done, layout, BagEncoder(bag_options(), layout)});
    SLEEVE_CHECK(bags_.back().encoder.load(in));
  }
  if (bags_.empty()) return make_error(ErrorCode::kCorrupt, "words: there is no bag");
  return {};
}

}  // namespace sleeve
