// SPDX-License-Identifier: Apache-2.0
#include "stage/collect.h"

#include <algorithm>
#include <unordered_set>

#include "base/csv.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "stage/workspace.h"
#include "store/share_list.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

constexpr double kPictureSeconds = 1.0;  // that a picture takes to come, about

// Collects ids, each once.
class IdList {
 public:
  void add(std::string id) {
    if (!id.empty() && seen_.insert(id).second) ids_.push_back(std::move(id));
  }
  std::vector<std::string> take() { return std::move(ids_); }

 private:
  std::vector<std::string> ids_;
  std::unordered_set<std::string> seen_;
};

std::string member(const Json& row, const char* name) {
  const auto found = row.find(name);
  if (found == row.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->is_number_integer() ? dump_json(*found) : "";
}

Status add_json_line(std::string_view line, const std::string& source, IdList& ids) {
  SLEEVE_TRY(const Json row, parse_json(line));
  if (!row.is_object() || member(row, "id").empty()) return make_error(ErrorCode::kCorrupt, "has no \"id\"");
  const std::string from = member(row, "source");
  if (from.empty() || from == source) ids.add(member(row, "id"));
  return {};
}

Status add_csv(std::string_view text, const std::string& source, IdList& ids) {
  SLEEVE_TRY(const CsvTable table, parse_csv(text));
  const size_t id = table.column("id").value_or(0);
  const auto from = table.column("source");
  for (const CsvRow& row : table.rows) {
    if (!row.problem.empty()) return make_error(ErrorCode::kCorrupt, "line {}: {}", row.line, row.problem);
    if (from && row.fields[*from] != source) continue;
    ids.add(std::string(trim(row.fields[id])));
  }
  return {};
}

bool is_csv_with_ids(std::string_view text) {
  const auto header = parse_csv(text.substr(0, text.find('\n')));
  return header.ok() && header->column("id").has_value();
}

// What `sleeve export list` wrote: checked whole, so that a list that was cut off is no short list.
Status add_share_list(std::string_view text, const std::string& source, IdList& ids) {
  SLEEVE_TRY(const ShareList list, parse_share_list(text));
  for (const ShareEntry& entry : list.entries) {
    if (entry.source == source) ids.add(entry.id);
  }
  return {};
}

Status add_lines(std::string_view text, const std::string& source, IdList& ids) {
  size_t number = 0;
  for (const std::string& whole : split_text(text, '\n')) {
    ++number;
    const std::string_view line = trim(whole);
    if (line.empty() || line.starts_with('#')) continue;
    if (!line.starts_with('{')) {
      ids.add(std::string(line.substr(0, line.find_first_of(" \t,;"))));
      continue;
    }
    const Status status = add_json_line(line, source, ids);
    if (!status.ok()) return with_context(status.error(), fmt::format("line {}", number));
  }
  return {};
}

double seconds_of(const CollectPlan::Part& part, const SourceInfo& info) {
  const auto service = std::ranges::find(info.services, part.service, &ServiceInfo::name);
  if (service == info.services.end()) return 0;
  const double each = part.pictures
                          ? std::max(service->limit.interval, kPictureSeconds / service->limit.parallel)
                          : service->limit.interval;
  return each * static_cast<double>(part.calls);
}

Status add_what_is_there(const fs::path& folder, const CollectOptions& options, CollectEstimate& estimate) {
  std::error_code code;
  if (!fs::exists(folder / "catalogue.db", code)) return {};
  auto workspace = Workspace::open(folder, Workspace::Access::kRead);
  if (!workspace.ok()) {
    // An older workspace is brought up to date by the run itself; it holds no collection yet.
    if (workspace.error().code == ErrorCode::kConflict) return {};
    return std::move(workspace).error();
  }
  Collections collections(workspace->catalogue());
  SLEEVE_TRY(const auto known, collections.find(options.source, dump_json(to_json(options))));
  if (!known) return {};
  SLEEVE_TRY(const auto pictures, collections.pictures(known->id));
  estimate.albums_there = pictures.size();
  estimate.pictures_there = static_cast<size_t>(std::ranges::count_if(
      pictures, [](const PictureRecord& picture) { return picture.cover_id.has_value(); }));
  estimate.finished = known->finished;
  return {};
}

}  // namespace

