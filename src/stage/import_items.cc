// SPDX-License-Identifier: Apache-2.0
#include "stage/import_items.h"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/cover_record.h"
#include "stage/cover_paths.h"
#include "stage/enrich.h"
#include "stage/problem_json.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

constexpr size_t kImportBatch = 256;

// What one look at a picture's file tells.
struct Sighting {
  std::string path;
  FileStamp stamp;
  std::optional<int64_t> known_id;  // set: the file is as the catalogue knows it
  CoverRecord cover;                // otherwise all of it; of a known one only the hash
};

Result<Sighting> look_at(const fs::path& picture, const DecodeLimits& limits) {
  Sighting sighting;
  sighting.path = picture.native();
  SLEEVE_TRY(sighting.stamp, stamp_of(picture));
  SLEEVE_TRY(const Bytes bytes, read_file(picture, limits.max_file_bytes));
  auto cover = cover_record(bytes, picture, limits);
  if (!cover.ok()) return with_context(std::move(cover).error(), printable(picture));
  sighting.cover = std::move(cover).value();
  return sighting;
}

// An album as all items of one import together describe it.
struct MergedAlbum {
  AlbumRecord album;
  double popularity_sum = 0;
  size_t popularity_count = 0;
};

// Pictures first, batch by batch, each batch a transaction; albums last, all in one. So a stopped
// import keeps the pictures it has looked at, and labels are never half those of an import.
class Importer {
 public:
  Importer(Workspace& workspace, const std::string& scope, const ImportOptions& options)
      : catalogue_(workspace.catalogue()), scope_(scope), options_(options) {}

  Status import_batch(std::span<ImportItem> items) {
    SLEEVE_TRY(auto looks, look_at_all(items));
    SLEEVE_TRY(Transaction transaction, catalogue_.begin());
    for (size_t i = 0; i < items.size() && !stopped_by_problem(); ++i) {
      SLEEVE_CHECK(import_item(items[i], looks[i]));
    }
    return transaction.commit();
  }

  [[nodiscard]] bool stopped_by_problem() const { return options_.strict && !report_.problems.empty(); }

