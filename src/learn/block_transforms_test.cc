// SPDX-License-Identifier: Apache-2.0
// The transforms that know descriptors by their names.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::vector<ColumnBlock> kBlocks = {{"hog:cell=10", 0, 3}, {"hsv", 3, 5}, {"lbp", 5, 6}};

// Column j of row i holds 10 i + j.
Matrix counted(size_t rows) {
  Matrix x(rows, 6);
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < 6; ++j) x(i, j) = static_cast<float>(10 * i + j);
  }
  return x;
}

TrainingSet with_blocks(const Matrix& x, std::span<const ColumnBlock> blocks = kBlocks) {
  return {x, {}, 0, Goal::kClass, {}, {}, {}, blocks};
}

std::unique_ptr<Transform> block_transform_of(const std::string& text) {
  const Spec spec = parse_spec(text).value();
  return find_transform(spec.name).value()->make(spec.options).value();
}

std::string refusal(const std::string& text, std::span<const ColumnBlock> blocks) {
  const Matrix x = counted(2);
  const Status status = block_transform_of(text)->fit(with_blocks(x, blocks));
  EXPECT_FALSE(status.ok()) << text;
  if (status.ok()) return {};
  EXPECT_EQ(status.error().code, ErrorCode::kUsage);
  return status.error().message;
}

std::vector<float> row_of(const Matrix& x, size_t row) { return {x.row(row).begin(), x.row(row).end()}; }

TEST(OnlyBlocks, KeepsTheNamedColumnsInTheirOrder) {
  const auto only = block_transform_of("only:blocks=lbp + hog");
  const Matrix x = counted(2);
  ASSERT_TRUE(only->fit(with_blocks(x)).ok());
  EXPECT_EQ(only->columns_after(6), 4U);
  EXPECT_EQ(row_of(only->apply(x), 1), (std::vector<float>{10, 11, 12, 15}));
  EXPECT_EQ(only->blocks_after(kBlocks, 6), (std::vector<ColumnBlock>{{"hog:cell=10", 0, 3}, {"lbp", 3, 4}}));
}

TEST(OnlyBlocks, ANameWithoutOptionsStandsForAllThatAreCalledSo) {
  const std::vector<ColumnBlock> blocks = {{"hog:cell=10", 0, 2}, {"hogs", 2, 3}, {"hog:cell=20", 3, 6}};
  const Matrix x = counted(1);
  const auto kept = [&](const char* text) {
    const auto only = block_transform_of(text);
    EXPECT_TRUE(only->fit(with_blocks(x, blocks)).ok());
    return row_of(only->apply(x), 0);
  };
  EXPECT_EQ(kept("only:blocks=hog"), (std::vector<float>{0, 1, 3, 4, 5}));
  EXPECT_EQ(kept("only:blocks=(hog:cell=20)"), (std::vector<float>{3, 4, 5}));
}

TEST(WeightBlocks, MultipliesTheNamedColumnsOnly) {
  const auto weight = block_transform_of("weight:blocks=(hog:cell=10*2+lbp*0.5)");
  const Matrix x = counted(2);
  ASSERT_TRUE(weight->fit(with_blocks(x)).ok());
  EXPECT_EQ(row_of(weight->apply(x), 1), (std::vector<float>{20, 22, 24, 13, 14, 7.5}));
  EXPECT_EQ(weight->blocks_after(kBlocks, 6), kBlocks);
}

TEST(BalanceBlocks, BringsEveryDescriptorToTheSameLength) {
  const auto balance = block_transform_of("balance");
  Matrix x = counted(7);
  for (size_t i = 0; i < 7; ++i) x(i, 5) = 0.0F;  // one that says nothing stays
  ASSERT_TRUE(balance->fit(with_blocks(x)).ok());
  const Matrix balanced = balance->apply(x);
  for (const ColumnBlock& block : kBlocks) {
    double squares = 0.0;
    for (size_t i = 0; i < 7; ++i) {
      for (size_t j = block.begin; j < block.end; ++j) squares += std::pow(balanced(i, j), 2.0);
    }
    EXPECT_NEAR(squares / 7.0, block.name == "lbp" ? 0.0 : 1.0, 1e-6) << block.name;
  }
  // Within a descriptor nothing changes its share.
  EXPECT_NEAR(balanced(3, 2) / balanced(3, 1), 32.0 / 31.0, 1e-6);
}

