// SPDX-License-Identifier: Apache-2.0
#include "collect/testing/catalogue_dump.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "store/sqlite.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

struct Query {
  const char* sql;
  int columns;
};

constexpr Query kQueries[] = {
    {"SELECT source, albums.key, title, scope, artists.key, artists.name, popularity, collection, year, "
     "sha256 FROM "
     "albums LEFT JOIN artists ON artists.id = artist_id LEFT JOIN covers ON covers.id = cover_id ORDER BY "
     "1, 2",
     10},
    {"SELECT key, genre, position, votes FROM album_genres JOIN albums ON albums.id = album_id ORDER BY 1, 2",
     4},
    {"SELECT key, name, value FROM album_counts JOIN albums ON albums.id = album_id ORDER BY 1, 2", 3},
    {"SELECT key, field, service, address, licence FROM album_origins JOIN origins ON origins.id = origin_id "
     "JOIN "
     "albums ON albums.id = album_id ORDER BY 1, 2",
     5},
    {"SELECT key, links, state, reason, url, etag, last_modified FROM album_pictures JOIN albums ON "
     "albums.id = "
     "album_id ORDER BY 1",
     7},
    {"SELECT sha256, bytes, width, height, format, phash, oddities FROM covers ORDER BY 1", 7},
    {"SELECT sha256, cover_files.bytes FROM cover_files JOIN covers ON covers.id = cover_id ORDER BY 1", 2},
    {"SELECT sha256, reason FROM placeholder_pictures ORDER BY 1", 2},
    {"SELECT item, code, reason FROM problems ORDER BY 1", 3},
    {"SELECT source, options, refresh_since, found_at IS NULL, finished_at IS NULL FROM collections ORDER BY "
     "1, 2",
     5},
    {"SELECT position, key FROM collection_albums JOIN albums ON albums.id = album_id ORDER BY 1, 2", 2},
};

// In a test's helper a fault of the database is the end.
template <class T>
T must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "catalogue dump: %s\n", result.error().message.c_str());
    std::abort();
  }
  return std::move(*result);
}

Database open(const fs::path& workspace) {
  return must(Database::open(workspace / "catalogue.db", Database::Mode::kReadOnly));
}

}  // namespace

std::string catalogue_dump(const fs::path& workspace) {
  Database database = open(workspace);
  std::string text;
  for (const Query& query : kQueries) {
    Statement statement = must(database.prepare(query.sql));
    text += std::string("-- ") + query.sql + "\n";
    while (must(statement.step())) {
      for (int i = 0; i < query.columns; ++i)
        text += (statement.is_null(i) ? "NULL" : statement.text(i)) + "|";
      text += "\n";
    }
  }
  return text;
}

std::string catalogue_difference(const fs::path& a, const fs::path& b) {
  const auto one = split_text(catalogue_dump(a), '\n');
  const auto other = split_text(catalogue_dump(b), '\n');
  constexpr size_t kShown = 5;
  std::string text;
  size_t shown = 0;
  for (size_t i = 0; i < std::max(one.size(), other.size()) && shown < kShown; ++i) {
    const std::string left = i < one.size() ? one[i] : "(end)";
    const std::string right = i < other.size() ? other[i] : "(end)";
    if (left == right) continue;
    text += "< " + left.substr(0, 200) + "\n> " + right.substr(0, 200) + "\n";
    ++shown;
  }
  return text;
}

std::string picture_faults(const fs::path& workspace) {
  Database database = open(workspace);
  Statement statement =
      must(database.prepare("SELECT path, sha256 FROM cover_files JOIN covers ON covers.id = cover_id"));
  std::string faults;
  std::set<std::string> known;
  while (must(statement.step())) {
    known.insert(statement.text(0));
    const auto bytes = read_file(statement.text(0));
    if (!bytes.ok() || sha256(*bytes).hex() != statement.text(1))
      faults += "a row without its file: " + statement.text(0) + "\n";
  }
  std::error_code code;
  for (const auto& entry : fs::recursive_directory_iterator(fs::absolute(workspace) / "covers", code)) {
    if (entry.is_regular_file() && !known.contains(entry.path().lexically_normal().native())) {
      faults += "a file without its row: " + entry.path().native() + "\n";
    }
  }
  return faults;
}

}  // namespace sleeve
