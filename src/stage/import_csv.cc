// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <system_error>
#include <unordered_map>

#include "base/csv.h"
#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "base/year.h"
#include "stage/import_items.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

// Field of ours → column of the table.
using ColumnMap = std::unordered_map<std::string, size_t>;

// What --map says.
Result<ColumnMap> mapped_columns(const CsvTable& table, std::string_view map) {
  ColumnMap columns;
  if (map.empty()) return columns;
  for (const std::string& part : split_text(map, ',')) {
    const size_t equals = part.find('=');
    if (equals == std::string::npos) {
      return make_error(ErrorCode::kUsage, "--map: '{}' is not of the form FIELD=COLUMN",
                        printable(std::string_view(part)));
    }
    const std::string field(trim(std::string_view(part).substr(0, equals)));
    const std::string name(trim(std::string_view(part).substr(equals + 1)));
    if (std::ranges::find(csv_fields(), field) == csv_fields().end()) {
      return make_error(ErrorCode::kUsage, "--map: unknown field '{}'{}", printable(std::string_view(field)),
                        suggestion(field, csv_fields()));
    }
    const auto column = table.column(name);
    if (!column) {
      return make_error(ErrorCode::kUsage, "--map: there is no column '{}'{}",
                        printable(std::string_view(name)), suggestion(name, table.columns));
    }
    if (!columns.emplace(field, *column).second) {
      return make_error(ErrorCode::kUsage, "--map: '{}' is given twice", field);
    }
  }
  return columns;
}

Result<ColumnMap> columns_of(const CsvTable& table, const CsvImport& csv) {
  SLEEVE_TRY(ColumnMap columns, mapped_columns(table, csv.map));
  // Fields that the map doesn't name are looked for under their own names.
  for (const std::string& field : csv_fields()) {
    const auto column = table.column(field);
    if (column && !columns.contains(field)) columns.emplace(field, *column);
  }
  if (!columns.contains("file")) {
    return make_error(
        ErrorCode::kUsage,
        "{}: no column 'file'; say which column holds the picture's file name with --map file=COL "
        "(columns: {})",
        printable(csv.file), join_text(table.columns, ", "));
  }
  return columns;
}

std::string field_of(const CsvRow& row, const ColumnMap& columns, const std::string& field) {
  const auto column = columns.find(field);
  return column == columns.end() ? std::string() : std::string(trim(row.fields[column->second]));
}

std::vector<std::string> genres_in(std::string_view text) {
  std::string unified(text);
  std::ranges::replace(unified, '|', ';');
  std::vector<std::string> genres;
  for (const std::string& part : split_text(unified, ';')) {
    const std::string genre = printable(trim(part));
    if (!genre.empty() && std::ranges::find(genres, genre) == genres.end()) genres.push_back(genre);
  }
  return genres;
}

void read_popularity(const std::string& text, ImportItem& item) {
  if (text.empty()) return;
  const auto value = parse_number(text);
  if (!value || *value < 0 || *value > 100) {
    item.warn(fmt::format("{}: popularity '{}' is not a number from 0 to 100; left unknown", item.name,
                          printable(std::string_view(text))));
    return;
  }
  item.album.popularity = value;
}

void read_year(const std::string& text, ImportItem& item) {
  if (text.empty()) return;
  item.album.year = year_of(text);
  if (item.album.year) return;
  item.warn(fmt::format("{}: '{}' begins with no year from 1000 to 2999; left unknown", item.name,
                        printable(std::string_view(text))));
}

// One number for each genre, in the same order. REQUIRES: the album's genres are those of the field.
void read_votes(const std::string& text, size_t named, ImportItem& item) {
  if (text.empty()) return;
  std::string unified(text);
  std::ranges::replace(unified, '|', ';');
  std::vector<int64_t> votes;
  for (const std::string& part : split_text(unified, ';')) {
    const auto value = parse_integer(trim(part));
    if (value && *value >= 0) votes.push_back(*value);
  }
  if (votes.size() == named && named == item.album.genres.size()) {
    item.album.votes = std::move(votes);
    return;
  }
  item.warn(fmt::format("{}: votes '{}' are not one whole number for each genre; left unknown", item.name,
                        printable(std::string_view(text))));
}

