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

TEST_F(SharedData, TheOriginalsLabelsAreReproduced) {
  ASSERT_EQ(sleeve({"import", "albums", (data_ / "seed" / "data_full_clean.txt").native()}).status, 0);
  const Json report = sleeve({"label", "genres", "--rules", "original", "--json"}).json();
  EXPECT_EQ(report["popular_enough"], 1993);
  EXPECT_EQ(report["frequent_tags"], (Json{{"pop", 840},
                                           {"dance pop", 685},
                                           {"pop dance", 470},
                                           {"pop rap", 391},
                                           {"rap", 364},
                                           {"post teen pop", 354},
                                           {"rock", 250},
                                           {"hip hop", 247},
                                           {"edm", 229},
                                           {"trap", 214},
                                           {"tropical house", 206},
                                           {"electropop", 154},
                                           {"pop rock", 147},
                                           {"southern hip hop", 138},
                                           {"modern rock", 110},
                                           {"classic rock", 101}}));
  // The original's 1,592 albums, of which 47 have as many tags for one label as for another.
  EXPECT_EQ(report["labelled"].get<int>() + report["outcomes"]["tie_dropped"].get<int>(), 1592);
  EXPECT_EQ(report["outcomes"]["agreed"], 1367);
  EXPECT_EQ(report["outcomes"]["majority"], 178);
  EXPECT_EQ(report["labels"], (Json{{"pop", 872}, {"rap", 396}, {"rock", 277}}));
}

TEST_F(SharedData, AdvisoryLabelsAreSeenOnCoversThatBearOne) {
  const auto likely = [&](const std::string& cover) {
    const fs::path path = data_ / "discogs5" / cover;
    return sleeve({"show", path.native(), "--features", "advisory", "--json"})
        .json()["descriptors"][0]["values"][0]["value"]
        .get<double>();
  };
  for (const char* with :
       {"HipHop/R-453471-1604257147-2653-jpeg.jpg", "HipHop/R-4526634-1595016233-1534-jpeg.jpg",
        "HipHop/R-4809768-1378567591-7875-jpeg.jpg"}) {
    EXPECT_GT(likely(with), 0.9) << with;
  }
  for (const char* without :
       {"Country/R-10011179-1490322801-7353-jpeg.jpg", "Country/R-10023027-1490303708-1796-jpeg.jpg",
        "Country/R-1006362-1509019617-8262-jpeg.jpg"}) {
    EXPECT_LT(likely(without), 0.1) << without;
  }
}

}  // namespace
}  // namespace sleeve
