// SPDX-License-Identifier: Apache-2.0
#include "collect/audio_pieces.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/byte_stream.h"
#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr uint64_t kMaxPiece = uint64_t{32} << 20;  // of one tag or picture

std::string_view text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

uint64_t big_endian(std::span<const std::byte> bytes) {
  uint64_t value = 0;
  for (const std::byte byte : bytes) value = value << 8 | static_cast<uint64_t>(byte);
  return value;
}

uint64_t little_endian(std::span<const std::byte> bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint64_t>(bytes[i]);
  return value;
}

Error corrupt(const char* what) { return Error{ErrorCode::kCorrupt, what}; }

// ID3v2: ten bytes that tell the size of the rest, seven bits a byte; nothing if it is no such header.
std::optional<uint64_t> id3v2_size(std::span<const std::byte> header) {
  if (header.size() < 10 || std::memcmp(header.data(), "ID3", 3) != 0) return std::nullopt;
  uint64_t size = 0;
  for (size_t i = 6; i < 10; ++i) {
    if (header[i] >= std::byte{0x80}) return std::nullopt;
    size = size << 7 | static_cast<uint64_t>(header[i]);
  }
  const bool footer = (header[5] & std::byte{0x10}) != std::byte{0};
  return size + (footer ? 20 : 10);
}

// What stands at the end of an MP3: an APE tag and 128 bytes of ID3v1, either of which may be missing.
Bytes find_trailer(AudioBytes& bytes) {
  constexpr uint64_t kId3v1 = 128;
  constexpr uint64_t kApeFooter = 32;
  uint64_t end = bytes.size();
  Bytes id3v1;
  if (end >= kId3v1) {
    id3v1 = bytes.read(end - kId3v1, kId3v1);
    if (text_of(id3v1).starts_with("TAG")) {
      end -= kId3v1;
    } else {
      id3v1.clear();
    }
  }
  if (end < kApeFooter) return id3v1;
  const Bytes footer = bytes.read(end - kApeFooter, kApeFooter);
  if (!text_of(footer).starts_with("APETAGEX")) return id3v1;
  // The size counts the footer and not the header, which may stand in front of it.
  const uint64_t size = little_endian(std::span(footer).subspan(12, 4));
  const bool header = (footer[23] & std::byte{0x80}) != std::byte{0};
  const uint64_t whole = size + (header ? kApeFooter : 0);
  if (size < kApeFooter || whole > end || whole > kMaxPiece) return id3v1;
  Bytes trailer = bytes.read(end - whole, whole);
  trailer.insert(trailer.end(), id3v1.begin(), id3v1.end());
  return trailer;
}

Status find_in_mp3(AudioBytes& bytes, AudioPieces& pieces) {
  if (const auto size = id3v2_size(bytes.read(0, 10))) {
    if (*size > kMaxPiece) return corrupt("its ID3 tag claims more than 32 MiB");
    pieces.id3v2 = reduced_id3v2(bytes.read(0, *size));
  }
  pieces.trailer = find_trailer(bytes);
  return {};
}

// A metadata block: one byte (last block?, type), 24 bits of size, the content.
constexpr uint8_t kVorbisComment = 4;
constexpr uint8_t kPicture = 6;

Status find_in_flac(AudioBytes& bytes, uint64_t offset, AudioPieces& pieces) {
  for (offset += 4;;) {
    const Bytes header = bytes.read(offset, 4);
    if (header.size() < 4) return corrupt("ends within its metadata");
    const uint64_t size = big_endian(std::span(header).subspan(1));
    const auto type = static_cast<uint8_t>(header[0] & std::byte{0x7F});
    if (type == kVorbisComment || type == kPicture) {
      Bytes content = bytes.read(offset + 4, size);
      if (content.size() < size) return corrupt("ends within its metadata");
      (type == kPicture ? pieces.pictures : pieces.comments).push_back(std::move(content));
    }
    if ((header[0] & std::byte{0x80}) != std::byte{0}) return {};
    offset += 4 + size;
  }
}

