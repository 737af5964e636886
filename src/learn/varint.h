// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_VARINT_H_
#define SLEEVE_LEARN_VARINT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sleeve {

// Seven bits a byte, the lowest first; the top bit says that more follow (LEB128).
inline void put_varint(std::vector<uint8_t>& bytes, uint32_t value) {
  while (value >= 0x80) {
    bytes.push_back(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  bytes.push_back(static_cast<uint8_t>(value));
}

class VarintReader {
 public:
  explicit VarintReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  // Nothing at the end, and where the bytes are no number of 32 bits.
  std::optional<uint32_t> next() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 35 && at_ < bytes_.size(); shift += 7) {
      const uint8_t byte = bytes_[at_++];
      value |= uint64_t{byte & 0x7fU} << shift;
      if ((byte & 0x80) == 0) {
        if (value > 0xffffffffU) return std::nullopt;
        return static_cast<uint32_t>(value);
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_VARINT_H_