Result<CollectEstimate> estimate_collect(const fs::path& workspace, const CollectOptions& options) {
  SLEEVE_TRY(const SourceEntry* entry, find_source(options.source));
  const SourceInfo info = entry->info();
  CollectEstimate estimate;
  estimate.source = info.name;
  estimate.notice = info.notice;
  SLEEVE_TRY(estimate.plan, entry->make()->plan(options));
  double seconds = 0;
  for (const CollectPlan::Part& part : estimate.plan.parts) {
    seconds += seconds_of(part, info);
    estimate.calls += part.calls;
  }
  estimate.minutes = seconds / 60;
  estimate.megabytes = static_cast<double>(estimate.plan.pictures) * estimate.plan.picture_bytes / 1e6;
  SLEEVE_CHECK(add_what_is_there(workspace, options, estimate));
  return estimate;
}

Result<CollectReport> run_collect(const fs::path& folder, const CollectOptions& options,
                                  const CollectRun& run, const WorkContext& context) {
  SLEEVE_TRY(const SourceEntry* entry, find_source(options.source));
  const SourceInfo info = entry->info();
  SLEEVE_CHECK(entry->make()->plan(options));
  if (info.needs_permission && !options.permission) {
    return make_error(ErrorCode::kUsage,
                      "the terms of {} forbid what sleeve is for ('sleeve collect --sources' tells more); if "
                      "you may use it all the same, say --i-have-permission",
                      info.name);
  }
  SLEEVE_TRY(ServiceSettings settings, ServiceSettings::of_user(info.services));
  settings.cache = folder / "cache";
  settings.policy.offline = run.offline;
  settings.max_calls = run.max_calls;
  settings.max_bytes = run.max_bytes;
  // Asked for before anything is made: a missing contact must not leave an empty workspace behind.
  SLEEVE_CHECK(ServiceClient::make(info.services, settings, context));
  SLEEVE_TRY(Workspace workspace, Workspace::open(folder, Workspace::Access::kCreate));
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  return collect({workspace.catalogue(), folder}, *entry, options, run.refresh, std::move(settings), context);
}

Result<std::vector<std::string>> read_id_list(const fs::path& file, const std::string& source) {
  SLEEVE_TRY(const std::string text, read_text_file(file));
  IdList ids;
  const Status status = text.starts_with(R"({"sleeve_list")") ? add_share_list(text, source, ids)
                        : is_csv_with_ids(text)               ? add_csv(text, source, ids)
                                                              : add_lines(text, source, ids);
  if (!status.ok()) return with_context(status.error(), printable(file));
  auto list = ids.take();
  if (list.empty())
    return make_error(ErrorCode::kNoData, "{}: names no albums of {}", printable(file), source);
  return list;
}

Json to_json(const CollectEstimate& estimate) {
  Json parts = Json::array();
  for (const CollectPlan::Part& part : estimate.plan.parts) {
    parts.push_back({{"what", part.what}, {"service", part.service}, {"calls", part.calls}});
  }
  return Json{{"source", estimate.source},
              {"parts", std::move(parts)},
              {"albums", estimate.plan.albums},
              {"pictures", estimate.plan.pictures},
              {"calls", estimate.calls},
              {"minutes", estimate.minutes},
              {"megabytes", estimate.megabytes},
              {"albums_there", estimate.albums_there},
              {"pictures_there", estimate.pictures_there},
              {"finished", estimate.finished},
              {"notice", estimate.notice}};
}

}  // namespace sleeve
