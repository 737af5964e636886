// SPDX-License-Identifier: Apache-2.0
#include "collect/testing/tiny_audio.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <string_view>

#include <taglib/attachedpictureframe.h>
#include <taglib/flacfile.h>
#include <taglib/flacpicture.h>
#include <taglib/id3v2tag.h>
#include <taglib/mp4coverart.h>
#include <taglib/mp4file.h>
#include <taglib/mpegfile.h>
#include <taglib/opusfile.h>
#include <taglib/tpropertymap.h>
#include <taglib/vorbisfile.h>
#include <taglib/wavfile.h>
#include <taglib/xiphcomment.h>

namespace sleeve {
namespace {

std::string big(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

std::string little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

// Silence of MPEG 1 layer III, 128 kbit/s: a header and zeros.
std::string mp3() {
  std::string frame = big(0xFFFB9000, 4) + std::string(413, '\0');
  return frame + frame + frame;
}

// STREAMINFO of an empty stream of 44,100 Hz, as the last block.
std::string flac_info(bool last) {
  std::string info = big(4096, 2) + big(4096, 2) + std::string(6, '\0') +
                     big(uint64_t{44'100} << 44 | uint64_t{1} << 41 | uint64_t{15} << 36, 8) +
                     std::string(16, '\0');
  return big(last ? 0x80 : 0, 1) + big(info.size(), 3) + info;
}

// The checksum of an Ogg page: polynomial 0x04C11DB7, from the most significant bit, nothing inverted.
uint32_t ogg_checksum(std::string_view page) {
  uint32_t sum = 0;
  for (const char letter : page) {
    sum ^= static_cast<uint32_t>(static_cast<unsigned char>(letter)) << 24;
    for (int bit = 0; bit < 8; ++bit) sum = (sum & 0x80000000U) != 0 ? sum << 1 ^ 0x04C11DB7U : sum << 1;
  }
  return sum;
}

// A page with whole packets, each under 255 bytes.
std::string ogg_page(int number, int flags, const std::vector<std::string>& packets) {
  std::string page = "OggS" + big(0, 1) + big(static_cast<uint64_t>(flags), 1) + std::string(8, '\0') +
                     little(7, 4) + little(static_cast<uint64_t>(number), 4) + std::string(4, '\0') +
                     big(packets.size(), 1);
  for (const std::string& packet : packets) page += big(packet.size(), 1);
  for (const std::string& packet : packets) page += packet;
  page.replace(22, 4, little(ogg_checksum(page), 4));
  return page;
}

std::string no_comments() { return little(4, 4) + "test" + little(0, 4); }

std::string vorbis() {
  const std::string identification = "\x01vorbis" + little(0, 4) + big(2, 1) + little(44'100, 4) +
                                     std::string(12, '\0') + big(0xB8, 1) + big(1, 1);
  const std::string comment = "\x03vorbis" + no_comments() + big(1, 1);
  const std::string setup = "\x05vorbis" + std::string(20, '\0');
  return ogg_page(0, 2, {identification}) + ogg_page(1, 0, {comment, setup}) +
         ogg_page(2, 4, {std::string(30, 'x')});
}

std::string opus() {
  const std::string head =
      "OpusHead" + big(1, 1) + big(2, 1) + little(312, 2) + little(48'000, 4) + little(0, 2) + big(0, 1);
  return ogg_page(0, 2, {head}) + ogg_page(1, 0, {"OpusTags" + no_comments()}) +
         ogg_page(2, 4, {std::string(30, 'x')});
}

std::string atom(const std::string& name, const std::string& content) {
  return big(8 + content.size(), 4) + name + content;
}

std::string mp4() {
  const std::string media = atom("mdia", atom("hdlr", std::string(8, '\0') + "soun" + std::string(13, '\0')));
  return atom("ftyp", "M4A " + std::string(4, '\0')) +
         atom("moov", atom("mvhd", std::string(100, '\0')) + atom("trak", media)) +
         atom("mdat", std::string(64, '\0'));
}

std::string wav() {
  const std::string format =
      little(1, 2) + little(1, 2) + little(8'000, 4) + little(8'000, 4) + little(1, 2) + little(8, 2);
  const std::string chunks =
      "WAVEfmt " + little(format.size(), 4) + format + "data" + little(8, 4) + std::string(8, '\x80');
  return "RIFF" + little(chunks.size(), 4) + chunks;
}

std::string music(const std::string& ending) {
  if (ending == ".mp3") return mp3();
  if (ending == ".flac") return "fLaC" + flac_info(true) + std::string(32, '\0');
  if (ending == ".ogg") return vorbis();
  if (ending == ".opus") return opus();
  if (ending == ".m4a") return mp4();
  return ending == ".wav" ? wav() : std::string();
}

TagLib::PropertyMap property_map(const MusicTags& tags) {
  TagLib::PropertyMap map;
  for (const auto& [key, values] : tags.properties) {
    TagLib::StringList list;
    for (const std::string& value : values) list.append(TagLib::String(value, TagLib::String::UTF8));
    map.insert(key, list);
  }
  return map;
}

TagLib::ByteVector bytes_of(const std::string& text) {
  return {text.data(), static_cast<unsigned int>(text.size())};
}

void add_picture(TagLib::ID3v2::Tag& tag, TagLib::ID3v2::AttachedPictureFrame::Type type,
                 const std::string& bytes) {
  if (bytes.empty()) return;
  auto* frame = new TagLib::ID3v2::AttachedPictureFrame;  // the tag takes it over
  frame->setType(type);
  frame->setMimeType("image/jpeg");
  frame->setPicture(bytes_of(bytes));
  tag.addFrame(frame);
}

void add_pictures(TagLib::ID3v2::Tag& tag, const MusicTags& tags) {
  add_picture(tag, TagLib::ID3v2::AttachedPictureFrame::Artist, tags.other_picture);
  add_picture(tag, TagLib::ID3v2::AttachedPictureFrame::FrontCover, tags.picture);
}

template <class Holder>
void add_flac_picture(Holder& holder, TagLib::FLAC::Picture::Type type, const std::string& bytes) {
  if (bytes.empty()) return;
  auto* picture = new TagLib::FLAC::Picture;  // the holder takes it over
  picture->setType(type);
  picture->setMimeType("image/jpeg");
  picture->setData(bytes_of(bytes));
  holder.addPicture(picture);
}

template <class Holder>
void add_flac_pictures(Holder& holder, const MusicTags& tags) {
  add_flac_picture(holder, TagLib::FLAC::Picture::Artist, tags.other_picture);
  add_flac_picture(holder, TagLib::FLAC::Picture::FrontCover, tags.picture);
}

template <class File>
bool tag_ogg(const std::string& path, const MusicTags& tags) {
  File file(path.c_str());
  if (!file.isValid() || file.tag() == nullptr) return false;
  file.setProperties(property_map(tags));
  add_flac_pictures(*file.tag(), tags);
  return file.save();
}

bool tag_mp4(const std::string& path, const MusicTags& tags) {
  TagLib::MP4::File file(path.c_str());
  if (!file.isValid()) return false;
  file.setProperties(property_map(tags));
  if (!tags.picture.empty()) {
    TagLib::MP4::CoverArtList list;
    list.append(TagLib::MP4::CoverArt(TagLib::MP4::CoverArt::JPEG, bytes_of(tags.picture)));
    file.tag()->setItem("covr", list);
  }
  return file.save();
}

bool tag_flac(const std::string& path, const MusicTags& tags) {
  TagLib::FLAC::File file(path.c_str());
  if (!file.isValid()) return false;
  file.setProperties(property_map(tags));
  add_flac_pictures(file, tags);
  return file.save();
}

bool tag_mp3(const std::string& path, const MusicTags& tags) {
  TagLib::MPEG::File file(path.c_str());
  file.ID3v2Tag(true)->setProperties(property_map(tags));
  add_pictures(*file.ID3v2Tag(true), tags);
  return file.save(TagLib::MPEG::File::ID3v2);
}

bool tag_wav(const std::string& path, const MusicTags& tags) {
  TagLib::RIFF::WAV::File file(path.c_str());
  if (!file.isValid()) return false;
  file.setProperties(property_map(tags));
  add_pictures(*file.ID3v2Tag(), tags);
  return file.save();
}

}  // namespace

bool write_music(const std::filesystem::path& path, const MusicTags& tags) {
  const std::string ending = path.extension().native();
  std::ofstream(path, std::ios::binary) << music(ending);
  if (tags.properties.empty() && tags.picture.empty()) return true;
  if (ending == ".mp3") return tag_mp3(path.native(), tags);
  if (ending == ".flac") return tag_flac(path.native(), tags);
  if (ending == ".ogg") return tag_ogg<TagLib::Ogg::Vorbis::File>(path.native(), tags);
  if (ending == ".opus") return tag_ogg<TagLib::Ogg::Opus::File>(path.native(), tags);
  if (ending == ".m4a") return tag_mp4(path.native(), tags);
  return ending == ".wav" && tag_wav(path.native(), tags);
}

}  // namespace sleeve
