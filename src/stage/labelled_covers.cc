// SPDX-License-Identifier: Apache-2.0
#include "stage/labelled_covers.h"

#include <algorithm>
#include <unordered_map>

#include "base/sort_unique.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/cover_paths.h"

namespace sleeve {
namespace {

void add_album(AlbumRecord album, const LabelOverlay& overlay, const std::string& target,
               LabelledCover& cover) {
  if (cover.title.empty()) cover.title = album.title;
  const std::string artist(trim(album.artist_name.empty() ? album.artist_key : album.artist_name));
  if (!artist.empty()) cover.artists.push_back(artist);
  cover.left_out = cover.left_out || overlay.leaves_out(album);
  if (target == "popularity") {
    if (auto derived = overlay.popularity_class(album)) cover.votes.push_back(std::move(*derived));
    return;
  }
  overlay.apply(album);
  cover.votes.insert(cover.votes.end(), album.genres.begin(), album.genres.end());
}

}  // namespace

Result<std::vector<LabelledCover>> labelled_covers(Catalogue& catalogue, const std::string& target,
                                                   const std::vector<std::string>& without) {
  SLEEVE_TRY(auto records, catalogue.covers());
  std::ranges::sort(records, {}, &CoverRecord::sha256);
  SLEEVE_TRY(const auto paths, cover_paths(catalogue));
  SLEEVE_TRY(const LabelOverlay overlay, LabelOverlay::load(catalogue, false, without));
  std::vector<LabelledCover> covers(records.size());
  std::unordered_map<int64_t, size_t> place;
  for (size_t i = 0; i < records.size(); ++i) {
    covers[i].id = records[i].id;
    covers[i].cover = records[i].sha256;
    const auto path = paths.find(records[i].id);
    if (path != paths.end()) covers[i].path = path->second;
    place.emplace(records[i].id, i);
  }
  SLEEVE_TRY(auto albums, catalogue.albums());
  for (AlbumRecord& album : albums) {
    if (!album.cover_id) continue;
    LabelledCover& cover = covers[place.at(*album.cover_id)];
    add_album(std::move(album), overlay, target, cover);
  }
  for (LabelledCover& cover : covers) {
    cover.labels = cover.votes;
    if (auto decided = overlay.genres(cover.cover); decided && target == "genre")
      cover.labels = std::move(*decided);
    cover.left_out = cover.left_out || overlay.leaves_out(cover.cover);
    sort_unique(cover.labels);
    sort_unique(cover.artists);
  }
  return covers;
}

}  // namespace sleeve
