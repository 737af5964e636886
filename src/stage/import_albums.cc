// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "base/year.h"
#include "stage/import_items.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

std::string text_of(const Json& album, const char* member) {
  const auto found = album.find(member);
  return found != album.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void read_popularity(const Json& album, ImportItem& item) {
  const auto found = album.find("album_popularity");
  if (found == album.end() || found->is_null()) return;
  const double value = found->is_number() ? found->get<double>() : -1;
  if (!found->is_number() || value < 0 || value > 100) {
    item.warn(fmt::format("{}: album_popularity {} is not a number from 0 to 100; left unknown", item.name,
                          dump_json(*found)));
    return;
  }
  item.album.popularity = value;
}

// "playlist": "…" or "collection": "…"; "year": 1997, or a date under "release_date".
void read_context(const Json& album, ImportItem& item) {
  for (const char* member : {"collection", "playlist"}) {
    const std::string text = printable(std::string_view(text_of(album, member)));
    if (!item.album.collection && !text.empty()) item.album.collection = text;
  }
  for (const char* member : {"year", "release_date"}) {
    const auto found = album.find(member);
    if (item.album.year || found == album.end() || found->is_null()) continue;
    const std::string text = found->is_string() ? found->get<std::string>() : dump_json(*found);
    if (text.empty()) continue;
    item.album.year = year_of(text);
    if (!item.album.year) {
      item.warn(fmt::format("{}: {} {} begins with no year from 1000 to 2999; left unknown", item.name,
                            member, dump_json(*found)));
    }
  }
}

struct Tag {
  std::string name;
  std::optional<int64_t> votes;
};

// "rock", or as MusicBrainz has it {"name": "rock", "count": 5}.
Result<Tag> tag_of(const Json& genre, const std::string& item) {
  if (genre.is_string()) return Tag{printable(std::string_view(genre.get_ref<const std::string&>())), {}};
  const std::string name = genre.is_object() ? printable(std::string_view(text_of(genre, "name"))) : "";
  if (name.empty()) return make_error(ErrorCode::kCorrupt, "{}: a genre is not a text", item);
  const auto count = genre.find("count");
  if (count == genre.end()) return Tag{name, {}};
  if (!count->is_number_integer() || *count < 0) {
    return make_error(ErrorCode::kCorrupt, "{}: the count of genre {} is no whole number from 0 on", item,
                      name);
  }
  return Tag{name, count->get<int64_t>()};
}

Status read_genres(const Json& album, ImportItem& item) {
  const auto found = album.find("genres");
  if (found == album.end() || found->is_null()) return {};
  if (!found->is_array()) return make_error(ErrorCode::kCorrupt, "{}: 'genres' is not a list", item.name);
  bool counted = false;
  std::vector<int64_t> votes;
  for (const Json& genre : *found) {
    SLEEVE_TRY(const Tag tag, tag_of(genre, item.name));
    counted = counted || tag.votes.has_value();
    auto& genres = item.album.genres;
    if (std::ranges::find(genres, tag.name) != genres.end()) continue;
    genres.push_back(tag.name);
    votes.push_back(tag.votes.value_or(1));
  }
  if (counted) item.album.votes = std::move(votes);
  return {};
}

// The original wrote Windows paths (".\images\ID.jpg"); only the file's name counts.
std::string file_name_of(std::string path) {
  std::ranges::replace(path, '\\', '/');
  return fs::path(path).filename().native();
}

Status fill(const Json& album, const std::optional<fs::path>& images, ImportItem& item) {
  if (!album.is_object()) return make_error(ErrorCode::kCorrupt, "{}: is not an album object", item.name);
  const std::string id = text_of(album, "album_id");
  if (id.empty()) return make_error(ErrorCode::kCorrupt, "{}: has no album_id", item.name);
  item.album.source = "albums";
  item.album.key = id;
  item.album.title = printable(std::string_view(text_of(album, "album_name")));
  item.album.artist_key = text_of(album, "artist_id");
  item.album.artist_name = printable(std::string_view(text_of(album, "artist_name")));
  if (item.album.artist_key.empty()) item.album.artist_key = item.album.artist_name;
  read_popularity(album, item);
  read_context(album, item);
  SLEEVE_CHECK(read_genres(album, item));
  if (!images) return {};
  const std::string name = file_name_of(text_of(album, "filepath"));
  if (name.empty()) return make_error(ErrorCode::kCorrupt, "{}: has no filepath", item.name);
  item.picture = (*images / name).lexically_normal();
  return {};
}

}  // namespace

Result<ImportReport> import_albums(Workspace& workspace, const fs::path& file,
                                   const std::optional<fs::path>& images, const ImportOptions& options,
                                   const WorkContext& context) {
  SLEEVE_TRY(const std::string text, read_text_file(file));
  auto json = parse_json(text);
  if (!json.ok()) return with_context(std::move(json).error(), printable(file));
  if (!json->is_object() && !json->is_array()) {
    return make_error(ErrorCode::kCorrupt, "{}: is not an object or a list of albums", printable(file));
  }
  std::optional<fs::path> folder;
  if (images) {
    folder = fs::absolute(*images);
    std::error_code code;
    if (!fs::is_directory(*folder, code)) {
      return make_error(ErrorCode::kNotFound, "{}: there is no such folder (--images)", printable(*images));
    }
  }
  const std::string scope = fs::absolute(file).lexically_normal().native() + ":";
  std::vector<ImportItem> items;
  items.reserve(json->size());
  for (const auto& [key, album] : json->items()) {
    ImportItem item;
    item.name = scope + printable(std::string_view(key));
    if (Status status = fill(album, folder, item); !status.ok()) item.problem = status.error();
    items.push_back(std::move(item));
  }
  if (items.empty()) return make_error(ErrorCode::kNoData, "{}: names no albums", printable(file));
  return import_items(workspace, scope, std::move(items), options, context);
}

}  // namespace sleeve
