// SPDX-License-Identifier: Apache-2.0
#include "store/catalogue.h"

#include <bit>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "store/migrate.h"

namespace sleeve {
namespace {

std::optional<int64_t> phash_as_integer(std::optional<uint64_t> phash) {
  if (!phash) return std::nullopt;
  return std::bit_cast<int64_t>(*phash);
}

CoverRecord cover_from(const Statement& row) {
  CoverRecord cover;
  cover.id = row.integer(0);
  cover.sha256 = Sha256::from_hex(row.text(1)).value_or(Sha256{});
  cover.bytes = static_cast<uint64_t>(row.integer(2));
  cover.width = static_cast<int>(row.integer(3));
  cover.height = static_cast<int>(row.integer(4));
  cover.format = row.text(5);
  if (!row.is_null(6)) cover.phash = std::bit_cast<uint64_t>(row.integer(6));
  cover.oddities = row.text(7);
  return cover;
}

FileRecord file_from(const Statement& row) {
  return {row.text(0),
          row.integer(1),
          {static_cast<uint64_t>(row.integer(2)), row.integer(3)},
          Sha256::from_hex(row.text(4)).value_or(Sha256{})};
}

AlbumRecord album_from(const Statement& row) {
  AlbumRecord album;
  album.source = row.text(1);
  album.key = row.text(2);
  album.title = row.text(3);
  if (!row.is_null(4)) album.cover_id = row.integer(4);
  if (!row.is_null(5)) album.group_key = row.text(5);
  if (!row.is_null(6)) album.popularity = row.real(6);
  album.artist_key = row.text(7);
  album.artist_name = row.text(8);
  album.scope = row.text(9);
  if (!row.is_null(10)) album.collection = row.text(10);
  if (!row.is_null(11)) album.year = static_cast<int>(row.integer(11));
  return album;
}

constexpr std::string_view kSelectCover =
    "SELECT id, sha256, bytes, width, height, format, phash, oddities FROM covers ";
constexpr std::string_view kSelectFile =
    "SELECT path, cover_id, cover_files.bytes, mtime_ns, sha256 FROM cover_files JOIN covers ON covers.id = "
    "cover_id ";
constexpr std::string_view kSelectAlbum =
    "SELECT albums.id, source, albums.key, title, cover_id, group_key, popularity, artists.key, "
    "artists.name, scope, collection, year "
    "FROM albums LEFT JOIN artists ON artists.id = artist_id ";

std::string sql(std::string_view front, std::string_view back) {
  return std::string(front) + std::string(back);
}

bool same(const AlbumRecord& a, const AlbumRecord& b) {
  return a.title == b.title && a.artist_key == b.artist_key && a.artist_name == b.artist_name &&
         a.cover_id == b.cover_id && a.group_key == b.group_key && a.popularity == b.popularity &&
         a.genres == b.genres && a.votes == b.votes && a.collection == b.collection && a.year == b.year;
}

// One row "genre, votes" from column `first` on. Sources count all of an album's genres or none.
void add_genre(const Statement& row, int first, AlbumRecord& album) {
  album.genres.push_back(row.text(first));
  if (!row.is_null(first + 1)) album.votes.push_back(row.integer(first + 1));
}

void bind_text(Statement& statement, const std::optional<std::string>& text) {
  if (text) {
    statement.bind(*text);
  } else {
    statement.bind(nullptr);
  }
}

}  // namespace

int Catalogue::schema_version() { return static_cast<int>(migrations().size()); }

Result<Catalogue> Catalogue::open(const std::filesystem::path& path) {
  SLEEVE_TRY(Database database, Database::open(path, Database::Mode::kReadWriteCreate));
  // WAL: readers don't wait for the writer; a crash loses at most the last transactions, never the file.
  SLEEVE_CHECK(database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"));
  if (Status status = migrate(database); !status.ok()) {
    return with_context(std::move(status).error(), printable(path));
  }
  return Catalogue(std::move(database));
}

Result<Catalogue> Catalogue::open_read_only(const std::filesystem::path& path) {
  SLEEVE_TRY(Database database, Database::open(path, Database::Mode::kReadOnly));
  SLEEVE_TRY(const int version, schema_version_of(database));
  if (version > schema_version()) {
    return make_error(ErrorCode::kUnsupported,
                      "{}: has schema {}, this sleeve knows up to {}: use a newer sleeve", printable(path),
                      version, schema_version());
  }
  if (version < schema_version()) {
    return make_error(ErrorCode::kConflict, "{}: has schema {}; import something to bring it up to {}",
                      printable(path), version, schema_version());
  }
  return Catalogue(std::move(database));
}

Result<Statement*> Catalogue::statement(std::string_view text) {
  auto found = statements_.find(text);
  if (found == statements_.end()) {
    SLEEVE_TRY(Statement prepared, database_.prepare(text));
    found = statements_.emplace(std::string(text), std::move(prepared)).first;
  }
  return &found->second;
}

Result<std::optional<CoverRecord>> Catalogue::find_cover(const Sha256& sha256) {
  SLEEVE_TRY(Statement * query, statement(sql(kSelectCover, "WHERE sha256 = ?")));
  query->bind(sha256.hex());
  SLEEVE_TRY(const bool found, query->step());
  if (!found) return std::optional<CoverRecord>();
  CoverRecord cover = cover_from(*query);
  SLEEVE_CHECK(query->run());
  return std::optional(std::move(cover));
}

Result<std::optional<FileRecord>> Catalogue::find_file(const std::string& path) {
  SLEEVE_TRY(Statement * query, statement(sql(kSelectFile, "WHERE path = ?")));
  query->bind_blob(path);
  SLEEVE_TRY(const bool found, query->step());
  if (!found) return std::optional<FileRecord>();
  FileRecord file = file_from(*query);
  SLEEVE_CHECK(query->run());
  return std::optional(std::move(file));
}

Result<std::vector<FileRecord>> Catalogue::files_of(int64_t cover_id) {
  SLEEVE_TRY(Statement * query, statement(sql(kSelectFile, "WHERE cover_id = ? ORDER BY path")));
  query->bind(cover_id);
  std::vector<FileRecord> files;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return files;
    files.push_back(file_from(*query));
  }
}

Result<int64_t> Catalogue::add_cover(const CoverRecord& cover) {
  SLEEVE_TRY(const auto known, find_cover(cover.sha256));
  if (known) return known->id;
  SLEEVE_TRY(Statement * insert,
             statement("INSERT INTO covers (sha256, bytes, width, height, format, phash, oddities, added_at) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"));
  insert->bind(cover.sha256.hex())
      .bind(static_cast<int64_t>(cover.bytes))
      .bind(static_cast<int64_t>(cover.width))
      .bind(static_cast<int64_t>(cover.height))
      .bind(cover.format)
      .bind(phash_as_integer(cover.phash))
      .bind(cover.oddities);
  SLEEVE_CHECK(insert->run());
  return database_.last_row_id();
}

Status Catalogue::put_file(const FileRecord& file) {
  SLEEVE_TRY(Statement * put,
             statement("INSERT INTO cover_files (path, cover_id, bytes, mtime_ns) VALUES (?, ?, ?, ?) "
                       "ON CONFLICT (path) DO UPDATE SET cover_id = excluded.cover_id, "
                       "bytes = excluded.bytes, mtime_ns = excluded.mtime_ns"));
  put->bind_blob(file.path)
      .bind(file.cover_id)
      .bind(static_cast<int64_t>(file.stamp.bytes))
      .bind(file.stamp.mtime_ns);
  return put->run();
}

Status Catalogue::forget_file(const std::string& path) {
  SLEEVE_TRY(Statement * forget, statement("DELETE FROM cover_files WHERE path = ?"));
  forget->bind_blob(path);
  return forget->run();
}

Result<std::optional<int64_t>> Catalogue::album_id(std::string_view source, std::string_view key) {
  SLEEVE_TRY(Statement * query, statement("SELECT id FROM albums WHERE source = ? AND key = ?"));
  query->bind(source).bind(key);
  SLEEVE_TRY(const bool found, query->step());
  if (!found) return std::optional<int64_t>();
  const int64_t id = query->integer(0);
  SLEEVE_CHECK(query->run());
  return std::optional(id);
}

Status Catalogue::load_genres(int64_t id, AlbumRecord& album) {
  SLEEVE_TRY(Statement * query,
             statement("SELECT genre, votes FROM album_genres WHERE album_id = ? ORDER BY position"));
  query->bind(id);
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return {};
    add_genre(*query, 0, album);
  }
}

