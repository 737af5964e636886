// SPDX-License-Identifier: Apache-2.0
#include "stage/label_figures.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/label_overlay.h"
#include "stage/labelled_covers.h"

namespace sleeve {
namespace {

// What the album is ranked within; empty: not known.
std::string group_of(AlbumRecord album, const std::string& column, const LabelOverlay& overlay) {
  if (column == "year") return album.year ? std::to_string(*album.year) : "";
  if (column == "decade") return album.year ? fmt::format("{}s", *album.year / 10 * 10) : "";
  if (column == "collection") return album.collection.value_or("");
  if (column == "artist") return album.artist_name.empty() ? album.artist_key : album.artist_name;
  if (column == "group") return album.group_key.value_or("");
  if (column == "source") return album.source;
  if (column != "genre") return "";
  overlay.apply(album);
  // Ranked within its strongest label.
  return album.genres.empty() ? "" : album.genres[0];
}

Json options_json(const LabelPopularityOptions& options) {
  Json json = Json::object();
  if (options.classes.above) json["above"] = *options.classes.above;
  if (!options.classes.thresholds.empty()) json["thresholds"] = options.classes.thresholds;
  if (!options.classes.quantiles.empty()) json["quantiles"] = options.classes.quantiles;
  if (!options.classes.names.empty()) json["names"] = options.classes.names;
  if (!options.within.empty()) {
    json["within"] = options.within;
    json["min_group"] = options.classes.min_group;
  }
  return json;
}

std::vector<WantedDecision> wanted_of(const std::vector<AlbumRecord>& albums,
                                      const PopularityClasses& classes) {
  std::vector<WantedDecision> wanted;
  for (size_t i = 0; i < albums.size(); ++i) {
    const Rating& rating = classes.ratings[i];
    const Subject subject = album_subject(albums[i]);
    if (rating.left_out) wanted.push_back({subject, "out:popularity", true, rating.reason});
    if (rating.class_name) wanted.push_back({subject, "popularity", *rating.class_name, rating.reason});
  }
  return wanted;
}

Result<Recorded> write(Workspace& workspace, bool dry_run, const std::string& command, const Json& options,
                       const std::vector<std::string>& fields, const std::vector<WantedDecision>& wanted) {
  return dry_run ? preview_decisions(workspace.catalogue(), fields, wanted)
                 : record_decisions(workspace.catalogue(), command, options, fields, wanted);
}

}  // namespace

const std::vector<std::string>& rank_columns() {
  static const std::vector<std::string> kColumns = {"genre",  "year",  "decade", "collection",
                                                    "artist", "group", "source"};
  return kColumns;
}

Result<LabelPopularityReport> label_popularity(Workspace& workspace, const LabelPopularityOptions& options) {
  if (!options.within.empty() && std::ranges::find(rank_columns(), options.within) == rank_columns().end()) {
    return make_error(ErrorCode::kUsage, "there is no column '{}' to rank within{}",
                      printable(std::string_view(options.within)),
                      suggestion(options.within, rank_columns()));
  }
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  SLEEVE_TRY(const auto albums, workspace.catalogue().albums());
  SLEEVE_TRY(const LabelOverlay overlay, LabelOverlay::load(workspace.catalogue(), false, {}));
  std::vector<RatedAlbum> rated;
  rated.reserve(albums.size());
  for (const AlbumRecord& album : albums) {
    rated.push_back({album.popularity, group_of(album, options.within, overlay)});
  }
  PopularityOptions classes = options.classes;
  classes.within = !options.within.empty();
  LabelPopularityReport report{albums.size(), options.within, options.dry_run, {}, {}, {}};
  SLEEVE_TRY(report.classes, classify_popularity(rated, classes));
  if (report.classes.unknown == albums.size()) {
    return make_error(ErrorCode::kNoData, "none of the {} albums has a popularity", albums.size());
  }
  for (size_t i = 0; i < albums.size() && classes.within; ++i) {
    const auto& name = report.classes.ratings[i].class_name;
    if (name) ++report.groups[rated[i].group][*name];
  }
  SLEEVE_TRY(report.recorded, write(workspace, options.dry_run, "popularity", options_json(options),
                                    {"popularity", "out:popularity"}, wanted_of(albums, report.classes)));
  return report;
}

Json to_json(const LabelPopularityReport& report) {
  Json classes = Json::object();
  for (const std::string& name : report.classes.names) {
    const auto found = report.classes.class_albums.find(name);
    classes[name] = found == report.classes.class_albums.end() ? 0 : found->second;
  }
  Json json{{"albums", report.albums},
            {"classes", std::move(classes)},
            {"unknown", report.classes.unknown},
            {"left_out", report.classes.left_out}};
  if (!report.within.empty()) {
    json["within"] = report.within;
    json["without_group"] = report.classes.without_group;
    json["small_group"] = report.classes.small_group;
    json["groups"] = report.groups;
  }
  json["dry_run"] = report.dry_run;
  json["decisions"] = to_json(report.recorded);
  return json;
}

Result<LabelBalanceReport> label_balance(Workspace& workspace, const LabelBalanceOptions& options) {
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  SLEEVE_TRY(const auto covers, labelled_covers(workspace.catalogue(), options.target, {"out:balance"}));
  std::vector<const LabelledCover*> used;
  std::vector<BalanceItem> items;
  for (const LabelledCover& cover : covers) {
    if (cover.left_out || cover.labels.empty()) continue;
    used.push_back(&cover);
    items.push_back({cover.labels, cover.artists});
  }
  if (items.empty()) {
    return make_error(ErrorCode::kNoData, "no cover has a {}{}", options.target,
                      options.target == "popularity" ? " class; 'sleeve label popularity' makes them" : "");
  }
  LabelBalanceReport report{options.target, options.dry_run, options.limits.seed, items.size(), 0, {}, {}};
  SLEEVE_TRY(report.balance, balance(items, options.limits));
  std::vector<WantedDecision> wanted;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string& why = report.balance.out[i];
    if (!why.empty()) wanted.push_back({cover_subject(used[i]->cover), "out:balance", true, why});
  }
  report.stay = items.size() - wanted.size();
  Json json{{"target", options.target}, {"seed", options.limits.seed}};
  if (options.limits.max_per_artist) json["max_per_artist"] = *options.limits.max_per_artist;
  if (options.limits.min_per_class) json["min_per_class"] = *options.limits.min_per_class;
  if (options.limits.max_per_class) json["max_per_class"] = *options.limits.max_per_class;
  if (options.limits.to_smallest) json["max_per_class"] = "smallest";
  SLEEVE_TRY(report.recorded, write(workspace, options.dry_run, "balance", json, {"out:balance"}, wanted));
  return report;
}

Json to_json(const LabelBalanceReport& report) {
  return Json{{"target", report.target},
              {"seed", report.seed},
              {"covers", report.covers},
              {"stay", report.stay},
              {"before", report.balance.before},
              {"after", report.balance.after},
              {"left_out",
               {{"by_artist", report.balance.by_artist},
                {"by_min_class", report.balance.by_min},
                {"by_max_class", report.balance.by_max}}},
              {"dry_run", report.dry_run},
              {"decisions", to_json(report.recorded)}};
}

}  // namespace sleeve
