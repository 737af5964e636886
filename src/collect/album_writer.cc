// SPDX-License-Identifier: Apache-2.0
#include "collect/album_writer.h"

#include <algorithm>

#include "base/error.h"
#include "base/try.h"
#include "collect/json_fields.h"
#include "collect/picture_store.h"

namespace sleeve {

std::string links_text(const std::vector<PictureLink>& links) {
  Json list = Json::array();
  for (const PictureLink& link : links) list.push_back({{"service", link.service}, {"url", link.url}});
  return dump_json(list);
}

std::vector<PictureLink> parse_links(const std::string& text) {
  const auto parsed = parse_json(text);
  std::vector<PictureLink> links;
  if (!parsed.ok() || !parsed->is_array()) return links;
  for (const Json& link : *parsed) {
    if (!field(link, "url").is_string()) continue;
    links.push_back({link["url"].get<std::string>(), text_field(link, "service")});
  }
  return links;
}

Status AlbumWriter::found(FoundAlbum album) {
  constexpr size_t kBatch = 200;
  batch_.push_back(std::move(album));
  return batch_.size() >= kBatch ? flush() : Status();
}

void AlbumWriter::note(const std::string& text) {
  if (std::ranges::find(report_.notes, text) == report_.notes.end()) report_.notes.push_back(text);
}

void AlbumWriter::problem(const std::string& item, const Error& error) {
  report_.problems.push_back({info_.name + ":" + item, std::string(name_of(error.code)), error.message});
}

Status AlbumWriter::flush() {
  if (batch_.empty()) return {};
  SLEEVE_TRY(Transaction transaction, catalogue_.begin());
  for (FoundAlbum& album : batch_) SLEEVE_CHECK(write(album));
  batch_.clear();
  return transaction.commit();
}

Status AlbumWriter::write(FoundAlbum& found) {
  AlbumRecord& album = found.album;
  album.source = info_.name;
  album.scope = "collect:" + info_.name;
  SLEEVE_TRY(const auto known_id, collections_.album_id(album.source, album.key));
  if (known_id) {
    SLEEVE_TRY(const auto known, collections_.album(*known_id));
    if (known) {
      album.cover_id = known->cover_id;
      // A popularity that is made of counts is made at the end; what was filled in later stays.
      if (!album.popularity) album.popularity = known->popularity;
      if (album.genres.empty()) {
        album.genres = known->genres;
        album.votes = known->votes;
      }
    }
  }
  SLEEVE_TRY(const Change change, catalogue_.put_album(album));
  SLEEVE_TRY(const auto id, collections_.album_id(album.source, album.key));
  if (!id) return make_error(ErrorCode::kInternal, "an album that was written is not there");
  if (seen_.insert(album.key).second) {
    ++report_.found;
    ++(change == Change::kNew       ? report_.added
       : change == Change::kUpdated ? report_.updated
                                    : report_.unchanged);
    SLEEVE_CHECK(collections_.put_collection_album(collection_.id, *id, position_++));
  }
  if (!found.counts.empty()) SLEEVE_CHECK(collections_.put_counts(*id, found.counts));
  for (const auto& [field, origin] : found.origins) SLEEVE_CHECK(collections_.put_origin(*id, field, origin));
  std::erase_if(found.pictures, [](const PictureLink& link) { return is_placeholder_link(link.url); });
  if (!found.pictures.empty()) SLEEVE_CHECK(collections_.want_picture(*id, links_text(found.pictures)));
  return {};
}

}  // namespace sleeve