TEST(BlockTransforms, SayWhichDescriptorsThereAre) {
  EXPECT_THAT(refusal("only:blocks=hog+face", kBlocks),
              AllOf(HasSubstr("no descriptor 'face'"), HasSubstr("hog:cell=10, hsv, lbp")));
  EXPECT_THAT(refusal("weight:blocks=face*2", kBlocks), HasSubstr("no descriptor 'face'"));
  EXPECT_THAT(refusal("only:blocks=(hog+hog:cell=10)", kBlocks), HasSubstr("named twice"));
  for (const char* text : {"only:blocks=hog", "weight:blocks=hog*2", "balance"}) {
    EXPECT_THAT(refusal(text, {}), HasSubstr("not known here")) << text;
  }
}

TEST(BlockTransforms, BehindPcaNoDescriptorsAreKnown) {
  const Drawn data = draw_data(40, 6, 2, 1.0, 5);
  const auto message_of = [&](const char* text) {
    const auto fitted = Pipeline::fit(spec_of(text), data.set(), 1);
    return fitted.ok() ? "" : fitted.error().message;
  };
  EXPECT_EQ(message_of("standard > only:blocks=a > logistic"), "");
  EXPECT_EQ(message_of("only:blocks=b > balance > weight:blocks=b*2 > logistic"), "");
  EXPECT_THAT(message_of("only:blocks=b > weight:blocks=a*2 > logistic"), HasSubstr("there are: b"));
  EXPECT_THAT(message_of("pca:components=all > only:blocks=a > logistic"), HasSubstr("not known here"));
}

TEST(BlockTransforms, WrongOptionsAreRefusedBeforeAnythingIsFitted) {
  const auto message_of = [](const char* text) {
    const auto parsed = parse_pipeline(text);
    return parsed.ok() ? "" : parsed.error().message;
  };
  EXPECT_THAT(message_of("only > svm"), HasSubstr("only:blocks=hog+hsv"));
  EXPECT_THAT(message_of("only:blocks=hog+hog > svm"), HasSubstr("named twice"));
  EXPECT_THAT(message_of("weight > svm"), HasSubstr("weight:blocks=hog*2+hsv*0.5"));
  EXPECT_THAT(message_of("weight:blocks=hog > svm"), HasSubstr("'hog' is not a descriptor * a number"));
  EXPECT_THAT(message_of("weight:blocks=hog*-1 > svm"), HasSubstr("from 0 to"));
  EXPECT_THAT(message_of("weight:blocks=*2 > svm"), HasSubstr("say which"));
}

// A descriptor of few columns that knows the class, beside one of many that knows nothing.
TEST(BalanceBlocks, ASmallDescriptorIsHeardBesideALargeOne) {
  const auto draw = [](uint64_t seed) {
    Drawn data = draw_data(400, 40, 2, 0.0, seed);
    for (size_t i = 0; i < 400; ++i) {
      data.x(i, 0) = static_cast<float>(data.labels[i]) * 0.2F;
      data.x(i, 1) = data.x(i, 0) + 0.02F * data.x(i, 1);
    }
    return data;
  };
  const Drawn train = draw(5);
  const Drawn test = draw(6);
  const auto reached = [&](const char* text) {
    const Pipeline pipeline = Pipeline::fit(spec_of(text), train.set(), 1).value();
    return accuracy(test.labels, most_probable(pipeline.outputs(test.x).value()));
  };
  EXPECT_LT(reached("knn"), 0.75);
  EXPECT_GT(reached("balance > knn"), 0.95);
  EXPECT_GT(reached("weight:blocks=(a*10) > knn"), 0.95);
  EXPECT_EQ(reached("only:blocks=a > knn"), 1.0);
}

}  // namespace
}  // namespace sleeve
