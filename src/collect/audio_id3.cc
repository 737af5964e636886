// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include <taglib/id3v2extendedheader.h>
#include <taglib/id3v2frame.h>
#include <taglib/id3v2header.h>
#include <taglib/id3v2synchdata.h>

#include "collect/audio_pieces.h"

namespace sleeve {
namespace {

// Compressed frames inflate to as much as a thousand times their size; none of use here is long.
constexpr unsigned int kMaxCompressed = 64 << 10;
constexpr int kMostFrames = 4096;

// A frame's header as TagLib reads it, which it keeps for its own classes.
class FrameHeader : public TagLib::ID3v2::Frame {
 public:
  using Header = TagLib::ID3v2::Frame::Header;
};

bool is_useful_frame(std::string_view id) {
  constexpr std::array<std::string_view, 17> kFrames = {
      "TALB", "TPE1", "TPE2", "TCON", "TDRC", "TDOR", "TYER", "TORY", "TXXX", "TCMP", "APIC",  // 2.3 and 2.4
      "TAL",  "TP1",  "TP2",  "TCO",  "TYE",  "PIC"};                                          // 2.2
  return std::ranges::find(kFrames, id) != kFrames.end();
}

// Walks the frames exactly as TagLib's own reader would, with its own header classes.
TagLib::ByteVector useful_frames(const TagLib::ByteVector& data, const TagLib::ID3v2::Header& header) {
  const unsigned int version = header.majorVersion();
  const unsigned int front = FrameHeader::Header::size(version);
  TagLib::ByteVector kept;
  unsigned int position = 0;
  if (header.extendedHeader()) {
    TagLib::ID3v2::ExtendedHeader extended;
    extended.setData(data);
    if (extended.size() > data.size()) return kept;
    position = extended.size();
  }
  for (int i = 0; i < kMostFrames && position + front < data.size() && data[position] != 0; ++i) {
    const FrameHeader::Header frame(data.mid(position), version);
    const unsigned int size = frame.frameSize();
    if (size == 0 || size > data.size() - position - front) break;
    const TagLib::ByteVector id = frame.frameID();
    const bool bomb = frame.compression() && size > kMaxCompressed;
    if (is_useful_frame({id.data(), id.size()}) && !bomb) {
      TagLib::ByteVector whole = data.mid(position, front + size);
      // Some programs write 2.4 with the plain sizes of 2.3, which TagLib tells by what follows; here the
      // frame may get another neighbour.
      if (version == 4) {
        const TagLib::ByteVector plain = TagLib::ID3v2::SynchData::fromUInt(size);
        std::copy(plain.begin(), plain.end(), whole.begin() + 4);
      }
      kept.append(whole);
    }
    position += front + size;
  }
  return kept;
}

}  // namespace

Bytes reduced_id3v2(std::span<const std::byte> tag) {
  constexpr unsigned int kHeader = 10;
  const TagLib::ByteVector all(reinterpret_cast<const char*>(tag.data()),
                               static_cast<unsigned int>(tag.size()));
  if (all.size() <= kHeader || !all.startsWith("ID3")) return {};
  const TagLib::ID3v2::Header header(all.mid(0, kHeader));
  if (header.majorVersion() < 2 || header.majorVersion() > 4) return {};
  TagLib::ByteVector data = all.mid(kHeader, header.tagSize());
  const bool synchronised = header.unsynchronisation();
  if (synchronised && header.majorVersion() <= 3) data = TagLib::ID3v2::SynchData::decode(data);
  const TagLib::ByteVector frames = useful_frames(data, header);
  // In 2.4 each frame is unsynchronised for itself, so the flag must stay.
  const char flags = synchronised && header.majorVersion() == 4 ? '\x80' : '\0';
  TagLib::ByteVector reduced("ID3", 3);
  reduced.append(static_cast<char>(header.majorVersion()));
  reduced.append('\0');
  reduced.append(flags);
  reduced.append(TagLib::ID3v2::SynchData::fromUInt(frames.size()));
  reduced.append(frames);
  const auto* begin = reinterpret_cast<const std::byte*>(reduced.data());
  return {begin, begin + reduced.size()};
}

}  // namespace sleeve
