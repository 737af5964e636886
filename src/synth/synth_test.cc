// SPDX-License-Identifier: Apache-2.0
#include "synth/synth.h"

#include <cmath>
#include <fstream>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/text.h"
#include "synth/habits.h"

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

double mean_luma(const cv::Mat& bgr) {
  const cv::Scalar mean = cv::mean(bgr);
  return (0.299 * mean[2] + 0.587 * mean[1] + 0.114 * mean[0]) / 255;
}

double squared_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  const auto n = static_cast<double>(a.size());
  for (size_t i = 0; i < a.size(); ++i) ma += a[i] / n, mb += b[i] / n;
  for (size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
  }
  return ab * ab / (aa * bb);
}

double share_in_own_habits(const SynthOptions& options) {
  double own = 0;
  const auto albums = synth_albums(options);
  for (const auto& album : albums) own += album.habits == album.genre ? 1 : 0;
  return own / static_cast<double>(albums.size());
}

TEST(Synth, PlansEveryGenreArtistAndAlbumOnce) {
  SynthOptions options;
  options.genres = 6;
  options.artists = 3;
  options.albums = 4;
  const auto albums = synth_albums(options);
  ASSERT_EQ(albums.size(), 72U);
  std::set<std::string> files, artists, genres;
  for (const auto& album : albums) {
    files.insert(album.file);
    artists.insert(album.artist);
    genres.insert(album.genre);
    EXPECT_THAT(album.title, testing::EndsWith("(synthetic)"));
    EXPECT_GE(album.popularity, 0);
    EXPECT_LE(album.popularity, 100);
  }
  EXPECT_EQ(files.size(), 72U);
  EXPECT_EQ(artists.size(), 18U);
  EXPECT_EQ(genres.size(), 6U);
  EXPECT_EQ(albums[0].file, "images/glacier-artist-01-album-1.jpg");
}

TEST(Synth, CeilingIsTheShareOfCoversInTheirOwnHabits) {
  SynthOptions options;
  options.artists = 500;
  for (const double signal : {0.0, 0.5, 0.9, 1.0}) {
    options.genre_signal = signal;
    // 10,000 albums: three standard errors are below 0.015.
    EXPECT_NEAR(share_in_own_habits(options), accuracy_ceiling(options), 0.015) << signal;
  }
  options.genre_signal = 0.9;
  EXPECT_DOUBLE_EQ(accuracy_ceiling(options), 0.9 + 0.1 / 4);
}

TEST(Synth, ArtistMarksHideTheGenre) {
  SynthOptions options;
  options.genre_signal = 1;
  options.artist_signal = 0.4;
  options.artists = 500;
  size_t marked = 0;
  const auto albums = synth_albums(options);
  for (const auto& album : albums) {
    marked += album.habits == kArtistMark ? 1U : 0U;
    EXPECT_FALSE(album.habits == kArtistMark && album.face);
  }
  EXPECT_NEAR(static_cast<double>(marked) / static_cast<double>(albums.size()), 0.4, 0.015);
  EXPECT_DOUBLE_EQ(accuracy_ceiling(options), 0.6 + 0.4 / 4);
}

TEST(Synth, MarkedCoversOfOneArtistLookAlikeAndOfTwoDont) {
  SynthOptions options;
  options.genre_signal = 0;
  options.artist_signal = 1;
  options.artists = 4;
  options.albums = 2;
  options.side = 96;
  const auto albums = synth_albums(options);
  const auto hue_distance = [&](size_t a, size_t b) {
    cv::Mat one, two;
    cv::cvtColor(draw_synth_cover(options, albums, a), one, cv::COLOR_BGR2Lab);
    cv::cvtColor(draw_synth_cover(options, albums, b), two, cv::COLOR_BGR2Lab);
    const cv::Scalar difference = cv::mean(one) - cv::mean(two);
    return std::hypot(difference[1], difference[2]);
  };
  double within = 0, between = 0;
  for (size_t artist = 0; artist + 1 < 16; ++artist) {
    within += hue_distance(2 * artist, 2 * artist + 1) / 15;
    between += hue_distance(2 * artist, 2 * artist + 2) / 15;
  }
  EXPECT_GT(between, 3 * within);
}

