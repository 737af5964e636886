// SPDX-License-Identifier: Apache-2.0
#include "stage/import_items.h"

#include <algorithm>
#include <cerrno>
#include <span>
#include <unordered_map>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "image/perceptual_hash.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBatch = 256;

Result<FileStamp> stamp_of(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    const int code = errno;
    struct stat link {};
    if (::lstat(path.c_str(), &link) == 0 && S_ISLNK(link.st_mode)) {
      return make_error(ErrorCode::kNotFound, "{}: is a broken link", printable(path));
    }
    return error_from_errno(code, printable(path));
  }
  constexpr int64_t kNano = 1'000'000'000;
  return FileStamp{static_cast<uint64_t>(info.st_size), info.st_mtim.tv_sec * kNano + info.st_mtim.tv_nsec};
}

// What one look at a picture's file tells.
struct Sighting {
  std::string path;
  FileStamp stamp;
  std::optional<int64_t> known_id;  // set: the file is as the catalogue knows it
  CoverRecord cover;                // otherwise
};

Result<Sighting> look_at(const fs::path& picture, const DecodeLimits& limits) {
  Sighting sighting;
  sighting.path = picture.native();
  SLEEVE_TRY(sighting.stamp, stamp_of(picture));
  SLEEVE_TRY(const Bytes bytes, read_file(picture, limits.max_file_bytes));
  auto decoded = decode_picture(bytes, limits);
  if (!decoded.ok()) return with_context(std::move(decoded).error(), printable(picture));
  Oddities oddities = decoded->oddities;
  if (is_renamed(picture, decoded->format)) oddities.emplace_back("renamed");
  sighting.cover.sha256 = sha256(bytes);
  sighting.cover.bytes = bytes.size();
  sighting.cover.width = decoded->width();
  sighting.cover.height = decoded->height();
  sighting.cover.format = std::string(name_of(decoded->format));
  sighting.cover.phash = perceptual_hash(*decoded);
  sighting.cover.oddities = join_text(oddities, ",");
  return sighting;
}

class Importer {
 public:
  Importer(Workspace& workspace, const ImportOptions& options)
      : catalogue_(workspace.catalogue()), options_(options) {}

  Status import_batch(std::span<ImportItem> items) {
    SLEEVE_TRY(auto sightings, look_at_all(items));
    SLEEVE_TRY(Transaction transaction, catalogue_.begin());
    for (size_t i = 0; i < items.size(); ++i) {
      const size_t problems_before = report_.problems.size();
      SLEEVE_CHECK(import_item(items[i], sightings[i]));
      if (options_.strict && report_.problems.size() > problems_before) {
        stopped_by_problem_ = true;
        break;
      }
    }
    return transaction.commit();
  }

  [[nodiscard]] bool stopped_by_problem() const { return stopped_by_problem_; }
  ImportReport& report() { return report_; }

 private:
  using Look = std::optional<Result<Sighting>>;  // nothing: no picture to look at

  Result<std::vector<Look>> look_at_all(std::span<const ImportItem> items) {
    std::vector<Look> looks(items.size());
    for (size_t i = 0; i < items.size(); ++i) {
      if (items[i].problem || !items[i].picture) continue;
      SLEEVE_TRY(looks[i], known_sighting(*items[i].picture));
    }
    parallel_for(items.size(), [&](size_t i) {
      if (items[i].problem || !items[i].picture || looks[i]) return;
      looks[i] = look_at(*items[i].picture, options_.limits);
    });
    return looks;
  }

  // A file whose size and time are as recorded isn't read again.
  Result<Look> known_sighting(const fs::path& picture) {
    SLEEVE_TRY(const auto file, catalogue_.find_file(picture.native()));
    if (!file) return Look();
    const auto stamp = stamp_of(picture);
    if (!stamp.ok() || *stamp != file->stamp) return Look();
    return Look(Sighting{picture.native(), *stamp, file->cover_id, {}});
  }

  Status import_item(ImportItem& item, Look& look) {
    ++report_.items;
    if (item.problem) return fail(item, *item.problem);
    if (look && !look->ok()) return fail(item, look->error());
    if (item.warning) SLEEVE_CHECK(note(item, *item.warning));
    if (look) {
      SLEEVE_TRY(item.album.cover_id, put_cover(look->value()));
      if (item.key_by_cover) {
        SLEEVE_TRY(const auto sha, sha_of(look->value(), *item.album.cover_id));
        item.album.key += "/" + sha.hex();
      }
    } else {
      ++report_.without_picture;
    }
    return put_album(item.album);
  }

