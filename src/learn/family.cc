// SPDX-License-Identifier: Apache-2.0
#include "learn/family.h"

#include <algorithm>
#include <map>
#include <new>
#include <numeric>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/try.h"
#include "learn/binning.h"
#include "learn/distance.h"
#include "learn/forest.h"
#include "learn/kernel.h"
#include "learn/named_blocks.h"
#include "learn/svm_family.h"

namespace sleeve {
namespace {

// Pipelines whose first transforms were the same, and what these made of the rows.
struct Branch {
  const TrainingSet& train;
  const Matrix& test;
  const SharedRows* shared;  // nullptr: none, or the features are no longer those of the shared matrix
};

class Family {
 public:
  Family(std::span<const PipelineSpec> pipelines, const FamilyWants& wants, uint64_t seed,
         const WorkContext& context)
      : pipelines_(pipelines), wants_(wants), seed_(seed), context_(context), results_(pipelines.size()) {}

  // Fits the pipelines of `members`, whose first `depth` transforms led to the branch.
  Status fit(const Branch& branch, const std::vector<size_t>& members, size_t depth);
  Status fit_alone(const Branch& branch, size_t member, size_t depth);
  std::vector<FamilyOutputs> take() { return std::move(results_); }

 private:
  Status fit_transformed(const Branch& branch, const Spec& step, const std::vector<size_t>& members,
                         size_t depth);
  Status fit_learners(const Branch& branch, const std::vector<size_t>& members);
  Status fit_forests(const Branch& branch, const std::vector<size_t>& members);
  Status fit_svms(const Branch& branch, const std::vector<size_t>& members);
  [[nodiscard]] Error named(Error error, size_t member) const {
    return error.code == ErrorCode::kCancelled ? error
                                               : with_context(std::move(error), pipelines_[member].text());
  }

