// SPDX-License-Identifier: Apache-2.0
#include "learn/nystroem.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/test_data.h"

namespace sleeve {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Transform> nystroem_of(const std::string& text) {
  const Spec spec = parse_spec(text).value();
  return find_transform(spec.name).value()->make(spec.options).value();
}

double product(const Matrix& x, size_t a, size_t b) {
  double sum = 0.0;
  for (size_t j = 0; j < x.columns(); ++j) sum += static_cast<double>(x(a, j)) * static_cast<double>(x(b, j));
  return sum;
}

TEST(Nystroem, ProductsAgreeWithScikitLearns) {
  const Json cases = golden("ensembles")["nystroem"];
  ASSERT_EQ(cases.size(), 3U);
  for (const Json& expected : cases) {
    const auto text = expected["transform"].get<std::string>();
    SCOPED_TRACE(text);
    const auto nystroem = nystroem_of(text);
    const Matrix train = matrix_of(expected["train"]);
    ASSERT_TRUE(nystroem->fit({train}).ok());
    const Matrix found = nystroem->apply(matrix_of(expected["test"]));
    for (size_t a = 0; a < found.rows(); ++a) {
      for (size_t b = 0; b < found.rows(); ++b) {
        const double value = expected["products"][a][b].get<double>();
        EXPECT_NEAR(product(found, a, b), value, 1e-5 * std::max(1.0, std::abs(value))) << a << " " << b;
      }
    }
  }
}

TEST(Nystroem, OnLandmarksItIsTheKernelItself) {
  const Matrix x = draw_data(30, 3, 2, 1.0, 5).x;
  const auto nystroem = nystroem_of("nystroem:components=30:gamma=0.5");
  ASSERT_TRUE(nystroem->fit({x}).ok());
  const Matrix found = nystroem->apply(x);
  for (size_t a = 0; a < 30; ++a) {
    for (size_t b = 0; b < 30; ++b) {
      double squares = 0.0;
      for (size_t j = 0; j < 3; ++j) squares += std::pow(static_cast<double>(x(a, j) - x(b, j)), 2.0);
      EXPECT_NEAR(product(found, a, b), std::exp(-0.5 * squares), 1e-6);
    }
  }
}

TEST(Nystroem, LandmarksAreDrawnBySeedAndTwinsCountOnce) {
  const Matrix x = draw_data(50, 4, 2, 1.0, 5).x;
  const auto columns = [&](const std::string& text, const Matrix& rows) {
    const auto nystroem = nystroem_of(text);
    EXPECT_TRUE(nystroem->fit({rows}).ok());
    return nystroem->apply(rows);
  };
  EXPECT_EQ(columns("nystroem:components=10", x).columns(), 10U);
  EXPECT_EQ(columns("nystroem:components=10", x), columns("nystroem:components=10:seed=1", x));
  EXPECT_NE(columns("nystroem:components=10", x), columns("nystroem:components=10:seed=2", x));
  std::vector<size_t> twice;
  for (size_t at = 0; at < 40; ++at) twice.push_back(at / 2);
  EXPECT_EQ(columns("nystroem:components=40", x.select(twice)).columns(), 20U);
}

TEST(Nystroem, WhatItCantDoIsSaid) {
  EXPECT_THAT(parse_pipeline("nystroem:gamma=wide > logistic").error().message, HasSubstr("gamma=wide"));
  EXPECT_THAT(parse_pipeline("nystroem:kernel=sigmoid > logistic").error().message,
              HasSubstr("kernel=sigmoid"));
  const Drawn data = draw_data(20, 3, 2, 1.0, 5);
  EXPECT_THAT(Pipeline::fit(spec_of("nystroem:kernel=chi2 > logistic"), data.set(), 1).error().message,
              HasSubstr("nystroem: kernel chi2"));
}

// Two rings around each other, which no line divides.
Drawn draw_rings(size_t rows, uint64_t seed) {
  Rng rng(seed);
  Drawn data{Matrix(rows, 2), std::vector<int>(rows), 2};
  for (size_t i = 0; i < rows; ++i) {
    data.labels[i] = static_cast<int>(i % 2);
    const double angle = rng.uniform(0.0, 2.0 * std::numbers::pi);
    const double radius = rng.normal(data.labels[i] == 0 ? 1.0 : 2.0, 0.35);
    data.x(i, 0) = static_cast<float>(radius * std::cos(angle));
    data.x(i, 1) = static_cast<float>(radius * std::sin(angle));
  }
  return data;
}

// The way that svm's error offers for more rows than its kernel values have room for.
TEST(Nystroem, ALinearLearnerBehindItComesCloseToTheKernelMachine) {
  const Drawn train = draw_rings(1200, 5);
  const Drawn test = draw_rings(2000, 6);
  const auto reached = [&](const char* text) {
    const Pipeline pipeline = Pipeline::fit(spec_of(text), train.set(), 1).value();
    return accuracy(test.labels, most_probable(pipeline.outputs(test.x).value()));
  };
  const double exact = reached("svm:gamma=1");
  EXPECT_GT(exact, 0.9);
  EXPECT_LT(reached("linear_svm"), 0.6);
  EXPECT_NEAR(reached("nystroem:components=100:gamma=1 > linear_svm"), exact, 0.01);
  EXPECT_NEAR(reached("nystroem:components=100:gamma=1 > logistic:c=10"), exact, 0.01);
  EXPECT_NEAR(reached("nystroem:components=100:gamma=1 > svm:kernel=linear"), exact, 0.01);
}

TEST(Svm, OffersAWayForTooManyRows) {
  const size_t rows = 4'000'000;  // whose kernel values are 256 TB
  const Matrix x(rows, 1);
  std::vector<int> labels(rows);
  for (size_t row = 0; row < rows; ++row) labels[row] = static_cast<int>(row % 2);
  const auto fitted = Pipeline::fit(spec_of("svm:gamma=1"), {x, labels, 2}, 1);
  ASSERT_FALSE(fitted.ok());
  EXPECT_EQ(fitted.error().code, ErrorCode::kTooLarge);
  const std::string& message = fitted.error().message;
  EXPECT_THAT(message, HasSubstr("rows would"));
  // What it offers is a pipeline that there is.
  const size_t begin = message.find("'nystroem") + 1;
  const std::string offered = message.substr(begin, message.find('\'', begin) - begin);
  EXPECT_THAT(offered, HasSubstr("nystroem:components="));
  EXPECT_TRUE(parse_pipeline(offered).ok()) << offered;
}

}  // namespace
}  // namespace sleeve
