// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <span>

#include "base/csv.h"
#include "base/error.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/try.h"
#include "label/variants.h"
#include "learn/split.h"
#include "stage/label_clean.h"
#include "stage/problem_json.h"

namespace sleeve {
namespace {

constexpr size_t kDuplicateBatch = 256;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The covers' prints; nothing where a cover could not be read. Known ones come from the catalogue, the others
// are made and kept, a batch a transaction.
class PrintLoader {
 public:
  PrintLoader(Catalogue& catalogue, const std::vector<LabelledCover>& covers, LabelDuplicatesReport& report)
      : catalogue_(catalogue), covers_(covers), report_(report), prints_(covers.size()) {}

  Result<std::vector<std::optional<CoverPrint>>> run(const WorkContext& context) {
    SLEEVE_TRY(const auto known, catalogue_.cover_prints(kPrintVersion));
    std::vector<size_t> missing;
    for (size_t i = 0; i < covers_.size(); ++i) {
      const auto found = known.find(covers_[i].id);
      if (found != known.end()) prints_[i] = print_from_bytes(found->second);
      if (!prints_[i] && !covers_[i].path.empty()) missing.push_back(i);
    }
    context.progress().begin("looking at covers", missing.size());
    for (size_t first = 0; first < missing.size(); first += kDuplicateBatch) {
      if (context.stopping()) {
        report_.cancelled = true;
        break;
      }
      const auto batch = std::span(missing).subspan(first, std::min(kDuplicateBatch, missing.size() - first));
      SLEEVE_CHECK(look_at(batch));
      context.progress().step(batch.size());
    }
    context.progress().end();
    return std::move(prints_);
  }

 private:
  Status look_at(std::span<const size_t> batch) {
    std::vector<std::optional<Error>> errors(batch.size());
    parallel_for(batch.size(), [&](size_t i) {
      const auto picture = read_picture(covers_[batch[i]].path);
      if (picture.ok()) {
        prints_[batch[i]] = cover_print(*picture);
      } else {
        errors[i] = picture.error();
      }
    });
    SLEEVE_TRY(Transaction transaction, catalogue_.begin());
    for (size_t i = 0; i < batch.size(); ++i) {
      const LabelledCover& cover = covers_[batch[i]];
      if (errors[i]) {
        report_.unreadable.push_back({cover.path, std::string(name_of(errors[i]->code)), errors[i]->message});
      } else {
        ++report_.computed;
        SLEEVE_CHECK(catalogue_.put_cover_print(cover.id, kPrintVersion, to_bytes(*prints_[batch[i]])));
      }
    }
    return transaction.commit();
  }

  Catalogue& catalogue_;
  const std::vector<LabelledCover>& covers_;
  LabelDuplicatesReport& report_;
  std::vector<std::optional<CoverPrint>> prints_;
};

bool share(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& x) { return std::ranges::binary_search(b, x); });
}

void count_pair(const DuplicatePair& pair, LabelDuplicatesReport& report) {
  if (pair.pair.likeness == Likeness::kLookAlike) {
    ++report.look_alikes;
    return;
  }
  ++report.same_pairs;
  if (share(pair.a.artists, pair.b.artists)) {
    ++report.within_artist;
  } else if (!pair.a.artists.empty() && !pair.b.artists.empty()) {
    ++report.across_artists;
  }
  const bool labelled = !pair.a.labels.empty() && !pair.b.labels.empty();
  if (labelled && !share(pair.a.labels, pair.b.labels)) ++report.across_labels;
}

void count_groups(size_t covers, std::span<const CoverPair> pairs, LabelDuplicatesReport& report) {
  GroupBuilder builder(covers);
  for (const CoverPair& pair : pairs) {
    if (pair.likeness == Likeness::kSameCover) builder.join(pair.a, pair.b);
  }
  std::map<int, size_t> sizes;
  for (const int group : builder.groups()) ++sizes[group];
  for (const auto& [group, size] : sizes) {
    if (size < 2) continue;
    ++report.groups;
    report.covers_in_groups += size;
  }
}

Status count_copies(Catalogue& catalogue, LabelDuplicatesReport& report) {
  SLEEVE_TRY(const auto files, catalogue.files());
  std::set<int64_t> seen;
  for (const FileRecord& file : files) report.identical_files += seen.insert(file.cover_id).second ? 0 : 1;
  SLEEVE_TRY(const auto albums, catalogue.albums());
  std::map<int64_t, size_t> of_cover;
  for (const AlbumRecord& album : albums) {
    if (album.cover_id) ++of_cover[*album.cover_id];
  }
  for (const auto& [cover, count] : of_cover) report.albums_sharing += count > 1 ? count : 0;
  return {};
}

