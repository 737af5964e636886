// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_DECISIONS_H_
#define SLEEVE_LABEL_DECISIONS_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "store/catalogue.h"

// Decisions about albums and covers: what holds, and how commands write them. Raw tags and counts are never
// touched; a decision is a row that can be undone, exported and applied elsewhere.
//
// field                subject  value
// genre                album    list of labels; empty: it has none
// popularity           album    its class
// out:popularity       album    true: it gives no label
// out:balance          cover    true: left out
// out:contradictions   cover    true: left out
// genre:contradictions cover    list of labels, instead of its albums'
// same                 cover    list of covers (SHA-256, larger than its own) that are the same
// checked              cover    "accepted" or "rejected", by a person
// out:review           cover    true: left out, by a person
// genre:review         cover    list of labels, by a person; stronger than all others
namespace sleeve {

// Names an album or a cover.
struct Subject {
  std::string kind;    // "album" or "cover"
  std::string source;  // of an album
  std::string key;
  friend auto operator<=>(const Subject&, const Subject&) = default;
};
Subject album_subject(const AlbumRecord& album);
Subject cover_subject(const Sha256& cover);
// All albums and covers of the catalogue.
Result<std::set<Subject>> known_subjects(Catalogue& catalogue);

// What is to hold from now on.
struct WantedDecision {  // NOLINT(bugprone-exception-escape): Json's move throws nothing
  Subject subject;
  std::string field;
  Json value;
  std::string reason;
};

// The decisions in force; those whose value is null say nothing.
class Decisions {
 public:
  // But for those about the fields `without`.
  static Result<Decisions> load(Catalogue& catalogue, const std::vector<std::string>& without = {});

  // nullptr: nothing was decided.
  [[nodiscard]] const LabelDecision* find(const Subject& subject, std::string_view field) const;
  [[nodiscard]] std::vector<const LabelDecision*> of(const Subject& subject) const;
  [[nodiscard]] const std::vector<LabelDecision>& all() const { return all_; }

 private:
  std::vector<LabelDecision> all_;
  std::map<Subject, std::map<std::string, size_t, std::less<>>> places_;
};

struct Recorded {
  int64_t step = 0;      // 0: nothing had to be written
  size_t changed = 0;    // decisions that are new or say something else than before
  size_t unchanged = 0;  // that held already
  size_t withdrawn = 0;  // that no longer hold
};
Json to_json(const Recorded& recorded);

// Makes `wanted` hold, and withdraws what else holds in `fields` for albums and covers that the catalogue
// has: afterwards these fields say what is wanted and no more, whatever ran before. What holds already is not
// written again; a command run twice writes nothing the second time. In one transaction.
Result<Recorded> record_decisions(Catalogue& catalogue, const std::string& command, const Json& options,
                                  const std::vector<std::string>& fields,
                                  const std::vector<WantedDecision>& wanted);

// As record_decisions(), but withdraws nothing.
Result<Recorded> add_decisions(Catalogue& catalogue, const std::string& command, const Json& options,
                               const std::vector<WantedDecision>& wanted);

// What record_decisions() would write, without writing it.
Result<Recorded> preview_decisions(Catalogue& catalogue, const std::vector<std::string>& fields,
                                   const std::vector<WantedDecision>& wanted);

}  // namespace sleeve

#endif  // SLEEVE_LABEL_DECISIONS_H_
