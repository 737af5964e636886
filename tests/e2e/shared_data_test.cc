// SPDX-License-Identifier: Apache-2.0
// Real covers, where they are at hand: a folder `shared` beside the checkout, or $SLEEVE_SHARED.
#include <cstdlib>

#include "e2e/sandbox.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

class SharedData : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    const char* given = std::getenv("SLEEVE_SHARED");
    data_ = (given != nullptr ? fs::path(given) : fs::path(SLEEVE_SOURCE_DIR) / ".." / "shared") / "data";
    if (!fs::exists(data_)) GTEST_SKIP() << "NOT TESTED on real covers: there is no " << data_;
  }
  fs::path data_;
};

TEST_F(SharedData, Discogs5ImportsWholeAndItsCopiesAreFound) {
  const Json report = sleeve({"import", "folder", (data_ / "discogs5").native(), "--json"}).json();
  EXPECT_EQ(report["items"], 4012);
  EXPECT_EQ(report["failed"], 0);
  const Json status = sleeve({"status", "--json"}).json();
  EXPECT_EQ(status["covers"], 3759);
  EXPECT_EQ(status["odd"]["covers_under_several_genres"], 211);
}

TEST_F(SharedData, TheOriginalsAlbumsAreReadWhole) {
  const Json report =
      sleeve({"import", "albums", (data_ / "seed" / "data_full_clean.txt").native(), "--json"}).json();
  EXPECT_EQ(report["items"], 2320);
  EXPECT_EQ(report["failed"], 0);
  EXPECT_EQ(report["without_picture"], 2320);
}

}  // namespace
}  // namespace sleeve
