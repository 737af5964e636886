// SPDX-License-Identifier: Apache-2.0
#include "collect/audio_tags.h"

#include <algorithm>
#include <array>
#include <exception>

#include <taglib/apetag.h>
#include <taglib/attachedpictureframe.h>
#include <taglib/flacpicture.h>
#include <taglib/id3v1tag.h>
#include <taglib/id3v2framefactory.h>
#include <taglib/id3v2tag.h>
#include <taglib/infotag.h>
#include <taglib/mp4coverart.h>
#include <taglib/mp4file.h>
#include <taglib/mpegfile.h>
#include <taglib/tbytevectorstream.h>
#include <taglib/tdebuglistener.h>
#include <taglib/tpropertymap.h>
#include <taglib/xiphcomment.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "base/year.h"
#include "collect/audio_pieces.h"
#include "collect/json_fields.h"

namespace sleeve {
namespace {

constexpr size_t kLongestText = 1000;
constexpr size_t kMostGenres = 32;

// TagLib's remarks about odd files don't belong on standard error.
class Silence : public TagLib::DebugListener {
 public:
  void printMessage(const TagLib::String& /*message*/) override {}
};

void silence_taglib() {
  [[maybe_unused]] static const bool done = [] {
    static Silence silence;
    TagLib::setDebugListener(&silence);
    return true;
  }();
}

TagLib::ByteVector taglib_bytes(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<unsigned int>(bytes.size())};
}

std::string clean(std::string text) {
  if (text.size() > kLongestText) {
    text.resize(kLongestText);
    while (!text.empty() && !is_utf8(text)) text.pop_back();
  }
  const std::string safe = printable(std::string_view(text));
  return std::string(trim(safe));
}

std::string clean(const TagLib::String& text) { return clean(text.to8Bit(true)); }

std::string first_of(const TagLib::PropertyMap& map, const char* key) {
  const auto found = map.find(key);
  return found == map.end() || found->second.isEmpty() ? std::string() : clean(found->second.front());
}

void add_genre(std::string_view text, std::vector<std::string>& genres) {
  const std::string genre(trim(text));
  if (genre.empty() || genres.size() >= kMostGenres || std::ranges::find(genres, genre) != genres.end())
    return;
  genres.push_back(genre);
}

std::vector<std::string> genres_of(const TagLib::PropertyMap& map) {
  std::vector<std::string> genres;
  const auto found = map.find("GENRE");
  if (found == map.end()) return genres;
  for (const TagLib::String& field : found->second) {
    std::string text = clean(field);
    std::ranges::replace(text, '|', ';');
    for (const std::string& part : split_text(text, ';')) add_genre(part, genres);
  }
  return genres;
}

// A MusicBrainz id, or "". Of several the first counts.
std::string mbid_of(const TagLib::PropertyMap& map, const char* key) {
  constexpr size_t kLength = 36;
  return uuid_of(first_of(map, key).substr(0, kLength));
}

// What several tags of one file say: the first that says it counts.
void merge(const TagLib::PropertyMap& map, AudioTags& tags) {
  const auto fill = [](std::string& field, std::string value) {
    if (field.empty()) field = std::move(value);
  };
  fill(tags.album, first_of(map, "ALBUM"));
  fill(tags.album_artist, first_of(map, "ALBUMARTIST"));
  fill(tags.album_artist, first_of(map, "ALBUM ARTIST"));
  fill(tags.artist, first_of(map, "ARTIST"));
  fill(tags.release, mbid_of(map, "MUSICBRAINZ_ALBUMID"));
  fill(tags.release_group, mbid_of(map, "MUSICBRAINZ_RELEASEGROUPID"));
  fill(tags.album_artist_id, mbid_of(map, "MUSICBRAINZ_ALBUMARTISTID"));
  if (tags.album_artist.empty() || tags.album_artist == tags.artist)
    fill(tags.album_artist_id, mbid_of(map, "MUSICBRAINZ_ARTISTID"));
  if (tags.genres.empty()) tags.genres = genres_of(map);
  for (const char* key : {"ORIGINALDATE", "DATE", "YEAR"}) {
    if (!tags.year) tags.year = year_of(first_of(map, key));
  }
}

// The best picture seen so far.
class PictureChoice {
 public:
  explicit PictureChoice(WithPicture with) : with_(with) {}

  // `kind` as ID3v2 and FLAC number them: 3 is the front cover, 0 something unnamed.
  void offer(int kind, const TagLib::ByteVector& data) {
    const int rank = kind == 3 ? 2 : kind == 0 ? 1 : 0;
    if (rank <= rank_ || data.isEmpty()) return;
    rank_ = rank;
    if (with_ == WithPicture::kNo) return;
    const auto* begin = reinterpret_cast<const std::byte*>(data.data());
    bytes_.assign(begin, begin + data.size());
  }
  void finish(AudioTags& tags) {
    tags.has_picture = rank_ > 0;
    tags.picture = std::move(bytes_);
  }