  Result<Sha256> sha_of(const Sighting& sighting, int64_t cover_id) {
    if (!sighting.known_id) return sighting.cover.sha256;
    if (known_hashes_.empty()) {
      SLEEVE_TRY(const auto covers, catalogue_.covers());
      for (const CoverRecord& cover : covers) known_hashes_.emplace(cover.id, cover.sha256);
    }
    return known_hashes_.at(cover_id);
  }

  Result<int64_t> put_cover(const Sighting& sighting) {
    if (sighting.known_id) return *sighting.known_id;
    SLEEVE_TRY(const auto known, catalogue_.find_cover(sighting.cover.sha256));
    int64_t id = 0;
    if (known) {
      id = known->id;
      SLEEVE_CHECK(forget_places_left(id, sighting.path));
    } else {
      SLEEVE_TRY(id, catalogue_.add_cover(sighting.cover));
      ++report_.new_covers;
      for (const std::string& oddity : split_text(sighting.cover.oddities, ',')) {
        if (!oddity.empty()) ++report_.oddities[oddity];
      }
    }
    SLEEVE_CHECK(catalogue_.put_file({sighting.path, id, sighting.stamp}));
    return id;
  }

  // A known picture at a new place: the places where it no longer is are forgotten.
  Status forget_places_left(int64_t cover_id, const std::string& new_path) {
    SLEEVE_TRY(const auto files, catalogue_.files_of(cover_id));
    bool moved = false;
    for (const FileRecord& file : files) {
      std::error_code code;
      if (file.path == new_path || fs::exists(file.path, code)) continue;
      SLEEVE_CHECK(catalogue_.forget_file(file.path));
      moved = true;
    }
    if (moved) ++report_.moved;
    return {};
  }

  // The same album named twice in one import (a copy of the file, a second row) is one album with
  // the genres of both.
  Status put_album(AlbumRecord album) {
    const std::string key = album.key;
    const auto [seen, first] = seen_.try_emplace(key, album.genres);
    if (!first) {
      for (const std::string& genre : album.genres) {
        if (std::ranges::find(seen->second, genre) == seen->second.end()) seen->second.push_back(genre);
      }
      album.genres = seen->second;
    }
    SLEEVE_TRY(const Change change, catalogue_.put_album(album));
    switch (change) {
      case Change::kNew:
        ++report_.added;
        break;
      case Change::kUpdated:
        ++report_.updated;
        break;
      case Change::kUnchanged:
        ++report_.unchanged;
        break;
    }
    return {};
  }

  Status fail(const ImportItem& item, const Error& error) {
    ++report_.failed;
    return note(item, error);
  }

  Status note(const ImportItem& item, const Error& error) {
    report_.problems.push_back({item.name, std::string(name_of(error.code)), error.message});
    return catalogue_.put_problem(report_.problems.back());
  }

  Catalogue& catalogue_;
  const ImportOptions& options_;
  ImportReport report_;
  bool stopped_by_problem_ = false;
  std::unordered_map<int64_t, Sha256> known_hashes_;
  std::unordered_map<std::string, std::vector<std::string>> seen_;
};

}  // namespace

Result<ImportReport> import_items(Workspace& workspace, const std::string& scope,
                                  std::vector<ImportItem> items, const ImportOptions& options,
                                  const WorkContext& context) {
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  SLEEVE_CHECK(workspace.catalogue().clear_problems_below(scope));
  Importer importer(workspace, options);
  context.progress().begin("importing covers", items.size());
  for (size_t first = 0; first < items.size() && !importer.stopped_by_problem(); first += kBatch) {
    if (context.stopping()) {
      importer.report().cancelled = true;
      break;
    }
    const auto batch = std::span(items).subspan(first, std::min(kBatch, items.size() - first));
    SLEEVE_CHECK(importer.import_batch(batch));
    context.progress().step(batch.size());
  }
  context.progress().end();
  return std::move(importer.report());
}

Json to_json(const ImportReport& report) {
  Json problems = Json::array();
  for (const Problem& problem : report.problems) {
    problems.push_back({{"item", problem.item}, {"code", problem.code}, {"reason", problem.reason}});
  }
  return Json{{"items", report.items},           {"added", report.added},
              {"updated", report.updated},       {"unchanged", report.unchanged},
              {"failed", report.failed},         {"new_covers", report.new_covers},
              {"moved", report.moved},           {"without_picture", report.without_picture},
              {"ignored", report.ignored},       {"oddities", report.oddities},
              {"problems", std::move(problems)}, {"cancelled", report.cancelled}};
}

}  // namespace sleeve
