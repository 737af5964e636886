// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_GOLDEN_TESTING_H_
#define SLEEVE_FEATURE_GOLDEN_TESTING_H_

#include <filesystem>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "image/picture.h"

// Where this room's tests find what the scripts of tests/golden made.
namespace sleeve {

inline const std::filesystem::path kGoldenFolder = std::filesystem::path(SLEEVE_SOURCE_DIR) / "tests/golden";
inline const std::filesystem::path kSmallNetworks = kGoldenFolder / "networks";

inline Picture golden_picture(const std::string& name) {
  auto picture = read_picture(kGoldenFolder / "pictures" / name);
  EXPECT_TRUE(picture.ok()) << name << ": " << picture.error().message;
  return std::move(picture).value();
}

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_GOLDEN_TESTING_H_
