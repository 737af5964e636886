// SPDX-License-Identifier: Apache-2.0
// Times the random forest on a data set from a file; bench/speed_forest.py makes the file, times
// scikit-learn on the same rows, and compares.
//
//   forest_bench FILE THREADS SEED [option=value …]
//
// FILE holds int32 rows, training rows, columns, classes; then int32 labels; then float32 values by row.
// The first `training rows` are learnt from, the others predicted. Prints one JSON object.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/parallel.h"
#include "base/text.h"
#include "learn/pipeline.h"

namespace sleeve {
namespace {

struct Data {
  Matrix train;
  Matrix test;
  std::vector<int> train_labels;
  std::vector<int> test_labels;
  int classes = 0;
};

Result<Data> read_data(const std::string& path) {
  SLEEVE_TRY(const MappedFile file, MappedFile::open(path));
  ByteReader in(file.bytes());
  SLEEVE_TRY(const int32_t rows, in.get<int32_t>());
  SLEEVE_TRY(const int32_t train_rows, in.get<int32_t>());
  SLEEVE_TRY(const int32_t columns, in.get<int32_t>());
  SLEEVE_TRY(const int32_t classes, in.get<int32_t>());
  const auto count = static_cast<size_t>(rows);
  const auto width = static_cast<size_t>(columns);
  SLEEVE_TRY(const auto labels, in.get_bytes(count * sizeof(int32_t)));
  SLEEVE_TRY(const auto values, in.get_bytes(count * width * sizeof(float)));
  Matrix x(count, width);
  std::memcpy(x.data(), values.data(), values.size());
  std::vector<int> y(count);
  std::memcpy(y.data(), labels.data(), labels.size());
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  const std::span all(order);
  const auto middle = static_cast<size_t>(train_rows);
  return Data{x.select(all.first(middle)),
              x.select(all.subspan(middle)),
              {y.begin(), y.begin() + train_rows},
              {y.begin() + train_rows, y.end()},
              classes};
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Status run(const std::string& path, size_t threads, uint64_t seed, const std::string& options) {
  SLEEVE_TRY(const Data data, read_data(path));
  SLEEVE_TRY(const PipelineSpec spec, parse_pipeline("forest" + options));
  const ThreadLimit limit(threads);
  const auto fit_start = std::chrono::steady_clock::now();
  SLEEVE_TRY(const Pipeline pipeline,
             Pipeline::fit(spec, {data.train, data.train_labels, data.classes}, seed));
  const double fit_seconds = seconds_since(fit_start);
  const auto predict_start = std::chrono::steady_clock::now();
  SLEEVE_TRY(const Matrix probabilities, pipeline.outputs(data.test));
  const double predict_seconds = seconds_since(predict_start);
  const std::vector<int> predicted = most_probable(probabilities);
  size_t right = 0;
  for (size_t i = 0; i < predicted.size(); ++i) right += predicted[i] == data.test_labels[i] ? 1 : 0;
  ByteWriter saved;
  pipeline.save(saved);
  Json report = Json::object();
  report["fit_seconds"] = fit_seconds;
  report["predict_seconds"] = predict_seconds;
  report["accuracy"] = static_cast<double>(right) / static_cast<double>(predicted.size());
  report["bytes"] = saved.bytes().size();
  std::puts(dump_json(report).c_str());
  return {};
}

}  // namespace
}  // namespace sleeve

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto threads = arguments.size() < 3 ? std::nullopt : sleeve::parse_integer(arguments[1]);
  const auto seed = arguments.size() < 3 ? std::nullopt : sleeve::parse_integer(arguments[2]);
  if (!threads || *threads < 0 || !seed || *seed < 0) {
    std::fputs("usage: forest_bench FILE THREADS SEED [option=value ...]\n", stderr);
    return 2;
  }
  std::string options;
  for (size_t i = 3; i < arguments.size(); ++i) options += ":" + arguments[i];
  const sleeve::Status status =
      sleeve::run(arguments[0], static_cast<size_t>(*threads), static_cast<uint64_t>(*seed), options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", status.error().message.c_str());
  return 1;
}
