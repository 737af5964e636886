// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_HASH_H_
#define SLEEVE_BASE_HASH_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sleeve {

// SHA-256 of some bytes: the name of a cover's content.
struct Sha256 {
  std::array<uint8_t, 32> bytes{};

  // 64 lower-case hex digits.
  [[nodiscard]] std::string hex() const;
  // Nothing unless `text` is exactly 64 hex digits.
  static std::optional<Sha256> from_hex(std::string_view text);
  friend auto operator<=>(const Sha256&, const Sha256&) = default;
};

Sha256 sha256(std::span<const std::byte> data);
Sha256 sha256(std::string_view text);

// XXH3, 64 bits: a checksum against damage, not against malice.
uint64_t checksum64(std::span<const std::byte> data, uint64_t seed = 0);

}  // namespace sleeve

template <>
struct std::hash<sleeve::Sha256> {
  size_t operator()(const sleeve::Sha256& key) const noexcept {
    size_t value = 0;
    for (size_t i = 0; i < sizeof(value); ++i) value = value << 8 | key.bytes[i];
    return value;
  }
};

#endif  // SLEEVE_BASE_HASH_H_