// The first packets of the first logical stream of an Ogg file, page by page.
class OggPackets {
 public:
  explicit OggPackets(AudioBytes& bytes) : bytes_(bytes) {}

  // The next packet, at most kMaxPiece long.
  Result<Bytes> next() {
    Bytes packet;
    for (;;) {
      if (segment_ == segments_.size()) SLEEVE_CHECK(read_page());
      if (segments_.empty()) continue;
      const auto length = static_cast<uint64_t>(segments_[segment_++]);
      const Bytes part = bytes_.read(content_, length);
      if (part.size() < length) return corrupt("ends within its headers");
      content_ += length;
      packet.insert(packet.end(), part.begin(), part.end());
      if (packet.size() > kMaxPiece) return corrupt("its comment header is larger than 32 MiB");
      if (length < 255) return packet;
    }
  }

 private:
  Status read_page() {
    constexpr uint64_t kHeader = 27;
    for (;;) {
      const Bytes header = bytes_.read(page_, kHeader);
      if (header.size() < kHeader || !text_of(header).starts_with("OggS"))
        return corrupt("ends within its headers");
      const auto count = static_cast<uint64_t>(header[26]);
      segments_ = bytes_.read(page_ + kHeader, count);
      if (segments_.size() < count) return corrupt("ends within its headers");
      segment_ = 0;
      content_ = page_ + kHeader + count;
      uint64_t length = 0;
      for (const std::byte segment : segments_) length += static_cast<uint64_t>(segment);
      page_ = content_ + length;
      const uint64_t serial = little_endian(std::span(header).subspan(14, 4));
      if (!serial_) serial_ = serial;
      if (serial == *serial_) return {};  // of another stream: passed over
    }
  }

  AudioBytes& bytes_;
  uint64_t page_ = 0;     // where the next page begins
  uint64_t content_ = 0;  // where the next segment lies
  Bytes segments_;        // sizes of the page's
  size_t segment_ = 0;
  std::optional<uint64_t> serial_;
};

void add_comment(const Bytes& packet, size_t front, AudioPieces& pieces) {
  if (packet.size() > front)
    pieces.comments.emplace_back(packet.begin() + static_cast<ptrdiff_t>(front), packet.end());
}

// FLAC in Ogg: each further packet is a metadata block.
Status find_in_ogg_flac(OggPackets& packets, AudioPieces& pieces) {
  constexpr int kMostBlocks = 128;
  for (int i = 0; i < kMostBlocks; ++i) {
    SLEEVE_TRY(const Bytes block, packets.next());
    if (block.size() < 4 || block[0] == std::byte{0xFF}) return {};
    const auto type = static_cast<uint8_t>(block[0] & std::byte{0x7F});
    if (type == kVorbisComment) add_comment(block, 4, pieces);
    if (type == kPicture) pieces.pictures.emplace_back(block.begin() + 4, block.end());
    if ((block[0] & std::byte{0x80}) != std::byte{0}) return {};
  }
  return {};
}

Status find_in_ogg(AudioBytes& bytes, AudioPieces& pieces) {
  OggPackets packets(bytes);
  SLEEVE_TRY(const Bytes first, packets.next());
  const std::string_view kind = text_of(first);
  if (kind.starts_with("\x7F"
                       "FLAC"))
    return find_in_ogg_flac(packets, pieces);
  const bool speex = kind.starts_with("Speex   ");
  const bool known = speex || kind.starts_with("\x01vorbis") || kind.starts_with("OpusHead");
  if (!known) return Error{ErrorCode::kUnsupported, "is an Ogg file without Vorbis, Opus, FLAC or Speex"};
  SLEEVE_TRY(const Bytes second, packets.next());
  const std::string_view comment = text_of(second);
  if (comment.starts_with("\x03vorbis")) {
    add_comment(second, 7, pieces);
  } else if (comment.starts_with("OpusTags")) {
    add_comment(second, 8, pieces);
  } else if (speex) {
    add_comment(second, 0, pieces);
  }
  return {};
}

// Where an MP4 atom's content lies.
struct Atom {
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string name;
};

