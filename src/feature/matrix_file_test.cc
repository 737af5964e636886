// SPDX-License-Identifier: Apache-2.0
#include "feature/matrix_file.h"

#include <atomic>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr size_t kColumns = 3;
constexpr size_t kRecord = 32 + 8 + kColumns * 4;
constexpr size_t kHeader = 64;

Sha256 key(uint64_t i) {
  Sha256 result;
  std::memcpy(result.bytes.data(), &i, sizeof(i));
  return result;
}

std::vector<float> values(uint64_t i) {
  const auto x = static_cast<float>(i);
  return {x, x * 0.5F, -x};
}

class MatrixFileTest : public testing::Test {
 protected:
  MatrixFileTest() {
    std::string name = (fs::temp_directory_path() / "sleeve_matrix_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ / "a.matrix";
  }
  ~MatrixFileTest() override { fs::remove_all(folder_); }

  void write_rows(uint64_t from, uint64_t to) const {
    auto writer = MatrixWriter::open(path_, "test/1", kColumns);
    ASSERT_TRUE(writer.ok()) << writer.error().message;
    for (uint64_t i = from; i < to; ++i) ASSERT_TRUE(writer->append(key(i), values(i)).ok());
  }  // handed over without waiting for the disk
  [[nodiscard]] Result<MatrixReader> read() const { return MatrixReader::open(path_, "test/1", kColumns); }
  void expect_rows(const MatrixReader& reader, uint64_t from, uint64_t to) const {
    for (uint64_t i = from; i < to; ++i) {
      const auto found = reader.find(key(i));
      ASSERT_TRUE(found.has_value()) << i;
      ASSERT_EQ(std::vector<float>(found->begin(), found->end()), values(i));
    }
  }
  [[nodiscard]] Bytes bytes() const { return *read_file(path_); }
  void replace(std::span<const std::byte> content) const {
    std::ofstream file(path_, std::ios::binary | std::ios::trunc);
    for (const std::byte byte : content) file.put(static_cast<char>(byte));
  }

  fs::path folder_;
  fs::path path_;
};

TEST_F(MatrixFileTest, WhatIsWrittenIsFoundByKey) {
  write_rows(0, 5);
  write_rows(5, 9);  // a second run goes on where the first ended
  const auto reader = read();
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader->rows(), 9U);
  EXPECT_EQ(reader->damaged(), 0U);
  expect_rows(*reader, 0, 9);
  EXPECT_FALSE(reader->contains(key(9)));
  EXPECT_FALSE(reader->find(key(9)).has_value());
  EXPECT_EQ(bytes().size(), kHeader + 9 * kRecord) << "the layout that docs/formats.md describes";
}

TEST_F(MatrixFileTest, TheLastOfTwoRowsOfACoverCounts) {
  write_rows(4, 5);
  auto writer = MatrixWriter::open(path_, "test/1", kColumns);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE(writer->append(key(4), values(77)).ok());
  ASSERT_TRUE(writer->sync().ok());
  const auto reader = read();
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader->rows(), 1U);
  EXPECT_EQ((*reader->find(key(4)))[0], 77.0F);
}

TEST_F(MatrixFileTest, ARowIsThereAsSoonAsItIsAppended) {
  auto writer = MatrixWriter::open(path_, "test/1", kColumns);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE(writer->append(key(1), values(1)).ok());
  EXPECT_EQ(read()->rows(), 1U);
}

TEST_F(MatrixFileTest, AMissingFileIsNotFound) { EXPECT_EQ(read().error().code, ErrorCode::kNotFound); }

TEST_F(MatrixFileTest, AnotherDescriptorOrSizeIsAConflict) {
  write_rows(0, 1);
  const auto other = MatrixReader::open(path_, "test/2", kColumns);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  EXPECT_THAT(other.error().message, HasSubstr("a.matrix"));
  EXPECT_THAT(other.error().message, HasSubstr("test/1"));
  EXPECT_EQ(MatrixWriter::open(path_, "test/1", kColumns + 1).error().code, ErrorCode::kConflict);
}

TEST_F(MatrixFileTest, ANewerFormatIsUnsupported) {
  write_rows(0, 1);
  Bytes content = bytes();
  content[8] = std::byte{2};
  const uint64_t checksum = checksum64(std::span(content).first(kHeader - 8));
  std::memcpy(content.data() + kHeader - 8, &checksum, 8);
  replace(content);
  EXPECT_EQ(read().error().code, ErrorCode::kUnsupported);
}

TEST_F(MatrixFileTest, EveryTruncationKeepsTheWholeRecordsAndLetsTheNextRunGoOn) {
  write_rows(0, 4);
  const Bytes whole = bytes();
  for (size_t size = 0; size <= whole.size(); ++size) {
    replace(std::span(whole).first(size));
    const auto reader = read();
    if (size < kHeader) {
      ASSERT_FALSE(reader.ok()) << size;
      EXPECT_EQ(reader.error().code, ErrorCode::kCorrupt);
      continue;
    }
    const uint64_t kept = (size - kHeader) / kRecord;
    ASSERT_TRUE(reader.ok()) << size;
    EXPECT_EQ(reader->rows(), kept);
    EXPECT_EQ(reader->damaged(), 0U);
    write_rows(kept, 6);
    const auto mended = read();
    ASSERT_TRUE(mended.ok());
    EXPECT_EQ(mended->rows(), 6U) << "after a truncation to " << size;
    EXPECT_EQ(mended->damaged(), 0U);
    expect_rows(*mended, 0, 6);
  }
}

