// SPDX-License-Identifier: Apache-2.0
#include "stage/predict.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include <tbb/enumerable_thread_specific.h>

#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "image/picture.h"
#include "learn/mean_answers.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

// Files judged between two hand-overs: enough to keep the threads busy, few enough that a
// prediction doesn't wait long for its neighbours.
constexpr size_t kPredictBatch = 64;

bool hidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

void add_below(const fs::path& folder, std::vector<fs::path>& files) {
  std::error_code code;
  std::vector<fs::path> found;
  fs::directory_iterator entries(folder, code);
  if (code) {
    files.push_back(folder);  // becomes an error with the system's reason
    return;
  }
  for (; entries != fs::directory_iterator(); entries.increment(code)) {
    if (!hidden(entries->path())) found.push_back(entries->path());
  }
  if (code) files.push_back(folder);  // reading it broke off: an error of its own
  std::ranges::sort(found);
  for (const fs::path& path : found) {
    if (!fs::is_directory(path, code)) {
      files.push_back(path);
    } else if (!fs::is_symlink(path, code)) {
      add_below(path, files);
    }
  }
}

Result<Matrix> describe_file(Extractor& extractor, const fs::path& path, const Augmentation& augmentation,
                             Sha256& cover) {
  const DecodeLimits limits;
  SLEEVE_TRY(const Bytes bytes, read_file(path, limits.max_file_bytes));
  cover = sha256(bytes);
  auto picture = decode_picture(bytes, limits);
  if (!picture.ok()) return with_context(std::move(picture).error(), printable(path));
  return describe_forms(extractor, *picture, cover, augmentation);
}

Prediction judge_file(const Model& model, Extractor& extractor, const Augmentation& augmentation,
                      const fs::path& path) {
  Prediction prediction;
  prediction.path = path.native();
  auto values = describe_file(extractor, path, augmentation, prediction.cover);
  if (!values.ok()) {
    prediction.error = values.error();
    return prediction;
  }
  const auto outputs = model.pipeline.outputs(*values);
  if (!outputs.ok()) {
    prediction.error = with_context(outputs.error(), printable(path));
    return prediction;
  }
  const Matrix together = mean_answers(*outputs, static_cast<size_t>(augmentation.test));
  std::vector<float> mean(together.row(0).begin(), together.row(0).end());
  if (model.pipeline.spec().goal == Goal::kNumber) {
    prediction.number = std::clamp(static_cast<double>(mean[0]), 0.0, 100.0);
    return prediction;
  }
  prediction.predicted = static_cast<int>(std::ranges::max_element(mean) - mean.begin());
  prediction.probabilities = std::move(mean);
  return prediction;
}

// Six digits: a float's further ones are noise.
double shown(float probability) { return std::round(static_cast<double>(probability) * 1e6) / 1e6; }
double shown(double number) { return std::round(number * 100) / 100; }

}  // namespace

std::vector<fs::path> files_below(std::span<const fs::path> paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    std::error_code code;
    if (fs::is_directory(path, code)) {
      add_below(path, files);
    } else {
      files.push_back(path);
    }
  }
  return files;
}

Result<PredictReport> predict(const Model& model, std::span<const fs::path> files,
                              const std::function<void(const Prediction&)>& take, const WorkContext& context,
                              std::optional<int> test_copies) {
  SLEEVE_TRY(Augmentation augmentation, augmentation_of(model.record));
  augmentation.test = test_copies.value_or(augmentation.test);
  SLEEVE_TRY(Extractor first, Extractor::make(model.features));  // fails here rather than in a thread
  tbb::enumerable_thread_specific<std::optional<Extractor>> extractors;
  extractors.local() = std::move(first);
  PredictReport report;
  context.progress().begin("judging covers", files.size());
  for (size_t start = 0; start < files.size(); start += kPredictBatch) {
    if (context.stopping()) {
      report.cancelled = true;
      break;
    }
    std::vector<Prediction> batch(std::min(kPredictBatch, files.size() - start));
    parallel_for(batch.size(), [&](size_t i) {
      auto& extractor = extractors.local();
      if (!extractor) {
        auto made = Extractor::make(model.features);
        if (!made.ok()) {
          batch[i].path = files[start + i].native();
          batch[i].error = made.error();
          return;
        }
        extractor = std::move(*made);
      }
      batch[i] = judge_file(model, *extractor, augmentation, files[start + i]);
    });
    for (const Prediction& prediction : batch) {
      ++(prediction.error ? report.failed : report.done);
      take(prediction);
    }
    context.progress().step(batch.size());
  }
  context.progress().end();
  return report;
}

std::pair<double, double> interval_around(double number, const Model& model) {
  const double half = model.interval ? model.interval->half_width : 100.0;
  return {std::max(0.0, number - half), std::min(100.0, number + half)};
}

std::vector<size_t> likely_labels(const Prediction& prediction) {
  std::vector<size_t> labels;
  for (size_t i = 0; i < prediction.probabilities.size(); ++i) {
    if (prediction.probabilities[i] >= 0.5F) labels.push_back(i);
  }
  std::ranges::stable_sort(labels, std::greater<>(), [&](size_t i) { return prediction.probabilities[i]; });
  return labels;
}

Json to_json(const Prediction& prediction, const Model& model) {
  Json json{{"path", prediction.path}};
  if (prediction.error) {
    json["error"] = prediction.error->message;
    return json;
  }
  const Goal goal = model.pipeline.spec().goal;
  if (goal == Goal::kNumber) {
    const auto [low, high] = interval_around(prediction.number, model);
    json["popularity"] = shown(prediction.number);
    json["interval"] = Json::array({shown(low), shown(high)});
    return json;
  }
  const auto predicted = static_cast<size_t>(prediction.predicted);
  if (goal == Goal::kLabels) {
    json["genres"] = Json::array();
    for (const size_t label : likely_labels(prediction)) json["genres"].push_back(model.class_names[label]);
  }
  if (goal == Goal::kClass) json[model.target == "genre" ? "genre" : "class"] = model.class_names[predicted];
  json["confidence"] = shown(prediction.probabilities[predicted]);
  Json probabilities = Json::object();
  for (size_t i = 0; i < model.class_names.size(); ++i) {
    probabilities[model.class_names[i]] = shown(prediction.probabilities[i]);
  }
  json["probabilities"] = std::move(probabilities);
  return json;
}

}  // namespace sleeve
