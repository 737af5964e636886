// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/boosting.h"
#include "learn/constant_number.h"
#include "learn/forest.h"
#include "learn/group_average.h"
#include "learn/knn.h"
#include "learn/learner.h"
#include "learn/linear_svm.h"
#include "learn/logistic.h"
#include "learn/majority.h"
#include "learn/minmax_scaler.h"
#include "learn/normaliser.h"
#include "learn/number_forest.h"
#include "learn/nystroem.h"
#include "learn/only_blocks.h"
#include "learn/pca.h"
#include "learn/projection.h"
#include "learn/ridge.h"
#include "learn/robust_scaler.h"
#include "learn/select_best.h"
#include "learn/square_root.h"
#include "learn/stack.h"
#include "learn/standard_scaler.h"
#include "learn/stratified_chance.h"
#include "learn/svm.h"
#include "learn/svr.h"
#include "learn/transform.h"
#include "learn/vote.h"
#include "learn/weight_blocks.h"
#include "learn/words.h"

// The two tables of everything that can stand in a pipeline: one line an algorithm.
namespace sleeve {
namespace {

// A name that can be a template's argument, for errors to start with it.
template <size_t N>
struct Name {
  // NOLINTNEXTLINE(google-explicit-constructor): made from a literal
  constexpr Name(const char (&literal)[N]) { std::copy_n(literal, N, text.begin()); }
  [[nodiscard]] constexpr std::string_view view() const { return {text.data(), N - 1}; }
  std::array<char, N> text{};
};

template <class T, Name kName>
Result<typename T::Options> checked_options(const Json& json) {
  SLEEVE_TRY(typename T::Options options, options_from_json<typename T::Options>(json, kName.view()));
  // Some options know more about their values than a range can say.
  if constexpr (requires { check(options); }) SLEEVE_CHECK(check(options));
  return options;
}

template <class Base, class T, Name kName>
Result<std::unique_ptr<Base>> make(const Json& json) {
  SLEEVE_TRY(typename T::Options options, (checked_options<T, kName>(json)));
  return std::unique_ptr<Base>(std::make_unique<T>(std::move(options)));
}

template <class T, Name kName>
Result<Json> complete(const Json& json) {
  SLEEVE_TRY(typename T::Options options, (checked_options<T, kName>(json)));
  return options_to_json(std::move(options));
}

// Whether rows may hold bags of local features: only who says so knows what to do with them.
template <class T>
constexpr bool takes_bags() {
  if constexpr (requires { T::kTakesBags; }) return T::kTakesBags;
  return false;
}

template <class T, Name kName>
TransformEntry transform(std::string_view summary) {
  return {kName.view(),       summary,        list_options<typename T::Options>, make<Transform, T, kName>,
          complete<T, kName>, takes_bags<T>()};
}

template <class T, Name kName, Goal kGoal = Goal::kClass>
LearnerEntry learner(std::string_view summary, std::string_view source, std::string_view default_transforms) {
  return {kName.view(),
          kGoal,
          summary,
          source,
          default_transforms,
          list_options<typename T::Options>,
          make<Learner, T, kName>,
          complete<T, kName>,
          takes_bags<T>()};
}

template <class Entry>
Result<const Entry*> find_entry(std::span<const Entry> entries, std::string_view name,
                                std::string_view kind) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    if (entry.name == name) return &entry;
    names.emplace_back(entry.name);
  }
  return make_error(ErrorCode::kUsage, "unknown {} '{}'{}", kind, printable(name), suggestion(name, names));
}

}  // namespace

// clang-format off
std::span<const TransformEntry> transform_registry() {
  static const TransformEntry entries[] = {
      transform<StandardScaler, "standard">("every column to mean 0 and standard deviation 1"),
      transform<MinMaxScaler, "minmax">("every column to the range 0 to 1 of the training rows"),
      transform<RobustScaler, "robust">("every column to median 0 and interquartile range 1"),
      transform<Normaliser, "normalise">("every row to length 1 (l2) or sum 1 (l1)"),
      transform<Pca, "pca">("principal components: a number of them or a share of the variance, whitened on request"),
      transform<Projection, "project">("sums of all columns with drawn weights (random projection), which nearly keep distances"),
      transform<SelectBest, "select">("the k columns that differ most between the classes (ANOVA F)"),
      transform<OnlyBlocks, "only">("the columns of the named descriptors and no others"),
      transform<WeightBlocks, "weight">("descriptors multiplied by stated weights"),
      transform<BalanceBlocks, "balance">("every descriptor to the same mean squared length of its part of a row"),
      transform<Nystroem, "nystroem">("columns whose products are nearly a kernel's values, by landmarks among the training rows"),
      transform<Words, "words">("bags of local features to visual words: counts, VLAD or Fisher vectors"),
      transform<SquareRoot, "sqrt">("signed square root of every value (Hellinger map of histograms)"),
  };
  return entries;
}

