// SPDX-License-Identifier: Apache-2.0
#include "stage/status.h"

#include <algorithm>
#include <set>
#include <system_error>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.h"
#include "base/try.h"
#include "feature/extract.h"
#include "image/near_pairs.h"
#include "stage/dataset.h"
#include "stage/problem_json.h"

namespace sleeve {
namespace {

constexpr size_t kSizesShown = 10;

struct Loaded {
  std::vector<CoverRecord> covers;
  std::vector<FileRecord> files;
  std::vector<AlbumRecord> albums;
  std::unordered_map<int64_t, std::vector<std::string>> paths;  // by cover
  std::unordered_map<int64_t, std::set<std::string>> genres;    // by cover
};

Result<Loaded> load(Catalogue& catalogue) {
  Loaded loaded;
  SLEEVE_TRY(loaded.covers, catalogue.covers());
  SLEEVE_TRY(loaded.files, catalogue.files());
  SLEEVE_TRY(loaded.albums, catalogue.albums());
  for (const FileRecord& file : loaded.files) loaded.paths[file.cover_id].push_back(file.path);
  for (const AlbumRecord& album : loaded.albums) {
    if (album.cover_id) loaded.genres[*album.cover_id].insert(album.genres.begin(), album.genres.end());
  }
  return loaded;
}

void count_albums(const Loaded& loaded, StatusReport& report) {
  std::set<std::string> artists;
  std::set<std::string> collections;
  report.albums = loaded.albums.size();
  for (const AlbumRecord& album : loaded.albums) {
    ++report.sources[album.source];
    if (!album.artist_key.empty()) artists.insert(album.artist_key);
    if (album.popularity) ++report.with_popularity;
    if (album.year) ++report.with_year;
    if (album.collection) collections.insert(*album.collection);
    if (album.cover_id) continue;
    ++report.albums_without_cover;
    for (const std::string& genre : album.genres) ++report.genres[genre];
  }
  report.artists = artists.size();
  report.collections = collections.size();
}

void count_genres(const Loaded& loaded, StatusReport& report) {
  for (const CoverRecord& cover : loaded.covers) {
    const auto found = loaded.genres.find(cover.id);
    if (found == loaded.genres.end()) continue;
    const std::vector<std::string> genres(found->second.begin(), found->second.end());
    for (const std::string& genre : genres) ++report.genres[genre];
    if (genres.size() < 2) continue;
    ++report.genre_pairs[join_text(genres, " + ")];
    const auto paths = loaded.paths.find(cover.id);
    report.conflicts.push_back(
        {genres, paths == loaded.paths.end() ? std::vector<std::string>() : paths->second});
  }
}

void count_files(const Loaded& loaded, StatusReport& report) {
  report.files = loaded.files.size();
  for (const FileRecord& file : loaded.files) {
    std::error_code code;
    if (!std::filesystem::exists(file.path, code)) ++report.missing_files;
  }
  report.covers_without_file = loaded.covers.size() - loaded.paths.size();
  report.identical_files = loaded.files.size() - loaded.paths.size();
}

void count_covers(const Loaded& loaded, StatusReport& report) {
  report.covers = loaded.covers.size();
  std::map<std::string, size_t> sizes;
  std::vector<uint64_t> hashes;
  for (const CoverRecord& cover : loaded.covers) {
    ++sizes[fmt::format("{}×{}", cover.width, cover.height)];
    if (cover.phash) hashes.push_back(*cover.phash);
    for (const std::string& oddity : split_text(cover.oddities, ',')) {
      if (!oddity.empty()) ++report.oddities[oddity];
    }
  }
  report.near_pairs = near_pairs(hashes, kNearBits).size();
  std::vector<std::pair<size_t, std::string>> by_count;
  for (const auto& [size, count] : sizes) by_count.emplace_back(count, size);
  std::ranges::sort(by_count, std::greater<>());
  by_count.resize(std::min(by_count.size(), kSizesShown));
  for (const auto& [count, size] : by_count) report.sizes[size] = count;
}

Status count_features(const Workspace& workspace, const Loaded& loaded, StatusReport& report) {
  SLEEVE_TRY(const FeatureSet set, parse_feature_set(""));
  std::vector<Sha256> covers;
  for (const CoverRecord& cover : loaded.covers) covers.push_back(cover.sha256);
  for (const DescriptorId& id : set.descriptors) {
    SLEEVE_TRY(const auto rows, load_features(covers, FeatureSet{{id}}, workspace.features_folder()));
    report.descriptors.push_back({id.text(), rows.present.size()});
  }
  return {};
}

}  // namespace

Result<StatusReport> status(Workspace& workspace) {
  SLEEVE_TRY(const Loaded loaded, load(workspace.catalogue()));
  StatusReport report;
  report.workspace = printable(workspace.folder());
  count_covers(loaded, report);
  count_files(loaded, report);
  count_albums(loaded, report);
  count_genres(loaded, report);
  SLEEVE_CHECK(count_features(workspace, loaded, report));
  SLEEVE_TRY(report.problems, workspace.catalogue().problems());
  SLEEVE_TRY(const auto runs, workspace.catalogue().runs());
  report.runs = runs.size();
  return report;
}

Json to_json(const StatusReport& report) {
  Json conflicts = Json::array();
  for (const Conflict& conflict : report.conflicts) {
    conflicts.push_back({{"genres", conflict.genres}, {"paths", conflict.paths}});
  }
  Json descriptors = Json::object();
  for (const DescriptorStatus& descriptor : report.descriptors)
    descriptors[descriptor.descriptor] = descriptor.covers;
  return Json{{"workspace", report.workspace},
              {"covers", report.covers},
              {"files", report.files},
              {"albums", report.albums},
              {"albums_without_cover", report.albums_without_cover},
              {"artists", report.artists},
              {"with_popularity", report.with_popularity},
              {"with_year", report.with_year},
              {"collections", report.collections},
              {"sources", report.sources},
              {"genres", report.genres},
              {"sizes", report.sizes},
              {"odd",
               {{"covers_under_several_genres", report.conflicts.size()},
                {"genre_pairs", report.genre_pairs},
                {"identical_files", report.identical_files},
                {"look_alike_pairs", report.near_pairs},
                {"covers_without_file", report.covers_without_file},
                {"missing_files", report.missing_files},
                {"oddities", report.oddities}}},
              {"conflicts", std::move(conflicts)},
              {"problems", to_json(report.problems)},
              {"descriptors", std::move(descriptors)},
              {"runs", report.runs}};
}

}  // namespace sleeve
