// SPDX-License-Identifier: Apache-2.0
// Soft voting and stacking.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/inner_folds.h"
#include "learn/nesting.h"
#include "learn/stack.h"
#include "learn/test_data.h"
#include "learn/vote.h"

namespace sleeve {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Matrix outputs_of(const std::string& text, const Drawn& train, const Matrix& x) {
  return Pipeline::fit(spec_of(text), train.set(), 1).value().outputs(x).value();
}

std::string refusal(const std::string& text, Goal goal = Goal::kClass) {
  const auto parsed = parse_pipeline(text, goal);
  EXPECT_FALSE(parsed.ok()) << text;
  if (parsed.ok()) return {};
  EXPECT_EQ(parsed.error().code, ErrorCode::kUsage);
  return parsed.error().message;
}

TEST(Vote, IsTheWeightedMeanOfItsMembers) {
  const Drawn train = draw_data(120, 6, 3, 0.8, 5);
  const Matrix x = draw_data(50, 6, 3, 0.8, 6).x;
  const Matrix logistic = outputs_of("logistic", train, x);
  const Matrix knn = outputs_of("minmax > knn:k=3", train, x);
  const Matrix equal = outputs_of("vote:of=(logistic|minmax>knn:k=3)", train, x);
  const Matrix weighted = outputs_of("vote:of=(logistic|minmax>knn:k=3):weights=(6|2)", train, x);
  for (size_t row = 0; row < 50; ++row) {
    for (size_t k = 0; k < 3; ++k) {
      EXPECT_NEAR(equal(row, k), (logistic(row, k) + knn(row, k)) / 2.0F, 1e-6);
      EXPECT_NEAR(weighted(row, k), 0.75F * logistic(row, k) + 0.25F * knn(row, k), 1e-6);
    }
  }
}

TEST(Vote, MembersSeeDifferentDescriptors) {
  const Drawn train = draw_data(200, 6, 2, 2.0, 5);  // block a knows the class, b doesn't
  const Drawn test = draw_data(200, 6, 2, 2.0, 6);
  const std::string text = "vote:of=(only:blocks=a>logistic|only:blocks=b>logistic):weights=";
  const auto reached = [&](const char* weights) {
    return accuracy(test.labels, most_probable(outputs_of(text + weights, train, test.x)));
  };
  EXPECT_GT(reached("(1|0)"), 0.85);
  EXPECT_NEAR(reached("(0|1)"), 0.5, 0.1);
}

TEST(Stack, LearnsWhichMemberToTrust) {
  const Drawn train = draw_data(300, 6, 2, 1.5, 5);
  const Drawn test = draw_data(600, 6, 2, 1.5, 6);
  // A nearest neighbour on noise is always sure of itself: a vote listens to it, a stack must not.
  const std::string of = "of=(only:blocks=a>logistic|only:blocks=b>knn:k=1)";
  const auto reached = [&](const std::string& text) {
    return accuracy(test.labels, most_probable(outputs_of(text, train, test.x)));
  };
  const double alone = reached("only:blocks=a>logistic");
  EXPECT_LT(reached("vote:" + of), alone - 0.15);
  EXPECT_NEAR(reached("stack:" + of), alone, 0.02);
}

// The members' answers to their own training rows are right by heart: a nearest neighbour's always.
TEST(Stack, TheFinalPipelineSeesAnswersToUnseenRowsOnly) {
  const Drawn data = draw_data(200, 6, 2, 0.0, 5);  // nothing can be learnt
  const Matrix p = outputs_of("stack:of=(knn:k=1|knn:k=1:metric=cosine):final=(none>logistic)", data,
                              draw_data(100, 6, 2, 0.0, 6).x);
  for (size_t row = 0; row < p.rows(); ++row) EXPECT_NEAR(p(row, 0), 0.5, 0.25) << row;
}

TEST(Stack, InnerFoldsKeepGroupsTogether) {
  const Drawn single =
      draw_data(60, 6, 2, 0.0, 5);  // nothing can be learnt, but every row is there four times
  std::vector<size_t> rows;
  std::vector<int> labels;
  std::vector<int> groups;
  for (size_t at = 0; at < 240; ++at) {
    rows.push_back(at / 4);
    labels.push_back(single.labels[at / 4]);
    groups.push_back(static_cast<int>(at / 4));
  }
  const Matrix x = single.x.select(rows);
  const Matrix test = draw_data(200, 6, 2, 0.0, 6).x;
  const PipelineSpec spec = spec_of("stack:of=(knn:k=1|majority):final=(none>logistic)");
  const auto sureness = [&](std::span<const int> known) {
    const TrainingSet data{x, labels, 2, Goal::kClass, {}, {}, known};
    const Matrix p = Pipeline::fit(spec, data, 1).value().outputs(test).value();
    double sum = 0.0;
    for (size_t row = 0; row < 200; ++row) sum += std::abs(static_cast<double>(p(row, 0)) - 0.5) / 200.0;
    return sum;
  };
  EXPECT_LT(sureness(groups), 0.15);
  EXPECT_GT(sureness({}), 0.35);
}

TEST(Stack, IsItsPartsPutTogether) {
  const Drawn train = draw_data(90, 5, 3, 1.0, 5);
  const Pipeline pipeline =
      Pipeline::fit(spec_of("stack:of=(logistic|forest:trees=5):final=(logistic:c=0.1):folds=4"), train.set(),
                    1)
          .value();
  const auto& final_pipeline = dynamic_cast<const Stack&>(pipeline.learner()).final_pipeline();
  ASSERT_TRUE(final_pipeline.has_value());
  EXPECT_EQ(final_pipeline->columns(), 6U);  // two members of three classes
  EXPECT_EQ(final_pipeline->spec().text(), "standard > logistic:c=0.1");
  // Of two classes one column a member says all.
  const Drawn two = draw_data(90, 5, 2, 1.0, 5);
  const Pipeline pair = Pipeline::fit(spec_of("stack:of=(logistic|forest:trees=5)"), two.set(), 1).value();
  EXPECT_EQ(dynamic_cast<const Stack&>(pair.learner()).final_pipeline()->columns(), 2U);
}

TEST(Stack, WithTooFewRowsTheMeanAnswers) {
  const Drawn data{Matrix(1, 4), {1}, 3};
  const Pipeline pipeline = Pipeline::fit(spec_of("stack:of=(majority|knn)"), data.set(), 1).value();
  EXPECT_FALSE(dynamic_cast<const Stack&>(pipeline.learner()).final_pipeline().has_value());
  EXPECT_EQ(pipeline.outputs(Matrix(1, 4)).value()(0, 1), 1.0F);
}

TEST(Ensembles, ArePrintedInOneForm) {
  const PipelineSpec spec = spec_of("vote:of=( sqrt>svm:c=1 |forest:trees=300):weights=(2|1)");
  EXPECT_EQ(spec.text(), "vote:of=(sqrt > svm | forest:trees=300):weights=(2|1)");
  EXPECT_EQ(spec_of(spec.text()), spec);
  EXPECT_EQ(spec, spec_of("vote:weights=(2|1):of=(sqrt > svm|forest:trees=300:criterion=gini)"));
  const PipelineSpec nested =
      spec_of("stack:of=(vote:of=(logistic|only:blocks=hog+hsv>knn)|svm > calibrate):final=(logistic:c=0.1)");
  EXPECT_EQ(spec_of(nested.text()), nested);
  EXPECT_EQ(pipeline_spec_from_json(to_json(nested)).value(), nested);
}

TEST(Ensembles, ABadMemberIsNamed) {
  EXPECT_THAT(refusal("vote:of=(svm|forrest)"),
              AllOf(HasSubstr("vote: member 2 'forrest'"), HasSubstr("did you mean 'forest'?")));
  EXPECT_THAT(refusal("stack:of=(svm:c=-1|forest)"), AllOf(HasSubstr("member 1"), HasSubstr("c=-1")));
  EXPECT_THAT(refusal("stack:of=(svm|forest):final=(ridgee)"), HasSubstr("final 'ridgee'"));
  EXPECT_THAT(refusal("vote:of=svm"), HasSubstr("names 1 pipeline"));
  EXPECT_THAT(refusal("vote:of=(svm|)"), HasSubstr("member 2"));
  EXPECT_THAT(refusal("vote:of=(svm|mean)"), HasSubstr("'mean' does not learn a class"));
  EXPECT_THAT(refusal("vote:of=(svm|forest):weights=(1|2|3)"), HasSubstr("must be 2 numbers"));
  EXPECT_THAT(refusal("vote:of=(svm|forest):weights=(0|0)"), HasSubstr("not all 0"));
  EXPECT_THAT(refusal("vote:of=(svm|forest):weights=(1|x)"), HasSubstr("weight 'x'"));
  const Drawn data = draw_data(30, 4, 2, 1.0, 5);
  const auto fitted = Pipeline::fit(spec_of("vote:of=(logistic|only:blocks=c>knn)"), data.set(), 1);
  ASSERT_FALSE(fitted.ok());
  EXPECT_THAT(fitted.error().message, AllOf(HasSubstr("member 2"), HasSubstr("there are: a, b")));
}

std::string nested(int depth) {
  std::string text = "majority";
  for (int i = 1; i < depth; ++i) text = "vote:of=(" + text + "|majority)";
  return text;
}

TEST(Ensembles, StandWithinEachOtherOnlySoDeep) {
  const Drawn data = draw_data(20, 3, 2, 1.0, 5);
  const Pipeline deepest = Pipeline::fit(spec_of(nested(kDeepestPipeline)), data.set(), 1).value();
  const Bytes bytes = saved(deepest);
  ByteReader in(bytes);
  EXPECT_EQ(Pipeline::load(in).value().outputs(data.x).value(), deepest.outputs(data.x).value());
  EXPECT_THAT(refusal(nested(kDeepestPipeline + 1)), HasSubstr("within each other"));
  EXPECT_THAT(refusal(nested(20000)), HasSubstr("within each other"));
}

// A file whose every member claims to be a vote again, whatever the text above it says.
TEST(Ensembles, AHostileFileCantNestDeeper) {
  ByteWriter out;
  for (int depth = 0; depth < 100000; ++depth) {
    out.put<uint32_t>(1);
    out.put_text(R"({"transforms":[],"learner":{"name":"vote","options":{"of":"vote:of=(knn|knn)|knn"}}})");
    out.put<uint64_t>(3);
    out.put<int32_t>(2);
  }
  ByteReader in(out.bytes());
  const auto loaded = Pipeline::load(in);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(loaded.error().message, HasSubstr("within each other"));
}

// Of a float this large a weight makes infinity, which only shows when the member answers.
TEST(Ensembles, AMemberThatCantAnswerIsAnErrorNotACrash) {
  const Drawn data = draw_data(30, 4, 2, 1.0, 5);
  for (const char* text : {"vote:of=(majority|weight:blocks=a*100>knn)",
                           "stack:of=(majority|weight:blocks=a*100>knn):final=majority"}) {
    const Pipeline pipeline = Pipeline::fit(spec_of(text), data.set(), 1).value();
    Matrix x(1, 4);
    x(0, 0) = 3e38F;
    const auto answer = pipeline.outputs(x);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, ErrorCode::kUsage);
    EXPECT_THAT(answer.error().message, AllOf(HasSubstr("member 2"), HasSubstr("after transform 'weight'")));
  }
}

