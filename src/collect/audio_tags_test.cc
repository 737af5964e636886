// SPDX-License-Identifier: Apache-2.0
#include "collect/audio_tags.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <unistd.h>

#include "collect/audio_pieces.h"
#include "collect/testing/tiny_audio.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class AudioTagsTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("sleeve-audio-" + std::to_string(::getpid()) + "-" +
                                              testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

MusicTags full_tags() {
  MusicTags tags;
  tags.properties = {{"ALBUM", {"Größe"}},
                     {"ALBUMARTIST", {"The Band"}},
                     {"ARTIST", {"The Band feat. Ann"}},
                     {"GENRE", {"Rock; Post-Punk", "Rock"}},
                     {"DATE", {"2014-05-01"}},
                     {"MUSICBRAINZ_ALBUMID", {"13DD11AA-0000-4000-8000-00000000000a"}},
                     {"MUSICBRAINZ_RELEASEGROUPID", {"23dd11aa-0000-4000-8000-00000000000b"}},
                     {"MUSICBRAINZ_ALBUMARTISTID", {"33dd11aa-0000-4000-8000-00000000000c"}}};
  tags.picture = "front cover bytes";
  tags.other_picture = "a photo of the band";
  return tags;
}

TEST_P(AudioTagsTest, WhatTagLibWritesIsRead) {
  const fs::path path = folder_ / (std::string("song.") + GetParam());
  ASSERT_TRUE(write_music(path, full_tags()));
  const auto before = fs::last_write_time(path);
  const auto tags = read_audio_tags(path, WithPicture::kYes);
  ASSERT_TRUE(tags.ok()) << tags.error().message;
  EXPECT_EQ(tags->album, "Größe");
  EXPECT_EQ(tags->album_artist, "The Band");
  EXPECT_EQ(tags->artist, "The Band feat. Ann");
  EXPECT_THAT(tags->genres, ElementsAre("Rock", "Post-Punk"));
  EXPECT_EQ(tags->year, 2014);
  EXPECT_EQ(tags->release, "13dd11aa-0000-4000-8000-00000000000a");
  EXPECT_EQ(tags->release_group, "23dd11aa-0000-4000-8000-00000000000b");
  EXPECT_EQ(tags->album_artist_id, "33dd11aa-0000-4000-8000-00000000000c");
  EXPECT_TRUE(tags->has_picture);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(tags->picture.data()), tags->picture.size()),
            "front cover bytes")
      << "the front cover, and not the first picture";
  EXPECT_EQ(fs::last_write_time(path), before);
  const auto without = read_audio_tags(path, WithPicture::kNo);
  ASSERT_TRUE(without.ok());
  EXPECT_TRUE(without->has_picture);
  EXPECT_TRUE(without->picture.empty());
}

TEST_P(AudioTagsTest, FileWithoutTagsIsNoError) {
  const fs::path path = folder_ / (std::string("bare.") + GetParam());
  ASSERT_TRUE(write_music(path, {}));
  const auto tags = read_audio_tags(path, WithPicture::kYes);
  ASSERT_TRUE(tags.ok()) << tags.error().message;
  EXPECT_EQ(tags->album, "");
  EXPECT_FALSE(tags->has_picture);
}

// Cut anywhere, a byte turned anywhere: an answer or an error, at once.
TEST_P(AudioTagsTest, DamageIsSurvived) {
  const fs::path path = folder_ / (std::string("song.") + GetParam());
  ASSERT_TRUE(write_music(path, full_tags()));
  const Bytes whole = read_file(path).value();
  const size_t front = std::min<size_t>(whole.size(), 1500);
  for (size_t size = 0; size < whole.size(); size += size < front ? 1 : 97) {
    (void)parse_audio_tags(std::span(whole).first(size), WithPicture::kYes);
  }
  for (size_t i = 0; i < whole.size(); i += i < front ? 1 : 97) {
    Bytes damaged = whole;
    damaged[i] ^= std::byte{0xFF};
    (void)parse_audio_tags(damaged, WithPicture::kYes);
  }
  EXPECT_FALSE(parse_audio_tags({}, WithPicture::kNo).ok());
}

INSTANTIATE_TEST_SUITE_P(Formats, AudioTagsTest, testing::Values("mp3", "flac", "m4a", "ogg", "opus", "wav"),
                         [](const auto& format) { return std::string(format.param); });

TEST(AudioTagsBoundsTest, TextIsNoMusic) {
  const std::string text = "This is no music at all, only words";
  const auto tags = parse_audio_tags(std::as_bytes(std::span(text.data(), text.size())), WithPicture::kNo);
  ASSERT_FALSE(tags.ok());
  EXPECT_EQ(tags.error().code, ErrorCode::kUnsupported);
}

// A frame that would inflate to a thousand times its size, and chapters that hold chapters: neither is of use
// here, and TagLib would follow both.
TEST(AudioTagsBoundsTest, FramesWithoutUseAreLeftOut) {
  const auto tag_of = [](const std::string& id, char flags, const std::string& content) {
    const auto size = [](size_t value) {
      std::string text;
      for (int shift = 21; shift >= 0; shift -= 7) text += static_cast<char>(value >> shift & 0x7F);
      return text;
    };
    const std::string frame = id + size(content.size()) + std::string("\0", 1) + flags + content;
    return "ID3" + std::string("\x04\0\0", 3) + size(frame.size()) + frame;
  };
  const auto reduced = [&](const std::string& tag) {
    return reduced_id3v2(std::as_bytes(std::span(tag.data(), tag.size()))).size();
  };
  constexpr size_t kEmpty = 10;
  EXPECT_GT(reduced(tag_of("TALB", 0, "\x03Name")), kEmpty);
  EXPECT_EQ(reduced(tag_of("CHAP", 0, std::string(100, 'x'))), kEmpty);
  EXPECT_GT(reduced(tag_of("TXXX", '\x08', std::string(1000, 'x'))), kEmpty);
  EXPECT_EQ(reduced(tag_of("TXXX", '\x08', std::string(100'000, 'x'))), kEmpty);
}

TEST(AudioTagsBoundsTest, AtomsThatNestForeverEndAtOnce) {
  std::string atoms = std::string("\0\0\0\x10", 4) + "ftypM4A " + std::string(4, '\0');
  constexpr int kDeep = 100'000;
  for (int i = 0; i < kDeep; ++i) {
    const auto size = static_cast<uint32_t>((kDeep - i) * 8);
    for (int shift = 24; shift >= 0; shift -= 8) atoms += static_cast<char>(size >> shift & 0xFF);
    atoms += "moov";
  }
  const auto tags = parse_audio_tags(std::as_bytes(std::span(atoms.data(), atoms.size())), WithPicture::kYes);
  ASSERT_TRUE(tags.ok()) << tags.error().message;
  EXPECT_EQ(tags->album, "");
}

TEST(AudioNamesTest, EndingsCountInAnyCase) {
  EXPECT_TRUE(is_music_name("a/b.MP3"));
  EXPECT_TRUE(is_music_name("x.opus"));
  EXPECT_FALSE(is_music_name("cover.jpg"));
  EXPECT_FALSE(is_music_name("mp3"));
  EXPECT_TRUE(is_other_music_name("x.WMA"));
  EXPECT_FALSE(is_other_music_name("x.mp3"));
}

}  // namespace
}  // namespace sleeve
