// SPDX-License-Identifier: Apache-2.0
#include "learn/vote.h"

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr double kHeaviestVote = 1e6;

// As given, sum 1.
Result<std::vector<double>> parse_member_weights(const std::string& text, size_t members) {
  if (text.empty()) return std::vector<double>(members, 1.0 / static_cast<double>(members));
  std::vector<double> weights;
  double sum = 0.0;
  for (const std::string& part : split_text(text, '|')) {
    const auto weight = parse_number(trim(part));
    if (!weight || !(*weight >= 0.0 && *weight <= kHeaviestVote)) {
      return make_error(ErrorCode::kUsage, "vote: weight '{}' is not a number from 0 to {:g}",
                        printable(std::string_view(part)), kHeaviestVote);
    }
    weights.push_back(*weight);
    sum += *weight;
  }
  if (weights.size() != members || !(sum > 0.0)) {
    return make_error(ErrorCode::kUsage, "vote: weights=({}) must be {} numbers, one a member, not all 0",
                      printable(std::string_view(text)), members);
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

Status check_for(VoteOptions& options, Goal goal) {
  SLEEVE_TRY(const auto members, parse_members(options.of, goal, "vote"));
  SLEEVE_CHECK(parse_member_weights(options.weights, members.size()));
  options.of = text_of(members);
  return {};
}

}  // namespace

Status check(VoteOptions& options) { return check_for(options, Goal::kClass); }
Status check(NumberVoteOptions& options) { return check_for(options, Goal::kNumber); }

Status Vote::fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  SLEEVE_TRY(const auto specs, parse_members(options_.of, goal_, "vote"));
  SLEEVE_TRY(weights_, parse_member_weights(options_.weights, specs.size()));
  return members_.fit(specs, data, seed, context);
}

Matrix Vote::outputs(const Matrix& x) const { return members_.mean(x, weights_); }

Status Vote::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(const auto specs, parse_members(options_.of, goal_, "vote"));
  SLEEVE_TRY(weights_, parse_member_weights(options_.weights, specs.size()));
  return members_.load(in, specs, columns, classes);
}

}  // namespace sleeve
