// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue that records runs.
#include "base/error.h"
#include "base/try.h"
#include "store/catalogue.h"

namespace sleeve {

Result<int64_t> Catalogue::add_run(const RunRecord& run, const std::vector<RunPart>& predictions) {
  SLEEVE_TRY(Transaction transaction, begin());
  SLEEVE_TRY(
      Statement * insert,
      statement("INSERT INTO runs (command, started_at, seconds, version, config, fingerprint, report) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)"));
  insert->bind(run.command)
      .bind(run.started_at)
      .bind(run.seconds)
      .bind(run.version)
      .bind(dump_json(run.config))
      .bind(run.fingerprint)
      .bind(dump_json(run.report));
  SLEEVE_CHECK(insert->run());
  const int64_t id = database_.last_row_id();
  for (size_t i = 0; i < predictions.size(); ++i) {
    SLEEVE_TRY(Statement * part, statement("INSERT INTO run_predictions VALUES (?, ?, ?, ?)"));
    part->bind(id).bind(static_cast<int64_t>(i)).bind(predictions[i].pipeline).bind_blob(predictions[i].data);
    SLEEVE_CHECK(part->run());
  }
  SLEEVE_CHECK(transaction.commit());
  return id;
}

Result<std::vector<RunPart>> Catalogue::run_predictions(int64_t id) {
  SLEEVE_TRY(Statement * query,
             statement("SELECT pipeline, data FROM run_predictions WHERE run_id = ? ORDER BY position"));
  query->bind(id);
  std::vector<RunPart> parts;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return parts;
    parts.push_back({query->text(0), query->text(1)});
  }
}

Result<std::vector<RunRecord>> Catalogue::runs() {
  SLEEVE_TRY(
      Statement * query,
      statement(
          "SELECT id, command, started_at, seconds, version, config, fingerprint FROM runs ORDER BY id"));
  std::vector<RunRecord> runs;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return runs;
    SLEEVE_TRY(Json config, parse_json(query->text(5)));
    runs.push_back({query->integer(0), query->text(1), query->text(2), query->real(3), query->text(4),
                    std::move(config), query->text(6), Json()});
  }
}

Result<RunRecord> Catalogue::run(int64_t id) {
  SLEEVE_TRY(Statement * query,
             statement("SELECT id, command, started_at, seconds, version, config, fingerprint, "
                       "report FROM runs WHERE id = ?"));
  query->bind(id);
  SLEEVE_TRY(const bool found, query->step());
  if (!found)
    return make_error(ErrorCode::kNotFound, "there is no run {}; 'sleeve runs list' shows them", id);
  SLEEVE_TRY(Json config, parse_json(query->text(5)));
  SLEEVE_TRY(Json report, parse_json(query->text(7)));
  RunRecord run{query->integer(0), query->text(1),    query->text(2), query->real(3),
                query->text(4),    std::move(config), query->text(6), std::move(report)};
  SLEEVE_CHECK(query->run());
  return run;
}

}  // namespace sleeve
