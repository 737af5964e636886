// SPDX-License-Identifier: Apache-2.0
#include "learn/one_vs_rest.h"

#include "base/error.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

Result<std::unique_ptr<Learner>> make_part(const Spec& learner) {
  SLEEVE_TRY(const LearnerEntry* entry, find_learner(learner.name));
  return entry->make(learner.options);
}

}  // namespace

Status OneVsRest::fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  parts_.clear();
  const auto labels = static_cast<size_t>(data.classes);
  for (size_t label = 0; label < labels; ++label) {
    std::vector<int> has(data.x.rows());
    for (size_t row = 0; row < has.size(); ++row) has[row] = data.members[row * labels + label];
    const TrainingSet part{data.x, has, 2, Goal::kClass, {}, {}, data.groups, data.blocks};
    SLEEVE_TRY(auto learner, make_part(learner_));
    if (Status status = learner->fit(part, mix_seed(seed, label), context); !status.ok()) {
      return with_context(std::move(status).error(), fmt::format("label {}", label));
    }
    parts_.push_back(std::move(learner));
  }
  return {};
}

Matrix OneVsRest::outputs(const Matrix& x) const {
  Matrix result(x.rows(), parts_.size());
  for (size_t label = 0; label < parts_.size(); ++label) {
    const Matrix part = parts_[label]->outputs(x);
    for (size_t row = 0; row < x.rows(); ++row) result(row, label) = part(row, 1);
  }
  return result;
}

Json OneVsRest::facts() const {
  Json all = Json::array();
  bool any = false;
  for (const auto& part : parts_) {
    all.push_back(part->facts());
    any = any || !all.back().empty();
  }
  return any ? Json{{"labels", std::move(all)}} : Json::object();
}

void OneVsRest::save(ByteWriter& out) const {
  for (const auto& part : parts_) part->save(out);
}

Status OneVsRest::load(ByteReader& in, size_t columns, int classes) {
  parts_.clear();
  for (int label = 0; label < classes; ++label) {
    SLEEVE_TRY(auto learner, make_part(learner_));
    SLEEVE_CHECK(learner->load(in, columns, 2));
    parts_.push_back(std::move(learner));
  }
  return {};
}

}  // namespace sleeve
