// SPDX-License-Identifier: Apache-2.0
#include "store/collections.h"

#include <array>
#include <utility>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr std::array<std::pair<PictureState, std::string_view>, 6> kStates = {{
    {PictureState::kWanted, "wanted"},
    {PictureState::kFetched, "fetched"},
    {PictureState::kNone, "none"},
    {PictureState::kUnusable, "unusable"},
    {PictureState::kPlaceholder, "placeholder"},
    {PictureState::kFailed, "failed"},
}};

PictureState state_of(std::string_view name) {
  for (const auto& [state, word] : kStates) {
    if (word == name) return state;
  }
  return PictureState::kWanted;
}

constexpr std::string_view kSelectCollection =
    "SELECT id, source, options, refresh_since, found_at, finished_at, calls, bytes FROM collections ";

CollectionRecord collection_from(const Statement& row) {
  return {row.integer(0),  row.text(1),     row.text(2),    row.integer(3),
          !row.is_null(4), !row.is_null(5), row.integer(6), row.integer(7)};
}

FileRecord bare_file_from(const Statement& row) {
  return {row.text(0), row.integer(1), {static_cast<uint64_t>(row.integer(2)), row.integer(3)}};
}

CoverRecord bare_cover_from(const Statement& row) {
  CoverRecord cover;
  cover.id = row.integer(0);
  cover.sha256 = Sha256::from_hex(row.text(1)).value_or(Sha256{});
  cover.format = row.text(2);
  return cover;
}

constexpr std::string_view kSelectPicture =
    "SELECT albums.id, source, key, cover_id, links, state, reason, url, etag, last_modified, at "
    "FROM albums JOIN album_pictures ON album_pictures.album_id = albums.id ";

PictureRecord picture_from(const Statement& row) {
  return {row.integer(0), row.text(1),
          row.text(2),    row.is_null(3) ? std::nullopt : std::optional(row.integer(3)),
          row.text(4),    state_of(row.text(5)),
          row.text(6),    row.text(7),
          row.text(8),    row.text(9),
          row.integer(10)};
}

// All rows of a bound query.
template <class T, class From>
Result<std::vector<T>> rows(Statement& query, From from) {
  std::vector<T> result;
  for (;;) {
    SLEEVE_TRY(const bool more, query.step());
    if (!more) return result;
    result.push_back(from(query));
  }
}

}  // namespace

std::string_view name_of(PictureState state) {
  for (const auto& [known, word] : kStates) {
    if (known == state) return word;
  }
  return "";
}

Result<std::optional<CollectionRecord>> Collections::find(const std::string& source,
                                                          const std::string& options) {
  SLEEVE_TRY(Statement * query,
             catalogue_.statement(std::string(kSelectCollection) + "WHERE source = ? AND options = ?"));
  query->bind(source).bind(options);
  SLEEVE_TRY(auto found, rows<CollectionRecord>(*query, collection_from));
  if (found.empty()) return std::optional<CollectionRecord>();
  return std::optional(std::move(found.front()));
}

Result<CollectionRecord> Collections::begin(const std::string& source, const std::string& options) {
  SLEEVE_TRY(Statement * insert,
             catalogue_.statement("INSERT OR IGNORE INTO collections (source, options, started_at) VALUES "
                                  "(?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"));
  insert->bind(source).bind(options);
  SLEEVE_CHECK(insert->run());
  SLEEVE_TRY(auto found, find(source, options));
  if (!found) return make_error(ErrorCode::kInternal, "a collection that was begun is not there");
  return std::move(*found);
}

Result<std::vector<CollectionRecord>> Collections::all() {
  SLEEVE_TRY(Statement * query, catalogue_.statement(std::string(kSelectCollection) + "ORDER BY id"));
  return rows<CollectionRecord>(*query, collection_from);
}

