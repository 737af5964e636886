// SPDX-License-Identifier: Apache-2.0
//
// Google Benchmark: each descriptor on one thread, on drawn pictures of 300 and 640 px, and the whole
// pipeline on files of them. bench/speed_extract.py compares with the original's Python.
#include <filesystem>

#include <benchmark/benchmark.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <unistd.h>

#include "base/file.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "feature/extract.h"
#include "learn/transform.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

// Smooth shapes with grain: compresses and thresholds about as covers do.
cv::Mat drawn_cover(int side, uint64_t seed) {
  Rng rng(seed);
  cv::Mat small(side / 20, side / 20, CV_8UC3);
  for (int y = 0; y < small.rows; ++y) {
    for (int x = 0; x < small.cols; ++x) {
      for (int c = 0; c < 3; ++c) small.at<cv::Vec3b>(y, x)[c] = static_cast<uint8_t>(rng.below(256));
    }
  }
  cv::Mat cover;
  cv::resize(small, cover, {side, side}, 0, 0, cv::INTER_CUBIC);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side * 3; ++x) {
      auto& value = cover.ptr<uint8_t>(y)[x];
      value = cv::saturate_cast<uint8_t>(value + rng.normal(0.0, 6.0));
    }
  }
  return cover;
}

void describe_one(benchmark::State& state, const std::string& features, int side) {
  const Picture picture = picture_from_pixels(drawn_cover(side, 1));
  auto extractor = Extractor::make(*parse_feature_set(features));
  if (!extractor.ok()) return state.SkipWithError(extractor.error().message.c_str());
  std::vector<float> values(extractor->size());
  for (auto _ : state) {
    if (!extractor->describe(picture, values).ok()) return state.SkipWithError("describe failed");
    benchmark::DoNotOptimize(values.data());
  }
}

// A bag to visual words: what a model does with one cover's 512 vectors before it judges.
void encode(benchmark::State& state, const char* words) {
  constexpr size_t kCovers = 40;
  const FeatureSet set = *parse_feature_set("dense_sift");
  auto extractor = Extractor::make(set);
  Matrix x(kCovers, extractor->size());
  for (size_t i = 0; i < kCovers; ++i) {
    if (!extractor->describe(picture_from_pixels(drawn_cover(300, i)), x.row(i)).ok()) {
      return state.SkipWithError("describe failed");
    }
  }
  const std::vector<ColumnBlock> blocks = {{"dense_sift", 0, x.columns(), (*descriptor_bags(set))[0]}};
  const Spec spec = *parse_spec(words);
  auto made = (*find_transform(spec.name))->make(spec.options);
  if (!made.ok()) return state.SkipWithError(made.error().message.c_str());
  const auto& transform = *made;
  if (!transform->fit({x, {}, 0, Goal::kClass, {}, {}, {}, blocks}).ok()) {
    return state.SkipWithError("fit failed");
  }
  const std::vector<size_t> one = {0};
  const Matrix row = x.select(one);
  for (auto _ : state) benchmark::DoNotOptimize(transform->apply(row).data());
}

void decode(benchmark::State& state, int side) {
  std::vector<uint8_t> jpeg;
  cv::imencode(".jpg", drawn_cover(side, 1), jpeg);
  for (auto _ : state) {
    auto picture = decode_picture(std::as_bytes(std::span(jpeg)));
    if (!picture.ok()) return state.SkipWithError("decode failed");
    benchmark::DoNotOptimize(picture->bgr.data);
  }
}

void pipeline(benchmark::State& state, int side) {
  constexpr size_t kCovers = 40;
  std::string name = (fs::temp_directory_path() / "sleeve_bench_XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  std::vector<CoverFile> covers;
  for (size_t i = 0; i < kCovers; ++i) {
    std::vector<uint8_t> jpeg;
    cv::imencode(".jpg", drawn_cover(side, i), jpeg);
    covers.push_back({sha256(std::as_bytes(std::span(jpeg))), folder / (std::to_string(i) + ".jpg")});
    if (!write_file_atomic(covers.back().path, std::as_bytes(std::span(jpeg))).ok()) {
      return state.SkipWithError("the temporary folder can't be written");
    }
  }
  const ThreadLimit limit(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    const auto report = extract_features(covers, *parse_feature_set("hog+hsv+lbp"), folder / "features");
    if (!report.ok() || report->done != kCovers) return state.SkipWithError("extraction failed");
    state.PauseTiming();
    fs::remove_all(folder / "features");
    state.ResumeTiming();
  }
  state.counters["covers/s"] =
      benchmark::Counter(static_cast<double>(state.iterations() * kCovers), benchmark::Counter::kIsRate);
  fs::remove_all(folder);
}

void add_all() {
  for (const int side : {300, 640}) {
    const std::string suffix = "/" + std::to_string(side);
    for (const DescriptorEntry& entry : descriptor_registry()) {
      if (!entry.make(Json::object()).ok()) continue;  // a file that it needs isn't installed
      benchmark::RegisterBenchmark((std::string(entry.name) + suffix).c_str(), describe_one,
                                   std::string(entry.name), side)
          ->Unit(benchmark::kMillisecond);
    }
    benchmark::RegisterBenchmark(("decode" + suffix).c_str(), decode, side)->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("hog+hsv+lbp of files" + suffix).c_str(), pipeline, side)
        ->Arg(1)
        ->Arg(2)
        ->ArgName("threads")
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
  for (const char* words :
       {"words", "words:levels=3", "words:encoding=vlad:k=32", "words:encoding=fisher:k=32"}) {
    benchmark::RegisterBenchmark((std::string(words) + " of dense_sift").c_str(), encode, words)
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace sleeve

int main(int argc, char** argv) {
  sleeve::add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
