// SPDX-License-Identifier: Apache-2.0
#include "stage/library_album.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace sleeve {
namespace {

void count(const std::string& genre, AlbumRecord& album) {
  const auto known = std::ranges::find(album.genres, genre) - album.genres.begin();
  if (known == std::ssize(album.genres)) {
    album.genres.push_back(genre);
    album.votes.push_back(0);
  }
  ++album.votes[static_cast<size_t>(known)];
}

bool is_nobody(const std::string& artist) {
  const std::string name = ascii_lower(artist);
  return name == "various artists" || name == "various" || name == "va" || name == "v.a.";
}

// The album's artist; where none is named the artist that all its files have in common. Several artists are
// no artist: a compilation must not hold all of them together as one group.
void name_artist(const std::vector<LibraryFile>& files, AlbumRecord& album) {
  std::set<std::string> artists;
  std::set<std::string> ids;
  for (const LibraryFile& file : files) {
    const std::string& artist = file.album_artist.empty() ? file.artist : file.album_artist;
    if (!artist.empty()) artists.insert(artist);
    if (!file.artist_id.empty()) ids.insert(file.artist_id);
  }
  if (artists.size() != 1 || is_nobody(*artists.begin())) return;
  album.artist_name = *artists.begin();
  album.artist_key = ids.size() == 1 ? *ids.begin() : album.artist_name;
}

}  // namespace

AlbumRecord library_album(const std::vector<LibraryFile>& files, const std::string& root) {
  AlbumRecord album;
  album.source = "library";
  album.key = files.front().album;
  album.scope = root;
  album.title = files.front().title;
  for (const LibraryFile& file : files) {
    if (!album.year) album.year = file.year;
    for (const std::string& genre : file.genres) count(genre, album);
  }
  name_artist(files, album);
  return album;
}

std::string release_group_of(const std::vector<LibraryFile>& files) {
  for (const LibraryFile& file : files) {
    if (!file.release_group.empty()) return file.release_group;
  }
  return {};
}

}  // namespace sleeve
