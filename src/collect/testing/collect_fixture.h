// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_TESTING_COLLECT_FIXTURE_H_
#define SLEEVE_COLLECT_TESTING_COLLECT_FIXTURE_H_

#include <atomic>
#include <filesystem>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "collect/collect.h"

namespace sleeve {

// A test with workspaces of its own, which collects from fakes.
class CollectFixture : public ::testing::Test {
 protected:
  CollectFixture() {
    std::string name = std::filesystem::path(::testing::TempDir()) / "sleeve_collect_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~CollectFixture() override {
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  // Settings for fakes at these addresses. Waits pass a thousand times as fast.
  static ServiceSettings settings(const std::map<std::string, std::string>& urls) {
    ServiceSettings settings;
    settings.urls = urls;
    settings.contact = "test@example.org";
    settings.clock_speed = 1000;
    settings.http.stall_seconds = 1;
    return settings;
  }

  Result<CollectReport> try_collect(const CollectOptions& options, ServiceSettings settings,
                                    bool refresh = false, const std::string& workspace = "ws") {
    settings.cache = at(workspace) / "cache";
    auto catalogue = Catalogue::open(at(workspace) / "catalogue.db");
    if (!catalogue.ok()) return catalogue.error();
    const auto entry = find_source(options.source);
    if (!entry.ok()) return entry.error();
    return collect({*catalogue, at(workspace)}, **entry, options, refresh, std::move(settings),
                   WorkContext(nullptr, &stop_));
  }

  CollectReport collect_from(const std::map<std::string, std::string>& urls, const CollectOptions& options,
                             const std::string& workspace = "ws") {
    auto report = try_collect(options, settings(urls), false, workspace);
    EXPECT_TRUE(report.ok()) << report.error().message;
    return report.ok() ? std::move(*report) : CollectReport();
  }

  // A folder for a workspace, made.
  [[nodiscard]] std::filesystem::path at(const std::string& workspace) const {
    std::filesystem::create_directories(folder_ / workspace);
    return folder_ / workspace;
  }

  std::filesystem::path folder_;
  std::atomic<bool> stop_{false};
};

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_TESTING_COLLECT_FIXTURE_H_