TEST(Synth, EveryGenreHasItsOwnHabitOfDrawingFaces) {
  SynthOptions options;
  options.genres = 6;
  options.artists = 200;
  options.genre_signal = 1;
  std::map<std::string, double> faces;
  for (const auto& album : synth_albums(options)) faces[album.genre] += album.face ? 1.0 / 1000 : 0;
  for (const auto& habits : synth::all_habits()) {
    EXPECT_NEAR(faces[std::string(habits.genre)], habits.face_share, 0.05) << habits.genre;
  }
}

TEST(Synth, BrightnessShowsPopularityAsStrongAsPlanted) {
  SynthOptions options;
  options.side = 48;
  for (const double signal : {0.0, 0.5, 1.0}) {
    options.popularity_signal = signal;
    const auto albums = synth_albums(options);
    std::vector<double> popularity, luma;
    for (size_t i = 0; i < albums.size(); ++i) {
      popularity.push_back(albums[i].popularity);
      luma.push_back(mean_luma(draw_synth_cover(options, albums, i)));
      EXPECT_NEAR(luma.back(), albums[i].brightness, 0.02) << i;
    }
    EXPECT_NEAR(squared_correlation(popularity, luma), signal, signal == 1.0 ? 0.02 : 0.1) << signal;
  }
}

TEST(Synth, BrightnessAndPopularitySayNothingOfTheGenre) {
  SynthOptions options;
  options.artists = 300;
  std::map<std::string, std::pair<double, double>> means;
  for (const auto& album : synth_albums(options)) {
    means[album.genre].first += album.brightness / 1500;
    means[album.genre].second += album.popularity / 1500;
  }
  for (const auto& [genre, mean] : means) {  // three standard errors
    EXPECT_NEAR(mean.first, 0.44, 0.007) << genre;
    EXPECT_NEAR(mean.second, 50, 1.4) << genre;
  }
}

TEST(Synth, ACoverNeedsNoOther) {
  SynthOptions options;
  options.side = 64;
  const auto albums = synth_albums(options);
  const cv::Mat alone = draw_synth_cover(options, albums, 123);
  (void)draw_synth_cover(options, albums, 7);
  const cv::Mat again = draw_synth_cover(options, albums, 123);
  EXPECT_EQ(cv::norm(alone, again, cv::NORM_INF), 0);
  options.seed = 23;
  const cv::Mat other = draw_synth_cover(options, synth_albums(options), 123);
  EXPECT_GT(cv::norm(alone, other, cv::NORM_INF), 0);
}

// As the `faces` descriptor looks: haarcascade_frontalface_default, 1.07, 15.
TEST(Synth, DrawnFacesAreFoundAndNoOthers) {
  const std::string name = "haarcascades/haarcascade_frontalface_default.xml";
  const std::string path = cv::samples::findFile("/usr/share/opencv4/" + name, false, true);
  cv::CascadeClassifier cascade;
  if (path.empty() || !cascade.load(path))
    GTEST_SKIP() << "SKIPPED: OpenCV's " << name << " is not installed";
  SynthOptions options;
  options.genres = 6;
  options.artists = 10;
  options.albums = 2;
  const auto albums = synth_albums(options);
  size_t drawn = 0, found = 0, invented = 0;
  for (size_t i = 0; i < albums.size(); ++i) {
    cv::Mat grey;
    cv::cvtColor(draw_synth_cover(options, albums, i), grey, cv::COLOR_BGR2GRAY);
    std::vector<cv::Rect> faces;
    cascade.detectMultiScale(grey, faces, 1.07, 15);
    drawn += albums[i].face ? 1U : 0U;
    found += albums[i].face && !faces.empty() ? 1U : 0U;
    invented += !albums[i].face && !faces.empty() ? 1U : 0U;
  }
  ASSERT_GE(drawn, 20U);
  EXPECT_GE(static_cast<double>(found), 0.8 * static_cast<double>(drawn));
  EXPECT_LE(invented, 1U);
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
