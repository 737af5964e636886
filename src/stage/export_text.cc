// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <sleeve/version.h>

#include "base/csv.h"
#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/export_parts.h"
#include "store/library_table.h"
#include "store/share_list.h"

namespace sleeve {
namespace {

// Sources whose keys mean something on this machine only.
bool is_local(const std::string& source) {
  constexpr std::array kLocal = {"folder", "csv", "albums", "library"};
  return std::ranges::find(kLocal, source) != kLocal.end();
}

ShareEntry share_entry(const ExportedAlbum& row) {
  ShareEntry entry;
  entry.source = row.album.source;
  entry.id = row.album.key;
  entry.title = row.album.title;
  entry.artist_id = row.album.artist_key;
  entry.artist_name = row.album.artist_name;
  entry.genres = row.album.genres;
  entry.votes = row.album.votes;
  entry.labels = row.labels;
  entry.popularity = row.album.popularity;
  entry.popularity_class = row.popularity_class;
  entry.collection = row.album.collection;
  entry.year = row.album.year;
  if (row.cover) entry.cover = row.cover->sha256;
  return entry;
}

// Import takes ';' and '|' for the end of a tag.
std::string joined_tags(const std::vector<std::string>& tags) {
  std::vector<std::string> plain = tags;
  for (std::string& tag : plain) {
    std::ranges::replace(tag, ';', ',');
    std::ranges::replace(tag, '|', ',');
  }
  return join_text(plain, ";");
}

std::string joined_votes(const std::vector<int64_t>& votes) {
  std::vector<std::string> texts;
  for (const int64_t vote : votes) texts.push_back(std::to_string(vote));
  return join_text(texts, ";");
}

const std::vector<std::string>& csv_columns() {
  static const std::vector<std::string> kColumns = {
      "file",   "genre", "votes",     "artist", "popularity",       "group",    "title", "collection", "year",
      "source", "id",    "artist_id", "label",  "popularity_class", "left_out", "cover"};
  return kColumns;
}

std::vector<std::string> csv_fields_of(const ExportedAlbum& row) {
  const AlbumRecord& album = row.album;
  return {row.path,
          joined_tags(album.genres),
          joined_votes(album.votes),
          album.artist_name.empty() ? album.artist_key : album.artist_name,
          album.popularity ? fmt::format("{}", *album.popularity) : "",
          album.group_key.value_or(""),
          album.title,
          album.collection.value_or(""),
          album.year ? std::to_string(*album.year) : "",
          album.source,
          album.key,
          album.artist_key,
          joined_tags(row.labels),
          row.popularity_class,
          row.left_out ? "1" : "",
          row.cover ? row.cover->sha256.hex() : ""};
}

Json picture_json(const ExportedAlbum& row) {
  if (!row.cover) return {};
  Json json{{"sha256", row.cover->sha256.hex()}, {"path", nullptr},           {"format", row.cover->format},
            {"bytes", row.cover->bytes},         {"width", row.cover->width}, {"height", row.cover->height}};
  if (!row.path.empty()) json["path"] = row.path;
  json["phash"] = row.cover->phash ? Json(fmt::format("{:016x}", *row.cover->phash)) : Json();
  Json oddities = Json::array();
  for (const std::string& oddity : split_text(row.cover->oddities, ',')) {
    if (!oddity.empty()) oddities.push_back(oddity);
  }
  json["oddities"] = std::move(oddities);
  return json;
}

Json optional_json(const auto& value) { return value ? Json(*value) : Json(); }

// Null is unknown; every line has every member.
Json album_line_json(const ExportedAlbum& row) {
  const AlbumRecord& album = row.album;
  Json tags = Json::array();
  for (size_t i = 0; i < album.genres.size(); ++i) {
    tags.push_back(
        {{"name", album.genres[i]}, {"votes", i < album.votes.size() ? Json(album.votes[i]) : Json()}});
  }
  return Json{{"source", album.source},
              {"id", album.key},
              {"title", album.title},
              {"artist_id", album.artist_key.empty() ? Json() : Json(album.artist_key)},
              {"artist", album.artist_name.empty() ? Json() : Json(album.artist_name)},
              {"tags", std::move(tags)},
              {"labels", row.labels},
              {"popularity", optional_json(album.popularity)},
              {"popularity_class", row.popularity_class.empty() ? Json() : Json(row.popularity_class)},
              {"group", optional_json(album.group_key)},
              {"collection", optional_json(album.collection)},
              {"year", optional_json(album.year)},
              {"left_out", row.left_out},
              {"cover", picture_json(row)}};
}

}  // namespace

Result<ExportReport> export_list(Workspace& workspace, const ExportOptions& options) {
  SLEEVE_CHECK(check_export_file(options));
  SLEEVE_TRY(const auto rows, exported_albums(workspace.catalogue()));
  ExportReport report = begin_report("list", options);
  ShareList list;
  list.made_by = fmt::format("sleeve {}", kVersion);
  SLEEVE_TRY(const auto release_groups, album_ids(workspace.catalogue(), "mb_release_group"));
  for (const ExportedAlbum& row : rows) {
    const auto group = release_groups.find(row.album.source + "\n" + row.album.key);
    if (is_local(row.album.source) && group != release_groups.end()) {
      list.entries.push_back(share_entry(row));
      list.entries.back().source = "metabrainz";
      list.entries.back().id = group->second;
    } else if (is_local(row.album.source)) {
      ++report.left_out["of files of your own, without an id that others could look up"];
    } else {
      list.entries.push_back(share_entry(row));
    }
  }
  report.written = list.entries.size();
  if (list.entries.empty()) {
    return make_error(
        ErrorCode::kNoData,
        "none of {} albums has an id of a music service that others could look up; csv or jsonl "
        "write them all",
        rows.size());
  }
  SLEEVE_TRY(const Provenance origins, provenance(workspace.catalogue()));
  list.notes = origins.notes;
  report.notes = origins.notes;
  SLEEVE_CHECK(write_file_atomic(options.out, std::string_view(write_share_list(list))));
  return report;
}

Result<ExportReport> export_csv(Workspace& workspace, const ExportOptions& options) {
  SLEEVE_CHECK(check_export_file(options));
  SLEEVE_TRY(const auto rows, exported_albums(workspace.catalogue()));
  std::string text = csv_line(csv_columns());
  for (const ExportedAlbum& row : rows) text += csv_line(csv_fields_of(row));
  ExportReport report = begin_report("csv", options);
  SLEEVE_TRY(Provenance origins, provenance(workspace.catalogue()));
  report.notes = std::move(origins.notes);
  report.written = rows.size();
  SLEEVE_CHECK(write_file_atomic(options.out, std::string_view(text)));
  return report;
}

Result<ExportReport> export_jsonl(Workspace& workspace, const ExportOptions& options) {
  SLEEVE_CHECK(check_export_file(options));
  SLEEVE_TRY(const auto rows, exported_albums(workspace.catalogue()));
  std::string text;
  ExportReport report = begin_report("jsonl", options);
  SLEEVE_TRY(Provenance origins, provenance(workspace.catalogue()));
  report.notes = std::move(origins.notes);
  for (const ExportedAlbum& row : rows) {
    Json json = album_line_json(row);
    const auto origin = origins.of_album.find(row.album.source + "\n" + row.album.key);
    json["origins"] = origin == origins.of_album.end() ? Json::object() : origin->second;
    text += dump_json(json) + "\n";
  }
  report.written = rows.size();
  SLEEVE_CHECK(write_file_atomic(options.out, std::string_view(text)));
  return report;
}

}  // namespace sleeve
