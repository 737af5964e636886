// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <fstream>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/text.h"
#include "synth/synth.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "sleeve-synth-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code code;
    fs::remove_all(path_, code);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// File name → hash of the bytes, for every file below the folder.
std::map<std::string, std::string> hashes(const fs::path& folder) {
  std::map<std::string, std::string> result;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      result[fs::relative(entry.path(), folder).string()] =
          sha256(read_text_file(entry.path()).value()).hex();
    }
  }
  return result;
}

struct Row {
  std::string file, genre, artist;
  double popularity;
};

std::vector<Row> manifest(const fs::path& folder) {
  const CsvTable table = parse_csv(read_text_file(folder / "manifest.csv").value()).value();
  EXPECT_THAT(table.columns,
              testing::ElementsAre("file", "genre", "artist", "title", "popularity", "habits"));
  std::vector<Row> rows;
  for (const CsvRow& row : table.rows) {
    EXPECT_EQ(row.problem, "");
    rows.push_back({row.fields[0], row.fields[1], row.fields[2], parse_number(row.fields[4]).value()});
  }
  return rows;
}

TEST(SynthDataset, TheSameBytesForAnyNumberOfThreads) {
  SynthOptions options;
  options.artists = 3;
  options.side = 64;
  options.dirt = true;
  const Folder one, two, other;
  {
    const ThreadLimit limit(1);
    ASSERT_TRUE(write_synth_dataset(options, one.path()).ok());
  }
  {
    const ThreadLimit limit(2);
    ASSERT_TRUE(write_synth_dataset(options, two.path()).ok());
  }
  EXPECT_EQ(hashes(one.path()), hashes(two.path()));
  options.seed = 1;
  ASSERT_TRUE(write_synth_dataset(options, other.path()).ok());
  EXPECT_NE(hashes(one.path()), hashes(other.path()));
}

TEST(SynthDataset, SaysThatItIsSynthetic) {
  SynthOptions options;
  options.artists = 1;
  options.side = 48;
  const Folder folder;
  ASSERT_TRUE(write_synth_dataset(options, folder.path()).ok());
  const std::string readme = read_text_file(folder.path() / "README.txt").value();
  EXPECT_THAT(readme, testing::HasSubstr("Synthetic"));
  EXPECT_THAT(readme, testing::HasSubstr("Nothing here is a real cover"));
}

struct OnDisk {
  size_t readable = 0, grey = 0, tiny = 0, unreadable = 0, missing = 0, bad_popularity = 0;
  std::map<std::string, std::set<std::string>> genres_of_bytes;
  size_t copies = 0;  // files whose bytes another file has
};

OnDisk look(const fs::path& folder) {
  OnDisk seen;
  const auto rows = manifest(folder);
  for (const Row& row : rows) {
    seen.bad_popularity += row.popularity < 0 || row.popularity > 100 ? 1U : 0U;
    if (!fs::exists(folder / row.file)) {
      ++seen.missing;
      continue;
    }
    const Bytes bytes = read_file(folder / row.file).value();
    // A whole JPEG ends with the end-of-image marker.
    const bool whole = bytes.size() > 100 && bytes[bytes.size() - 2] == std::byte{0xFF} &&
                       bytes[bytes.size() - 1] == std::byte{0xD9};
    const cv::Mat picture =
        whole ? cv::imread((folder / row.file).string(), cv::IMREAD_UNCHANGED) : cv::Mat();
    if (picture.empty()) {
      ++seen.unreadable;
      continue;
    }
    ++seen.readable;
    auto& genres = seen.genres_of_bytes[sha256(bytes).hex()];
    seen.copies += genres.empty() ? 0U : 1U;
    genres.insert(row.genre);
    if (picture.cols <= 16) {
      ++seen.tiny;
    } else {
      seen.grey += picture.channels() == 1 ? 1U : 0U;
    }
  }
  return seen;
}

