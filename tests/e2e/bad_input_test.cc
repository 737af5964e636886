// SPDX-License-Identifier: Apache-2.0
// Bad input: a reason for each item, and the run goes on.
#include <map>

#include <gmock/gmock.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/sandbox.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BadInput : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    draw("demo", {"--artists", "1", "--albums", "2", "--side", "64"});
    good_ = read("demo/covers/images/ember-artist-01-album-1.jpg");
  }
  // The reasons by file name.
  static std::map<std::string, std::string> reasons(const Json& report) {
    std::map<std::string, std::string> result;
    for (const Json& problem : report["problems"]) {
      result[fs::path(problem["item"].get<std::string>()).filename()] = problem["reason"];
    }
    return result;
  }
  std::string good_;
};

TEST_F(BadInput, EachPictureHasItsReasonAndTheOthersAreImported) {
  write("in/g/good.jpg", good_);
  write("in/g/empty.jpg", "");
  write("in/g/truncated.jpg", good_.substr(0, good_.size() / 2));
  write("in/g/text.jpg", "this is a text, not a picture\n");
  write("in/g/page.png", "<!DOCTYPE html><html><body>404</body></html>");
  write("in/g/animation.gif", "GIF89a\x01\x01\x01\x01");
  fs::create_symlink("nowhere.jpg", at("in/g/broken-link.jpg"));
  ASSERT_EQ(::mkfifo(at("in/g/fifo.jpg").c_str(), 0644), 0);
  // A PNG header that claims 30,000 × 30,000 pixels.
  std::vector<unsigned char> png;
  cv::imencode(".png", cv::Mat::zeros(8, 8, CV_8UC3), png);
  std::string bomb(png.begin(), png.end());
  bomb.replace(16, 8, std::string("\x00\x00\x75\x30\x00\x00\x75\x30", 8));
  write("in/g/bomb.png", bomb);
  const Outcome outcome = sleeve({"import", "folder", "in", "--json"});
  EXPECT_EQ(outcome.status, 3) << outcome.errors;
  EXPECT_EQ(outcome.errors, "");  // no library chatter
  const Json report = outcome.json();
  EXPECT_EQ(report["added"], 1);
  EXPECT_EQ(report["failed"], 8);
  const auto why = reasons(report);
  EXPECT_THAT(why.at("empty.jpg"), HasSubstr("empty"));
  EXPECT_THAT(why.at("truncated.jpg"),
              testing::AnyOf(HasSubstr("truncated"), HasSubstr("ends"), HasSubstr("end of")));
  EXPECT_THAT(why.at("truncated.jpg"), testing::Not(testing::EndsWith("truncated.jpg: ")));
  EXPECT_THAT(why.at("text.jpg"), HasSubstr("not a picture"));
  EXPECT_THAT(why.at("page.png"), HasSubstr("HTML"));
  EXPECT_THAT(why.at("animation.gif"), HasSubstr("GIF"));
  EXPECT_THAT(why.at("broken-link.jpg"), HasSubstr("broken link"));
  EXPECT_THAT(why.at("fifo.jpg"), HasSubstr("not a regular file"));
  EXPECT_THAT(why.at("bomb.png"), HasSubstr("30,000 × 30,000 pixels, over the limit"));
  EXPECT_EQ(sleeve({"-w", "strict", "import", "folder", "in", "--strict"}).status, 1);
}

TEST_F(BadInput, OddPicturesAreImportedAndTheOddityTold) {
  const auto save = [&](const std::string& name, const cv::Mat& picture) {
    fs::create_directories(at("in/g"));
    ASSERT_TRUE(cv::imwrite(at("in/g/" + name).native(), picture));
  };
  cv::Mat noise(64, 64, CV_8UC3);
  cv::randu(noise, 0, 255);
  cv::Mat grey(64, 64, CV_8UC1);
  cv::randu(grey, 0, 255);
  cv::Mat alpha(64, 64, CV_8UC4);
  cv::randu(alpha, 0, 255);
  cv::Mat deep(64, 64, CV_16UC3);
  cv::randu(deep, 0, 65535);
  save("grey.png", grey);
  save("alpha.png", alpha);
  save("deep.png", deep);
  save("one.png", cv::Mat(1, 1, CV_8UC3, cv::Scalar(1, 2, 3)));
  write("in/g/renamed.png", good_);  // a JPEG
  const Outcome outcome = sleeve({"import", "folder", "in", "--json"});
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_EQ(outcome.json()["oddities"],
            (Json{{"16-bit", 1}, {"alpha", 1}, {"grey", 1}, {"renamed", 1}, {"tiny", 1}}));
  EXPECT_EQ(sleeve({"extract", "--json"}).json()["done"], 5);
}

