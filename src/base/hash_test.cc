// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <unordered_set>

#include <gtest/gtest.h>

namespace sleeve {
namespace {

// The examples of FIPS 180-4.
TEST(Sha256, KnownValues) {
  EXPECT_EQ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", sha256("").hex());
  EXPECT_EQ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", sha256("abc").hex());
  EXPECT_EQ("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex());
  EXPECT_EQ("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            sha256(std::string(1'000'000, 'a')).hex());
}

TEST(Sha256, HexAndBack) {
  const Sha256 hash = sha256("abc");
  EXPECT_EQ(hash, Sha256::from_hex(hash.hex()));
  std::string upper = hash.hex();
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(hash, Sha256::from_hex(upper));
  EXPECT_EQ(std::nullopt, Sha256::from_hex(hash.hex().substr(1)));
  EXPECT_EQ(std::nullopt, Sha256::from_hex("g" + hash.hex().substr(1)));
  EXPECT_EQ(std::nullopt, Sha256::from_hex(hash.hex() + "0"));
}

TEST(Sha256, IsAKey) {
  const std::unordered_set<Sha256> keys = {sha256("a"), sha256("b"), sha256("a")};
  EXPECT_EQ(2U, keys.size());
}

TEST(Checksum64, TellsDamageAndSeed) {
  const std::string text = "covers";
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  EXPECT_EQ(0x2D06800538D394C2ULL, checksum64({}));  // XXH3's value for no bytes
  EXPECT_NE(checksum64(bytes), checksum64(bytes.first(5)));
  EXPECT_NE(checksum64(bytes), checksum64(bytes, 1));
}

}  // namespace
}  // namespace sleeve
