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
  ranges_.clear();
  bags_.clear();
  for (const ColumnBlock& block : data.blocks) {
    if (!block.bag) continue;
    Bag bag{*block.bag, BagEncoder(bag_options(), *block.bag)};
    bag.encoder.fit(data.x, block.begin, block.end);
    ranges_.push_back({block.begin, block.end, bag.encoder.size()});
    bags_.push_back(std::move(bag));
  }
  if (bags_.empty()) {
    return Error{
        ErrorCode::kUsage,
        "words: there is no bag of local features here: it must stand first, with a descriptor such as "
        "sift, dense_sift, kaze, akaze or orb among the features"};
  }
  return {};
}

size_t Words::columns_after(size_t columns) const { return sleeve::columns_after(ranges_, columns); }

std::vector<ColumnBlock> Words::blocks_after(std::span<const ColumnBlock> blocks, size_t /*columns*/) const {
  return sleeve::blocks_after(ranges_, blocks);
}

Matrix Words::apply(Matrix x) const {
  Matrix result(x.rows(), columns_after(x.columns()));
  const auto encode = [&](size_t bag, std::span<const float> from, std::span<float> to) {
    bags_[bag].encoder.encode(from, to);
  };
  parallel_for(x.rows(), [&](size_t row) {
    map_row(ranges_, static_cast<const Matrix&>(x).row(row), result.row(row), encode);
  });
  return result;
}

void Words::save(ByteWriter& out) const {
  out.put<uint32_t>(static_cast<uint32_t>(bags_.size()));
  for (size_t i = 0; i < bags_.size(); ++i) {
    out.put<uint64_t>(ranges_[i].begin);
    out.put<uint64_t>(ranges_[i].end);
    out.put<uint8_t>(static_cast<uint8_t>(bags_[i].layout.kind));
    out.put<uint64_t>(bags_[i].layout.bytes);
    bags_[i].encoder.save(out);
  }
}

Status Words::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(const uint32_t count, in.get<uint32_t>());
  ranges_.clear();
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
    Bag bag{layout, BagEncoder(bag_options(), layout)};
    SLEEVE_CHECK(bag.encoder.load(in));
    ranges_.push_back({static_cast<size_t>(begin), done, bag.encoder.size()});
    bags_.push_back(std::move(bag));
  }
  if (bags_.empty()) return make_error(ErrorCode::kCorrupt, "words: there is no bag");
  return {};
}

}  // namespace sleeve
