// SPDX-License-Identifier: Apache-2.0
#include "store/share_list.h"

#include <gmock/gmock.h>

namespace sleeve {
namespace {

using testing::HasSubstr;

ShareList two_albums() {
  ShareList list;
  list.made_by = "sleeve 0.1.0";
  list.notes = {{"metabrainz", "tags: CC BY-NC-SA 3.0"}};
  ShareEntry full;
  full.source = "metabrainz";
  full.id = "13dd";
  full.title = "Größe \"1\"\nnew line";
  full.artist_id = "a1";
  full.artist_name = "Band";
  full.genres = {"rock", "pop"};
  full.votes = {7, 0};
  full.labels = {"Rock"};
  full.popularity = 40.5;
  full.popularity_class = "common";
  full.collection = "chart";
  full.year = 1997;
  full.cover = sha256("picture");
  ShareEntry bare;
  bare.source = "spotify";
  bare.id = "4aaa";
  list.entries = {full, bare};
  return list;
}

TEST(ShareListTest, WhatIsWrittenIsReadAgain) {
  const ShareList list = two_albums();
  const auto again = parse_share_list(write_share_list(list));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, list);
}

TEST(ShareListTest, UnknownStaysUnknown) {
  const std::string text = write_share_list(two_albums());
  const std::string last = text.substr(text.rfind('\n', text.size() - 2) + 1);
  EXPECT_EQ(last, "{\"source\":\"spotify\",\"id\":\"4aaa\"}\n") << "no popularity of 0, no empty genres";
}

TEST(ShareListTest, ListCutOffIsNoList) {
  const std::string text = write_share_list(two_albums());
  for (size_t size = 0; size + 1 < text.size(); ++size) {
    EXPECT_FALSE(parse_share_list(text.substr(0, size)).ok()) << "cut at byte " << size;
  }
  EXPECT_TRUE(parse_share_list(text.substr(0, text.size() - 1)).ok())
      << "only the last line break is missing";
}

TEST(ShareListTest, WrongLinesAreNamed) {
  const std::string header = R"({"sleeve_list":1,"albums":1})"
                             "\n";
  const auto reason = [&](const std::string& line) {
    const auto list = parse_share_list(header + line);
    return list.ok() ? std::string("accepted") : list.error().message;
  };
  EXPECT_THAT(reason(R"({"source":"x"})"), HasSubstr("line 2: 'id'"));
  EXPECT_THAT(reason(R"({"source":"x","id":7})"), HasSubstr("'id' is not a text"));
  EXPECT_THAT(reason(R"({"source":"x","id":"1","popularity":101})"), HasSubstr("from 0 to 100"));
  EXPECT_THAT(reason(R"({"source":"x","id":"1","genres":["a"],"votes":[1,2]})"), HasSubstr("as long as"));
  EXPECT_THAT(reason(R"({"source":"x","id":"1","votes":[-1]})"), HasSubstr("counts"));
  EXPECT_THAT(reason(R"({"source":"x","id":"1","cover":"abc"})"), HasSubstr("SHA-256"));
  EXPECT_THAT(reason("[1]"), HasSubstr("no album"));
  EXPECT_THAT(parse_share_list("{}").error().message, HasSubstr("line 1"));
  EXPECT_EQ(parse_share_list(R"({"sleeve_list":2,"albums":0})").error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace sleeve
