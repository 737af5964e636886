// SPDX-License-Identifier: Apache-2.0
//
// sleeve_describe FEATURES FILE…        a picture's values as raw little-endian float32, one after the other
// sleeve_describe --extract FEATURES FOLDER THREADS FILE…
//                                       runs the extraction into FOLDER, prints covers, seconds, peak kB
// sleeve_describe --time FEATURES REPEATS FILE…
//                                       CPU milliseconds a picture, the mean over the pictures of the least
//                                       of the repeats: decoding, each descriptor alone, all of them together
// "-" as the only FILE reads the names from standard input, one a line. For developers: the
// scripts bench/fidelity.py and bench/speed_extract.py and bench/cost.py drive it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/extract.h"

namespace sleeve {
namespace {

std::vector<std::string> file_names(int argc, char** argv, int from) {
  std::vector<std::string> names(argv + from, argv + argc);
  if (names.size() != 1 || names[0] != "-") return names;
  names.clear();
  for (std::string line; std::getline(std::cin, line);) names.push_back(line);
  return names;
}

// Not getrusage(): its peak includes that of the program that started this one.
Result<long long> peak_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("VmHWM:") || !line.ends_with(" kB")) continue;
    const std::string_view number = std::string_view(line).substr(6, line.size() - 9);
    if (const auto kb = parse_integer(trim(number))) return *kb;
  }
  return Error{ErrorCode::kUnsupported, "this system doesn't tell a process its peak memory"};
}

Status describe_files(const std::string& features, const std::vector<std::string>& names) {
  SLEEVE_TRY(const FeatureSet set, parse_feature_set(features));
  SLEEVE_TRY(Extractor extractor, Extractor::make(set));
  std::vector<float> values(extractor.size());
  for (const std::string& name : names) {
    SLEEVE_TRY(const Picture picture, read_picture(name));
    SLEEVE_CHECK(extractor.describe(picture, values));
    if (std::fwrite(values.data(), sizeof(float), values.size(), stdout) != values.size()) {
      return Error{ErrorCode::kIo, "standard output can't be written"};
    }
  }
  return {};
}

Status time_extraction(const std::string& features, const std::string& folder, size_t threads,
                       const std::vector<std::string>& names) {
  const ThreadLimit limit(threads);
  SLEEVE_TRY(const FeatureSet set, parse_feature_set(features));
  std::vector<CoverFile> covers;
  for (const std::string& name : names) {
    SLEEVE_TRY(const Bytes bytes, read_file(name));
    covers.push_back({sha256(bytes), name});
  }
  const auto start = std::chrono::steady_clock::now();
  SLEEVE_TRY(const ExtractReport report, extract_features(covers, set, folder));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  SLEEVE_TRY(const long long peak, peak_kb());
  fmt::print("{} {:.4f} {}\n", report.done, took.count(), peak);
  for (const ExtractFailure& failure : report.failed) fmt::print(stderr, "{}\n", failure.reason.message);
  return {};
}

// Of this thread only, so that a busy machine disturbs it less.
double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

template <class Work>
Status time_least(double& least, const Work& work) {
  const double start = cpu_ms();
  SLEEVE_CHECK(work());
  least = std::min(least, cpu_ms() - start);
  return {};
}

// The same pixels without the copies that descriptors have made of them.
Picture fresh(const Picture& picture) {
  Picture copy = picture;
  copy.planes = std::make_shared<const Planes>(copy.bgr);
  return copy;
}

Status time_descriptors(const std::string& features, size_t repeats, const std::vector<std::string>& names) {
  SLEEVE_TRY(const FeatureSet set, parse_feature_set(features));
  SLEEVE_TRY(Extractor extractor, Extractor::make(set));
  std::vector<float> values(extractor.size());
  const size_t count = set.descriptors.size();
  std::vector<double> sums(count + 2);  // decoding, each descriptor, all
  for (const std::string& name : names) {
    SLEEVE_TRY(const Bytes bytes, read_file(name));
    SLEEVE_TRY(const Picture picture, decode_picture(bytes));
    std::vector<double> least(count + 2, 1e300);
    for (size_t repeat = 0; repeat < repeats; ++repeat) {
      SLEEVE_CHECK(time_least(least[0], [&]() -> Status {
        SLEEVE_TRY(const Picture decoded, decode_picture(bytes));
        return {};
      }));
      for (size_t i = 0; i < count; ++i) {
        const Picture copy = fresh(picture);
        const std::span<float> out = std::span(values).first(extractor.sizes()[i]);
        SLEEVE_CHECK(time_least(least[i + 1], [&] { return extractor.describe_one(i, copy, out); }));
      }
      const Picture copy = fresh(picture);
      SLEEVE_CHECK(time_least(least.back(), [&] { return extractor.describe(copy, values); }));
    }
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += least[i];
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    const std::string what = i == 0 ? "decode" : i == sums.size() - 1 ? "all" : set.descriptors[i - 1].name;
    const size_t size = i == 0 ? 0 : i == sums.size() - 1 ? extractor.size() : extractor.sizes()[i - 1];
    fmt::print("{} {} {:.4f}\n", what, size, sums[i] / static_cast<double>(names.size()));
  }
  return {};
}

int run(int argc, char** argv) {
  Status status;
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (argc >= 3 && mode != "--extract" && mode != "--time") {
    status = describe_files(argv[1], file_names(argc, argv, 2));
  } else if ((argc >= 6 && mode == "--extract") || (argc >= 5 && mode == "--time")) {
    const bool extracts = mode == "--extract";
    const auto number = parse_integer(argv[extracts ? 4 : 3]);
    if (!number || *number < 1) {
      status = make_error(ErrorCode::kUsage, "{} is not a positive number", extracts ? "THREADS" : "REPEATS");
    } else if (extracts) {
      status = time_extraction(argv[2], argv[3], static_cast<size_t>(*number), file_names(argc, argv, 5));
    } else {
      status = time_descriptors(argv[2], static_cast<size_t>(*number), file_names(argc, argv, 4));
    }
  } else {
    status =
        Error{ErrorCode::kUsage,
              "sleeve_describe FEATURES FILE… | --extract FEATURES FOLDER THREADS FILE… | --time FEATURES "
              "REPEATS FILE…"};
  }
  if (status.ok()) return 0;
  fmt::print(stderr, "error: {}\n", status.error().message);
  return status.error().code == ErrorCode::kUsage ? 2 : 1;
}

}  // namespace
}  // namespace sleeve

int main(int argc, char** argv) { return sleeve::run(argc, argv); }
