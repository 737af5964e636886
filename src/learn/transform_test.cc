// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/pca.h"
#include "learn/select_best.h"
#include "learn/square_root.h"
#include "learn/standard_scaler.h"
#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<Transform> transform_of(const std::string& text) {
  const Spec spec = parse_spec(text).value();
  return find_transform(spec.name).value()->make(spec.options).value();
}

void expect_near(const Matrix& found, const Matrix& expected, double tolerance) {
  ASSERT_EQ(found.rows(), expected.rows());
  ASSERT_EQ(found.columns(), expected.columns());
  for (size_t i = 0; i < found.rows(); ++i) {
    for (size_t j = 0; j < found.columns(); ++j) {
      EXPECT_NEAR(found(i, j), expected(i, j), tolerance * std::max(1.0F, std::abs(expected(i, j))))
          << "row " << i << ", column " << j;
    }
  }
}

TEST(Transforms, AgreeWithScikitLearnOnRowsTheyWereNotFittedOn) {
  const Json expected = golden("transforms");
  ASSERT_EQ(expected["transformed"].size(), 5U);
  for (const auto& [text, rows] : expected["transformed"].items()) {
    SCOPED_TRACE(text);
    const auto transform = transform_of(text);
    ASSERT_TRUE(transform->fit({matrix_of(expected["train"])}).ok());
    expect_near(transform->apply(matrix_of(expected["test"])), matrix_of(rows), 1e-6);
  }
}

TEST(StandardScaler, AgreesWithScikitLearn) {
  const Json golden = golden_learners()["scaler"];
  const Matrix x = matrix_of(golden["x"]);
  StandardScaler scaler{{}};
  ASSERT_TRUE(scaler.fit({x}).ok());
  const Matrix scaled = scaler.apply(x);
  const Matrix expected = matrix_of(golden["scaled"]);
  for (size_t i = 0; i < x.rows(); ++i) {
    for (size_t j = 0; j < x.columns(); ++j) EXPECT_NEAR(scaled(i, j), expected(i, j), 1e-6) << i << " " << j;
  }
}

TEST(StandardScaler, AConstantColumnBecomesExactlyZero) {
  Matrix x(7, 2);
  for (size_t i = 0; i < 7; ++i) {
    x(i, 0) = 0.1F;  // a sum of these, divided by 7, is not 0.1F
    x(i, 1) = static_cast<float>(i);
  }
  StandardScaler scaler{{}};
  ASSERT_TRUE(scaler.fit({x}).ok());
  EXPECT_EQ(scaler.scales()[0], 1.0);
  const Matrix scaled = scaler.apply(x);
  for (size_t i = 0; i < 7; ++i) EXPECT_EQ(scaled(i, 0), 0.0F);
}

TEST(StandardScaler, KeepsSmallDifferencesBesideALargeMean) {
  Matrix x(4, 1);
  for (size_t i = 0; i < 4; ++i) x(i, 0) = 1e6F + static_cast<float>(i);
  StandardScaler scaler{{}};
  ASSERT_TRUE(scaler.fit({x}).ok());
  EXPECT_DOUBLE_EQ(scaler.means()[0], 1e6 + 1.5);
  EXPECT_NEAR(scaler.scales()[0], std::sqrt(1.25), 1e-12);
}

TEST(SquareRoot, KeepsTheSign) {
  Matrix x(1, 3);
  x(0, 0) = 9.0F;
  x(0, 1) = -4.0F;
  const Matrix rooted = SquareRoot{{}}.apply(x);
  EXPECT_EQ(rooted(0, 0), 3.0F);
  EXPECT_EQ(rooted(0, 1), -2.0F);
  EXPECT_EQ(rooted(0, 2), 0.0F);
}

TEST(RobustScaler, AWildValueMovesNothing) {
  Matrix x(9, 1);
  for (size_t i = 0; i < 9; ++i) x(i, 0) = static_cast<float>(i);
  const auto tame = transform_of("robust");
  ASSERT_TRUE(tame->fit({x}).ok());
  x(8, 0) = 1e9F;
  const auto wild = transform_of("robust");
  ASSERT_TRUE(wild->fit({x}).ok());
  EXPECT_EQ(wild->apply(x)(3, 0), tame->apply(x)(3, 0));
}

TEST(Normaliser, ARowOfZerosStays) {
  EXPECT_EQ(transform_of("normalise")->apply(Matrix(2, 3)), Matrix(2, 3));
}