 private:
  WithPicture with_;
  int rank_ = 0;
  Bytes bytes_;
};

void offer_id3v2(const TagLib::ID3v2::Tag& tag, PictureChoice& choice) {
  const auto& frames = tag.frameListMap();
  const auto found = frames.find("APIC");
  if (found == frames.end()) return;
  for (const TagLib::ID3v2::Frame* frame : found->second) {
    if (const auto* picture = dynamic_cast<const TagLib::ID3v2::AttachedPictureFrame*>(frame))
      choice.offer(picture->type(), picture->picture());
  }
}

// A text, a zero, then the picture.
void offer_ape(TagLib::APE::Tag& tag, PictureChoice& choice) {
  const auto& items = tag.itemListMap();
  const auto found = items.find("COVER ART (FRONT)");
  if (found == items.end() || found->second.type() != TagLib::APE::Item::Binary) return;
  const TagLib::ByteVector data = found->second.binaryData();
  const int zero = data.find('\0');
  if (zero >= 0) choice.offer(3, data.mid(static_cast<unsigned int>(zero) + 1));
}

void read_mpeg(const Bytes& id3v2, const Bytes& trailer, AudioTags& tags, PictureChoice& choice) {
  Bytes whole = id3v2;
  whole.insert(whole.end(), trailer.begin(), trailer.end());
  if (whole.empty()) return;
  TagLib::ByteVectorStream stream(taglib_bytes(whole));
  TagLib::MPEG::File file(&stream, TagLib::ID3v2::FrameFactory::instance(), false);
  if (TagLib::ID3v2::Tag* tag = file.ID3v2Tag(); tag != nullptr) {
    merge(tag->properties(), tags);
    offer_id3v2(*tag, choice);
  }
  if (TagLib::APE::Tag* tag = file.APETag(); tag != nullptr) {
    merge(tag->properties(), tags);
    offer_ape(*tag, choice);
  }
  if (TagLib::Tag* tag = file.ID3v1Tag(); tag != nullptr) merge(tag->properties(), tags);
}

void read_comments(const AudioPieces& pieces, AudioTags& tags, PictureChoice& choice) {
  for (const Bytes& block : pieces.pictures) {
    TagLib::FLAC::Picture picture;
    if (picture.parse(taglib_bytes(block))) choice.offer(picture.type(), picture.data());
  }
  for (const Bytes& block : pieces.comments) {
    TagLib::Ogg::XiphComment comment(taglib_bytes(block));
    merge(comment.properties(), tags);
    for (const TagLib::FLAC::Picture* picture : comment.pictureList())
      choice.offer(picture->type(), picture->data());
  }
}

void read_mp4(const Bytes& mp4, AudioTags& tags, PictureChoice& choice) {
  if (mp4.empty()) return;
  TagLib::ByteVectorStream stream(taglib_bytes(mp4));
  TagLib::MP4::File file(&stream, false);
  if (file.tag() == nullptr) return;
  merge(file.tag()->properties(), tags);
  if (!file.tag()->contains("covr")) return;
  for (const TagLib::MP4::CoverArt& art : file.tag()->item("covr").toCoverArtList())
    choice.offer(3, art.data());
}

// TagLib reports trouble by throwing only when memory runs out.
Result<AudioTags> decode(AudioBytes& bytes, WithPicture with) try {
  silence_taglib();
  SLEEVE_TRY(const AudioPieces pieces, find_audio_pieces(bytes));
  AudioTags tags;
  PictureChoice choice(with);
  read_comments(pieces, tags, choice);
  read_mp4(pieces.mp4, tags, choice);
  read_mpeg(pieces.id3v2, pieces.trailer, tags, choice);
  if (!pieces.info.empty()) merge(TagLib::RIFF::Info::Tag(taglib_bytes(pieces.info)).properties(), tags);
  choice.finish(tags);
  return tags;
} catch (const std::exception& error) {
  return make_error(ErrorCode::kCorrupt, "its tags can't be read ({})", error.what());
}

bool ends_in(const std::filesystem::path& path, std::span<const std::string_view> endings) {
  return std::ranges::find(endings, ascii_lower(path.extension().native())) != endings.end();
}

}  // namespace

Result<AudioTags> read_audio_tags(const std::filesystem::path& path, WithPicture with) {
  SLEEVE_TRY(AudioBytes bytes, AudioBytes::open(path));
  auto tags = decode(bytes, with);
  if (!tags.ok()) return with_context(std::move(tags).error(), printable(path));
  return tags;
}

Result<AudioTags> parse_audio_tags(std::span<const std::byte> memory, WithPicture with) {
  AudioBytes bytes = AudioBytes::of(memory);
  return decode(bytes, with);
}

bool is_music_name(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 9> kEndings = {".mp3", ".flac", ".m4a",  ".m4b", ".mp4",
                                                               ".ogg", ".oga",  ".opus", ".wav"};
  return ends_in(path, kEndings);
}

bool is_other_music_name(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 13> kEndings = {".wma",  ".ape", ".wv",  ".mpc", ".aif",
                                                                ".aiff", ".aac", ".dsf", ".dff", ".tta",
                                                                ".alac", ".mka", ".spx"};
  return ends_in(path, kEndings);
}

}  // namespace sleeve
