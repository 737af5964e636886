// SPDX-License-Identifier: Apache-2.0
// Fewer columns, of all together or of each descriptor for itself.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/pca.h"
#include "learn/projection.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;

const std::vector<ColumnBlock> kReducedBlocks = {{"hog", 0, 3}, {"hsv", 3, 8}, {"lbp", 8, 9}};

std::unique_ptr<Transform> fitted(const std::string& text, const Matrix& x,
                                  std::span<const ColumnBlock> blocks = {}) {
  const Spec spec = parse_spec(text).value();
  auto transform = find_transform(spec.name).value()->make(spec.options).value();
  const Status status = transform->fit({x, {}, 0, Goal::kClass, {}, {}, {}, blocks});
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message);
  return transform;
}

Matrix columns_of(const Matrix& x, size_t begin, size_t end) {
  Matrix part(x.rows(), end - begin);
  for (size_t row = 0; row < x.rows(); ++row) {
    std::ranges::copy(x.row(row).subspan(begin, end - begin), part.row(row).begin());
  }
  return part;
}

double distance(const Matrix& x, size_t a, size_t b) {
  double sum = 0.0;
  for (size_t j = 0; j < x.columns(); ++j) sum += std::pow(x(a, j) - x(b, j), 2.0);
  return std::sqrt(sum);
}

TEST(Projection, NearlyKeepsDistances) {
  const Matrix x = draw_data(40, 600, 2, 1.0, 1).x;
  for (const char* text : {"project:columns=300", "project:columns=300:kind=sparse"}) {
    const Matrix projected = fitted(text, x)->apply(x);
    ASSERT_EQ(projected.columns(), 300U);
    double mean = 0.0;
    for (size_t a = 0; a < 40; ++a) {
      const size_t b = (a + 7) % 40;
      const double ratio = distance(projected, a, b) / distance(x, a, b);
      EXPECT_NEAR(ratio, 1.0, 0.2) << text;  // five standard deviations of 1/√(2·300)
      mean += ratio / 40.0;
    }
    EXPECT_NEAR(mean, 1.0, 0.03) << text;
  }
}

TEST(Projection, FollowsTheSeedAloneAndIsTheSameWhenLoaded) {
  const Matrix x = draw_data(10, 50, 2, 1.0, 1).x;
  const Matrix other = draw_data(30, 50, 2, 1.0, 2).x;
  const Matrix projected = fitted("project:columns=7", x)->apply(x);
  EXPECT_EQ(fitted("project:columns=7", other)->apply(x), projected);
  EXPECT_NE(fitted("project:columns=7:seed=2", x)->apply(x), projected);
  ByteWriter out;
  fitted("project:columns=7", x)->save(out);
  EXPECT_LT(out.bytes().size(), 64U) << "the weights are drawn again, not kept";
  ByteReader in(out.bytes());
  Projection loaded({.columns = 7});
  ASSERT_TRUE(loaded.load(in, 50).ok());
  EXPECT_EQ(loaded.apply(x), projected);
}

TEST(Projection, MakesNoMoreColumnsThanThereWere) {
  const Matrix x = draw_data(5, 9, 2, 1.0, 1).x;
  EXPECT_EQ(fitted("project", x)->apply(x), x);
  ByteWriter out;
  out.put_array(std::vector<uint64_t>{0, 9, 9});
  ByteReader in(out.bytes());
  EXPECT_EQ(Projection({.columns = 20}).load(in, 9).error().code, ErrorCode::kCorrupt);
}

TEST(BlockwiseReduction, EveryDescriptorForItselfAndTheOthersAsTheyAre) {
  const Matrix x = draw_data(30, 9, 2, 1.0, 1).x;
  const auto reduced = fitted("project:columns=2:blocks=hsv", x, kReducedBlocks);
  const Matrix made = reduced->apply(x);
  EXPECT_EQ(reduced->blocks_after(kReducedBlocks, 9),
            (std::vector<ColumnBlock>{{"hog", 0, 3}, {"hsv", 3, 5}, {"lbp", 5, 6}}));
  EXPECT_EQ(columns_of(made, 0, 3), columns_of(x, 0, 3));
  EXPECT_EQ(columns_of(made, 5, 6), columns_of(x, 8, 9));
  const Matrix alone = columns_of(x, 3, 8);
  EXPECT_EQ(columns_of(made, 3, 5), fitted("project:columns=2", alone)->apply(alone));
}

TEST(BlockwiseReduction, PrincipalComponentsOfEachAreThoseOfEachAlone) {
  const Matrix x = draw_data(30, 9, 2, 1.0, 1).x;
  const auto pca = fitted("pca:components=2:blocks=each", x, kReducedBlocks);
  const Matrix made = pca->apply(x);
  EXPECT_EQ(pca->blocks_after(kReducedBlocks, 9),
            (std::vector<ColumnBlock>{{"hog", 0, 2}, {"hsv", 2, 4}, {"lbp", 4, 5}}));
  size_t at = 0;
  for (const ColumnBlock& block : kReducedBlocks) {
    const Matrix part = columns_of(x, block.begin, block.end);
    const Matrix expected = fitted("pca:components=2", part)->apply(part);
    EXPECT_EQ(columns_of(made, at, at + expected.columns()), expected) << block.name;
    at += expected.columns();
  }
  ByteWriter out;
  pca->save(out);
  ByteReader in(out.bytes());
  Pca loaded({.components = "2", .blocks = "each"});
  ASSERT_TRUE(loaded.load(in, 9).ok());
  EXPECT_EQ(loaded.apply(x), made);
}

// Most of a model's size, where there are principal components of many columns.
TEST(PrincipalComponents, TakeFourBytesANumberInAFileAndAreTheSameBehindIt) {
  const Matrix x = draw_data(60, 400, 2, 1.0, 1).x;
  for (const char* text : {"pca:components=40", "pca:components=40:whiten=yes"}) {
    SCOPED_TRACE(text);
    const auto pca = fitted(text, x);
    ByteWriter out;
    pca->save(out);
    EXPECT_LT(out.bytes().size(), 40 * 400 * sizeof(float) + 400 * sizeof(double) + 1024);
    ByteReader in(out.bytes());
    const Spec spec = parse_spec(text).value();
    const auto loaded = find_transform("pca").value()->make(spec.options).value();
    ASSERT_TRUE(loaded->load(in, 400).ok());
    const Matrix unseen = draw_data(10, 400, 2, 1.0, 2).x;
    EXPECT_EQ(loaded->apply(unseen), pca->apply(unseen));
  }
}

TEST(BlockwiseReduction, BlocksStayKnownBehindItAndUnknownOnesAreNamed) {
  const Drawn data = draw_data(40, 12, 2, 1.0, 5);
  const auto message_of = [&](const char* text) {
    const auto pipeline = Pipeline::fit(spec_of(text), data.set(), 1);
    return pipeline.ok() ? "" : pipeline.error().message;
  };
  EXPECT_EQ(message_of("pca:components=2:blocks=b > balance > weight:blocks=(a*2+b*1) > logistic"), "");
  EXPECT_EQ(message_of("project:columns=2:blocks=each > only:blocks=b > logistic"), "");
  EXPECT_THAT(message_of("project:columns=2:blocks=c > logistic"), HasSubstr("there is no descriptor 'c'"));
  EXPECT_THAT(message_of("project:columns=2 > only:blocks=b > logistic"), HasSubstr("not known here"));
  EXPECT_THAT(parse_pipeline("pca:blocks=a+a > svm").error().message, HasSubstr("named twice"));
}

}  // namespace
}  // namespace sleeve
