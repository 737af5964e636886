// SPDX-License-Identifier: Apache-2.0
//
// The four descriptors against scikit-image 0.19.3 and OpenCV 4.6 (tests/golden/make_descriptors.py).
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "feature/feature_set.h"
#include "feature/golden_testing.h"
#include "image/picture.h"

namespace sleeve {
namespace {

constexpr size_t kHog = 576, kHsv = 512, kLbp = 26, kFaces = 2;
constexpr size_t kAll = kHog + kHsv + kLbp + kFaces;

struct Golden {
  std::string file;
  std::string kind;
  std::vector<float> theirs;
};

void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.file; }

std::vector<Golden> read_golden() {
  std::vector<Golden> all;
  const auto text = read_text_file(kGoldenFolder / "descriptors.json");
  const auto bytes = read_file(kGoldenFolder / "descriptors.f32");
  if (!text.ok() || !bytes.ok()) return all;
  const auto json = parse_json(*text);
  if (!json.ok() || bytes->size() != json->size() * kAll * sizeof(float)) return all;
  for (const Json& entry : *json) {
    Golden golden{entry["file"].get<std::string>(), entry["kind"].get<std::string>(),
                  std::vector<float>(kAll)};
    std::memcpy(golden.theirs.data(), bytes->data() + all.size() * kAll * sizeof(float),
                kAll * sizeof(float));
    all.push_back(std::move(golden));
  }
  return all;
}

std::vector<float> compute(const std::string& file) {
  const auto set = parse_feature_set("hog+hsv+lbp+faces");
  EXPECT_TRUE(set.ok());
  auto extractor = Extractor::make(*set);
  EXPECT_TRUE(extractor.ok()) << extractor.error().message;
  const auto picture = read_picture(kGoldenFolder / "pictures" / file);
  EXPECT_TRUE(picture.ok()) << picture.error().message;
  std::vector<float> values(kAll);
  EXPECT_TRUE(extractor->describe(*picture, values).ok());
  return values;
}

float largest_difference(const std::vector<float>& a, const std::vector<float>& b, size_t from,
                         size_t count) {
  float largest = 0.0F;
  for (size_t i = from; i < from + count; ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

class GoldenTest : public testing::TestWithParam<Golden> {};

// The contract is 1e-3, 1e-5, 2e-3; what is demanded of HOG and HSV is nearer to what is reached.
TEST_P(GoldenTest, ValuesAreThoseOfTheOriginalsTools) {
  const Golden& golden = GetParam();
  const std::vector<float> ours = compute(golden.file);
  EXPECT_LE(largest_difference(ours, golden.theirs, 0, kHog), 1e-4F) << "hog";
  EXPECT_LE(largest_difference(ours, golden.theirs, kHog, kHsv), 1e-6F) << "hsv";
  EXPECT_LE(largest_difference(ours, golden.theirs, kHog + kHsv, kLbp), 2e-3F) << "lbp";
  EXPECT_EQ(largest_difference(ours, golden.theirs, kAll - kFaces, kFaces), 0.0F) << "faces";
}

INSTANTIATE_TEST_SUITE_P(Pictures, GoldenTest, testing::ValuesIn(read_golden()), [](const auto& test) {
  std::string name = test.param.file;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

// The suite above is empty if the files can't be read; that must not look like success.
TEST(GoldenFiles, HoldTwentyNormalPicturesWithAndWithoutFaces) {
  size_t normal = 0, with_face = 0;
  for (const Golden& golden : read_golden()) {
    normal += golden.kind == "normal" ? 1 : 0;
    with_face += golden.theirs[kAll - 2] > 0.0F ? 1 : 0;
  }
  EXPECT_GE(normal, 20U);
  EXPECT_GE(with_face, 2U);
  EXPECT_LT(with_face, normal);
}

// In a flat area every sampling point is exactly as bright as its centre: ours counts equal as not
// darker, in whole numbers. scikit-image's comparison depends on how its interpolation rounds; of
// 8-bit pixels it never rounds below the centre, so that the two agree in flat pictures, too.
TEST(FlatPictures, EqualCountsAsNotDarkerAsInScikitImage) {
  constexpr size_t kAllPoints = kHog + kHsv + 24;
  size_t flat = 0;
  for (const Golden& golden : read_golden()) {
    if (golden.kind != "flat") continue;
    ++flat;
    const std::vector<float> ours = compute(golden.file);
    EXPECT_LE(largest_difference(ours, golden.theirs, kHog + kHsv, kLbp), 1e-7F) << golden.file;
    if (golden.file == "flat_black.png") {
      EXPECT_EQ(ours[kAllPoints], 1.0F) << "the outside is black, too";
    } else {
      EXPECT_GT(ours[kAllPoints], 0.5F) << golden.file << ": all points but those outside";
    }
  }
  EXPECT_GE(flat, 3U);
}

}  // namespace
}  // namespace sleeve
