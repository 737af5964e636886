// SPDX-License-Identifier: Apache-2.0
#include "learn/booster.h"

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <xgboost/c_api.h>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

// Its model takes several times as much while it is read.
constexpr uint64_t kLargestModel = uint64_t{1} << 30;

Status checked(int code) {
  if (code == 0) return {};
  std::string words = XGBGetLastError();
  return make_error(ErrorCode::kInternal, "boosting: XGBoost says: {}", words.substr(0, words.find('\n')));
}

// `value < condition` goes left in XGBoost, `value <= threshold` here.
float threshold_of(double condition) {
  const float below = std::nextafter(static_cast<float>(condition), -std::numeric_limits<float>::infinity());
  return std::max(below, std::numeric_limits<float>::lowest());
}

Error strange_model() {
  return make_error(ErrorCode::kInternal, "boosting: XGBoost's model is not of the form that is known");
}

// One of XGBoost's trees, whose nodes stand in any order, depth first.
Result<ValueTree> tree_of(const Json& json) try {
  const auto left = json.at("left_children").get<std::vector<int64_t>>();
  const auto right = json.at("right_children").get<std::vector<int64_t>>();
  const auto features = json.at("split_indices").get<std::vector<int64_t>>();
  const auto conditions = json.at("split_conditions").get<std::vector<double>>();
  struct Pending {
    size_t node;
    uint32_t parent;
    bool is_right;
  };
  ValueTree tree;
  std::vector<Pending> pending{{0, 0, false}};
  while (!pending.empty()) {
    const Pending at = pending.back();
    pending.pop_back();
    if (tree.nodes() > left.size()) return strange_model();
    if (at.is_right) tree.set_right(at.parent, static_cast<uint32_t>(tree.nodes()));
    if (left.at(at.node) < 0) {
      tree.add_leaf(static_cast<float>(conditions.at(at.node)));
      continue;
    }
    const uint32_t made =
        tree.add_split(static_cast<uint32_t>(features.at(at.node)), threshold_of(conditions.at(at.node)));
    pending.push_back({static_cast<size_t>(right.at(at.node)), made, true});
    pending.push_back({static_cast<size_t>(left.at(at.node)), made, false});
  }
  tree.shrink_to_fit();
  return tree;
} catch (const std::exception&) {
  return strange_model();
}

}  // namespace

void XgRows::Free::operator()(void* handle) const { XGDMatrixFree(handle); }
void XgBooster::Free::operator()(void* handle) const { XGBoosterFree(handle); }

Result<XgRows> XgRows::make(const Matrix& x, std::span<const float> answers, std::span<const float> base) {
  // Kept by thread, so it has to be said on each: no words on standard error.
  SLEEVE_CHECK(checked(XGBSetGlobalConfig(R"({"verbosity": 0})")));
  DMatrixHandle handle = nullptr;
  SLEEVE_CHECK(checked(XGDMatrixCreateFromMat(x.data(), x.rows(), x.columns(),
                                              std::numeric_limits<float>::quiet_NaN(), &handle)));
  XgRows rows;
  rows.handle_.reset(handle);
  rows.rows_ = x.rows();
  std::vector<float> guesses;
  for (size_t row = 0; row < x.rows(); ++row) guesses.insert(guesses.end(), base.begin(), base.end());
  SLEEVE_CHECK(checked(XGDMatrixSetFloatInfo(handle, "label", answers.data(), answers.size())));
  SLEEVE_CHECK(checked(XGDMatrixSetFloatInfo(handle, "base_margin", guesses.data(), guesses.size())));
  return rows;
}

Result<XgBooster> XgBooster::make(Goal goal, const BoostingOptions& options, size_t margins, uint64_t seed,
                                  const XgRows& train, const XgRows* watched) {
  std::array<DMatrixHandle, 2> rows{train.handle_.get(),
                                    watched == nullptr ? nullptr : watched->handle_.get()};
  BoosterHandle handle = nullptr;
  SLEEVE_CHECK(checked(XGBoosterCreate(rows.data(), watched == nullptr ? 1 : 2, &handle)));
  XgBooster booster;
  booster.handle_.reset(handle);
  booster.train_ = &train;
  booster.margins_ = margins;
  const char* objective = goal == Goal::kNumber ? "reg:squarederror"
                          : margins == 1        ? "binary:logistic"
                                                : "multi:softprob";
  std::vector<std::pair<const char*, std::string>> parameters{
      {"booster", "gbtree"},
      {"tree_method", "hist"},
      {"objective", objective},
      {"nthread", "1"},
      {"verbosity", "0"},
      {"disable_default_eval_metric", "1"},
      // Kept small: XGBoost multiplies it. By iteration, so that nothing is left over from another model
      // that was fitted on this thread.
      {"seed", std::to_string(seed % (uint64_t{1} << 31))},
      {"seed_per_iteration", "1"},
      {"eta", fmt::format("{}", options.learning_rate)},
      {"max_depth", fmt::format("{}", options.depth)},
      {"min_child_weight", fmt::format("{}", options.min_child_weight)},
      {"subsample", fmt::format("{}", options.subsample)},
      {"colsample_bytree", fmt::format("{}", options.column_share)},
      {"lambda", fmt::format("{}", options.l2)},
  };
  if (margins > 1) parameters.emplace_back("num_class", std::to_string(margins));
  for (const auto& [name, value] : parameters) {
    SLEEVE_CHECK(checked(XGBoosterSetParam(handle, name, value.c_str())));
  }
  return booster;
}

Status XgBooster::step(int round) {
  return checked(XGBoosterUpdateOneIter(handle_.get(), round, train_->handle_.get()));
}

Result<std::vector<float>> XgBooster::predict(const XgRows& rows, bool sums) const {
  const std::string config = fmt::format(
      R"({{"type": {}, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": true}})",
      sums ? 1 : 0);
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  SLEEVE_CHECK(checked(XGBoosterPredictFromDMatrix(handle_.get(), rows.handle_.get(), config.c_str(), &shape,
                                                   &dimensions, &values)));
  return std::vector<float>(values, values + rows.rows_ * margins_);
}

Result<std::vector<ValueTree>> XgBooster::trees() const {
  bst_ulong length = 0;
  const char* bytes = nullptr;
  SLEEVE_CHECK(checked(XGBoosterSaveModelToBuffer(handle_.get(), R"({"format": "ubj"})", &length, &bytes)));
  if (length > kLargestModel) {
    return make_error(ErrorCode::kTooLarge,
                      "boosting: the model has {} bytes, the most is {}: take fewer trees, or less depth",
                      length, kLargestModel);
  }
  const Json model = Json::from_ubjson(bytes, bytes + length, true, false);
  const auto place = Json::json_pointer("/learner/gradient_booster/model/trees");
  if (model.is_discarded() || !model.contains(place) || !model[place].is_array()) return strange_model();
  std::vector<ValueTree> trees;
  for (const Json& tree : model[place]) {
    SLEEVE_TRY(ValueTree own, tree_of(tree));
    trees.push_back(std::move(own));
  }
  if (trees.empty() || trees.size() % margins_ != 0) return strange_model();
  return trees;
}

}  // namespace sleeve
