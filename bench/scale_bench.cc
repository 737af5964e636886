// SPDX-License-Identifier: Apache-2.0
// Fits one pipeline to very many drawn rows and says how long that took and how much memory the whole
// program had at its peak; bench/scale.py runs it and judges. One process a pipeline, for the peak is the
// process's.
//
//   scale_bench ROWS THREADS PIPELINE
//
// 1,088 columns, 5 classes. 60 columns shift with the class, each by a third of its deviation; two thousand
// rows more are held out. Prints one JSON object; a refusal is an answer, too: {"refused": why}.
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "base/json.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/text.h"
#include "learn/pipeline.h"

namespace sleeve {
namespace {

constexpr size_t kColumns = 1088;
constexpr size_t kTellingColumns = 60;
constexpr int kClasses = 5;
constexpr size_t kTestRows = 2000;
constexpr double kShift = 1.0 / 3;

struct Drawn {
  Matrix x;
  std::vector<int> labels;
};

// A row depends on the seed and its number alone.
Drawn draw(size_t rows, uint64_t seed) {
  Rng shifts(1);
  std::vector<double> shift(kClasses * kTellingColumns);
  for (double& value : shift) value = kShift * shifts.normal();
  Drawn drawn{Matrix(rows, kColumns), std::vector<int>(rows)};
  parallel_for(rows, [&](size_t i) {
    Rng rng(seed, i);
    const auto label = static_cast<size_t>(rng.below(kClasses));
    drawn.labels[i] = static_cast<int>(label);
    const auto row = drawn.x.row(i);
    for (size_t j = 0; j < kColumns; ++j) {
      // Every 18th column tells, so that they are spread over all.
      const bool telling = j % 18 == 0 && j / 18 < kTellingColumns;
      row[j] = static_cast<float>(rng.normal() + (telling ? shift[label * kTellingColumns + j / 18] : 0));
    }
  });
  return drawn;
}

double peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Status run(size_t rows, size_t threads, const std::string& text) {
  const ThreadLimit limit(threads);
  auto spec = parse_pipeline(text);
  if (!spec.ok()) return std::move(spec).error();
  const Drawn train = draw(rows, 2);
  const Drawn test = draw(kTestRows, 3);
  Json report{{"rows", rows}, {"columns", kColumns}, {"threads", threads}, {"pipeline", spec->text()}};
  report["data_bytes"] = peak_bytes();
  const auto start = std::chrono::steady_clock::now();
  const auto pipeline = Pipeline::fit(*spec, {train.x, train.labels, kClasses}, 22);
  report["fit_seconds"] = seconds_since(start);
  if (!pipeline.ok() && pipeline.error().code != ErrorCode::kTooLarge) return pipeline.error();
  if (!pipeline.ok()) {
    report["refused"] = pipeline.error().message;
  } else {
    const auto predicting = std::chrono::steady_clock::now();
    const auto outputs = pipeline->outputs(test.x);
    if (!outputs.ok()) return outputs.error();
    report["predict_seconds"] = seconds_since(predicting);
    const std::vector<int> predicted = most_probable(*outputs);
    size_t right = 0;
    for (size_t i = 0; i < predicted.size(); ++i) right += predicted[i] == test.labels[i] ? 1 : 0;
    report["accuracy"] = static_cast<double>(right) / static_cast<double>(kTestRows);
  }
  report["peak_bytes"] = peak_bytes();
  std::puts(dump_json(report).c_str());
  return {};
}

}  // namespace
}  // namespace sleeve

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto rows = arguments.size() != 3 ? std::nullopt : sleeve::parse_integer(arguments[0]);
  const auto threads = arguments.size() != 3 ? std::nullopt : sleeve::parse_integer(arguments[1]);
  if (!rows || *rows < 1 || !threads || *threads < 0) {
    std::fputs("usage: scale_bench ROWS THREADS PIPELINE\n", stderr);
    return 2;
  }
  const sleeve::Status status =
      sleeve::run(static_cast<size_t>(*rows), static_cast<size_t>(*threads), arguments[2]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", status.error().message.c_str());
  return 1;
}
