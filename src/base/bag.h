// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_BAG_H_
#define SLEEVE_BASE_BAG_H_

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

// How a variable number of local vectors (those of a picture's keypoints) lie in a row of a fixed number of
// floats: what a descriptor writes and a transform reads, agreed on here because neither knows the other.
//
// A row is [count, item, item, …]; an item is [x, y, scale, the vector's bytes, three to a float]. Items
// behind the first `count` are zeros. Three bytes are a whole number below 2^24, which a float holds exactly:
// so a bag takes a third of the memory, and is still a row of ordinary finite numbers.
namespace sleeve {

// What a local vector's bytes stand for.
enum class LocalKind : uint8_t {
  kHistogram = 0,  // amounts from 0 on, as SIFT's
  kSigned = 1,     // numbers from -1 to 1: (byte - 128) / 127
  kBits = 2,       // eight yes or no a byte, the lowest bit first
};

struct BagLayout {
  LocalKind kind = LocalKind::kHistogram;
  size_t bytes = 0;  // of a local vector

  [[nodiscard]] size_t packed() const { return (bytes + 2) / 3; }
  [[nodiscard]] size_t item() const { return 3 + packed(); }                       // columns of an item
  [[nodiscard]] size_t columns(size_t items) const { return 1 + items * item(); }  // of a bag
  [[nodiscard]] size_t dimensions() const { return kind == LocalKind::kBits ? 8 * bytes : bytes; }
  friend bool operator==(const BagLayout&, const BagLayout&) = default;
};

// Where an item lies in the picture: 0 to 1 from the left and from the top; its size as a share of the
// picture's longer side.
struct ItemPlace {
  float x = 0;
  float y = 0;
  float scale = 0;
};

// REQUIRES: layout.bytes of `vector`, layout.item() places in `out`.
inline void pack_item(const BagLayout& layout, const ItemPlace& place, std::span<const uint8_t> vector,
                      std::span<float> out) {
  assert(vector.size() == layout.bytes && out.size() == layout.item());
  out[0] = place.x;
  out[1] = place.y;
  out[2] = place.scale;
  for (size_t i = 0; i < layout.packed(); ++i) {
    uint32_t whole = 0;
    for (size_t b = 0; b < 3 && 3 * i + b < vector.size(); ++b) {
      whole |= static_cast<uint32_t>(vector[3 * i + b]) << (8 * b);
    }
    out[3 + i] = static_cast<float>(whole);
  }
}

// Reads a row that need not have been packed: what can't be is taken as 0, and nothing outside is touched.
class BagRow {
 public:
  BagRow(const BagLayout& layout, std::span<const float> row) : layout_(layout), row_(row) {
    const size_t room = row.empty() ? 0 : (row.size() - 1) / layout.item();
    const float count = row.empty() ? 0.0F : row[0];
    count_ = count > 0.0F ? static_cast<size_t>(std::min(count, static_cast<float>(room))) : 0;
  }
  [[nodiscard]] size_t count() const { return count_; }
  // REQUIRES: i < count(), here and below.
  [[nodiscard]] ItemPlace place(size_t i) const {
    const auto item = this->item(i);
    return {item[0], item[1], item[2]};
  }
  // Fills layout.bytes.
  void unpack(size_t i, std::span<uint8_t> vector) const {
    constexpr float kEnd = 16777216.0F;  // 2^24
    const auto item = this->item(i);
    for (size_t at = 0; at < vector.size(); ++at) {
      const float value = item[3 + at / 3];
      const uint32_t whole = value >= 0.0F && value < kEnd ? static_cast<uint32_t>(value) : 0;
      vector[at] = static_cast<uint8_t>(whole >> (8 * (at % 3)));
    }
  }

 private:
  [[nodiscard]] std::span<const float> item(size_t i) const {
    return row_.subspan(1 + i * layout_.item(), layout_.item());
  }
  BagLayout layout_;
  std::span<const float> row_;
  size_t count_ = 0;
};

}  // namespace sleeve

#endif  // SLEEVE_BASE_BAG_H_
