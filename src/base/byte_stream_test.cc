// SPDX-License-Identifier: Apache-2.0
#include "base/byte_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sleeve {
namespace {

using ::testing::ElementsAre;

Bytes sample() {
  ByteWriter writer;
  writer.put<uint16_t>(0x1234);
  writer.put(-1.5);
  writer.put_text("Rós");
  writer.put_array(std::vector<float>{1, 2, 3});
  return writer.take();
}

TEST(ByteStream, WhatIsWrittenIsReadAgain) {
  const Bytes bytes = sample();
  EXPECT_EQ(std::byte{0x34}, bytes[0]);  // little-endian
  ByteReader reader(bytes);
  EXPECT_EQ(0x1234, reader.get<uint16_t>().value());
  EXPECT_EQ(-1.5, reader.get<double>().value());
  EXPECT_EQ("Rós", reader.get_text().value());
  EXPECT_THAT(reader.get_array<float>().value(), ElementsAre(1, 2, 3));
  EXPECT_EQ(0U, reader.remaining());
  EXPECT_EQ(ErrorCode::kCorrupt, reader.get<char>().error().code);
}

bool reads_whole(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  return reader.get<uint16_t>().ok() && reader.get<double>().ok() && reader.get_text().ok() &&
         reader.get_array<float>().ok();
}

TEST(ByteStream, EveryTruncationIsAnError) {
  const Bytes bytes = sample();
  ASSERT_TRUE(reads_whole(bytes));
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(reads_whole(std::span(bytes).first(size))) << size;
}

TEST(ByteStream, AnImpossibleCountIsRefusedBeforeAllocation) {
  for (const uint64_t count : {UINT64_MAX, uint64_t{1} << 62, uint64_t{1} << 61, uint64_t{3}}) {
    ByteWriter writer;
    writer.put(count);
    writer.put(1.0);
    const Bytes bytes = writer.take();
    EXPECT_EQ(ErrorCode::kCorrupt, ByteReader(bytes).get_array<double>().error().code) << count;
    EXPECT_EQ(count == 3, ByteReader(bytes).get_text().ok());
  }
}

TEST(ByteStream, NothingIsSomethingToRead) {
  ByteWriter writer;
  writer.put_array(std::vector<double>{});
  writer.put_text("");
  ByteReader reader(writer.bytes());
  EXPECT_TRUE(reader.get_array<double>().value().empty());
  EXPECT_EQ("", reader.get_text().value());
}

}  // namespace
}  // namespace sleeve