  std::span<const PipelineSpec> pipelines_;
  const FamilyWants& wants_;
  uint64_t seed_;
  const WorkContext& context_;
  std::vector<FamilyOutputs> results_;
};

// Members by what `key` makes of them, in the order of the first of each.
template <class Key>
std::vector<std::vector<size_t>> grouped(const std::vector<size_t>& members, const Key& key) {
  std::vector<std::vector<size_t>> groups;
  std::map<std::string, size_t> place;
  for (const size_t member : members) {
    const auto [at, is_new] = place.try_emplace(key(member), groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].push_back(member);
  }
  return groups;
}

Status Family::fit(const Branch& branch, const std::vector<size_t>& members, size_t depth) {
  const auto next = [&](size_t member) {
    const auto& transforms = pipelines_[member].transforms;
    return depth < transforms.size() ? "t" + to_string(transforms[depth]) : std::string();
  };
  for (const auto& group : grouped(members, next)) {
    const auto& transforms = pipelines_[group[0]].transforms;
    if (depth < transforms.size()) {
      SLEEVE_CHECK(fit_transformed(branch, transforms[depth], group, depth));
    } else {
      SLEEVE_CHECK(fit_learners(branch, group));
    }
  }
  return {};
}

Status Family::fit_transformed(const Branch& branch, const Spec& step, const std::vector<size_t>& members,
                               size_t depth) {
  if (context_.stopping()) return make_error(ErrorCode::kCancelled, "stopped on request");
  SLEEVE_TRY(const TransformEntry* entry, find_transform(step.name));
  if (!entry->takes_bags) SLEEVE_CHECK(check_no_bags(branch.train.blocks, entry->name));
  SLEEVE_TRY(const auto transform, entry->make(step.options));
  SLEEVE_CHECK(transform->fit(branch.train));
  const Matrix train_x = transform->apply(branch.train.x);
  SLEEVE_CHECK(check_finite(train_x, step.name));
  const Matrix test_x = transform->apply(branch.test);
  SLEEVE_CHECK(check_finite(test_x, step.name));
  const auto blocks = transform->blocks_after(branch.train.blocks, branch.train.x.columns());
  const TrainingSet train = branch.train.with(train_x, blocks);
  return fit({train, test_x, nullptr}, members, depth + 1);
}

Status Family::fit_learners(const Branch& branch, const std::vector<size_t>& members) {
  const auto kind = [&](size_t member) {
    const PipelineSpec& spec = pipelines_[member];
    return spec.goal == Goal::kClass ? spec.learner.name : std::string();
  };
  for (const auto& group : grouped(members, kind)) {
    const std::string name = kind(group[0]);
    // What is fitted alone is checked there.
    if (name == "forest" || name == "svm") SLEEVE_CHECK(check_no_bags(branch.train.blocks, name));
    if (name == "forest") {
      SLEEVE_CHECK(fit_forests(branch, group));
    } else if (name == "svm" && (branch.shared != nullptr ||
                                 PairSums::fit_in_memory(branch.train.x.rows() + branch.test.rows()))) {
      SLEEVE_CHECK(fit_svms(branch, group));
    } else {
      for (const size_t member : group)
        SLEEVE_CHECK(fit_alone(branch, member, pipelines_[member].transforms.size()));
    }
  }
  return {};
}

Status Family::fit_forests(const Branch& branch, const std::vector<size_t>& members) {
  const BinnedMatrix binned(branch.train.x);
  const auto but_trees = [&](size_t member) {
    Json options = pipelines_[member].learner.options;
    options.erase("trees");
    return dump_json(options);
  };
  for (auto& group : grouped(members, but_trees)) {
    const auto trees = [&](size_t member) {
      return pipelines_[member].learner.options["trees"].get<size_t>();
    };
    std::ranges::stable_sort(group, {}, trees);
    SLEEVE_TRY(const auto options,
               options_from_json<ForestOptions>(pipelines_[group.back()].learner.options, "forest"));
    Forest forest(options);
    if (Status status = forest.fit_binned(binned, branch.train, seed_, context_); !status.ok()) {
      return named(std::move(status).error(), group.back());
    }
    std::vector<size_t> counts;
    for (const size_t member : group) counts.push_back(trees(member));
    auto test = forest.outputs_after(branch.test, counts);
    for (size_t i = 0; i < group.size(); ++i) results_[group[i]].test = std::move(test[i]);
    if (!wants_.train_outputs) continue;
    auto train = forest.outputs_after(branch.train.x, counts);
    for (size_t i = 0; i < group.size(); ++i) results_[group[i]].train = std::move(train[i]);
  }
  return {};
}

// Training rows, then test rows.
Matrix stacked(const Matrix& train, const Matrix& test) {
  Matrix all(train.rows() + test.rows(), train.columns());
  std::copy_n(train.data(), train.rows() * train.columns(), all.data());
  std::copy_n(test.data(), test.rows() * test.columns(), all.data() + train.rows() * train.columns());
  return all;
}

Status Family::fit_svms(const Branch& branch, const std::vector<size_t>& members) {
  std::vector<SvmOptions> options;
  for (const size_t member : members) {
    SLEEVE_TRY(SvmOptions own, options_from_json<SvmOptions>(pipelines_[member].learner.options, "svm"));
    if (for_histograms(kernel_kind(own.kernel))) {
      Status status = check_not_negative(branch.train.x, fmt::format("svm: kernel {}", own.kernel));
      if (!status.ok()) return named(std::move(status).error(), member);
    }
    options.push_back(std::move(own));
  }
  const bool all_shared =
      branch.shared != nullptr && std::ranges::all_of(options, [&](const SvmOptions& own) {
        return branch.shared->sums.find(pair_sum_of(kernel_kind(own.kernel))) != nullptr;
      });
  const auto finish = [&](const PairSums& sums, std::span<const size_t> train_rows,
                          std::span<const size_t> test_rows) -> Status {
    auto outputs = svm_family(options, branch.train, sums, train_rows, test_rows, wants_, seed_, context_);
    if (!outputs.ok()) return named(std::move(outputs).error(), members[0]);
    for (size_t i = 0; i < members.size(); ++i) results_[members[i]] = std::move((*outputs)[i]);
    return {};
  };
  if (all_shared) return finish(branch.shared->sums, branch.shared->train, branch.shared->test);
  const Matrix all = stacked(branch.train.x, branch.test);
  PairSums sums;
  for (const SvmOptions& own : options) {
    SLEEVE_CHECK(sums.add(pair_sum_of(kernel_kind(own.kernel)), all, context_));
  }
  std::vector<size_t> rows(all.rows());
  std::iota(rows.begin(), rows.end(), size_t{0});
  return finish(sums, std::span(rows).first(branch.train.x.rows()),
                std::span(rows).subspan(branch.train.x.rows()));
}

// What of the pipeline lies behind its first `depth` transforms.
Status Family::fit_alone(const Branch& branch, size_t member, size_t depth) {
  PipelineSpec rest = pipelines_[member];
  rest.transforms.erase(rest.transforms.begin(),
                        rest.transforms.begin() + static_cast<std::ptrdiff_t>(depth));
  auto pipeline = Pipeline::fit(rest, branch.train, seed_, context_);
  if (!pipeline.ok()) return named(std::move(pipeline).error(), member);
  SLEEVE_TRY(results_[member].test, pipeline->outputs(branch.test));
  if (wants_.train_outputs) {
    SLEEVE_TRY(results_[member].train, pipeline->outputs(branch.train.x));
  }
  return {};
}

bool has_negative(const Matrix& x) {
  return std::any_of(x.data(), x.data() + x.rows() * x.columns(), [](float value) { return value < 0.0F; });
}

}  // namespace

double kernel_bytes(std::span<const PipelineSpec> pipelines, size_t rows) {
  // By the text, for a member of an ensemble may have kernels, too.
  const bool kernels = std::ranges::any_of(pipelines, [](const PipelineSpec& spec) {
    const std::string text = spec.text();
    return text.find("svm") != std::string::npos || text.find("svr") != std::string::npos;
  });
  constexpr double kBytesAValue = 16 + 8;  // LIBSVM's, and the sums they are made of
  return kernels ? kBytesAValue * static_cast<double>(rows) * static_cast<double>(rows) : 0.0;
}

Result<PairSums> shareable_sums(std::span<const PipelineSpec> pipelines, const Matrix& x,
                                const WorkContext& context) {
  PairSums sums;
  if (!PairSums::fit_in_memory(x.rows())) return sums;
  for (const PipelineSpec& spec : pipelines) {
    if (spec.goal != Goal::kClass || spec.learner.name != "svm" || !spec.transforms.empty()) continue;
    SLEEVE_TRY(const SvmOptions options, options_from_json<SvmOptions>(spec.learner.options, "svm"));
    const KernelKind kind = kernel_kind(options.kernel);
    if (for_histograms(kind) && has_negative(x)) continue;
    SLEEVE_CHECK(sums.add(pair_sum_of(kind), x, context));
  }
  return sums;
}

Result<std::vector<FamilyOutputs>> fit_family(std::span<const PipelineSpec> pipelines,
                                              const TrainingSet& train, const Matrix& test,
                                              const SharedRows* shared, const FamilyWants& wants,
                                              uint64_t seed, const WorkContext& context) try {
  SLEEVE_CHECK(check(train));
  SLEEVE_CHECK(check_finite(test));
  Family family(pipelines, wants, seed, context);
  std::vector<size_t> members;
  std::vector<size_t> calibrated;
  for (size_t i = 0; i < pipelines.size(); ++i)
    (pipelines[i].calibration ? calibrated : members).push_back(i);
  SLEEVE_CHECK(family.fit({train, test, shared}, members, 0));
  // Their inner folds fit the transforms, too, so that nothing of them can be shared.
  for (const size_t member : calibrated) SLEEVE_CHECK(family.fit_alone({train, test, nullptr}, member, 0));
  return family.take();
} catch (const std::bad_alloc&) {
  return make_error(ErrorCode::kTooLarge, "there is not enough memory for so much data");
}

}  // namespace sleeve
