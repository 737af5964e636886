// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <cassert>

#include <openssl/evp.h>
#include <xxhash.h>

namespace sleeve {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Sha256::hex() const {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(64);
  for (const uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

std::optional<Sha256> Sha256::from_hex(std::string_view text) {
  if (text.size() != 64) return std::nullopt;
  Sha256 result;
  for (size_t i = 0; i < 32; ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    result.bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return result;
}

Sha256 sha256(std::span<const std::byte> data) {
  Sha256 result;
  unsigned length = 0;
  [[maybe_unused]] const int done =
      EVP_Digest(data.data(), data.size(), result.bytes.data(), &length, EVP_sha256(), nullptr);
  assert(done == 1 && length == result.bytes.size());
  return result;
}

Sha256 sha256(std::string_view text) { return sha256(std::as_bytes(std::span(text.data(), text.size()))); }

uint64_t checksum64(std::span<const std::byte> data, uint64_t seed) {
  return XXH3_64bits_withSeed(data.data(), data.size(), seed);
}

}  // namespace sleeve
