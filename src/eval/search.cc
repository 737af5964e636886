// SPDX-License-Identifier: Apache-2.0
#include "eval/search.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <mutex>
#include <numeric>

#include "base/byte_stream.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/try.h"
#include "eval/fold_outputs.h"
#include "eval/subset.h"

namespace sleeve {
namespace {

using FoldScores = std::vector<std::optional<double>>;

std::string to_text(const FoldScores& scores) {
  Json json = Json::array();
  for (const auto& score : scores) json.push_back(score ? Json(*score) : Json());
  return dump_json(json);
}

std::optional<FoldScores> from_text(const std::string& text, size_t count) {
  const auto json = parse_json(text);
  if (!json.ok() || !json->is_array() || json->size() != count) return std::nullopt;
  FoldScores scores;
  for (const Json& value : *json) {
    if (!value.is_null() && !value.is_number()) return std::nullopt;
    scores.push_back(value.is_null() ? std::optional<double>() : value.get<double>());
  }
  return scores;
}

// One round of a search: all on the same share of the training rows.
class Round {
 public:
  Round(const Task& task, std::span<const Fold> folds, size_t folds_per_repeat, const SearchOptions& options,
        double share, SearchJournal* journal)
      : task_(task),
        folds_per_repeat_(folds_per_repeat),
        options_(options),
        share_(share),
        journal_(journal),
        whole_(task.set()),
        objectives_(objectives_of(task.goal)),
        folds_(folds.begin(), folds.end()) {
    if (share_ >= 1.0) return;
    for (size_t f = 0; f < folds_.size(); ++f) {
      folds_[f].train = subset_of(task, folds_[f].train, share_, mix_seed(options.seed, f));
    }
  }

  // Fills the candidates' scores, one batch of them after the other.
  Status run(std::vector<Candidate>& candidates, const std::vector<size_t>& chosen, SearchResult& result,
             const WorkContext& context);

 private:
  Status run_batch(std::vector<Candidate>& candidates, const std::vector<size_t>& batch, SearchResult& result,
                   const WorkContext& context);
  [[nodiscard]] std::string key(const PipelineSpec& pipeline, size_t fold) const;
  // Of folds that the journal has for all of the batch; the others' numbers.
  std::vector<size_t> take_known(std::vector<Candidate>& candidates, const std::vector<size_t>& batch,
                                 SearchResult& result);
  [[nodiscard]] FoldScores scores_of(size_t fold, const Matrix& outputs) const;

