// SPDX-License-Identifier: Apache-2.0
#include "label/decisions.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace sleeve {
namespace {

namespace fs = std::filesystem;

class DecisionsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("decisions_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    catalogue_.emplace(Catalogue::open(folder_ / "catalogue.db").value());
    for (const char* key : {"1", "2"}) put(key);
  }
  void TearDown() override {
    catalogue_.reset();
    fs::remove_all(folder_);
  }
  void put(const std::string& key) {
    AlbumRecord album;
    album.source = "s";
    album.key = key;
    album.genres = {"raw"};
    ASSERT_TRUE(catalogue_->put_album(album).ok());
  }
  static WantedDecision genre(const std::string& key, const std::string& label) {
    return {{"album", "s", key}, "genre", Json{label}, "because"};
  }
  Recorded record(const std::vector<WantedDecision>& wanted) {
    return record_decisions(*catalogue_, "genres", Json::object(), {"genre"}, wanted).value();
  }
  // "-" where nothing was decided.
  std::string label(const std::string& key) {
    const Decisions decisions = Decisions::load(*catalogue_).value();
    const LabelDecision* decision = decisions.find({"album", "s", key}, "genre");
    return decision == nullptr ? "-" : decision->new_value[0].get<std::string>();
  }

  fs::path folder_;
  std::optional<Catalogue> catalogue_;
};

TEST_F(DecisionsTest, TheSameAgainWritesNothing) {
  const Recorded first = record({genre("1", "pop"), genre("2", "rap")});
  EXPECT_EQ(first.changed, 2U);
  EXPECT_GT(first.step, 0);
  const Recorded again = record({genre("1", "pop"), genre("2", "rap")});
  EXPECT_EQ(again.changed, 0U);
  EXPECT_EQ(again.unchanged, 2U);
  EXPECT_EQ(again.step, 0);
  EXPECT_EQ(catalogue_->label_steps().value().size(), 1U);
}

TEST_F(DecisionsTest, WhatIsNoLongerWantedIsWithdrawn) {
  record({genre("1", "pop"), genre("2", "rap")});
  const Recorded second = record({genre("1", "rock")});
  EXPECT_EQ(second.changed, 1U);
  EXPECT_EQ(second.withdrawn, 1U);
  EXPECT_EQ(label("1"), "rock");
  EXPECT_EQ(label("2"), "-");
  EXPECT_EQ(record({genre("1", "rock")}).step, 0);
}

TEST_F(DecisionsTest, UndoBringsBackWhatHeldBefore) {
  record({genre("1", "pop"), genre("2", "rap")});
  const Recorded second = record({genre("1", "rock"), genre("2", "rock")});
  EXPECT_EQ(catalogue_->undo_label_step(second.step).value(), 2U);
  EXPECT_EQ(label("1"), "pop");
  EXPECT_EQ(label("2"), "rap");
  EXPECT_EQ(catalogue_->undo_label_step(second.step).value(), 0U);  // once is enough
  EXPECT_EQ(catalogue_->undo_label_step(99).error().code, ErrorCode::kNotFound);
}

TEST_F(DecisionsTest, SingleDecisionsCanBeUndone) {
  record({genre("1", "pop"), genre("2", "rap")});
  const auto rows = catalogue_->label_decisions().value();
  EXPECT_EQ(catalogue_->undo_label_decision(rows[0].id).value(), 1U);
  EXPECT_EQ(label("1"), "-");
  EXPECT_EQ(label("2"), "rap");
  EXPECT_FALSE(catalogue_->label_decisions().value()[0].undone_at.empty());
  EXPECT_EQ(catalogue_->undo_label_decision(99).error().code, ErrorCode::kNotFound);
}

TEST_F(DecisionsTest, AnAlbumThatComesBackFindsItsDecisions) {
  record({genre("1", "pop"), genre("2", "rap")});
  ASSERT_TRUE(catalogue_->remove_album("s", "2").ok());
  EXPECT_EQ(record({genre("1", "pop")}).withdrawn, 0U);
  put("2");
  EXPECT_EQ(label("2"), "rap");
}

TEST_F(DecisionsTest, RawTagsAreNeverTouched) {
  record({genre("1", "pop")});
  EXPECT_EQ(catalogue_->albums().value()[0].genres, std::vector<std::string>{"raw"});
}

TEST_F(DecisionsTest, PreviewWritesNothing) {
  EXPECT_EQ(preview_decisions(*catalogue_, {"genre"}, {genre("1", "pop")}).value().changed, 1U);
  EXPECT_TRUE(catalogue_->label_steps().value().empty());
}

}  // namespace
}  // namespace sleeve