TEST_F(MatrixFileTest, EveryFlippedBitIsNoticed) {
  write_rows(0, 3);
  const Bytes whole = bytes();
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] ^= std::byte{1} << bit % 8;
    replace(flipped);
    const auto reader = read();
    if (bit / 8 < kHeader) {
      ASSERT_FALSE(reader.ok()) << bit;
      EXPECT_EQ(reader.error().code, ErrorCode::kCorrupt);
      EXPECT_FALSE(MatrixWriter::open(path_, "test/1", kColumns).ok())
          << "a writer must not overwrite it either";
      continue;
    }
    ASSERT_TRUE(reader.ok()) << bit;
    const uint64_t hit = (bit / 8 - kHeader) / kRecord;
    ASSERT_EQ(reader->damaged(), 1U) << bit;
    ASSERT_EQ(reader->rows(), 2U);
    for (uint64_t i = 0; i < 3; ++i) ASSERT_EQ(reader->contains(key(i)), i != hit);
  }
}

TEST_F(MatrixFileTest, ADamagedRecordIsReplacedByAppendingItAgain) {
  write_rows(0, 3);
  Bytes content = bytes();
  content[kHeader + 40] ^= std::byte{1};
  replace(content);
  write_rows(0, 1);
  const auto reader = read();
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader->damaged(), 1U);
  expect_rows(*reader, 0, 3);
}

// After a power cut the end of a file may be there in size but not in content.
TEST_F(MatrixFileTest, ATailOfZerosIsCutOff) {
  write_rows(0, 3);
  Bytes content = bytes();
  content.resize(content.size() + 5 * kRecord + 7);
  replace(content);
  EXPECT_EQ(read()->damaged(), 5U);
  write_rows(3, 4);
  EXPECT_EQ(bytes().size(), kHeader + 4 * kRecord);
  expect_rows(*read(), 0, 4);
}

TEST_F(MatrixFileTest, AReaderSeesWholeRecordsWhileAWriterAppends) {
  write_rows(0, 1);
  constexpr uint64_t kRows = 60'000;
  std::atomic<bool> done = false;
  std::thread writing([&] {
    write_rows(1, kRows);
    done = true;
  });
  size_t last = 0, reads = 0;
  do {
    const auto reader = read();
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ(reader->damaged(), 0U);
    EXPECT_GE(reader->rows(), last);
    last = reader->rows();
    expect_rows(*reader, 0, last);
    ++reads;
  } while (!done);
  writing.join();
  EXPECT_EQ(read()->rows(), kRows);
  EXPECT_GE(reads, 1U);
}

// Appends rows from `from` on until it is killed; says on the pipe now and then how many are there.
[[noreturn]] void append_until_killed(const fs::path& path, uint64_t from, int announce) {
  auto writer = MatrixWriter::open(path, "test/1", kColumns);
  if (!writer.ok()) ::_exit(1);
  for (uint64_t i = from;; ++i) {
    if (!writer->append(key(i), values(i)).ok()) ::_exit(1);
    const uint64_t there = i + 1;
    if (i % 64 == 0 && ::write(announce, &there, sizeof(there)) != static_cast<ssize_t>(sizeof(there)))
      ::_exit(1);
  }
}

TEST_F(MatrixFileTest, KillingTheWriterAtAnyMomentLosesNothingThatWasAppended) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer can't follow a fork";
#endif
  constexpr int kKills = 60;
  Rng rng(60);
  uint64_t rows = 0;
  for (int kill_number = 0; kill_number < kKills; ++kill_number) {
    int channel[2];
    ASSERT_EQ(::pipe(channel), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) append_until_killed(path_, rows, channel[1]);
    ::close(channel[1]);
    ::usleep(static_cast<useconds_t>(500 + rng.below(9'000)));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer gave up by itself";
    uint64_t announced = rows, next = 0;
    while (::read(channel[0], &next, sizeof(next)) == static_cast<ssize_t>(sizeof(next))) announced = next;
    ::close(channel[0]);

    const auto reader = read();
    if (!reader.ok() && rows == 0) {  // killed before the file was there
      ASSERT_EQ(reader.error().code, ErrorCode::kNotFound) << reader.error().message;
      continue;
    }
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    ASSERT_EQ(reader->damaged(), 0U);
    ASSERT_GE(reader->rows(), rows) << "rows of an earlier run are gone";
    ASSERT_GE(reader->rows(), announced) << "rows that had been appended are gone";
    expect_rows(*reader, 0, reader->rows());
    rows = reader->rows();
    if (rows > 400'000) {  // enough; keep the file small
      fs::remove(path_);
      rows = 0;
    }
  }
}

TEST_F(MatrixFileTest, AFullDiskIsAnErrorAndLeavesWholeRecords) {
  std::signal(SIGXFSZ, SIG_IGN);
  write_rows(0, 2);
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  {
    auto writer = MatrixWriter::open(path_, "test/1", kColumns);
    ASSERT_TRUE(writer.ok());
    rlimit small = old;
    small.rlim_cur = kHeader + 5 * kRecord + 20;
    ::setrlimit(RLIMIT_FSIZE, &small);
    for (uint64_t i = 2; i < 5; ++i) ASSERT_TRUE(writer->append(key(i), values(i)).ok());
    EXPECT_EQ(writer->append(key(5), values(5)).error().code, ErrorCode::kIo);
    EXPECT_EQ(bytes().size(), kHeader + 5 * kRecord);
    ::setrlimit(RLIMIT_FSIZE, &old);
    for (uint64_t i = 5; i < 10; ++i) EXPECT_TRUE(writer->append(key(i), values(i)).ok());
  }
  expect_rows(*read(), 0, 10);
}

}  // namespace
}  // namespace sleeve