Result<std::optional<AlbumRecord>> Catalogue::load_album(int64_t id) {
  SLEEVE_TRY(Statement * query, statement(sql(kSelectAlbum, "WHERE albums.id = ?")));
  query->bind(id);
  SLEEVE_TRY(const bool found, query->step());
  if (!found) return std::optional<AlbumRecord>();
  AlbumRecord album = album_from(*query);
  SLEEVE_CHECK(query->run());
  SLEEVE_CHECK(load_genres(id, album));
  return std::optional(std::move(album));
}

Result<std::optional<int64_t>> Catalogue::put_artist(const AlbumRecord& album) {
  if (album.artist_key.empty()) return std::optional<int64_t>();
  SLEEVE_TRY(Statement * put, statement("INSERT INTO artists (key, name) VALUES (?, ?) "
                                        "ON CONFLICT (key) DO UPDATE SET name = excluded.name RETURNING id"));
  put->bind(album.artist_key).bind(album.artist_name);
  SLEEVE_CHECK(put->step());
  const int64_t id = put->integer(0);
  SLEEVE_CHECK(put->run());
  return std::optional(id);
}

Status Catalogue::write_genres(int64_t id, const AlbumRecord& album) {
  SLEEVE_TRY(Statement * clear, statement("DELETE FROM album_genres WHERE album_id = ?"));
  clear->bind(id);
  SLEEVE_CHECK(clear->run());
  SLEEVE_TRY(Statement * add,
             statement("INSERT OR IGNORE INTO album_genres (album_id, genre, position, votes) "
                       "VALUES (?, ?, ?, ?)"));
  for (size_t i = 0; i < album.genres.size(); ++i) {
    const auto votes = i < album.votes.size() ? std::optional(album.votes[i]) : std::nullopt;
    add->bind(id).bind(album.genres[i]).bind(static_cast<int64_t>(i)).bind(votes);
    SLEEVE_CHECK(add->run());
  }
  return {};
}