// The atom at `offset`, within what ends at `limit`; nothing if there is none.
std::optional<Atom> atom_at(AudioBytes& bytes, uint64_t offset, uint64_t limit) {
  const Bytes header = bytes.read(offset, 16);
  if (header.size() < 8 || offset + 8 > limit) return std::nullopt;
  Atom atom;
  uint64_t size = big_endian(std::span(header).first(4));
  atom.name = std::string(text_of(header).substr(4, 4));
  atom.begin = offset + 8;
  if (size == 1) {
    if (header.size() < 16) return std::nullopt;
    size = big_endian(std::span(header).subspan(8));
    atom.begin = offset + 16;
  } else if (size == 0) {
    size = limit - offset;
  }
  if (size < atom.begin - offset || size > limit - offset) return std::nullopt;
  atom.end = offset + size;
  return atom;
}

std::optional<Atom> find_atom(AudioBytes& bytes, uint64_t begin, uint64_t end, std::string_view name) {
  while (const auto atom = atom_at(bytes, begin, end)) {
    if (atom->name == name) return atom;
    begin = atom->end;
  }
  return std::nullopt;
}

void put_big_endian(ByteWriter& writer, uint64_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) writer.put<uint8_t>(static_cast<uint8_t>(value >> shift));
}

Bytes atom_around(std::string_view name, const Bytes& front, const Bytes& content) {
  ByteWriter writer;
  put_big_endian(writer, 8 + front.size() + content.size());
  writer.put_bytes(std::as_bytes(std::span(name.data(), name.size())));
  writer.put_bytes(front);
  writer.put_bytes(content);
  return writer.take();
}

// Only leaves: what could hold atoms again isn't taken along.
bool is_useful_item(std::string_view name) {
  constexpr std::array<std::string_view, 9> kItems = {"\251alb", "\251ART", "aART", "\251gen", "gnre",
                                                      "\251day", "covr",    "cpil", "----"};
  return std::ranges::find(kItems, name) != kItems.end();
}

Status find_in_mp4(AudioBytes& bytes, AudioPieces& pieces) {
  const auto moov = find_atom(bytes, 0, bytes.size(), "moov");
  if (!moov) return corrupt("has no 'moov' atom: it was cut off, or is no MP4");
  const auto udta = find_atom(bytes, moov->begin, moov->end, "udta");
  const auto meta = udta ? find_atom(bytes, udta->begin, udta->end, "meta") : std::nullopt;
  if (!meta || meta->end - meta->begin < 4) return {};
  const auto ilst = find_atom(bytes, meta->begin + 4, meta->end, "ilst");
  if (!ilst) return {};
  ByteWriter items;
  constexpr int kMostItems = 1000;
  uint64_t offset = ilst->begin;
  for (int i = 0; i < kMostItems; ++i) {
    const auto item = atom_at(bytes, offset, ilst->end);
    if (!item) break;
    const uint64_t size = item->end - item->begin;
    if (is_useful_item(item->name) && size <= kMaxPiece && items.bytes().size() + size <= kMaxPiece) {
      items.put_bytes(atom_around(item->name, {}, bytes.read(item->begin, size)));
    }
    offset = item->end;
  }
  const Bytes list = atom_around("ilst", {}, items.take());
  const Bytes whole = atom_around("moov", {}, atom_around("udta", {}, atom_around("meta", Bytes(4), list)));
  constexpr std::string_view kType = "M4A \0\0\0\0";
  pieces.mp4 = atom_around("ftyp", {},
                           Bytes(reinterpret_cast<const std::byte*>(kType.data()),
                                 reinterpret_cast<const std::byte*>(kType.data()) + 8));
  pieces.mp4.insert(pieces.mp4.end(), whole.begin(), whole.end());
  return {};
}

