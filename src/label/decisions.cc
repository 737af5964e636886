// SPDX-License-Identifier: Apache-2.0
#include "label/decisions.h"

#include <algorithm>
#include <set>

#include "base/try.h"

namespace sleeve {
namespace {

Subject subject_of(const LabelDecision& decision) {
  return {decision.subject, decision.source, decision.key};
}

LabelDecision row_of(const WantedDecision& wanted, Json old_value) {
  LabelDecision row;
  row.subject = wanted.subject.kind;
  row.source = wanted.subject.source;
  row.key = wanted.subject.key;
  row.field = wanted.field;
  row.old_value = std::move(old_value);
  row.new_value = wanted.value;
  row.reason = wanted.reason;
  return row;
}

struct Plan {
  std::vector<LabelDecision> rows;
  Recorded recorded;
};

Result<Plan> plan_of(Catalogue& catalogue, const std::vector<std::string>& fields,
                     const std::vector<WantedDecision>& wanted) {
  SLEEVE_TRY(const Decisions decisions, Decisions::load(catalogue));
  Plan plan;
  std::set<std::pair<Subject, std::string>> kept;
  for (const WantedDecision& want : wanted) {
    kept.emplace(want.subject, want.field);
    const LabelDecision* holding = decisions.find(want.subject, want.field);
    // Nothing decided and nothing wanted is the same.
    const bool holds = holding == nullptr ? want.value.is_null() : holding->new_value == want.value;
    if (holds) {
      ++plan.recorded.unchanged;
    } else {
      ++plan.recorded.changed;
      plan.rows.push_back(row_of(want, holding == nullptr ? Json() : holding->new_value));
    }
  }
  if (fields.empty()) return plan;
  SLEEVE_TRY(const auto present, known_subjects(catalogue));
  for (const LabelDecision& holding : decisions.all()) {
    const Subject subject = subject_of(holding);
    const bool ours = std::ranges::find(fields, holding.field) != fields.end();
    // What isn't in the catalogue at the moment may come back, and finds its decisions then.
    if (!ours || !present.contains(subject) || kept.contains({subject, holding.field})) continue;
    ++plan.recorded.withdrawn;
    plan.rows.push_back(
        row_of({subject, holding.field, Json(), "no longer so by the last run"}, holding.new_value));
  }
  return plan;
}

}  // namespace

Result<std::set<Subject>> known_subjects(Catalogue& catalogue) {
  std::set<Subject> subjects;
  SLEEVE_TRY(const auto albums, catalogue.albums());
  for (const AlbumRecord& album : albums) subjects.insert(album_subject(album));
  SLEEVE_TRY(const auto covers, catalogue.covers());
  for (const CoverRecord& cover : covers) subjects.insert(cover_subject(cover.sha256));
  return subjects;
}

Subject album_subject(const AlbumRecord& album) { return {"album", album.source, album.key}; }
Subject cover_subject(const Sha256& cover) { return {"cover", "", cover.hex()}; }

Result<Decisions> Decisions::load(Catalogue& catalogue, const std::vector<std::string>& without) {
  Decisions decisions;
  SLEEVE_TRY(decisions.all_, catalogue.holding_label_decisions());
  std::erase_if(decisions.all_, [&](const LabelDecision& decision) {
    return decision.new_value.is_null() || std::ranges::find(without, decision.field) != without.end();
  });
  for (size_t i = 0; i < decisions.all_.size(); ++i) {
    decisions.places_[subject_of(decisions.all_[i])][decisions.all_[i].field] = i;
  }
  return decisions;
}

const LabelDecision* Decisions::find(const Subject& subject, std::string_view field) const {
  const auto fields = places_.find(subject);
  if (fields == places_.end()) return nullptr;
  const auto place = fields->second.find(field);
  return place == fields->second.end() ? nullptr : &all_[place->second];
}

std::vector<const LabelDecision*> Decisions::of(const Subject& subject) const {
  std::vector<const LabelDecision*> result;
  const auto fields = places_.find(subject);
  if (fields == places_.end()) return result;
  for (const auto& [field, place] : fields->second) result.push_back(&all_[place]);
  return result;
}

Json to_json(const Recorded& recorded) {
  Json json{
      {"changed", recorded.changed}, {"unchanged", recorded.unchanged}, {"withdrawn", recorded.withdrawn}};
  if (recorded.step > 0) json["step"] = recorded.step;
  return json;
}

Result<Recorded> record_decisions(Catalogue& catalogue, const std::string& command, const Json& options,
                                  const std::vector<std::string>& fields,
                                  const std::vector<WantedDecision>& wanted) {
  SLEEVE_TRY(Transaction transaction, catalogue.begin());
  SLEEVE_TRY(Plan plan, plan_of(catalogue, fields, wanted));
  if (plan.rows.empty()) return plan.recorded;
  LabelStep step;
  step.command = command;
  step.options = options;
  SLEEVE_TRY(plan.recorded.step, catalogue.add_label_step(step, plan.rows));
  SLEEVE_CHECK(transaction.commit());
  return plan.recorded;
}

Result<Recorded> add_decisions(Catalogue& catalogue, const std::string& command, const Json& options,
                               const std::vector<WantedDecision>& wanted) {
  return record_decisions(catalogue, command, options, {}, wanted);
}

Result<Recorded> preview_decisions(Catalogue& catalogue, const std::vector<std::string>& fields,
                                   const std::vector<WantedDecision>& wanted) {
  SLEEVE_TRY(Plan plan, plan_of(catalogue, fields, wanted));
  return plan.recorded;
}

}  // namespace sleeve