Status Collections::put_progress(const CollectionRecord& collection) {
  SLEEVE_TRY(
      Statement * put,
      catalogue_.statement(
          "UPDATE collections SET refresh_since = ?2, calls = ?5, bytes = ?6, "
          "found_at = CASE WHEN ?3 THEN coalesce(found_at, strftime('%Y-%m-%dT%H:%M:%SZ', 'now')) END, "
          "finished_at = CASE WHEN ?4 THEN coalesce(finished_at, strftime('%Y-%m-%dT%H:%M:%SZ', 'now')) END "
          "WHERE id = ?1"));
  put->bind(collection.id)
      .bind(collection.refresh_since)
      .bind(int64_t{collection.found})
      .bind(int64_t{collection.finished})
      .bind(collection.calls)
      .bind(collection.bytes);
  return put->run();
}

Result<std::optional<int64_t>> Collections::album_id(const std::string& source, const std::string& key) {
  return catalogue_.album_id(source, key);
}

Result<std::optional<AlbumRecord>> Collections::album(int64_t id) { return catalogue_.load_album(id); }

Status Collections::put_collection_album(int64_t collection_id, int64_t album_id, int64_t position) {
  SLEEVE_TRY(Statement * put, catalogue_.statement("INSERT INTO collection_albums (collection_id, album_id, "
                                                   "position) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
                                                   "position = excluded.position"));
  put->bind(collection_id).bind(album_id).bind(position);
  return put->run();
}

Result<CollectionLabels> Collections::labels_of(int64_t collection_id) {
  SLEEVE_TRY(Statement * query,
             catalogue_.statement("SELECT count(*) FILTER (WHERE id IN (SELECT album_id FROM album_genres)), "
                                  "count(popularity) FROM albums WHERE id IN (SELECT album_id FROM "
                                  "collection_albums WHERE collection_id = ?)"));
  query->bind(collection_id);
  SLEEVE_TRY(
      const auto counts, rows<CollectionLabels>(*query, [](const Statement& row) {
        return CollectionLabels{static_cast<size_t>(row.integer(0)), static_cast<size_t>(row.integer(1))};
      }));
  return counts.empty() ? CollectionLabels{} : counts.front();
}

Status Collections::put_counts(int64_t album_id, const std::map<std::string, int64_t>& counts) {
  SLEEVE_TRY(Statement * clear, catalogue_.statement("DELETE FROM album_counts WHERE album_id = ?"));
  clear->bind(album_id);
  SLEEVE_CHECK(clear->run());
  SLEEVE_TRY(Statement * add,
             catalogue_.statement("INSERT INTO album_counts (album_id, name, value) VALUES (?, ?, ?)"));
  for (const auto& [name, value] : counts) {
    add->bind(album_id).bind(name).bind(value);
    SLEEVE_CHECK(add->run());
  }
  return {};
}

Result<std::map<std::string, int64_t>> Collections::counts_of(int64_t album_id) {
  SLEEVE_TRY(Statement * query,
             catalogue_.statement("SELECT name, value FROM album_counts WHERE album_id = ?"));
  query->bind(album_id);
  std::map<std::string, int64_t> counts;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return counts;
    counts[query->text(0)] = query->integer(1);
  }
}

Result<std::vector<AlbumCount>> Collections::counts(const std::string& source, const std::string& name) {
  SLEEVE_TRY(Statement * query,
             catalogue_.statement("SELECT albums.id, value FROM albums JOIN album_counts ON album_id = "
                                  "albums.id WHERE source = ? AND name = ? ORDER BY albums.id"));
  query->bind(source).bind(name);
  return rows<AlbumCount>(*query, [](const Statement& row) {
    return AlbumCount{row.integer(0), row.integer(1)};
  });
}

Status Collections::set_popularity(int64_t album_id, std::optional<double> popularity) {
  SLEEVE_TRY(Statement * put, catalogue_.statement("UPDATE albums SET popularity = ? WHERE id = ?"));
  put->bind(popularity).bind(album_id);
  return put->run();
}

Status Collections::set_cover(int64_t album_id, std::optional<int64_t> cover_id) {
  SLEEVE_TRY(Statement * put, catalogue_.statement("UPDATE albums SET cover_id = ? WHERE id = ?"));
  put->bind(cover_id).bind(album_id);
  return put->run();
}