// All partners in one decision, at the smaller hash.
std::vector<WantedDecision> wanted_of(const std::vector<DuplicatePair>& pairs) {
  std::map<Sha256, std::pair<Json, double>> partners;
  for (const DuplicatePair& pair : pairs) {
    if (pair.pair.likeness != Likeness::kSameCover) continue;
    auto& [list, farthest] = partners[pair.a.cover];
    if (list.is_null()) list = Json::array();
    list.push_back(pair.b.cover.hex());
    farthest = std::max(farthest, pair.pair.distance);
  }
  std::vector<WantedDecision> wanted;
  for (auto& [cover, entry] : partners) {
    std::sort(entry.first.begin(), entry.first.end());
    wanted.push_back({cover_subject(cover), "same", std::move(entry.first),
                      fmt::format("the same cover: distance up to {:.2f}", entry.second)});
  }
  return wanted;
}

// Makes editions of some covers and looks for them among all.
class Measurer {
 public:
  Measurer(const std::vector<LabelledCover>& covers, const std::vector<CoverPrint>& prints,
           const LabelDuplicatesOptions& options, std::span<const CoverPair> pairs)
      : covers_(covers), prints_(prints), options_(options), builder_(prints.size()) {
    for (const CoverPair& pair : pairs) {
      if (pair.likeness == Likeness::kSameCover) builder_.join(pair.a, pair.b);
    }
  }

  DuplicateMeasure run() {
    std::vector<size_t> order(prints_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    Rng rng(options_.seed);
    rng.shuffle(std::span(order));
    order.resize(std::min(order.size(), options_.measure));
    std::vector<std::optional<CoverPrint>> made(order.size() * kVariants.size());
    parallel_for(order.size(), [&](size_t i) {
      make(order[i], std::span(made).subspan(i * kVariants.size(), kVariants.size()));
    });
    std::vector<CoverPrint> all = prints_;
    std::vector<std::pair<size_t, Variant>> origin;  // of what follows the covers
    for (size_t i = 0; i < made.size(); ++i) {
      if (!made[i]) continue;
      all.push_back(*made[i]);
      origin.emplace_back(order[i / kVariants.size()], kVariants[i % kVariants.size()]);
    }
    return judge(all, origin);
  }

 private:
  void make(size_t cover, std::span<std::optional<CoverPrint>> out) const {
    const auto picture = read_picture(covers_[cover].path);
    if (!picture.ok()) return;
    for (size_t v = 0; v < kVariants.size(); ++v) {
      Rng rng(options_.seed, cover * kVariants.size() + v);
      out[v] = cover_print(make_variant(*picture, kVariants[v], rng));
    }
  }

  DuplicateMeasure judge(std::span<const CoverPrint> all,
                         std::span<const std::pair<size_t, Variant>> origin) {
    DuplicateMeasure measure;
    measure.covers = origin.size() / kVariants.size();
    for (const Variant variant : kVariants) measure.found[std::string(name_of(variant))] = 0;
    const std::vector<int> groups = builder_.groups();
    std::set<size_t> wrong;
    for (const CoverPair& pair : find_duplicates(all, options_.limits)) {
      const bool made = pair.a < prints_.size() && pair.b >= prints_.size();
      if (pair.likeness != Likeness::kSameCover || !made) continue;
      const auto& [cover, variant] = origin[pair.b - prints_.size()];
      if (pair.a == cover) ++measure.found[std::string(name_of(variant))];
      if (groups[pair.a] != groups[cover]) wrong.insert(pair.b);
    }
    measure.wrong = wrong.size();
    return measure;
  }

  const std::vector<LabelledCover>& covers_;
  const std::vector<CoverPrint>& prints_;
  const LabelDuplicatesOptions& options_;
  GroupBuilder builder_;
};

Json side_json(const LabelledCover& cover) {
  return Json{{"cover", cover.cover.hex()},
              {"path", printable(std::string_view(cover.path))},
              {"title", cover.title},
              {"artists", cover.artists},
              {"labels", cover.labels}};
}

std::string_view name_of(Likeness likeness) {
  return likeness == Likeness::kSameCover ? "same" : "look-alike";
}

}  // namespace