Status Catalogue::put_scope(int64_t id, const std::string& scope) {
  SLEEVE_TRY(Statement * put, statement("UPDATE albums SET scope = ? WHERE id = ?"));
  put->bind_blob(scope).bind(id);
  return put->run();
}

Status Catalogue::remove_album(const std::string& source, const std::string& key) {
  SLEEVE_TRY(Statement * remove, statement("DELETE FROM albums WHERE source = ? AND key = ?"));
  remove->bind(source).bind(key);
  return remove->run();
}

Result<Change> Catalogue::put_album(const AlbumRecord& album) {
  SLEEVE_TRY(const auto known_id, album_id(album.source, album.key));
  if (known_id) {
    SLEEVE_TRY(const auto known, load_album(*known_id));
    if (known && same(*known, album)) {
      if (known->scope != album.scope) SLEEVE_CHECK(put_scope(*known_id, album.scope));
      return Change::kUnchanged;
    }
  }
  SLEEVE_TRY(const auto artist, put_artist(album));
  SLEEVE_TRY(
      Statement * put,
      statement("INSERT INTO albums (source, key, title, artist_id, cover_id, group_key, popularity, scope, "
                "collection, year) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, key) DO UPDATE "
                "SET title = excluded.title, "
                "scope = excluded.scope, "
                "artist_id = excluded.artist_id, cover_id = excluded.cover_id, "
                "group_key = excluded.group_key, popularity = excluded.popularity, "
                "collection = excluded.collection, year = excluded.year RETURNING id"));
  put->bind(album.source).bind(album.key).bind(album.title).bind(artist).bind(album.cover_id);
  bind_text(*put, album.group_key);
  put->bind(album.popularity).bind_blob(album.scope);
  bind_text(*put, album.collection);
  put->bind(album.year ? std::optional<int64_t>(*album.year) : std::nullopt);
  SLEEVE_CHECK(put->step());
  const int64_t id = put->integer(0);
  SLEEVE_CHECK(put->run());
  SLEEVE_CHECK(write_genres(id, album));
  return known_id ? Change::kUpdated : Change::kNew;
}

Status Catalogue::put_problem(const Problem& problem) {
  SLEEVE_TRY(
      Statement * put,
      statement(
          "INSERT INTO problems (item, code, reason, at) VALUES (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', "
          "'now')) ON CONFLICT (item) DO UPDATE SET code = excluded.code, reason = excluded.reason, at = "
          "excluded.at"));
  put->bind_blob(problem.item).bind(problem.code).bind(problem.reason);
  return put->run();
}

Status Catalogue::clear_problems_below(const std::string& prefix) {
  SLEEVE_TRY(Statement * clear, statement("DELETE FROM problems WHERE substr(item, 1, length(?1)) = ?1"));
  clear->bind_blob(prefix);
  return clear->run();
}

Result<std::vector<CoverRecord>> Catalogue::covers() {
  SLEEVE_TRY(Statement * query, statement(sql(kSelectCover, "ORDER BY id")));
  std::vector<CoverRecord> covers;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return covers;
    covers.push_back(cover_from(*query));
  }
}

Result<std::vector<FileRecord>> Catalogue::files() {
  SLEEVE_TRY(Statement * query, statement(sql(kSelectFile, "ORDER BY path")));
  std::vector<FileRecord> files;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return files;
    files.push_back(file_from(*query));
  }
}

Result<std::vector<AlbumRecord>> Catalogue::albums() {
  // Two ordered passes rather than one query an album.
  SLEEVE_TRY(Statement * query, statement(sql(kSelectAlbum, "ORDER BY albums.id")));
  std::vector<AlbumRecord> albums;
  std::vector<int64_t> ids;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) break;
    ids.push_back(query->integer(0));
    albums.push_back(album_from(*query));
  }
  SLEEVE_TRY(Statement * genres,
             statement("SELECT album_id, genre, votes FROM album_genres ORDER BY album_id, position"));
  for (size_t i = 0;;) {
    SLEEVE_TRY(const bool more, genres->step());
    if (!more) return albums;
    while (i < ids.size() && ids[i] < genres->integer(0)) ++i;
    if (i < ids.size() && ids[i] == genres->integer(0)) add_genre(*genres, 1, albums[i]);
  }
}

Result<std::vector<Problem>> Catalogue::problems() {
  SLEEVE_TRY(Statement * query, statement("SELECT item, code, reason FROM problems ORDER BY item"));
  std::vector<Problem> problems;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return problems;
    problems.push_back({query->text(0), query->text(1), query->text(2)});
  }
}

}  // namespace sleeve
