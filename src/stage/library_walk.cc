// SPDX-License-Identifier: Apache-2.0
#include "stage/library_walk.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/audio_tags.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

// How good a name is for a cover, the less the better; nothing for other files.
std::optional<size_t> picture_rank(const fs::path& path) {
  static constexpr std::array<std::string_view, 3> kStems = {"cover", "folder", "front"};
  static constexpr std::array<std::string_view, 7> kEndings = {".jpg", ".jpeg", ".png", ".webp",
                                                               ".tif", ".tiff", ".bmp"};
  const auto stem = std::ranges::find(kStems, ascii_lower(path.stem().native()));
  const auto ending = std::ranges::find(kEndings, ascii_lower(path.extension().native()));
  if (stem == kStems.end() || ending == kEndings.end()) return std::nullopt;
  return static_cast<size_t>(stem - kStems.begin()) * kEndings.size() +
         static_cast<size_t>(ending - kEndings.begin());
}

// "CD 1", "Disc 2", "disk3": a folder of a part of an album.
bool is_disc_folder(const fs::path& folder) {
  std::string name = ascii_lower(folder.filename().native());
  for (const std::string_view front : {"cd", "disc", "disk"}) {
    if (!name.starts_with(front)) continue;
    const std::string_view rest = trim(std::string_view(name).substr(front.size()));
    return !rest.empty() && rest.find_first_not_of("0123456789") == std::string_view::npos;
  }
  return false;
}

struct Listing {
  MusicFolder folder;
  std::vector<fs::path> folders;
};

class Walker {
 public:
  Walker(WalkFindings& findings, const std::function<Status(const MusicFolder&)>& take)
      : findings_(findings), take_(take) {}

  // `above`: the picture of the folder above, for discs.
  Status walk(const fs::path& path, const fs::path& above) {
    Listing listing = list(path);
    const fs::path own = listing.folder.picture;
    if (own.empty() && is_disc_folder(path)) listing.folder.picture = above;
    if (!listing.folder.music.empty()) SLEEVE_CHECK(take_(listing.folder));
    listing.folder.music = {};
    for (const fs::path& folder : listing.folders) SLEEVE_CHECK(walk(folder, own));
    return {};
  }

 private:
  Listing list(const fs::path& path) {
    Listing listing;
    listing.folder.path = path;
    std::error_code code;
    fs::directory_iterator entries(path, code);
    std::optional<size_t> best;
    for (; !code && entries != fs::directory_iterator(); entries.increment(code)) {
      const fs::path& entry = entries->path();
      if (entry.filename().native().starts_with('.')) continue;
      std::error_code type_code;
      if (entries->is_directory(type_code)) {
        if (entries->is_symlink(type_code)) {
          ++findings_.links;
        } else {
          listing.folders.push_back(entry);
        }
      } else if (is_music_name(entry)) {
        listing.folder.music.push_back(entry);
      } else if (is_other_music_name(entry)) {
        ++findings_.other_formats[ascii_lower(entry.extension().native())];
      } else if (const auto rank = picture_rank(entry); rank && (!best || *rank < *best)) {
        best = rank;
        listing.folder.picture = entry;
      }
    }
    if (code) findings_.unread.emplace_back(path, error_from_errno(code.value(), printable(path)));
    std::ranges::sort(listing.folder.music);
    std::ranges::sort(listing.folders);
    return listing;
  }

  WalkFindings& findings_;
  const std::function<Status(const MusicFolder&)>& take_;
};

}  // namespace

Status walk_music(const fs::path& root, WalkFindings& findings,
                  const std::function<Status(const MusicFolder&)>& take) {
  return Walker(findings, take).walk(root, {});
}

}  // namespace sleeve