TEST(Ensembles, AnswerNumbers) {
  const DrawnNumbers train = draw_numbers(300, 6, 1.0, 5);
  const DrawnNumbers test = draw_numbers(600, 6, 1.0, 6);
  const auto answers = [&](const std::string& text) {
    return Pipeline::fit(spec_of(text, Goal::kNumber), train.set(), 1).value().outputs(test.x).value();
  };
  const Matrix ridge = answers("ridge");
  const Matrix mean = answers("mean");
  const Matrix vote = answers("vote:of=(ridge|mean):weights=(3|1)");
  for (size_t row = 0; row < 600; ++row) {
    EXPECT_NEAR(vote(row, 0), 0.75F * ridge(row, 0) + 0.25F * mean(row, 0), 1e-3);
  }
  // The vote is held back by the mean; the stack learns to do without it.
  const double alone = variance_explained(test.values, ridge);
  EXPECT_LT(variance_explained(test.values, answers("vote:of=(ridge|mean)")), alone - 0.1);
  EXPECT_NEAR(variance_explained(test.values, answers("stack:of=(ridge|mean)")), alone, 0.01);
  EXPECT_THAT(refusal("vote:of=(ridge|logistic)", Goal::kNumber), HasSubstr("member 2 'logistic'"));
}

TEST(Ensembles, AnswerSeveralLabels) {
  const Drawn drawn = draw_data(200, 4, 2, 2.0, 5);
  std::vector<uint8_t> members;
  for (const int label : drawn.labels) {
    members.push_back(static_cast<uint8_t>(label));
    members.push_back(static_cast<uint8_t>(1 - label));
  }
  const TrainingSet data{drawn.x, {}, 2, Goal::kLabels, members};
  for (const char* text : {"vote:of=(logistic|forest:trees=10)", "stack:of=(logistic|forest:trees=10)"}) {
    const Pipeline pipeline = Pipeline::fit(parse_pipeline(text, Goal::kLabels).value(), data, 1).value();
    const Matrix p = pipeline.outputs(drawn.x).value();
    size_t right = 0;
    for (size_t row = 0; row < 200; ++row) right += (p(row, 0) > 0.5F) == (drawn.labels[row] == 1) ? 1 : 0;
    EXPECT_GT(right, 170U) << text;
  }
}

}  // namespace
}  // namespace sleeve