TEST(SynthDataset, DirtIsAsManyAsTheSummarySays) {
  SynthOptions options;
  options.artists = 10;
  options.side = 64;
  options.dirt = true;
  const Folder folder;
  const auto summary = write_synth_dataset(options, folder.path());
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  const OnDisk seen = look(folder.path());
  EXPECT_EQ(manifest(folder.path()).size(), summary->rows);
  EXPECT_EQ(summary->covers, 200U);
  EXPECT_EQ(summary->cross_genre_copies, 6U);
  EXPECT_EQ(summary->near_copies, 6U);
  EXPECT_EQ(seen.copies, summary->cross_genre_copies);
  size_t conflicts = 0;
  for (const auto& [hash, genres] : seen.genres_of_bytes) conflicts += genres.size() > 1 ? 1U : 0U;
  EXPECT_EQ(conflicts, summary->cross_genre_copies);
  EXPECT_EQ(seen.readable,
            summary->covers + summary->cross_genre_copies + summary->near_copies + summary->tiny);
  EXPECT_EQ(seen.grey, summary->grey);
  EXPECT_EQ(seen.tiny, summary->tiny);
  EXPECT_EQ(seen.unreadable, summary->corrupt);
  EXPECT_EQ(seen.missing, summary->missing_files);
  EXPECT_EQ(seen.bad_popularity, summary->bad_popularities);
  EXPECT_EQ(summary->missing_files, 1U);
  EXPECT_EQ(summary->bad_popularities, 1U);
}

TEST(SynthDataset, TheSmallestDirtySetIsWritten) {
  SynthOptions options;
  options.genres = 2;
  options.artists = 1;
  options.albums = 1;
  options.side = 48;
  options.dirt = true;
  const Folder folder;
  const auto summary = write_synth_dataset(options, folder.path());
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  EXPECT_EQ(look(folder.path()).unreadable, summary->corrupt);
  EXPECT_EQ(manifest(folder.path()).size(), summary->rows);
}

TEST(SynthDataset, ReplacesAnEarlierOneWhole) {
  SynthOptions options;
  options.artists = 2;
  options.side = 48;
  options.dirt = true;
  const Folder used, fresh;
  ASSERT_TRUE(write_synth_dataset(options, used.path()).ok());
  options.artists = 1;
  options.dirt = false;
  ASSERT_TRUE(write_synth_dataset(options, used.path()).ok());
  ASSERT_TRUE(write_synth_dataset(options, fresh.path()).ok());
  EXPECT_EQ(hashes(used.path()), hashes(fresh.path()));
}

TEST(SynthDataset, TouchesNoFolderOfAnotherKind) {
  const Folder folder;
  std::ofstream(folder.path() / "README.txt") << "my holiday pictures";
  const auto result = write_synth_dataset({}, folder.path());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kConflict);
  EXPECT_EQ(hashes(folder.path()).size(), 1U);
  const auto file = write_synth_dataset({}, folder.path() / "README.txt");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::kConflict);
}

TEST(SynthDataset, OptionsOutOfRangeAreNamed) {
  SynthOptions options;
  options.genres = 7;
  options.genre_signal = -1;
  const Folder folder;
  const auto result = write_synth_dataset(options, folder.path());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kUsage);
  EXPECT_THAT(result.error().message,
              testing::AllOf(testing::HasSubstr("genres"), testing::HasSubstr("genre_signal")));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(SynthDataset, StoppedHalfWayCanBeDrawnAgain) {
  SynthOptions options;
  options.artists = 1;
  options.side = 48;
  const Folder folder;
  const std::atomic<bool> stop{true};
  const auto stopped = write_synth_dataset(options, folder.path(), WorkContext(nullptr, &stop));
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(fs::exists(folder.path() / "manifest.csv"));
  EXPECT_TRUE(write_synth_dataset(options, folder.path()).ok());
}

}  // namespace
}  // namespace sleeve