std::span<const LearnerEntry> learner_registry() {
  static const LearnerEntry entries[] = {
      learner<Majority, "majority">("always the largest class: the baseline", "", ""),
      learner<StratifiedChance, "stratified">("a class drawn by the classes' shares: the baseline that guesses", "scikit-learn DummyClassifier", ""),
      learner<GroupShares, "group_shares">("the class shares of the row's category, whose number is column 0: a baseline", "Micci-Barreca 2001", ""),
      learner<MeanNumber, "mean", Goal::kNumber>("always the mean: the baseline", "", ""),
      learner<MedianNumber, "median", Goal::kNumber>("always the median: the baseline for absolute errors", "", ""),
      learner<GroupMean, "group_mean", Goal::kNumber>("the mean of the row's category, whose number is column 0: a baseline", "Micci-Barreca 2001", ""),
      learner<Logistic, "logistic">("multinomial logistic regression, L2 penalty", "scikit-learn LogisticRegression", "standard"),
      learner<Forest, "forest">("random forest on binned features", "Breiman 2001; scikit-learn RandomForestClassifier", ""),
      learner<Knn, "knn">("the k nearest training rows vote", "scikit-learn KNeighborsClassifier", ""),
      learner<Svm, "svm">("support vector machine, one against one, six kernels", "LIBSVM (Chang & Lin 2011); scikit-learn SVC", ""),
      learner<ClassBoosting, "boosting">("gradient boosted trees, as many as held-out rows ask for", "XGBoost (Chen & Guestrin 2016)", ""),
      learner<Ridge, "ridge", Goal::kNumber>("linear regression, L2 penalty", "Hoerl & Kennard 1970; scikit-learn Ridge", "standard"),
      learner<NumberForest, "forest", Goal::kNumber>("random forest of regression trees on binned features", "Breiman 2001; scikit-learn RandomForestRegressor", ""),
      learner<NumberBoosting, "boosting", Goal::kNumber>("gradient boosted trees, as many as held-out rows ask for", "XGBoost (Chen & Guestrin 2016)", ""),
      learner<KnnNumber, "knn", Goal::kNumber>("the mean of the k nearest training rows", "scikit-learn KNeighborsRegressor", ""),
      learner<Svr, "svr", Goal::kNumber>("support vector regression, six kernels", "LIBSVM (Chang & Lin 2011); scikit-learn SVR", ""),
      learner<LinearSvm, "linear_svm">("linear support vector machine, one against the rest, for very many rows", "LIBLINEAR (Fan et al. 2008); scikit-learn LinearSVC", "standard"),
      learner<Vote, "vote">("several pipelines' mean probabilities, weighted on request", "scikit-learn VotingClassifier", ""),
      learner<NumberVote, "vote", Goal::kNumber>("several pipelines' mean number, weighted on request", "scikit-learn VotingRegressor", ""),
      learner<Stack, "stack">("a pipeline that learns from several others' answers to unseen rows", "Wolpert 1992; scikit-learn StackingClassifier", ""),
      learner<NumberStack, "stack", Goal::kNumber>("a pipeline that learns from several others' answers to unseen rows", "Wolpert 1992; scikit-learn StackingRegressor", ""),
  };
  return entries;
}
// clang-format on

Result<const TransformEntry*> find_transform(std::string_view name) {
  return find_entry(transform_registry(), name, "transform");
}

Result<const LearnerEntry*> find_learner(std::string_view name, Goal goal) {
  const Goal wanted = goal == Goal::kNumber ? Goal::kNumber : Goal::kClass;
  std::vector<std::string> names;
  bool elsewhere = false;
  for (const LearnerEntry& entry : learner_registry()) {
    if (entry.name == name && entry.goal == wanted) return &entry;
    elsewhere = elsewhere || entry.name == name;
    if (entry.goal == wanted) names.emplace_back(entry.name);
  }
  if (elsewhere) {
    return make_error(ErrorCode::kUsage, "'{}' does not learn a {} (those that do: {})", printable(name),
                      wanted == Goal::kNumber ? "number" : "class", join_text(names, ", "));
  }
  const std::string_view before = name.substr(0, name.find_first_of("(=["));
  if (before.size() < name.size() && std::ranges::find(names, before) != names.end()) {
    return make_error(ErrorCode::kUsage,
                      "'{}': options stand behind a colon, {}:OPTION=VALUE; 'sleeve list' names them",
                      printable(name), before);
  }
  return make_error(ErrorCode::kUsage, "unknown learner '{}'{}", printable(name), suggestion(name, names));
}

}  // namespace sleeve
