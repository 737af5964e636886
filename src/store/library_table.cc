// SPDX-License-Identifier: Apache-2.0
#include "store/library_table.h"

#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "store/collections.h"

namespace sleeve {
namespace {

LibraryFile library_file_from(const Statement& row) {
  LibraryFile file;
  file.path = row.text(0);
  file.folder = row.text(1);
  file.album = row.text(2);
  file.title = row.text(3);
  file.album_artist = row.text(4);
  file.artist = row.text(5);
  file.artist_id = row.text(6);
  file.release = row.text(7);
  file.release_group = row.text(8);
  for (std::string& genre : split_text(row.text(9), ';')) {
    if (!genre.empty()) file.genres.push_back(std::move(genre));
  }
  if (!row.is_null(10)) file.year = static_cast<int>(row.integer(10));
  if (!row.is_null(11)) file.cover_id = row.integer(11);
  return file;
}

}  // namespace

Result<LibraryTable> LibraryTable::open(Catalogue& catalogue, const std::string& root) {
  LibraryTable table(Collections(catalogue).database(), root);
  SLEEVE_TRY(Statement * last,
             table.statement("SELECT coalesce(max(run), 0) FROM library_files WHERE root = ?"));
  last->bind_blob(root);
  SLEEVE_CHECK(last->step());
  table.run_ = last->integer(0) + 1;
  SLEEVE_CHECK(last->run());
  return table;
}

Result<Statement*> LibraryTable::statement(const char* sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    SLEEVE_TRY(Statement prepared, database_->prepare(sql));
    found = statements_.emplace(sql, std::move(prepared)).first;
  }
  return &found->second;
}

Result<size_t> LibraryTable::file_count() {
  SLEEVE_TRY(Statement * count, statement("SELECT count(*) FROM library_files WHERE root = ?"));
  count->bind_blob(root_);
  SLEEVE_CHECK(count->step());
  const auto files = static_cast<size_t>(count->integer(0));
  SLEEVE_CHECK(count->run());
  return files;
}

Result<std::optional<LibraryTable::Known>> LibraryTable::see_file(const std::string& path,
                                                                  const FileStamp& stamp) {
  SLEEVE_TRY(Statement * see,
             statement("UPDATE library_files SET run = ? WHERE path = ? AND root = ? AND bytes = ? "
                       "AND mtime_ns = ? RETURNING album <> '', problem_code, problem"));
  see->bind(run_)
      .bind_blob(path)
      .bind_blob(root_)
      .bind(static_cast<int64_t>(stamp.bytes))
      .bind(stamp.mtime_ns);
  SLEEVE_TRY(const bool known, see->step());
  if (!known) return std::optional<Known>();
  Known result{see->integer(0) != 0, see->text(1), see->text(2)};
  SLEEVE_CHECK(see->run());
  return std::optional(std::move(result));
}

Status LibraryTable::put_file(const LibraryFile& file) {
  SLEEVE_TRY(
      Statement * put,
      statement(
          "INSERT OR REPLACE INTO library_files (path, root, folder, bytes, mtime_ns, run, album, title, "
          "album_artist, artist, artist_id, release_id, release_group, genres, year, cover_id, "
          "has_picture, problem_code, problem) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)"));
  put->bind_blob(file.path)
      .bind_blob(root_)
      .bind_blob(file.folder)
      .bind(static_cast<int64_t>(file.stamp.bytes))
      .bind(file.stamp.mtime_ns)
      .bind(run_)
      .bind(file.album)
      .bind(file.title)
      .bind(file.album_artist)
      .bind(file.artist)
      .bind(file.artist_id)
      .bind(file.release)
      .bind(file.release_group)
      .bind(join_text(file.genres, ";"))
      .bind(file.year ? std::optional<int64_t>(*file.year) : std::nullopt)
      .bind(static_cast<int64_t>(file.has_picture ? 1 : 0))
      .bind(file.problem_code)
      .bind(file.problem);
  return put->run();
}

Result<LibraryTable::Candidates> LibraryTable::candidates(const std::string& album) {
  SLEEVE_TRY(
      Statement * query,
      statement("SELECT path, EXISTS (SELECT 1 FROM cover_files WHERE cover_files.cover_id = "
                "library_files.cover_id) FROM library_files WHERE root = ? AND album = ? AND has_picture = 1 "
                "ORDER BY path"));
  query->bind_blob(root_).bind(album);
  Candidates result;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return result;
    result.covered = result.covered || query->integer(1) != 0;
    result.paths.push_back(query->text(0));
  }
}

Result<std::vector<std::string>> LibraryTable::uncovered_albums() {
  SLEEVE_TRY(Statement * query,
             statement("SELECT album FROM library_files WHERE root = ? AND album <> '' AND has_picture = 1 "
                       "GROUP BY album HAVING sum(EXISTS (SELECT 1 FROM cover_files WHERE "
                       "cover_files.cover_id = library_files.cover_id)) = 0"));
  query->bind_blob(root_);
  std::vector<std::string> albums;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return albums;
    albums.push_back(query->text(0));
  }
}