Result<int64_t> Collections::origin_id(const OriginRecord& origin) {
  SLEEVE_TRY(Statement * insert, catalogue_.statement("INSERT OR IGNORE INTO origins (service, address, "
                                                      "licence, date) VALUES (?, ?, ?, ?)"));
  insert->bind(origin.service).bind(origin.address).bind(origin.licence).bind(origin.date);
  SLEEVE_CHECK(insert->run());
  SLEEVE_TRY(Statement * query, catalogue_.statement("SELECT id FROM origins WHERE service = ? AND address = "
                                                     "? AND licence = ? AND date = ?"));
  query->bind(origin.service).bind(origin.address).bind(origin.licence).bind(origin.date);
  SLEEVE_TRY(const auto ids, rows<int64_t>(*query, [](const Statement& row) { return row.integer(0); }));
  if (ids.empty()) return make_error(ErrorCode::kInternal, "an origin that was written is not there");
  return ids.front();
}

Status Collections::put_origin(int64_t album_id, const std::string& field, const OriginRecord& origin) {
  SLEEVE_TRY(const int64_t id, origin_id(origin));
  SLEEVE_TRY(Statement * put, catalogue_.statement("INSERT INTO album_origins (album_id, field, origin_id) "
                                                   "VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET origin_id = "
                                                   "excluded.origin_id"));
  put->bind(album_id).bind(field).bind(id);
  return put->run();
}

Result<std::map<std::string, OriginRecord>> Collections::origins_of(int64_t album_id) {
  SLEEVE_TRY(Statement * query, catalogue_.statement("SELECT field, service, address, licence, date FROM "
                                                     "album_origins JOIN origins ON origins.id = origin_id "
                                                     "WHERE album_id = ?"));
  query->bind(album_id);
  std::map<std::string, OriginRecord> origins;
  for (;;) {
    SLEEVE_TRY(const bool more, query->step());
    if (!more) return origins;
    origins[query->text(0)] = {query->text(1), query->text(2), query->text(3), query->integer(4)};
  }
}

Status Collections::want_picture(int64_t album_id, const std::string& links) {
  SLEEVE_TRY(
      Statement * put,
      catalogue_.statement("INSERT INTO album_pictures (album_id, links, state) VALUES (?, ?, 'wanted') "
                           "ON CONFLICT DO UPDATE SET links = excluded.links, state = 'wanted', "
                           "reason = '', url = '', etag = '', last_modified = '', at = 0 "
                           "WHERE links <> excluded.links"));
  put->bind(album_id).bind(links);
  return put->run();
}

Status Collections::put_picture(const PictureRecord& picture) {
  SLEEVE_TRY(Statement * put,
             catalogue_.statement("UPDATE album_pictures SET state = ?, reason = ?, url = ?, etag = ?, "
                                  "last_modified = ?, at = ? WHERE album_id = ?"));
  put->bind(name_of(picture.state))
      .bind(picture.reason)
      .bind(picture.url)
      .bind(picture.etag)
      .bind(picture.last_modified)
      .bind(picture.at)
      .bind(picture.album_id);
  return put->run();
}

Result<std::vector<PictureRecord>> Collections::pictures(int64_t collection_id) {
  SLEEVE_TRY(Statement * query,
             catalogue_.statement(std::string(kSelectPicture) +
                                  "JOIN collection_albums ON albums.id = collection_albums.album_id "
                                  "WHERE collection_id = ? ORDER BY position, albums.id"));
  query->bind(collection_id);
  return rows<PictureRecord>(*query, picture_from);
}

Result<std::vector<PictureRecord>> Collections::troubled_pictures(const std::string& source) {
  SLEEVE_TRY(Statement * query,
             catalogue_.statement(std::string(kSelectPicture) +
                                  "WHERE source = ? AND state IN ('unusable', 'failed') ORDER BY albums.id"));
  query->bind(source);
  return rows<PictureRecord>(*query, picture_from);
}

