// SPDX-License-Identifier: Apache-2.0
#include "collect/picture_store.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unordered_set>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/cover_record.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

void sync_folder(const fs::path& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  ::fsync(handle);
  ::close(handle);
}

bool has_size(const fs::path& path, uint64_t bytes) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         static_cast<uint64_t>(info.st_size) == bytes;
}

// Of covers/ab/cdef….jpg; nothing for files that aren't named so.
std::optional<Sha256> hash_in_name(const fs::path& path) {
  const std::string folder = path.parent_path().filename().native();
  return folder.size() == 2 ? Sha256::from_hex(folder + path.stem().native()) : std::nullopt;
}

Status forget_places_left(Catalogue& catalogue, int64_t cover_id) {
  SLEEVE_TRY(const auto files, catalogue.files_of(cover_id));
  for (const FileRecord& file : files) {
    std::error_code code;
    if (!fs::exists(file.path, code)) SLEEVE_CHECK(catalogue.forget_file(file.path));
  }
  return {};
}

}  // namespace

PictureStore::PictureStore(const fs::path& workspace)
    : folder_((fs::absolute(workspace) / "covers").lexically_normal()), incoming_(folder_ / "incoming") {}

fs::path PictureStore::path_of(const CoverRecord& cover) const {
  const std::string hex = cover.sha256.hex();
  return folder_ / hex.substr(0, 2) / fmt::format("{}.{}", hex.substr(2), ending_of(cover.format));
}

Status PictureStore::put_down(const std::string& name, std::span<const std::byte> bytes) const {
  return write_file_atomic(put_down_path(name), bytes);
}

std::optional<Bytes> PictureStore::find_put_down(const std::string& name) const {
  auto bytes = read_file(put_down_path(name));
  if (!bytes.ok()) return std::nullopt;
  return std::move(*bytes);
}

void PictureStore::clear(const std::string& name) const { ::unlink(put_down_path(name).c_str()); }

Status PictureStore::place(const CoverRecord& cover, std::span<const std::byte> bytes,
                           const std::string& name) const {
  const fs::path path = path_of(cover);
  if (has_size(path, bytes.size())) return {};
  SLEEVE_CHECK(make_folders(path.parent_path()));
  if (!name.empty() && ::link(put_down_path(name).c_str(), path.c_str()) == 0) {
    sync_folder(path.parent_path());
    return {};
  }
  return write_file_atomic(path, bytes);  // no hard links here, or nothing was put down
}

Result<int64_t> PictureStore::catalogue(Catalogue& catalogue, const CoverRecord& cover) const {
  const fs::path path = path_of(cover);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return error_from_errno(errno, printable(path));
  SLEEVE_TRY(const int64_t id, catalogue.add_cover(cover));
  constexpr int64_t kNanoseconds = 1'000'000'000;
  const FileStamp stamp{static_cast<uint64_t>(info.st_size),
                        info.st_mtim.tv_sec * kNanoseconds + info.st_mtim.tv_nsec};
  SLEEVE_CHECK(catalogue.put_file({path.native(), id, stamp}));
  return id;
}

Result<PictureStore::Recovery> PictureStore::recover(Catalogue& catalogue) const {
  Recovery recovery;
  Collections collections(catalogue);
  SLEEVE_TRY(const auto files, collections.files_below(folder_.native() + "/"));
  std::unordered_set<std::string> known;
  SLEEVE_TRY(Transaction transaction, catalogue.begin());
  for (const FileRecord& file : files) {
    if (has_size(file.path, file.stamp.bytes)) {
      known.insert(file.path);
      continue;
    }
    SLEEVE_CHECK(catalogue.forget_file(file.path));
    SLEEVE_TRY(const auto others, catalogue.files_of(file.cover_id));
    if (others.empty()) {
      SLEEVE_CHECK(collections.want_cover_again(file.cover_id));
      // An import may have named it, too: then the cover stays, as it does where imported files go missing.
      SLEEVE_CHECK(collections.remove_cover_without_albums(file.cover_id));
    }
    ++recovery.rows_removed;
  }
  SLEEVE_CHECK(transaction.commit());
  SLEEVE_CHECK(clear_files(catalogue, known, recovery));
  return recovery;
}

Status PictureStore::clear_files(Catalogue& catalogue, const std::unordered_set<std::string>& known,
                                 Recovery& recovery) const {
  SLEEVE_TRY(Transaction transaction, catalogue.begin());
  std::error_code code;
  for (fs::recursive_directory_iterator entry(folder_, code), end; !code && entry != end;
       entry.increment(code)) {
    const fs::path path = entry->path();
    if (!entry->is_regular_file(code) || known.contains(path.native())) continue;
    const auto hash = hash_in_name(path);
    if (!hash && path.extension() != ".tmp") continue;  // waiting in incoming/, or not ours
    SLEEVE_TRY(const auto cover,
               hash ? catalogue.find_cover(*hash) : Result<std::optional<CoverRecord>>(std::nullopt));
    if (cover && has_size(path, cover->bytes)) {
      // The workspace has moved: the file is known by another path.
      SLEEVE_CHECK(this->catalogue(catalogue, *cover));
      SLEEVE_CHECK(forget_places_left(catalogue, cover->id));
      continue;
    }
    ::unlink(path.c_str());
    ++recovery.files_removed;
  }
  return transaction.commit();
}

Result<size_t> PictureStore::remove_unused(Catalogue& catalogue) const {
  Collections collections(catalogue);
  SLEEVE_TRY(const auto unused, collections.unused_covers_below(folder_.native() + "/"));
  SLEEVE_TRY(Transaction transaction, catalogue.begin());
  for (const CoverRecord& cover : unused) SLEEVE_CHECK(collections.remove_cover(cover.id));
  SLEEVE_CHECK(transaction.commit());
  // Rows first: a kill in between leaves files without rows, which recover() clears.
  for (const CoverRecord& cover : unused) ::unlink(path_of(cover).c_str());
  std::error_code code;
  fs::remove_all(incoming_, code);
  return unused.size();
}

bool is_placeholder_link(std::string_view url) {
  static constexpr std::string_view kParts[] = {
      "2a96cbd8b46e442fc41c2b86b821562f",  // Last.fm's star
      "/images/cover//",                   // Deezer: an album without an MD5 of its picture
      "/images/artist//",
      "/spacer.gif",  // Discogs
  };
  return std::ranges::any_of(kParts,
                             [&](std::string_view part) { return url.find(part) != std::string_view::npos; });
}

}  // namespace sleeve