Status LibraryTable::put_picture(const std::string& path, std::optional<int64_t> cover_id) {
  SLEEVE_TRY(Statement * put,
             statement("UPDATE library_files SET cover_id = ?, has_picture = ? WHERE path = ?"));
  put->bind(cover_id).bind(static_cast<int64_t>(cover_id ? 1 : 0)).bind_blob(path);
  return put->run();
}

Status LibraryTable::put_problem(const std::string& path, const std::string& code,
                                 const std::string& problem) {
  SLEEVE_TRY(Statement * put,
             statement("UPDATE library_files SET problem_code = ?, problem = ? WHERE path = ?"));
  put->bind(code).bind(problem).bind_blob(path);
  return put->run();
}

Status LibraryTable::put_folder_cover(const std::string& folder, int64_t cover_id) {
  SLEEVE_TRY(
      Statement * put,
      statement("INSERT OR REPLACE INTO library_folders (folder, root, run, cover_id) VALUES (?, ?, ?, ?)"));
  put->bind_blob(folder).bind_blob(root_).bind(run_).bind(cover_id);
  return put->run();
}

Result<std::optional<int64_t>> LibraryTable::folder_cover(const std::string& folder) {
  SLEEVE_TRY(Statement * query, statement("SELECT cover_id FROM library_folders WHERE folder = ?"));
  query->bind_blob(folder);
  SLEEVE_TRY(const bool found, query->step());
  if (!found) return std::optional<int64_t>();
  const int64_t id = query->integer(0);
  SLEEVE_CHECK(query->run());
  return std::optional(id);
}

Status LibraryTable::forget_unseen(const std::vector<std::string>& unread) {
  for (const std::string& folder : unread) {
    for (const char* sql :
         {"UPDATE library_files SET run = ?1 WHERE root = ?2 AND substr(folder, 1, length(?3)) = ?3",
          "UPDATE library_folders SET run = ?1 WHERE root = ?2 AND substr(folder, 1, length(?3)) = ?3"}) {
      SLEEVE_TRY(Statement * keep, statement(sql));
      keep->bind(run_).bind_blob(root_).bind_blob(folder);
      SLEEVE_CHECK(keep->run());
    }
  }
  for (const char* sql : {"DELETE FROM library_files WHERE root = ? AND run <> ?",
                          "DELETE FROM library_folders WHERE root = ? AND run <> ?"}) {
    SLEEVE_TRY(Statement * forget, statement(sql));
    forget->bind_blob(root_).bind(run_);
    SLEEVE_CHECK(forget->run());
  }
  return {};
}

Status LibraryTable::each_album(const std::function<Status(const std::vector<LibraryFile>&)>& take) {
  SLEEVE_TRY(
      Statement * query,
      statement(
          "SELECT path, folder, album, title, album_artist, artist, artist_id, release_id, release_group, "
          "genres, year, cover_id FROM library_files WHERE root = ? AND album <> '' "
          "ORDER BY album, path"));
  query->bind_blob(root_);
  std::vector<LibraryFile> files;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) break;
    LibraryFile file = library_file_from(*query);
    if (!files.empty() && files.front().album != file.album) {
      SLEEVE_CHECK(take(files));
      files.clear();
    }
    files.push_back(std::move(file));
  }
  return files.empty() ? Status() : take(files);
}

Status LibraryTable::each_problem(const std::function<Status(const Problem&)>& take) {
  SLEEVE_TRY(Statement * query, statement("SELECT path, problem_code, problem FROM library_files WHERE "
                                          "root = ? AND problem_code <> '' ORDER BY path"));
  query->bind_blob(root_);
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return {};
    SLEEVE_CHECK(take({query->text(0), query->text(1), query->text(2)}));
  }
}

Result<size_t> LibraryTable::remove_albums_without_files() {
  SLEEVE_TRY(Statement * remove,
             statement("DELETE FROM albums WHERE source = 'library' AND scope = ?1 AND key NOT IN "
                       "(SELECT album FROM library_files WHERE root = ?1) RETURNING 1"));
  remove->bind_blob(root_);
  size_t removed = 0;
  for (;;) {
    SLEEVE_TRY(const bool more, remove->step());
    if (!more) return removed;
    ++removed;
  }
}

Status put_album_id(Catalogue& catalogue, const std::string& source, const std::string& key,
                    const std::string& kind, const std::string& value) {
  SLEEVE_TRY(Statement put, Collections(catalogue).database().prepare(
                                "INSERT OR REPLACE INTO album_ids (album_id, kind, value) SELECT id, ?3, ?4 "
                                "FROM albums WHERE source = ?1 AND key = ?2"));
  put.bind(source).bind(key).bind(kind).bind(value);
  return put.run();
}

Result<std::map<std::string, std::string>> album_ids(Catalogue& catalogue, const std::string& kind) {
  SLEEVE_TRY(Statement query, Collections(catalogue).database().prepare(
                                  "SELECT source, key, value FROM album_ids JOIN albums ON albums.id = "
                                  "album_id WHERE kind = ?"));
  query.bind(kind);
  std::map<std::string, std::string> ids;
  for (;;) {
    SLEEVE_TRY(const bool more, query.step());
    if (!more) return ids;
    ids.emplace(query.text(0) + "\n" + query.text(1), query.text(2));
  }
}

}  // namespace sleeve
