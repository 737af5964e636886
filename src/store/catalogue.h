// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STORE_CATALOGUE_H_
#define SLEEVE_STORE_CATALOGUE_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/hash.h"
#include "base/json.h"
#include "store/sqlite.h"

// What the workspace knows: covers, where their files lie, the albums they belong to, and the
// recorded runs. The tables are in schema/. Not thread-safe; several processes may have it
// open, one of them writing.
namespace sleeve {

// A picture, known by its bytes.
struct CoverRecord {
  int64_t id = 0;
  Sha256 sha256;
  uint64_t bytes = 0;
  int width = 0;   // pixels
  int height = 0;  // pixels
  std::string format;
  std::optional<uint64_t> phash;
  std::string oddities;  // comma-separated
};

// A file that holds a cover's bytes, and what it looked like when it was read.
struct FileStamp {
  uint64_t bytes = 0;
  int64_t mtime_ns = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct FileRecord {
  std::string path;  // absolute
  int64_t cover_id = 0;
  FileStamp stamp;
  Sha256 sha256{};  // the cover's; filled when read, not used when written
};

// What a source says of an album.
struct AlbumRecord {
  std::string source;
  std::string key;
  std::string scope;  // the folder or file that names it
  std::string title;
  std::string artist_key;  // empty: unknown
  std::string artist_name;
  std::optional<int64_t> cover_id;
  std::optional<std::string> group_key;
  std::optional<double> popularity;            // 0 to 100
  std::vector<std::string> genres;             // in the source's order, each once
  std::vector<int64_t> votes = {};             // how many gave it each genre; empty: the source counts none
  std::optional<std::string> collection = {};  // the playlist, chart or list it was found in
  std::optional<int> year = {};                // it came out in, 1000 to 2999
};

struct Problem {
  std::string item;  // a path, or FILE.csv:LINE
  std::string code;  // name_of(ErrorCode)
  std::string reason;
};

struct RunRecord {
  int64_t id = 0;
  std::string command;
  std::string started_at;  // UTC, ISO 8601
  double seconds = 0;
  std::string version;
  Json config;
  std::string fingerprint;
  Json report;
};

// An execution of a labelling command that changed something.
struct LabelStep {  // NOLINT(bugprone-exception-escape): Json's move throws nothing
  int64_t id = 0;
  std::string command;  // genres, popularity, balance, …
  Json options;         // everything that decides its result
  std::string at;       // UTC, ISO 8601
  size_t decisions = 0;
  size_t active = 0;  // of them not undone
};

// A single decision about an album or a cover. Subjects are named by what survives a new import.
struct LabelDecision {  // NOLINT(bugprone-exception-escape): Json's move throws nothing
  int64_t id = 0;
  int64_t step = 0;
  std::string subject;  // "album" or "cover"
  std::string source;   // of an album; empty for a cover
  std::string key;      // of an album; of a cover its SHA-256 in hex
  std::string field;    // genre, popularity, out:balance, …
  Json old_value;       // null: nothing was decided
  Json new_value;
  std::string reason;
  std::string at;         // of its step
  std::string undone_at;  // empty: it holds, unless a later one does
};

// A part of a run's predictions, as stage/run_predictions.h writes it: the covers (no pipeline named), then a
// part for each pipeline.
struct RunPart {
  std::string pipeline;
  std::string data;
};

// A fold's scores of one candidate of a search, known by all that they depend on.
struct SearchPart {
  std::string key;
  std::string value;
};

enum class Change { kNew, kUnchanged, kUpdated };

class Catalogue {
 public:
  // The newest schema this sleeve knows (the number of its migrations).
  static int schema_version();

  // Makes the catalogue, or brings an older one up to date, one transaction a migration.
  // kUnsupported if a newer sleeve wrote it.
  static Result<Catalogue> open(const std::filesystem::path& path);
  // Never writes. kConflict if the catalogue needs to be brought up to date first.
  static Result<Catalogue> open_read_only(const std::filesystem::path& path);

  Result<Transaction> begin() { return Transaction::begin(database_); }

  // Covers and their files.
  Result<std::optional<CoverRecord>> find_cover(const Sha256& sha256);
  Result<std::optional<FileRecord>> find_file(const std::string& path);
  Result<std::vector<FileRecord>> files_of(int64_t cover_id);
  Result<int64_t> add_cover(const CoverRecord& cover);  // the id; of the existing one if it is known
  Status put_file(const FileRecord& file);              // adds, or points an existing path elsewhere
  Status forget_file(const std::string& path);

  // Albums.
  Result<Change> put_album(const AlbumRecord& album);  // a new scope alone is no update
  Status remove_album(const std::string& source, const std::string& key);

  // Problems.
  Status put_problem(const Problem& problem);
  Status clear_problems_below(const std::string& prefix);  // whose item starts with `prefix`

  // Whole tables, in the order of their ids.
  Result<std::vector<CoverRecord>> covers();
  Result<std::vector<FileRecord>> files();
  Result<std::vector<AlbumRecord>> albums();
  Result<std::vector<Problem>> problems();

  // Label decisions. Of a subject's field the last decision that isn't undone holds.
  Result<int64_t> add_label_step(const LabelStep& step, const std::vector<LabelDecision>& decisions);
  Result<std::vector<LabelStep>> label_steps();
  Result<std::vector<LabelDecision>> label_decisions();          // all, in the order of their ids
  Result<std::vector<LabelDecision>> holding_label_decisions();  // those in force, in the same order
  // How many were undone. kNotFound if there is no such step or decision.
  Result<size_t> undo_label_step(int64_t step);
  Result<size_t> undo_label_decision(int64_t decision);

  // What duplicates are recognised by: bytes that src/label makes.
  Status put_cover_print(int64_t cover_id, int version, std::string_view print);
  Result<std::map<int64_t, std::string>> cover_prints(int version);  // by the cover's id

  // Runs.
  Result<int64_t> add_run(const RunRecord& run, const std::vector<RunPart>& predictions = {});
  Result<std::vector<RunRecord>> runs();                     // without their reports
  Result<RunRecord> run(int64_t id);                         // kNotFound
  Result<std::vector<RunPart>> run_predictions(int64_t id);  // in order; none if none were recorded

  // What searches have done.
  Result<std::optional<std::string>> find_search_part(const std::string& key);
  Status put_search_parts(std::span<const SearchPart> parts);  // all or none

 private:
  friend class Collections;  // store/collections.h: the tables that collecting goes by

  explicit Catalogue(Database database) : database_(std::move(database)) {}
  Result<std::optional<int64_t>> album_id(std::string_view source, std::string_view key);
  Status load_genres(int64_t album_id, AlbumRecord& album);
  Result<std::optional<int64_t>> put_artist(const AlbumRecord& album);
  Result<std::optional<AlbumRecord>> load_album(int64_t id);
  Result<std::vector<LabelDecision>> read_decisions(std::string_view sql_text);
  Status put_scope(int64_t album_id, const std::string& scope);
  Status write_genres(int64_t album_id, const AlbumRecord& album);
  // A statement that is prepared once and used again.
  Result<Statement*> statement(std::string_view sql);

  Database database_;
  std::map<std::string, Statement, std::less<>> statements_;
};

}  // namespace sleeve

#endif  // SLEEVE_STORE_CATALOGUE_H_