Status find_in_wav(AudioBytes& bytes, AudioPieces& pieces) {
  constexpr int kMostChunks = 1000;
  uint64_t offset = 12;
  for (int i = 0; i < kMostChunks; ++i) {
    const Bytes header = bytes.read(offset, 12);
    if (header.size() < 8) return {};
    const uint64_t size = little_endian(std::span(header).subspan(4, 4));
    const std::string_view text = text_of(header);
    const bool tag = text.starts_with("ID3 ") || text.starts_with("id3 ");
    const bool info = text.starts_with("LIST") && text.substr(8) == "INFO";
    if ((tag || info) && size <= kMaxPiece) {
      const Bytes content = bytes.read(offset + 8, size);
      if (content.size() < size) return corrupt("ends within its tags");
      if (tag) pieces.id3v2 = reduced_id3v2(content);
      if (info) pieces.info = content;
    }
    offset += 8 + size + (size & 1U);
  }
  return {};
}

}  // namespace

Result<AudioBytes> AudioBytes::open(const std::filesystem::path& path) {
  AudioBytes bytes;
  // O_NONBLOCK: opening a fifo must not wait for a writer.
  bytes.fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (bytes.fd_ < 0) return error_from_errno(errno, printable(path));
  struct stat info {};
  if (::fstat(bytes.fd_, &info) != 0) return error_from_errno(errno, printable(path));
  if (!S_ISREG(info.st_mode)) return make_error(ErrorCode::kIo, "{}: is not a regular file", printable(path));
  bytes.size_ = static_cast<uint64_t>(info.st_size);
  return bytes;
}

AudioBytes AudioBytes::of(std::span<const std::byte> memory) {
  AudioBytes bytes;
  bytes.memory_ = memory;
  bytes.size_ = memory.size();
  return bytes;
}

AudioBytes::AudioBytes(AudioBytes&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      memory_(other.memory_),
      size_(other.size_),
      budget_(other.budget_),
      reads_(other.reads_) {}

AudioBytes::~AudioBytes() {
  if (fd_ >= 0) ::close(fd_);
}

Bytes AudioBytes::read(uint64_t offset, uint64_t count) {
  if (offset >= size_) return {};
  count = std::min(count, size_ - offset);
  if (count > budget_ || reads_ == 0) return {};
  budget_ -= count;
  --reads_;
  if (fd_ < 0) {
    const auto part = memory_.subspan(static_cast<size_t>(offset), static_cast<size_t>(count));
    return {part.begin(), part.end()};
  }
  Bytes bytes(static_cast<size_t>(count));
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        ::pread(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

Result<AudioPieces> find_audio_pieces(AudioBytes& bytes) {
  AudioPieces pieces;
  const Bytes front = bytes.read(0, 12);
  const std::string_view text = text_of(front);
  if (front.empty()) return corrupt("is empty");
  const auto tagged = id3v2_size(front);
  const bool tag_before_flac = tagged && text_of(bytes.read(*tagged, 4)) == "fLaC";
  if (text.starts_with("fLaC") || tag_before_flac) {
    pieces.format = AudioFormat::kFlac;
    SLEEVE_CHECK(find_in_flac(bytes, tag_before_flac ? *tagged : 0, pieces));
  } else if (text.starts_with("OggS")) {
    pieces.format = AudioFormat::kOgg;
    SLEEVE_CHECK(find_in_ogg(bytes, pieces));
  } else if (text.size() >= 8 && text.substr(4, 4) == "ftyp") {
    pieces.format = AudioFormat::kMp4;
    SLEEVE_CHECK(find_in_mp4(bytes, pieces));
  } else if (text.starts_with("RIFF") && text.substr(8) == "WAVE") {
    pieces.format = AudioFormat::kWav;
    SLEEVE_CHECK(find_in_wav(bytes, pieces));
  } else {
    const bool frame = front.size() >= 2 && front[0] == std::byte{0xFF} && front[1] >= std::byte{0xE0};
    SLEEVE_CHECK(find_in_mp3(bytes, pieces));
    if (!frame && !tagged && pieces.trailer.empty()) {
      return Error{ErrorCode::kUnsupported, "is no MP3, FLAC, Ogg, M4A or WAV file"};
    }
  }
  return pieces;
}

}  // namespace sleeve