TEST(Pca, AgreesWithScikitLearn) {
  const Json cases = golden("transforms")["pca"];
  ASSERT_EQ(cases.size(), 5U);
  for (const Json& expected : cases) {
    const auto components = expected["components"].get<std::string>();
    SCOPED_TRACE(components);
    Pca pca({components, expected["whiten"].get<bool>()});
    const Matrix train = matrix_of(expected["train"]);
    ASSERT_TRUE(pca.fit({train}).ok());
    const Json& axes = expected["axes"];
    ASSERT_EQ(pca.variances().size(), axes.size());
    for (size_t k = 0; k < axes.size(); ++k) {
      EXPECT_NEAR(pca.variances()[k], expected["variances"][k].get<double>(), 1e-9);
      for (size_t j = 0; j < train.columns(); ++j) {
        EXPECT_NEAR(pca.components()[k * train.columns() + j], axes[k][j].get<double>(), 1e-7);
      }
    }
    expect_near(pca.apply(matrix_of(expected["test"])), matrix_of(expected["transformed"]), 1e-5);
  }
}

TEST(Pca, KeepsNoMoreThanThereIs) {
  Matrix line(20, 3);
  for (size_t i = 0; i < 20; ++i) {
    for (size_t j = 0; j < 3; ++j) line(i, j) = static_cast<float>(i * (j + 1));
  }
  Pca pca({"all", true});
  ASSERT_TRUE(pca.fit({line}).ok());
  EXPECT_EQ(pca.columns_after(3), 1U);
  Pca still({"2", true});
  ASSERT_TRUE(still.fit({Matrix(5, 3)}).ok());
  EXPECT_EQ(still.apply(Matrix(5, 3)), Matrix(5, 1));
}

TEST(Pca, WhatIsNoNumberOfComponentsIsRefused) {
  for (const char* text : {"0", "-2", "2.5", "nan", "most", "", "1e300"}) {
    EXPECT_FALSE(check(PcaOptions{text, false}).ok()) << text;
  }
  EXPECT_THAT(parse_pipeline("pca:components=2.5 > forest").error().message, HasSubstr("components=2.5"));
}

TEST(SelectBest, AgreesWithScikitLearn) {
  const Json cases = golden("transforms")["select"];
  ASSERT_EQ(cases.size(), 2U);
  for (const Json& expected : cases) {
    const Matrix x = matrix_of(expected["x"]);
    const auto labels = expected["labels"].get<std::vector<int>>();
    const std::vector<double> f = anova_f(x, labels);
    for (size_t j = 0; j < x.columns(); ++j) {
      EXPECT_NEAR(f[j], expected["f"][j].get<double>(), 1e-10 * f[j]) << j;
    }
    SelectBest select({expected["k"].get<int>()});
    ASSERT_TRUE(select.fit({x, labels}).ok());
    EXPECT_EQ(select.kept(), expected["kept"].get<std::vector<uint32_t>>());
    EXPECT_EQ(select.apply(x)(3, 1), x(3, select.kept()[1]));
  }
}

TEST(SelectBest, OfEqualColumnsTheFirstStays) {
  Matrix x(6, 4);
  const std::vector<int> labels{0, 0, 0, 1, 1, 1};
  for (size_t i = 0; i < 6; ++i) {
    x(i, 0) = 0.1F;  // constant: F is 0, not rounding over rounding
    for (size_t j = 1; j < 4; ++j) x(i, j) = static_cast<float>(i);
  }
  EXPECT_EQ(anova_f(x, labels)[0], 0.0);
  SelectBest select({2});
  ASSERT_TRUE(select.fit({x, labels}).ok());
  EXPECT_THAT(select.kept(), ElementsAre(1U, 2U));
}

// Of 2000 columns of noise some differ between the classes by chance. Chosen on all rows they predict
// well; chosen inside the pipeline, on training rows, they must not.
TEST(SelectBest, NoiseThatLeaksOnlyThroughFittingStaysAtChance) {
  Rng rng(8);
  Drawn data{Matrix(120, 2000), std::vector<int>(120), 2};
  for (size_t i = 0; i < 120; ++i) {
    data.labels[i] = static_cast<int>(i % 2);
    for (float& value : data.x.row(i)) value = static_cast<float>(rng.normal());
  }
  const auto accuracy_on_later_rows = [&](const Matrix& x, const std::string& pipeline) {
    std::vector<size_t> early(60);
    std::vector<size_t> late(60);
    for (size_t i = 0; i < 60; ++i) {
      early[i] = i;
      late[i] = i + 60;
    }
    const std::vector<int> labels(data.labels.begin(), data.labels.begin() + 60);
    const Matrix train = x.select(early);
    const Pipeline fitted = Pipeline::fit(spec_of(pipeline), {train, labels, 2}, 1).value();
    return accuracy(labels, most_probable(fitted.outputs(x.select(late)).value()));
  };
  SelectBest cheat({20});
  ASSERT_TRUE(cheat.fit({data.x, data.labels}).ok());
  EXPECT_GT(accuracy_on_later_rows(cheat.apply(data.x), "standard > logistic"), 0.75);
  EXPECT_NEAR(accuracy_on_later_rows(data.x, "select:k=20 > standard > logistic"), 0.5, 0.15);
}

}  // namespace
}  // namespace sleeve