Result<LabelDuplicatesReport> label_duplicates(Workspace& workspace, const LabelDuplicatesOptions& options,
                                               const WorkContext& context) {
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  LabelDuplicatesReport report;
  report.dry_run = options.dry_run;
  SLEEVE_TRY(const auto covers, labelled_covers(workspace.catalogue(), "genre", {"same"}));
  if (covers.empty()) return make_error(ErrorCode::kNoData, "the workspace has no covers; import some first");
  report.covers = covers.size();
  SLEEVE_CHECK(count_copies(workspace.catalogue(), report));
  const auto start = std::chrono::steady_clock::now();
  SLEEVE_TRY(const auto loaded, PrintLoader(workspace.catalogue(), covers, report).run(context));
  report.compute_seconds = seconds_since(start);
  if (report.cancelled) return report;

  std::vector<LabelledCover> readable;
  std::vector<CoverPrint> prints;
  for (size_t i = 0; i < covers.size(); ++i) {
    if (!loaded[i]) continue;
    readable.push_back(covers[i]);
    prints.push_back(*loaded[i]);
  }
  const auto search_start = std::chrono::steady_clock::now();
  const std::vector<CoverPair> pairs = find_duplicates(prints, options.limits);
  report.search_seconds = seconds_since(search_start);
  for (const CoverPair& pair : pairs) {
    report.pairs.push_back({readable[pair.a], readable[pair.b], pair});
    count_pair(report.pairs.back(), report);
  }
  std::ranges::stable_sort(report.pairs, {}, [](const DuplicatePair& pair) {
    return std::pair(pair.pair.likeness, pair.pair.distance);
  });
  count_groups(prints.size(), pairs, report);
  if (options.measure > 0) report.measure = Measurer(readable, prints, options, pairs).run();
  const Json recorded{{"bits", options.limits.bits}, {"distance", options.limits.distance}};
  const auto wanted = wanted_of(report.pairs);
  SLEEVE_TRY(report.recorded, options.dry_run ? preview_decisions(workspace.catalogue(), {"same"}, wanted)
                                              : record_decisions(workspace.catalogue(), "duplicates",
                                                                 recorded, {"same"}, wanted));
  return report;
}

Status write_pairs(const LabelDuplicatesReport& report, const std::filesystem::path& path) {
  const auto joined = [](const std::vector<std::string>& texts) { return join_text(texts, ";"); };
  std::string text =
      csv_line(std::vector<std::string>{"likeness", "distance", "bits", "title_a", "artists_a", "labels_a",
                                        "path_a", "title_b", "artists_b", "labels_b", "path_b"});
  for (const DuplicatePair& pair : report.pairs) {
    text += csv_line(std::vector<std::string>{
        std::string(name_of(pair.pair.likeness)), fmt::format("{:.4f}", pair.pair.distance),
        std::to_string(pair.pair.bits), pair.a.title, joined(pair.a.artists), joined(pair.a.labels),
        pair.a.path, pair.b.title, joined(pair.b.artists), joined(pair.b.labels), pair.b.path});
  }
  return write_file_atomic(path, std::string_view(text));
}

Json to_json(const LabelDuplicatesReport& report) {
  Json pairs = Json::array();
  for (const DuplicatePair& pair : report.pairs) {
    pairs.push_back({{"likeness", name_of(pair.pair.likeness)},
                     {"distance", pair.pair.distance},
                     {"bits", pair.pair.bits},
                     {"a", side_json(pair.a)},
                     {"b", side_json(pair.b)}});
  }
  Json json{{"covers", report.covers},
            {"computed", report.computed},
            {"identical_files", report.identical_files},
            {"albums_sharing_bytes", report.albums_sharing},
            {"same_pairs", report.same_pairs},
            {"groups", report.groups},
            {"covers_in_groups", report.covers_in_groups},
            {"within_artist", report.within_artist},
            {"across_artists", report.across_artists},
            {"across_labels", report.across_labels},
            {"look_alikes", report.look_alikes},
            {"pairs", std::move(pairs)},
            {"unreadable", to_json(report.unreadable)},
            {"compute_seconds", report.compute_seconds},
            {"search_seconds", report.search_seconds},
            {"cancelled", report.cancelled},
            {"dry_run", report.dry_run}};
  if (report.measure) {
    json["measure"] = {{"covers", report.measure->covers},
                       {"found", report.measure->found},
                       {"wrong", report.measure->wrong}};
  }
  json["decisions"] = to_json(report.recorded);
  return json;
}

}  // namespace sleeve
