// SPDX-License-Identifier: Apache-2.0
#include "stage/run_predictions.h"

#include <cstring>
#include <limits>

#include <gmock/gmock.h>

namespace sleeve {
namespace {

using testing::HasSubstr;

RunPredictions example() {
  RunPredictions predictions;
  predictions.rows = {
      {"Rock", "Народная"}, {sha256("a"), sha256("b"), sha256("b")}, {0, 1, 0}, {2, 0, 0}, {7, 7, 9}};
  predictions.models = {{"knn", {0, 1, 1}, Matrix(3, 2, {1, 0, 0.25F, 0.75F, 0.5F, 0.5F})},
                        {"forest", {1, 1, 1}, Matrix(3, 2, {0, 1, 0, 1, 0, 1})}};
  return predictions;
}

void expect_corrupt(const std::vector<RunPart>& parts, const char* what) {
  const auto decoded = decode_predictions(parts);
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(decoded.error().message, HasSubstr(what));
}

// Puts a right checksum behind changed bytes, so that what lies behind that check is reached.
void seal(std::string& data) {
  const size_t end = data.size() - sizeof(uint64_t);
  const uint64_t checksum = checksum64(std::as_bytes(std::span(data).first(end)));
  std::memcpy(data.data() + end, &checksum, sizeof(checksum));
}

TEST(RunPredictions, ComeBackAsTheyWere) {
  EXPECT_EQ(decode_predictions(encode_predictions(example())).value(), example());
  RunPredictions empty;
  empty.rows.class_names = {"a", "b"};
  EXPECT_EQ(decode_predictions(encode_predictions(empty)).value(), empty);
}

TEST(RunPredictions, ARunWithoutThemSaysSo) {
  EXPECT_EQ(decode_predictions({}).error().code, ErrorCode::kNoData);
}

TEST(RunPredictions, EveryChangedByteAndEveryCutIsNoticed) {
  const auto parts = encode_predictions(example());
  for (size_t part = 0; part < parts.size(); ++part) {
    for (size_t at = 0; at < parts[part].data.size(); ++at) {
      auto damaged = parts;
      damaged[part].data[at] = static_cast<char>(damaged[part].data[at] ^ 0x10);
      EXPECT_FALSE(decode_predictions(damaged).ok()) << part << " " << at;
      damaged[part].data = parts[part].data.substr(0, at);
      EXPECT_FALSE(decode_predictions(damaged).ok()) << part << " cut at " << at;
    }
  }
}

TEST(RunPredictions, DamageBehindARightChecksumIsNoticedToo) {
  const auto parts = encode_predictions(example());
  auto damaged = parts;
  damaged[1].data[8 + 8 + 8] = 2;  // the first predicted class: there are only two
  seal(damaged[1].data);
  expect_corrupt(damaged, "predictions of knn");
  damaged = parts;
  damaged[2].data.insert(damaged[2].data.size() - 8, "more");
  seal(damaged[2].data);
  expect_corrupt(damaged, "don't fit");
  damaged = parts;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(damaged[1].data.data() + damaged[1].data.size() - 8 - 4, &nan, 4);
  seal(damaged[1].data);
  expect_corrupt(damaged, "don't fit");
  damaged = parts;
  std::memset(damaged[0].data.data() + 16, 0x7F, 8);  // more classes than bytes
  seal(damaged[0].data);
  expect_corrupt(damaged, "its covers");
  damaged = parts;
  std::swap(damaged[0].data, damaged[1].data);
  expect_corrupt(damaged, "another part");
}

TEST(RunPredictions, ANewerFormatIsRefused) {
  auto parts = encode_predictions(example());
  parts[0].data[8] = 2;
  seal(parts[0].data);
  EXPECT_EQ(decode_predictions(parts).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace sleeve
