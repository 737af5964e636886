// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LABEL_FIGURES_H_
#define SLEEVE_STAGE_LABEL_FIGURES_H_

#include <string>
#include <vector>

#include <sleeve/result.h>

#include "label/balance.h"
#include "label/decisions.h"
#include "label/popularity.h"
#include "stage/workspace.h"

// Labels from figures: classes of popularity, and how many covers of each class and artist are used.
namespace sleeve {

struct LabelPopularityOptions {
  PopularityOptions classes;  // `within` follows from the column
  std::string within;         // a column of rank_columns(); empty: among all
  bool dry_run = false;
};
// genre, year, decade, collection, artist, group, source.
const std::vector<std::string>& rank_columns();

struct LabelPopularityReport {
  size_t albums = 0;
  std::string within;
  bool dry_run = false;
  PopularityClasses classes;
  std::map<std::string, std::map<std::string, size_t>> groups;  // with `within`: group → class → albums
  Recorded recorded;
};
Json to_json(const LabelPopularityReport& report);

// Records each album's class and whether it is left out; raw figures stay. kNoData if no album has a figure;
// classify_popularity()'s errors; kUsage for an unknown column.
Result<LabelPopularityReport> label_popularity(Workspace& workspace, const LabelPopularityOptions& options);

struct LabelBalanceOptions {
  std::string target = "genre";  // or "popularity"
  BalanceOptions limits;
  bool dry_run = false;
};

struct LabelBalanceReport {
  std::string target;
  bool dry_run = false;
  uint64_t seed = 0;
  size_t covers = 0;  // with a label and not left out otherwise
  size_t stay = 0;
  Balance balance;
  Recorded recorded;
};
Json to_json(const LabelBalanceReport& report);

// Records which covers are left out for balance. balance()'s errors; kNoData if no cover has a label.
Result<LabelBalanceReport> label_balance(Workspace& workspace, const LabelBalanceOptions& options);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LABEL_FIGURES_H_