  const Task& task_;
  size_t folds_per_repeat_;
  const SearchOptions& options_;
  double share_;
  SearchJournal* journal_;
  std::mutex journal_mutex_;
  TrainingSet whole_;
  std::vector<const Objective*> objectives_;
  std::vector<Fold> folds_;
};

std::string Round::key(const PipelineSpec& pipeline, size_t fold) const {
  ByteWriter writer;
  writer.put_text(options_.journal_key);
  writer.put_text(dump_json(to_json(pipeline)));
  writer.put<uint64_t>(fold);
  writer.put<uint64_t>(options_.seed);
  writer.put<double>(share_);
  writer.put<uint8_t>(options_.objective->needs_probabilities ? 1 : 0);
  return sha256(writer.bytes()).hex();
}

FoldScores Round::scores_of(size_t fold, const Matrix& outputs) const {
  const Matrix none(folds_[fold].test.size(), 0);
  const Answers answers = Answers::of(whole_, folds_[fold].test);
  const TrainingSet truth = answers.set(none, whole_);
  FoldScores scores;
  for (const Objective* objective : objectives_) {
    // Without probabilities there is nothing to compute these from.
    const bool known = options_.objective->needs_probabilities || !objective->needs_probabilities;
    scores.push_back(known ? objective->of(truth, outputs) : std::nullopt);
  }
  return scores;
}

std::vector<size_t> Round::take_known(std::vector<Candidate>& candidates, const std::vector<size_t>& batch,
                                      SearchResult& result) {
  std::vector<size_t> missing;
  for (size_t fold = 0; fold < folds_.size(); ++fold) {
    std::vector<FoldScores> known;
    for (const size_t candidate : batch) {
      const auto text =
          journal_ != nullptr ? journal_->find(key(candidates[candidate].pipeline, fold)) : std::nullopt;
      auto scores = text ? from_text(*text, objectives_.size()) : std::nullopt;
      if (!scores) break;
      known.push_back(std::move(*scores));
    }
    if (known.size() < batch.size()) {
      missing.push_back(fold);
      continue;
    }
    for (size_t i = 0; i < batch.size(); ++i) candidates[batch[i]].fold_scores[fold] = std::move(known[i]);
    result.reused += batch.size();
  }
  return missing;
}

Status Round::run_batch(std::vector<Candidate>& candidates, const std::vector<size_t>& batch,
                        SearchResult& result, const WorkContext& context) {
  const std::vector<size_t> missing = take_known(candidates, batch, result);
  if (missing.empty()) return {};
  std::vector<PipelineSpec> pipelines;
  for (const size_t candidate : batch) pipelines.push_back(candidates[candidate].pipeline);
  const FamilyWants wants{false, options_.objective->needs_probabilities};
  const std::string what =
      fmt::format("searching {}: {} candidates{}", pipelines[0].learner.name, pipelines.size(),
                  share_ < 1.0 ? fmt::format(" on {:.0f} % of the covers", 100.0 * share_) : "");
  const FoldRun run{folds_, folds_per_repeat_, pipelines, wants, options_.seed, what, missing};
  const auto take = [&](size_t fold, std::vector<FamilyOutputs> outputs) -> Status {
    for (size_t i = 0; i < batch.size(); ++i) {
      candidates[batch[i]].fold_scores[fold] = scores_of(fold, outputs[i].test);
    }
    if (journal_ == nullptr) return {};
    std::vector<std::pair<std::string, std::string>> parts;
    for (const size_t candidate : batch) {
      parts.emplace_back(key(candidates[candidate].pipeline, fold),
                         to_text(candidates[candidate].fold_scores[fold]));
    }
    const std::scoped_lock lock(journal_mutex_);
    return journal_->put(parts);
  };
  SLEEVE_CHECK(run_folds(task_, run, context, take));
  result.fits += missing.size() * batch.size();
  return {};
}

Status Round::run(std::vector<Candidate>& candidates, const std::vector<size_t>& chosen, SearchResult& result,
                  const WorkContext& context) {
  // What can share work is fitted together: the same transforms in front of the same learner.
  std::map<std::string, size_t> place;
  std::vector<std::vector<size_t>> batches;
  for (const size_t candidate : chosen) {
    Json json = to_json(candidates[candidate].pipeline);
    json["learner"].erase("options");
    const auto [at, is_new] = place.try_emplace(dump_json(json), batches.size());
    if (is_new) batches.emplace_back();
    batches[at->second].push_back(candidate);
    candidates[candidate].fold_scores.assign(folds_.size(), {});
    candidates[candidate].training_share = share_;
  }
  for (const auto& batch : batches) SLEEVE_CHECK(run_batch(candidates, batch, result, context));
  return {};
}

// Which comes first: more folds that could be scored, then the better mean, then the order given.
void rank(std::vector<size_t>& chosen, std::vector<Candidate>& candidates, const SearchOptions& options,
          Goal goal) {
  const auto goals = objectives_of(goal);
  const auto place = static_cast<size_t>(std::ranges::find(goals, options.objective) - goals.begin());
  for (const size_t i : chosen) candidates[i].summary = summarise(candidates[i].fold_scores, place);
  std::ranges::stable_sort(chosen, [&](size_t a, size_t b) {
    const OutcomeSummary& x = candidates[a].summary;
    const OutcomeSummary& y = candidates[b].summary;
    if (x.folds != y.folds) return x.folds > y.folds;
    return options.objective->higher_is_better ? x.mean > y.mean : x.mean < y.mean;
  });
}

// The shares of the training rows that the rounds use, rising to 1.
std::vector<double> shares_of(size_t candidates, int factor, size_t training_rows) {
  constexpr double kFewestRows = 100.0;
  std::vector<double> shares = {1.0};
  if (factor < 2) return shares;
  for (size_t left = candidates; left > 1;
       left = (left + static_cast<size_t>(factor) - 1) / static_cast<size_t>(factor)) {
    const double next = shares.back() / factor;
    if (next * static_cast<double>(training_rows) < kFewestRows) break;
    shares.push_back(next);
  }
  std::ranges::reverse(shares);
  return shares;
}

}  // namespace

Result<SearchResult> search(const Task& task, std::span<const Fold> folds, size_t folds_per_repeat,
                            std::span<const PipelineSpec> candidates, const SearchOptions& options,
                            SearchJournal* journal, const WorkContext& context) {
  assert(options.objective != nullptr && options.objective->goal == task.goal);
  if (candidates.empty()) return make_error(ErrorCode::kUsage, "there is nothing to try");
  SearchResult result;
  for (const PipelineSpec& pipeline : candidates) result.candidates.push_back({pipeline, {}, {}, 1});
  std::vector<size_t> left(candidates.size());
  std::iota(left.begin(), left.end(), size_t{0});
  const std::vector<double> shares =
      shares_of(left.size(), options.halving_factor, folds.empty() ? 0 : folds[0].train.size());
  for (size_t round = 0; round < shares.size(); ++round) {
    Round now(task, folds, folds_per_repeat, options, shares[round], journal);
    SLEEVE_CHECK(now.run(result.candidates, left, result, context));
    rank(left, result.candidates, options, task.goal);
    // Those that leave now stand behind all that stay.
    const auto factor = static_cast<size_t>(std::max(options.halving_factor, 1));
    const size_t stay = round + 1 < shares.size() ? (left.size() + factor - 1) / factor : 0;
    result.ranking.insert(result.ranking.begin(), left.begin() + static_cast<std::ptrdiff_t>(stay),
                          left.end());
    left.resize(stay);
  }
  return result;
}

}  // namespace sleeve