  // Problems are always told. Albums are written only if every item has been looked at.
  Status finish(bool complete) {
    SLEEVE_TRY(Transaction transaction, catalogue_.begin());
    if (complete) SLEEVE_CHECK(catalogue_.clear_problems_below(scope_));
    for (const Problem& problem : report_.problems) SLEEVE_CHECK(catalogue_.put_problem(problem));
    if (complete) {
      for (const std::string& key : order_) SLEEVE_CHECK(put_album(albums_.at(key)));
      SLEEVE_CHECK(remove_albums_left());
    }
    return transaction.commit();
  }

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
    Sighting sighting{picture.native(), *stamp, file->cover_id, {}};
    sighting.cover.sha256 = file->sha256;
    return Look(std::move(sighting));
  }

  Status import_item(ImportItem& item, Look& look) {
    ++report_.items;
    if (item.problem || (look && !look->ok())) remember_failed(item);
    if (item.problem) return fail(item, *item.problem);
    if (look && !look->ok()) return fail(item, look->error());
    if (item.warning) note(item, *item.warning);
    if (look) {
      SLEEVE_TRY(item.album.cover_id, put_cover(look->value()));
      if (item.key_by_cover) item.album.key += "/" + look->value().cover.sha256.hex();
    } else {
      ++report_.without_picture;
    }
    item.album.scope = scope_;
    merge(std::move(item.album));
    return {};
  }

  // What is needed to tell an album that could not be read this time from one that is gone.
  void remember_failed(const ImportItem& item) {
    if (item.picture) failed_paths_.insert(item.picture->native());
    if (!item.key_by_cover) failed_albums_.insert(item.album.source + "\n" + item.album.key);
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

  // A known picture at a new place: the places where it surely no longer is are forgotten.
  Status forget_places_left(int64_t cover_id, const std::string& new_path) {
    SLEEVE_TRY(const auto files, catalogue_.files_of(cover_id));
    bool moved = false;
    for (const FileRecord& file : files) {
      std::error_code code;
      if (file.path == new_path || fs::status(file.path, code).type() != fs::file_type::not_found) continue;
      SLEEVE_CHECK(catalogue_.forget_file(file.path));
      moved = true;
    }
    if (moved) ++report_.moved;
    return {};
  }

  // The same album named twice in one import (a copy of the file, a second row) is one album: the
  // first title, artist, collection and year, the genres of all, the mean popularity.
  void merge(AlbumRecord album) {
    const std::string key = album.source + "\n" + album.key;
    auto [merged, first] = albums_.try_emplace(key);
    MergedAlbum& target = merged->second;
    if (album.popularity) {
      target.popularity_sum += *album.popularity;
      ++target.popularity_count;
    }
    if (first) {
      order_.push_back(key);
      target.album = std::move(album);
      return;
    }
    ++report_.merged;
    if (!target.album.cover_id) target.album.cover_id = album.cover_id;
    if (!target.album.group_key) target.album.group_key = album.group_key;
    if (!target.album.collection) target.album.collection = album.collection;
    if (!target.album.year) target.album.year = album.year;
    merge_genres(album, target.album);
  }

  // Of a genre that both name the larger number of votes; a genre that nobody counted has one.
  static void merge_genres(const AlbumRecord& from, AlbumRecord& to) {
    const bool counted = !from.votes.empty() || !to.votes.empty();
    if (counted) to.votes.resize(to.genres.size(), 1);
    for (size_t i = 0; i < from.genres.size(); ++i) {
      const int64_t votes = i < from.votes.size() ? from.votes[i] : 1;
      const auto known = std::ranges::find(to.genres, from.genres[i]) - to.genres.begin();
      if (known == std::ssize(to.genres)) {
        to.genres.push_back(from.genres[i]);
        if (counted) to.votes.push_back(votes);
      } else if (counted) {
        int64_t& old = to.votes[static_cast<size_t>(known)];
        old = std::max(old, votes);
      }
    }
  }

  Status put_album(MergedAlbum& merged) {
    if (merged.popularity_count > 0) {
      merged.album.popularity = merged.popularity_sum / static_cast<double>(merged.popularity_count);
    }
    SLEEVE_CHECK(keep_enriched(catalogue_, merged.album));
    SLEEVE_TRY(const Change change, catalogue_.put_album(merged.album));
    ++(change == Change::kNew       ? report_.added
       : change == Change::kUpdated ? report_.updated
                                    : report_.unchanged);
    return {};
  }

  // What an earlier import of this scope named and this one doesn't is gone from the source: a file
  // moved to another genre's folder, a corrected row. An album whose picture merely could not be
  // read this time stays.
  Status remove_albums_left() {
    std::unordered_set<int64_t> covers_of_failed;
    for (const std::string& path : failed_paths_) {
      SLEEVE_TRY(const auto file, catalogue_.find_file(path));
      if (file) covers_of_failed.insert(file->cover_id);
    }
    SLEEVE_TRY(const auto albums, catalogue_.albums());
    for (const AlbumRecord& album : albums) {
      const std::string key = album.source + "\n" + album.key;
      if (album.scope != scope_ || albums_.contains(key) || failed_albums_.contains(key)) continue;
      if (album.cover_id && covers_of_failed.contains(*album.cover_id)) continue;
      SLEEVE_CHECK(catalogue_.remove_album(album.source, album.key));
      ++report_.removed;
    }
    return {};
  }

  Status fail(const ImportItem& item, const Error& error) {
    ++report_.failed;
    note(item, error);
    return {};
  }

  void note(const ImportItem& item, const Error& error) {
    report_.problems.push_back({item.name, std::string(name_of(error.code)), error.message});
  }

  Catalogue& catalogue_;
  const std::string& scope_;
  const ImportOptions& options_;
  ImportReport report_;
  std::unordered_map<std::string, MergedAlbum> albums_;  // by source and key
  std::vector<std::string> order_;                       // of albums_, as first named
  std::unordered_set<std::string> failed_paths_;
  std::unordered_set<std::string> failed_albums_;  // by source and key
};

}  // namespace

void ImportItem::warn(std::string message) {
  if (warning) {
    warning->message += "; " + message;
  } else {
    warning = Error{ErrorCode::kUsage, std::move(message)};
  }
}

Result<ImportReport> import_items(Workspace& workspace, const std::string& scope,
                                  std::vector<ImportItem> items, const ImportOptions& options,
                                  const WorkContext& context) {
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  Importer importer(workspace, scope, options);
  context.progress().begin("importing covers", items.size());
  for (size_t first = 0; first < items.size() && !importer.stopped_by_problem(); first += kImportBatch) {
    if (context.stopping()) {
      importer.report().cancelled = true;
      break;
    }
    const auto batch = std::span(items).subspan(first, std::min(kImportBatch, items.size() - first));
    SLEEVE_CHECK(importer.import_batch(batch));
    context.progress().step(batch.size());
  }
  context.progress().end();
  SLEEVE_CHECK(importer.finish(!importer.report().cancelled && !importer.stopped_by_problem()));
  return std::move(importer.report());
}

Json to_json(const ImportReport& report) {
  return Json{{"items", report.items},
              {"added", report.added},
              {"updated", report.updated},
              {"unchanged", report.unchanged},
              {"removed", report.removed},
              {"failed", report.failed},
              {"new_covers", report.new_covers},
              {"moved", report.moved},
              {"without_picture", report.without_picture},
              {"merged", report.merged},
              {"ignored", report.ignored},
              {"passed_over", report.passed_over},
              {"oddities", report.oddities},
              {"problems", to_json(report.problems)},
              {"cancelled", report.cancelled}};
}

}  // namespace sleeve
