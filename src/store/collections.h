// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STORE_COLLECTIONS_H_
#define SLEEVE_STORE_COLLECTIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "store/catalogue.h"

// The part of the catalogue that collecting goes by: what was asked for and how far it has come, where fields
// come from, raw counts. The tables are in schema/005_collections.sql.
namespace sleeve {

struct CollectionRecord {
  int64_t id = 0;
  std::string source;
  std::string options;        // JSON: everything that decides which albums are found
  int64_t refresh_since = 0;  // seconds since 1970; 0: no refresh is under way
  bool found = false;
  bool finished = false;
  int64_t calls = 0;
  int64_t bytes = 0;
};

// An answer that fields were taken from.
struct OriginRecord {
  std::string service;
  std::string address;  // without keys
  std::string licence;
  int64_t date = 0;  // seconds since 1970
  friend auto operator<=>(const OriginRecord&, const OriginRecord&) = default;
};

enum class PictureState {
  kWanted,
  kFetched,
  kNone,         // the service has none
  kUnusable,     // what it has is no picture that can be read
  kPlaceholder,  // what it has stands for "none"
  kFailed,       // could not be had so far: the next run tries again
};
std::string_view name_of(PictureState state);

struct PictureRecord {
  int64_t album_id = 0;
  std::string source;  // of the album; filled when read, like its key and cover
  std::string key;
  std::optional<int64_t> cover_id = {};
  std::string links;  // JSON, as the room that collects writes it
  PictureState state = PictureState::kWanted;
  std::string reason = {};
  std::string url = {};
  std::string etag = {};
  std::string last_modified = {};
  int64_t at = 0;  // seconds since 1970
};

// How many of a collection's albums have a label of a kind.
struct CollectionLabels {
  size_t with_genre = 0;
  size_t with_popularity = 0;
};

struct AlbumCount {
  int64_t album_id = 0;
  int64_t value = 0;
};

// A view of an open catalogue; not thread-safe, like it.
class Collections {
 public:
  explicit Collections(Catalogue& catalogue) : catalogue_(catalogue) {}
  // For tables with a class of their own (library_table.h).
  Database& database() { return catalogue_.database_; }

  // The collection of that source and options; begun if it isn't known.
  Result<CollectionRecord> begin(const std::string& source, const std::string& options);
  Result<std::optional<CollectionRecord>> find(const std::string& source, const std::string& options);
  Result<std::vector<CollectionRecord>> all();
  Status put_progress(const CollectionRecord& collection);  // all but source and options

  // Albums.
  Result<std::optional<int64_t>> album_id(const std::string& source, const std::string& key);
  Result<std::optional<AlbumRecord>> album(int64_t id);
  Status put_collection_album(int64_t collection_id, int64_t album_id, int64_t position);
  Result<CollectionLabels> labels_of(int64_t collection_id);
  Status put_counts(int64_t album_id, const std::map<std::string, int64_t>& counts);  // replaces them
  Result<std::map<std::string, int64_t>> counts_of(int64_t album_id);
  // Of all albums of a source that have such a count, in the order of their ids.
  Result<std::vector<AlbumCount>> counts(const std::string& source, const std::string& name);
  Status set_popularity(int64_t album_id, std::optional<double> popularity);
  Status set_cover(int64_t album_id, std::optional<int64_t> cover_id);

  // Where fields come from.
  Status put_origin(int64_t album_id, const std::string& field, const OriginRecord& origin);
  Result<std::map<std::string, OriginRecord>> origins_of(int64_t album_id);

  // Pictures. Wanting one again changes nothing unless the links have changed.
  Status want_picture(int64_t album_id, const std::string& links);
  Status put_picture(const PictureRecord& picture);
  Result<std::vector<PictureRecord>> pictures(int64_t collection_id);               // in the order found
  Result<std::vector<PictureRecord>> troubled_pictures(const std::string& source);  // unusable or failed
  // Covers that at least so many albums of so many artists share, by the journal of one source.
  Result<std::vector<CoverRecord>> shared_covers(const std::string& source, int64_t artists);
  Result<bool> is_placeholder(const std::string& sha256_hex);
  Status add_placeholder(const std::string& sha256_hex, const std::string& reason);
  // Albums whose picture has these bytes lose it; it stays known that it was a placeholder.
  Status drop_placeholder_cover(int64_t cover_id);

  // Files recorded below a folder ("…/covers/"), and covers that no album has any more all of whose files
  // lie there.
  Result<std::vector<FileRecord>> files_below(const std::string& folder);
  Result<std::vector<CoverRecord>> unused_covers_below(const std::string& folder);
  Status remove_cover(int64_t cover_id);
  Status remove_cover_without_albums(int64_t cover_id);  // if no album has it
  // Albums with this cover want their picture again; it is gone from the disk.
  Status want_cover_again(int64_t cover_id);

 private:
  Result<int64_t> origin_id(const OriginRecord& origin);
  // Marks the journal of its collected albums, which lose it.
  Status take_away(int64_t cover_id, const char* mark);

  Catalogue& catalogue_;
};

}  // namespace sleeve

#endif  // SLEEVE_STORE_COLLECTIONS_H_
