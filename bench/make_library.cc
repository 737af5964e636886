// SPDX-License-Identifier: Apache-2.0
// make_library DIR FILES: a music library of tagged, silent files of every format, ten tracks an album, every
// third album with its cover inside its files, every third with one beside them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "base/hash.h"
#include "base/text.h"
#include "collect/testing/tiny_audio.h"

namespace {

namespace fs = std::filesystem;

// An uncompressed picture of 100 × 100 pixels, another for each album.
std::string cover(int album) {
  constexpr uint32_t kSide = 100;
  const auto little = [](uint32_t value) {
    std::string text;
    for (int i = 0; i < 4; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
    return text;
  };
  std::string text = "BM" + little(54 + kSide * kSide * 3) + little(0) + little(54) + little(40) +
                     little(kSide) + little(kSide) + std::string("\x01\0\x18\0", 4) + little(0) + little(0) +
                     std::string(16, '\0');
  const sleeve::Sha256 seed = sleeve::sha256(std::to_string(album));
  for (uint32_t i = 0; i < kSide * kSide * 3; ++i)
    text += static_cast<char>(seed.bytes[i / 900 % 32] + i % 100);
  return text;
}

bool make_album(const fs::path& root, int album, int tracks) {
  static constexpr const char* kEndings[] = {"mp3", "flac", "m4a", "ogg", "opus", "wav"};
  const fs::path folder =
      root / ("Artist " + std::to_string(album % 200)) / ("Album " + std::to_string(album));
  fs::create_directories(folder);
  sleeve::MusicTags tags;
  tags.properties = {{"ALBUM", {"Album " + std::to_string(album)}},
                     {"ALBUMARTIST", {"Artist " + std::to_string(album % 200)}},
                     {"ARTIST", {"Artist " + std::to_string(album % 200)}},
                     {"GENRE", {album % 2 == 0 ? "Rock; Pop" : "Jazz"}},
                     {"DATE", {std::to_string(1960 + album % 60)}}};
  if (album % 3 == 0) tags.picture = cover(album);
  if (album % 3 == 1) std::ofstream(folder / "cover.bmp", std::ios::binary) << cover(album);
  for (int track = 1; track <= tracks; ++track) {
    const std::string name =
        "Track " + std::to_string(track) + "." + kEndings[static_cast<size_t>(album % 6)];
    if (!sleeve::write_music(folder / name, tags)) return false;
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "make_library DIR FILES\n";
    return 2;
  }
  const auto files = sleeve::parse_integer(arguments[2]);
  if (!files || *files < 0 || *files > 10'000'000) {
    std::cerr << "make_library: '" << arguments[2] << "' is no number of files from 0 to 10,000,000\n";
    return 2;
  }
  for (int album = 0; album * 10 < *files; ++album) {
    if (!make_album(arguments[1], album, static_cast<int>(std::min(10LL, *files - album * 10)))) {
      std::cerr << "make_library: album " << album << " could not be written\n";
      return 1;
    }
  }
  return 0;
}
