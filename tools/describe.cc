// SPDX-License-Identifier: Apache-2.0
//
// sleeve_describe FEATURES FILE…        a picture's values as raw little-endian float32, one after the other
// sleeve_describe --extract FEATURES FOLDER THREADS FILE…
//                                       runs the extraction into FOLDER, prints covers, seconds, peak kB
// "-" as the only FILE reads the names from standard input, one a line. For developers: the
// scripts bench/fidelity.py and bench/speed_extract.py drive it.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

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

int run(int argc, char** argv) {
  Status status;
  if (argc >= 3 && std::string_view(argv[1]) != "--extract") {
    status = describe_files(argv[1], file_names(argc, argv, 2));
  } else if (argc >= 6) {
    const auto threads = parse_integer(argv[4]);
    if (!threads || *threads < 1) {
      status = Error{ErrorCode::kUsage, "THREADS is not a positive number"};
    } else {
      status = time_extraction(argv[2], argv[3], static_cast<size_t>(*threads), file_names(argc, argv, 5));
    }
  } else {
    status =
        Error{ErrorCode::kUsage, "sleeve_describe FEATURES FILE… | --extract FEATURES FOLDER THREADS FILE…"};
  }
  if (status.ok()) return 0;
  fmt::print(stderr, "error: {}\n", status.error().message);
  return status.error().code == ErrorCode::kUsage ? 2 : 1;
}

}  // namespace
}  // namespace sleeve

int main(int argc, char** argv) { return sleeve::run(argc, argv); }
