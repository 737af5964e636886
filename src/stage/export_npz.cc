// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <sleeve/version.h>

#include "base/error.h"
#include "base/try.h"
#include "stage/export_parts.h"
#include "stage/npz_file.h"
#include "stage/task.h"

namespace sleeve {
namespace {

// What is said of each row, apart from its features.
struct Columns {
  std::vector<std::string> covers;  // SHA-256 in hex
  std::vector<std::string> titles;
  std::vector<std::string> files;
  std::vector<std::string> collections;
  std::vector<int32_t> groups;
  std::vector<int32_t> classes;
  std::vector<double> popularity;  // NaN: unknown

  explicit Columns(const Dataset& dataset) {
    for (const DatasetRow& row : dataset.rows) {
      covers.push_back(row.cover.hex());
      titles.push_back(row.title);
      files.push_back(row.path);
      collections.push_back(row.collection < 0 ? ""
                                               : dataset.collections[static_cast<size_t>(row.collection)]);
      groups.push_back(row.group);
      classes.push_back(row.label);
      popularity.push_back(row.popularity.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
  }
};

// The answers: class numbers, a number a row, or of several genres a matrix of zeros and ones. `members` is
// what the file refers to until it is saved.
Status add_answers(const LoadedTask& loaded, const Columns& columns, std::vector<float>& members,
                   NpzFile& file) {
  const Task& task = loaded.task;
  if (task.goal == Goal::kNumber) return file.add("y", task.values, task.values.size(), 0);
  SLEEVE_CHECK(file.add("class_names", task.class_names));
  if (task.goal == Goal::kClass) return file.add("y", columns.classes);
  members.assign(task.members.begin(), task.members.end());
  return file.add("y", members, loaded.dataset.rows.size(), task.class_names.size());
}

Result<std::vector<std::string>> value_names(const FeatureSet& features) {
  SLEEVE_TRY(const Extractor extractor, Extractor::make(features));
  return extractor.value_names();
}

}  // namespace

Result<ExportReport> export_npz(Workspace& workspace, const ExportOptions& options, const Question& question,
                                const FeatureSet& features, const WorkContext& context) {
  SLEEVE_CHECK(check_export_file(options));
  SLEEVE_TRY(const LoadedTask loaded, load_task(workspace, question, features, context));
  SLEEVE_TRY(const auto names, value_names(features));
  SLEEVE_TRY(const Provenance origins, provenance(workspace.catalogue()));
  const Columns columns(loaded.dataset);
  std::vector<float> members;
  SLEEVE_TRY(NpzFile file, NpzFile::begin(options.out));
  const Matrix& x = loaded.task.x;
  SLEEVE_CHECK(file.add("x", std::span(x.data(), x.rows() * x.columns()), x.rows(), x.columns()));
  SLEEVE_CHECK(add_answers(loaded, columns, members, file));
  SLEEVE_CHECK(file.add("groups", columns.groups));
  SLEEVE_CHECK(file.add("popularity", columns.popularity));
  SLEEVE_CHECK(file.add("covers", columns.covers));
  SLEEVE_CHECK(file.add("titles", columns.titles));
  SLEEVE_CHECK(file.add("files", columns.files));
  SLEEVE_CHECK(file.add("collections", columns.collections));
  SLEEVE_CHECK(file.add("feature_names", names));
  SLEEVE_CHECK(file.add("about", dump_json(Json{{"sleeve", kVersion},
                                                {"features", to_json(features)},
                                                {"question", to_json(question)},
                                                {"dataset", to_json(loaded.dataset)},
                                                {"notes", origins.notes}})));
  SLEEVE_CHECK(file.save());
  ExportReport report = begin_report("npz", options);
  report.written = loaded.dataset.rows.size();
  report.notes = origins.notes;
  report.values = x.columns();
  if (loaded.task.goal != Goal::kNumber) report.classes = loaded.task.class_names;
  count_left_out(loaded.dataset, report);
  report.problems = loaded.unreadable;
  return report;
}

}  // namespace sleeve