Result<std::vector<CoverRecord>> Collections::shared_covers(const std::string& source, int64_t artists) {
  SLEEVE_TRY(
      Statement * query,
      catalogue_.statement("SELECT covers.id, sha256, format FROM covers JOIN albums ON cover_id = "
                           "covers.id JOIN album_pictures ON album_id = albums.id WHERE source = ? "
                           "GROUP BY covers.id HAVING count(DISTINCT artist_id) >= ? ORDER BY sha256"));
  query->bind(source).bind(artists);
  return rows<CoverRecord>(*query, bare_cover_from);
}

Result<bool> Collections::is_placeholder(const std::string& sha256_hex) {
  SLEEVE_TRY(Statement * query, catalogue_.statement("SELECT 1 FROM placeholder_pictures WHERE sha256 = ?"));
  query->bind(sha256_hex);
  SLEEVE_TRY(const auto found, rows<int64_t>(*query, [](const Statement& row) { return row.integer(0); }));
  return !found.empty();
}

Status Collections::add_placeholder(const std::string& sha256_hex, const std::string& reason) {
  SLEEVE_TRY(
      Statement * add,
      catalogue_.statement("INSERT OR IGNORE INTO placeholder_pictures (sha256, reason, at) VALUES (?, "
                           "?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"));
  add->bind(sha256_hex).bind(reason);
  return add->run();
}

Status Collections::drop_placeholder_cover(int64_t cover_id) {
  return take_away(cover_id,
                   "UPDATE album_pictures SET state = 'placeholder' WHERE album_id IN "
                   "(SELECT id FROM albums WHERE cover_id = ?)");
}

Status Collections::take_away(int64_t cover_id, const char* mark) {
  for (const char* sql : {mark,
                          "UPDATE albums SET cover_id = NULL WHERE cover_id = ? AND id IN (SELECT album_id "
                          "FROM album_pictures)"}) {
    SLEEVE_TRY(Statement * update, catalogue_.statement(sql));
    update->bind(cover_id);
    SLEEVE_CHECK(update->run());
  }
  return {};
}

Result<std::vector<FileRecord>> Collections::files_below(const std::string& folder) {
  SLEEVE_TRY(Statement * query,
             catalogue_.statement("SELECT path, cover_id, bytes, mtime_ns FROM cover_files WHERE "
                                  "substr(path, 1, length(?1)) = ?1 ORDER BY path"));
  query->bind_blob(folder);
  return rows<FileRecord>(*query, bare_file_from);
}

Result<std::vector<CoverRecord>> Collections::unused_covers_below(const std::string& folder) {
  SLEEVE_TRY(
      Statement * query,
      catalogue_.statement(
          "SELECT id, sha256, format FROM covers WHERE id NOT IN (SELECT cover_id FROM albums WHERE "
          "cover_id IS NOT NULL) AND EXISTS (SELECT 1 FROM cover_files WHERE cover_id = covers.id) AND "
          "NOT EXISTS (SELECT 1 FROM cover_files WHERE cover_id = covers.id AND substr(path, 1, "
          "length(?1)) <> ?1) ORDER BY id"));
  query->bind_blob(folder);
  return rows<CoverRecord>(*query, bare_cover_from);
}

Status Collections::remove_cover(int64_t cover_id) {
  SLEEVE_TRY(Statement * remove, catalogue_.statement("DELETE FROM covers WHERE id = ?"));
  remove->bind(cover_id);
  return remove->run();
}

Status Collections::remove_cover_without_albums(int64_t cover_id) {
  SLEEVE_TRY(
      Statement * remove,
      catalogue_.statement("DELETE FROM covers WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM albums WHERE "
                           "cover_id = ?1)"));
  remove->bind(cover_id);
  return remove->run();
}

Status Collections::want_cover_again(int64_t cover_id) {
  return take_away(cover_id,
                   "UPDATE album_pictures SET state = 'wanted', etag = '', last_modified = '' WHERE album_id "
                   "IN (SELECT id FROM albums WHERE cover_id = ?)");
}

}  // namespace sleeve
