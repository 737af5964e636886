// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue that keeps derived labels and other decisions about covers and albums.
#include <algorithm>

#include "base/error.h"
#include "base/try.h"
#include "store/catalogue.h"

namespace sleeve {
namespace {

// Every decision with its step's date.
constexpr const char* kAllDecisions =
    "SELECT d.id, step_id, subject, source, key, field, old_value, new_value, reason, at, undone_at "
    "FROM label_decisions AS d JOIN label_steps AS s ON s.id = step_id ORDER BY d.id";
constexpr const char* kHoldingDecisions =
    "SELECT d.id, step_id, subject, source, key, field, old_value, new_value, reason, at, undone_at "
    "FROM label_decisions AS d JOIN label_steps AS s ON s.id = step_id WHERE d.id IN "
    "(SELECT max(id) FROM label_decisions WHERE undone_at IS NULL GROUP BY subject, source, key, field) "
    "ORDER BY d.id";
constexpr const char* kNow = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')";

Result<LabelDecision> decision_from(const Statement& row) {
  LabelDecision decision;
  decision.id = row.integer(0);
  decision.step = row.integer(1);
  decision.subject = row.text(2);
  decision.source = row.text(3);
  decision.key = row.text(4);
  decision.field = row.text(5);
  SLEEVE_TRY(decision.old_value, parse_json(row.text(6)));
  SLEEVE_TRY(decision.new_value, parse_json(row.text(7)));
  decision.reason = row.text(8);
  decision.at = row.text(9);
  if (!row.is_null(10)) decision.undone_at = row.text(10);
  return decision;
}

}  // namespace

Result<std::vector<LabelDecision>> Catalogue::read_decisions(std::string_view sql_text) {
  SLEEVE_TRY(Statement * query, statement(sql_text));
  std::vector<LabelDecision> decisions;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return decisions;
    SLEEVE_TRY(LabelDecision decision, decision_from(*query));
    decisions.push_back(std::move(decision));
  }
}

Result<std::vector<LabelDecision>> Catalogue::label_decisions() { return read_decisions(kAllDecisions); }

Result<std::vector<LabelDecision>> Catalogue::holding_label_decisions() {
  return read_decisions(kHoldingDecisions);
}

Result<int64_t> Catalogue::add_label_step(const LabelStep& step,
                                          const std::vector<LabelDecision>& decisions) {
  static const std::string kAddStep =
      fmt::format("INSERT INTO label_steps (command, options, at) VALUES (?, ?, {})", kNow);
  SLEEVE_TRY(Statement * add_step, statement(kAddStep));
  add_step->bind(step.command).bind(dump_json(step.options));
  SLEEVE_CHECK(add_step->run());
  const int64_t id = database_.last_row_id();
  SLEEVE_TRY(Statement * add,
             statement("INSERT INTO label_decisions (step_id, subject, source, key, field, old_value, "
                       "new_value, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const LabelDecision& decision : decisions) {
    add->bind(id).bind(decision.subject).bind(decision.source).bind(decision.key).bind(decision.field);
    add->bind(dump_json(decision.old_value)).bind(dump_json(decision.new_value)).bind(decision.reason);
    SLEEVE_CHECK(add->run());
  }
  return id;
}

Result<std::vector<LabelStep>> Catalogue::label_steps() {
  SLEEVE_TRY(Statement * query,
             statement("SELECT s.id, command, options, at, count(d.id), count(d.id) - count(undone_at) "
                       "FROM label_steps AS s LEFT JOIN label_decisions AS d ON d.step_id = s.id "
                       "GROUP BY s.id ORDER BY s.id"));
  std::vector<LabelStep> steps;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return steps;
    SLEEVE_TRY(Json options, parse_json(query->text(2)));
    steps.push_back({query->integer(0), query->text(1), std::move(options), query->text(3),
                     static_cast<size_t>(query->integer(4)), static_cast<size_t>(query->integer(5))});
  }
}

Result<size_t> Catalogue::undo_label_step(int64_t step) {
  SLEEVE_TRY(const auto steps, label_steps());
  const bool known =
      std::any_of(steps.begin(), steps.end(), [&](const LabelStep& s) { return s.id == step; });
  if (!known) return make_error(ErrorCode::kNotFound, "there is no labelling step {}", step);
  static const std::string kUndo = fmt::format(
      "UPDATE label_decisions SET undone_at = {} WHERE step_id = ? AND undone_at IS NULL RETURNING id", kNow);
  SLEEVE_TRY(Statement * undo, statement(kUndo));
  undo->bind(step);
  for (size_t undone = 0;; ++undone) {
    SLEEVE_TRY(const bool more, undo->step());
    if (!more) return undone;
  }
}

Result<size_t> Catalogue::undo_label_decision(int64_t decision) {
  SLEEVE_TRY(Statement * query, statement("SELECT undone_at FROM label_decisions WHERE id = ?"));
  query->bind(decision);
  SLEEVE_TRY(const bool found, query->step());
  if (!found) return make_error(ErrorCode::kNotFound, "there is no decision {}", decision);
  const bool holds = query->is_null(0);
  SLEEVE_CHECK(query->run());
  if (!holds) return size_t{0};
  static const std::string kUndo =
      fmt::format("UPDATE label_decisions SET undone_at = {} WHERE id = ?", kNow);
  SLEEVE_TRY(Statement * undo, statement(kUndo));
  undo->bind(decision);
  SLEEVE_CHECK(undo->run());
  return size_t{1};
}

Status Catalogue::put_cover_print(int64_t cover_id, int version, std::string_view print) {
  SLEEVE_TRY(Statement * put,
             statement("INSERT OR REPLACE INTO cover_prints (cover_id, version, print) VALUES (?, ?, ?)"));
  put->bind(cover_id).bind(static_cast<int64_t>(version)).bind_blob(print);
  return put->run();
}

Result<std::map<int64_t, std::string>> Catalogue::cover_prints(int version) {
  SLEEVE_TRY(Statement * query, statement("SELECT cover_id, print FROM cover_prints WHERE version = ?"));
  query->bind(static_cast<int64_t>(version));
  std::map<int64_t, std::string> prints;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return prints;
    prints.emplace(query->integer(0), query->text(1));
  }
}

}  // namespace sleeve
