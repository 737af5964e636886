// SPDX-License-Identifier: Apache-2.0
#include "label/duplicates.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "base/rng.h"
#include "label/variants.h"

namespace sleeve {
namespace {

// A picture with forms of all sizes: random rectangles on a random ground.
Picture some_cover(uint64_t seed) {
  Rng rng(seed);
  cv::Mat bgr(150, 150, CV_8UC3, cv::Scalar(rng.uniform(0, 255), rng.uniform(0, 255), rng.uniform(0, 255)));
  for (int i = 0; i < 25; ++i) {
    const auto x = static_cast<int>(rng.below(150));
    const auto y = static_cast<int>(rng.below(150));
    const cv::Size size(10 + static_cast<int>(rng.below(60)), 10 + static_cast<int>(rng.below(60)));
    cv::rectangle(bgr, cv::Rect(cv::Point(x, y), size),
                  cv::Scalar(rng.uniform(0, 255), rng.uniform(0, 255), rng.uniform(0, 255)), cv::FILLED);
  }
  return picture_from_pixels(bgr);
}

TEST(CoverPrintTest, BordersAreSeenAndPlainPicturesHaveNone) {
  const Picture cover = some_cover(1);
  cv::Mat framed;
  cv::copyMakeBorder(cover.bgr, framed, 10, 20, 5, 0, cv::BORDER_CONSTANT, cv::Scalar(255, 255, 255));
  const Border border = border_of(picture_from_pixels(framed));
  EXPECT_EQ(border, (Border{5, 10, 0, 20}));
  EXPECT_EQ(border_of(picture_from_pixels(cv::Mat(90, 90, CV_8UC3, cv::Scalar(9, 9, 9)))), Border());
}

TEST(CoverPrintTest, ComesBackFromItsBytes) {
  const CoverPrint print = cover_print(some_cover(2));
  EXPECT_EQ(print_from_bytes(to_bytes(print)), print);
  CoverPrint plain;
  EXPECT_EQ(print_from_bytes(to_bytes(plain)), plain);
  EXPECT_FALSE(print_from_bytes("short").has_value());
}

TEST(CoverPrintTest, TinyPicturesHaveAPrintToo) {
  const CoverPrint print = cover_print(picture_from_pixels(cv::Mat(1, 3, CV_8UC3, cv::Scalar(7, 7, 7))));
  EXPECT_EQ(print.grey[0], 7);
  EXPECT_EQ(print_distance(print, print), 1);  // plain: nothing to recognise it by
}

// Of most kinds of edition nearly all are found; a border that continues the picture's own edge, and a loud
// sticker, hide some. No two different covers are merged.
TEST(DuplicatesTest, EditionsAreFoundAndOtherCoversAreNot) {
  constexpr size_t kCovers = 60;
  std::vector<CoverPrint> prints;
  for (size_t i = 0; i < kCovers; ++i) prints.push_back(cover_print(some_cover(100 + i)));
  for (const Variant variant : kVariants) {
    for (size_t i = 0; i < kCovers; ++i) {
      Rng rng(5, i * kVariants.size() + static_cast<size_t>(variant));
      prints.push_back(cover_print(make_variant(some_cover(100 + i), variant, rng)));
    }
  }
  std::vector<size_t> found(kVariants.size());
  for (const CoverPair& pair : find_duplicates(prints, {})) {
    if (pair.likeness != Likeness::kSameCover) continue;
    EXPECT_EQ(pair.a % kCovers, pair.b % kCovers) << "covers " << pair.a << " and " << pair.b;
    if (pair.a < kCovers) ++found[pair.b / kCovers - 1];
  }
  for (const Variant variant : kVariants) {
    const bool hides = variant == Variant::kBordered || variant == Variant::kStickered;
    EXPECT_GE(found[static_cast<size_t>(variant)], kCovers * (hides ? 6 : 9) / 10) << name_of(variant);
  }
}

TEST(DuplicatesTest, LikeHashesAloneAreNotEnough) {
  CoverPrint a = cover_print(some_cover(1));
  CoverPrint b = cover_print(some_cover(2));
  b.whole = b.inside = a.whole;
  const auto pairs = find_duplicates(std::vector<CoverPrint>{a, b}, {});
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].likeness, Likeness::kLookAlike);
  EXPECT_EQ(pairs[0].bits, 0);
}

}  // namespace
}  // namespace sleeve