ImportItem item_of(const CsvRow& row, const ColumnMap& columns, const fs::path& csv_path,
                   const fs::path& root) {
  ImportItem item;
  item.name = fmt::format("{}:{}", csv_path.native(), row.line);
  if (!row.problem.empty()) {
    item.problem =
        make_error(ErrorCode::kCorrupt, "{}: {}", printable(std::string_view(item.name)), row.problem);
    return item;
  }
  const std::string file = field_of(row, columns, "file");
  if (file.empty()) {
    item.problem =
        make_error(ErrorCode::kNoData, "{}: names no file", printable(std::string_view(item.name)));
    return item;
  }
  for (const std::string field : {"genre", "artist", "group", "title", "collection"}) {
    if (is_utf8(field_of(row, columns, field))) continue;
    item.problem = make_error(ErrorCode::kCorrupt,
                              "{}: the {} is not UTF-8; convert the table first (iconv -f latin1 -t utf-8)",
                              printable(std::string_view(item.name)), field);
    return item;
  }
  item.picture = (root / file).lexically_normal();
  item.album.source = "csv";
  item.album.title = printable(std::string_view(field_of(row, columns, "title")));
  item.album.artist_key = printable(std::string_view(field_of(row, columns, "artist")));
  item.album.artist_name = item.album.artist_key;
  item.album.genres = genres_in(field_of(row, columns, "genre"));
  const std::string group = field_of(row, columns, "group");
  if (!group.empty()) item.album.group_key = group;
  const std::string collection = printable(std::string_view(field_of(row, columns, "collection")));
  if (!collection.empty()) item.album.collection = collection;
  read_popularity(field_of(row, columns, "popularity"), item);
  read_year(field_of(row, columns, "year"), item);
  const std::string genres = field_of(row, columns, "genre");
  const auto named =
      static_cast<size_t>(1 + std::ranges::count_if(genres, [](char c) { return c == ';' || c == '|'; }));
  read_votes(field_of(row, columns, "votes"), named, item);
  // With the picture's hash behind it: the album stays itself when table and pictures move.
  item.album.key = item.album.artist_key + "/" + item.album.title;
  item.key_by_cover = true;
  return item;
}

}  // namespace

const std::vector<std::string>& csv_fields() {
  static const std::vector<std::string> kFields = {"file",  "genre", "votes",      "artist", "popularity",
                                                   "group", "title", "collection", "year"};
  return kFields;
}

Result<ImportReport> import_csv(Workspace& workspace, const CsvImport& csv, const ImportOptions& options,
                                const WorkContext& context) {
  SLEEVE_TRY(const std::string text, read_text_file(csv.file));
  auto table = parse_csv(text);
  if (!table.ok()) return with_context(std::move(table).error(), printable(csv.file));
  SLEEVE_TRY(const ColumnMap columns, columns_of(*table, csv));
  const fs::path path = fs::absolute(csv.file).lexically_normal();
  const fs::path root = fs::absolute(csv.root.value_or(path.parent_path())).lexically_normal();
  std::error_code code;
  if (!fs::is_directory(root, code)) {
    return make_error(ErrorCode::kNotFound, "{}: there is no such folder (--root)", printable(root));
  }
  std::vector<ImportItem> items;
  items.reserve(table->rows.size());
  for (const CsvRow& row : table->rows) items.push_back(item_of(row, columns, path, root));
  if (items.empty())
    return make_error(ErrorCode::kNoData, "{}: has a header but no rows", printable(csv.file));
  return import_items(workspace, path.native() + ":", std::move(items), options, context);
}

}  // namespace sleeve