TEST_F(BadInput, UnreadableFilesAndFoldersAreNamed) {
  write("in/g/good.jpg", good_);
  write("in/g/secret.jpg", good_ + "x");
  write("in/closed/a.jpg", good_ + "y");
  fs::permissions(at("in/g/secret.jpg"), fs::perms::none);
  fs::permissions(at("in/closed"), fs::perms::none);
  become_nobody();
  const Outcome outcome = sleeve({"import", "folder", "in", "--json"});
  fs::permissions(at("in/closed"), fs::perms::all);
  EXPECT_EQ(outcome.status, 3) << outcome.errors;
  EXPECT_THAT(reasons(outcome.json()).at("secret.jpg"), HasSubstr("Permission denied"));
  EXPECT_THAT(reasons(outcome.json()).at("closed"), HasSubstr("Permission denied"));
  EXPECT_EQ(outcome.json()["added"], 1);
}

TEST_F(BadInput, TextThatIsNotUtf8IsRefusedAndControlCharactersAreShownAsText) {
  write("a.jpg", good_);
  write("b.jpg", good_ + "b");
  write("list.csv", "file,genre\na.jpg,M\xfasica\nb.jpg,R\x1b[31mock\n");
  const Outcome outcome = sleeve({"import", "csv", "list.csv", "--json"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(reasons(outcome.json()).at("list.csv:2"), HasSubstr("the genre is not UTF-8"));
  EXPECT_EQ(sleeve({"status", "--json"}).json()["genres"], (Json{{"R\\x1B[31mock", 1}}));
}

TEST_F(BadInput, CsvRowsFailOneByOne) {
  write("a.jpg", good_);
  write("list.csv",
        "file,genre,popularity\n"
        "a.jpg,Rock,50\n"
        "missing.jpg,Rock,50\n"
        "a.jpg\n"
        ",Rock,50\n"
        "demo/covers/images/ember-artist-01-album-2.jpg,Rock,140\n"
        "demo/covers/images/meadow-artist-01-album-2.jpg,Rock,high\n"
        "\"never closed,Rock,50\n");
  const Outcome outcome = sleeve({"import", "csv", "list.csv", "--json"});
  EXPECT_EQ(outcome.status, 3);
  const auto why = reasons(outcome.json());
  EXPECT_THAT(why.at("list.csv:3"), HasSubstr("missing.jpg: No such file or directory"));
  EXPECT_THAT(why.at("list.csv:4"), HasSubstr("1 fields where the header has 3"));
  EXPECT_THAT(why.at("list.csv:5"), HasSubstr("names no file"));
  EXPECT_THAT(why.at("list.csv:6"), HasSubstr("popularity '140' is not a number from 0 to 100"));
  EXPECT_THAT(why.at("list.csv:7"), HasSubstr("popularity 'high'"));
  EXPECT_THAT(why.at("list.csv:8"), HasSubstr("quote"));
  EXPECT_EQ(outcome.json()["added"], 3);  // 2, 6 and 7: covers are kept without their popularity
}

TEST_F(BadInput, CsvMapsAreChecked) {
  write("list.csv", "picture,style\na.jpg,Rock\n");
  const auto expect_usage = [&](const std::string& map, const std::string& reason) {
    const Outcome outcome = sleeve({"import", "csv", "list.csv", "--map", map});
    EXPECT_EQ(outcome.status, 2) << map;
    EXPECT_THAT(outcome.errors, HasSubstr(reason));
  };
  expect_usage("file=pictur,genre=style", "there is no column 'pictur'; did you mean 'picture'?");
  expect_usage("file=picture,gener=style", "unknown field 'gener'; did you mean 'genre'?");
  expect_usage("genre=style", "no column 'file'");
  expect_usage("picture", "not of the form FIELD=COLUMN");
  EXPECT_THAT(sleeve({"import", "csv", "list.csv"}).errors, HasSubstr("(columns: picture, style)"));
}

TEST_F(BadInput, FilesOfTheWrongKindAreRefusedWhole) {
  write("table.csv", std::string("PK\x03\x04\0\0", 6));
  EXPECT_EQ(sleeve({"import", "csv", "table.csv"}).status, 1);
  write("albums.json", "{\"0\": {");
  const Outcome json = sleeve({"import", "albums", "albums.json"});
  EXPECT_EQ(json.status, 1);
  EXPECT_THAT(json.errors, HasSubstr("albums.json: not valid JSON at line 1"));
  write("ws/catalogue.db", "not a database, but long enough to be looked at as one");
  EXPECT_EQ(sleeve({"status"}).status, 1);
}

TEST_F(BadInput, TooLittleToLearnFromIsSaidPlainly) {
  write("in/g/good.jpg", good_);
  ASSERT_EQ(sleeve({"import", "folder", "in"}).status, 0);
  const Outcome outcome = sleeve({"crossval"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("nothing to learn: 1 class"));
}

}  // namespace
}  // namespace sleeve
