// SPDX-License-Identifier: Apache-2.0
#include "model/model_file.h"

#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

namespace sleeve {
namespace {

namespace fs = std::filesystem;

// A forest on HSV histograms of rows made up here: small, but with every part of a model.
Model small_model() {
  const FeatureSet features = parse_feature_set("hsv").value();
  Matrix x(12, Extractor::make(features)->size());
  std::vector<int> labels(12);
  for (size_t i = 0; i < 12; ++i) {
    labels[i] = static_cast<int>(i % 3);
    x(i, i % 3) = 1.0F;
    x(i, 10 + i) = 0.5F;
  }
  const TrainingSet data{x, labels, 3};
  Pipeline pipeline = Pipeline::fit(parse_pipeline("sqrt>forest:trees=5").value(), data, 22).value();
  return Model{"genre",
               {"ember", "glacier", "tidal"},
               features,
               std::move(pipeline),
               {sha256("a"), sha256("b")},
               {1, 2, 3},
               {0xF00D},
               Json{{"seed", 22}}};
}

Matrix probe() {
  Matrix x(3, Extractor::make(parse_feature_set("hsv").value())->size());
  for (size_t i = 0; i < 3; ++i) x(i, i) = 0.9F;
  return x;
}

TEST(ModelFile, ComesBackWithTheSamePredictions) {
  const Model model = small_model();
  const Model loaded = decode_model(encode_model(model)).value();
  EXPECT_EQ(loaded.target, "genre");
  EXPECT_EQ(loaded.class_names, model.class_names);
  EXPECT_EQ(loaded.features, model.features);
  EXPECT_EQ(loaded.training_covers, model.training_covers);
  EXPECT_EQ(loaded.training_keys, model.training_keys);
  EXPECT_EQ(loaded.training_hashes, model.training_hashes);
  EXPECT_EQ(loaded.record, model.record);
  EXPECT_EQ(loaded.pipeline.spec(), model.pipeline.spec());
  EXPECT_EQ(loaded.pipeline.outputs(probe()).value(), model.pipeline.outputs(probe()).value());
}

TEST(ModelFile, SavingTwiceGivesTheSameBytes) {
  EXPECT_EQ(encode_model(small_model()), encode_model(small_model()));
}

TEST(ModelFile, EveryTruncationIsAnError) {
  const Bytes bytes = encode_model(small_model());
  for (size_t size = 0; size < bytes.size(); size += size < 128 ? 1 : 37) {
    const auto loaded = decode_model(std::span(bytes).first(size));
    ASSERT_FALSE(loaded.ok()) << size;
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt) << size;
  }
}

TEST(ModelFile, EveryFlippedBitIsNoticed) {
  const Bytes bytes = encode_model(small_model());
  for (size_t i = 0; i < bytes.size(); i += i < 128 ? 1 : 41) {
    Bytes altered = bytes;
    altered[i] ^= std::byte{0x10};
    EXPECT_FALSE(decode_model(altered).ok()) << i;
  }
}

TEST(ModelFile, BytesBehindTheEndAreNoticed) {
  Bytes bytes = encode_model(small_model());
  bytes.push_back(std::byte{0});
  EXPECT_EQ(decode_model(bytes).error().code, ErrorCode::kCorrupt);
}

TEST(ModelFile, NewerFormatAsksForANewerSleeve) {
  Bytes bytes = encode_model(small_model());
  const uint32_t newer = 2;
  std::memcpy(bytes.data() + 8, &newer, sizeof(newer));
  const auto loaded = decode_model(bytes);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(loaded.error().message.find("newer sleeve"), std::string::npos);
}

TEST(ModelFile, ErrorsNameTheFile) {
  const fs::path path = fs::path(testing::TempDir()) / "not-a-model.sleeve";
  ASSERT_TRUE(write_file_atomic(path, std::string_view("hello")).ok());
  const auto loaded = load_model(path);
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().message.find("not-a-model.sleeve"), std::string::npos);
  fs::remove(path);
  EXPECT_EQ(load_model(path).error().code, ErrorCode::kNotFound);
}

TEST(ModelFile, PartsThatDoNotFitEachOtherAreRefused) {
  Model model = small_model();
  model.class_names.pop_back();
  EXPECT_EQ(decode_model(encode_model(model)).error().code, ErrorCode::kCorrupt);
  Model other = small_model();
  other.features = parse_feature_set("hog").value();
  EXPECT_EQ(decode_model(encode_model(other)).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace sleeve
