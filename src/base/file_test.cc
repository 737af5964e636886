// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class FileTest : public ::testing::Test {
 protected:
  FileTest() : folder_(fs::path(::testing::TempDir()) / ("sleeve_file_" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~FileTest() override { fs::remove_all(folder_); }
  [[nodiscard]] std::ptrdiff_t file_count() const {
    return std::distance(fs::recursive_directory_iterator(folder_), {});
  }
  fs::path folder_;
};

TEST_F(FileTest, WrittenIsRead) {
  const fs::path path = folder_ / "new" / "folder" / "a.txt";
  ASSERT_TRUE(write_file_atomic(path, "one").ok());
  ASSERT_TRUE(write_file_atomic(path, "two").ok());
  EXPECT_EQ("two", read_text_file(path).value());
  EXPECT_EQ(3U, read_file(path)->size());
  EXPECT_EQ(3, file_count());  // two folders and the file: nothing temporary is left
}

TEST_F(FileTest, AFailedWriteLeavesTheOldContentAndNothingElse) {
  const fs::path path = folder_ / "a.txt";
  ASSERT_TRUE(write_file_atomic(path, "old").ok());
  // A full disk, as a child process with a file size limit sees one.
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Status status = write_file_atomic(path, std::string(5000, 'x'));
    ::_exit(!status.ok() && status.error().code == ErrorCode::kIo ? 0 : 1);
  }
  int state = 0;
  ASSERT_EQ(child, ::waitpid(child, &state, 0));
  EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0);
  EXPECT_EQ("old", read_text_file(path).value());
  EXPECT_EQ(1, file_count());
}

TEST_F(FileTest, AFolderIsNotReplaced) {
  fs::create_directories(folder_ / "place" / "inside");
  const Status status = write_file_atomic(folder_ / "place", "text");
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, StartsWith((folder_ / "place").string()));
  EXPECT_TRUE(fs::is_directory(folder_ / "place" / "inside"));
  EXPECT_EQ(2, file_count());
}

TEST_F(FileTest, WhatIsNoRegularFileIsRefused) {
  ASSERT_EQ(0, ::mkfifo((folder_ / "fifo").c_str(), 0600));
  EXPECT_THAT(read_file(folder_ / "fifo").error().message, HasSubstr("not a regular file"));
  EXPECT_THAT(MappedFile::open(folder_ / "fifo").error().message, HasSubstr("not a regular file"));
  EXPECT_THAT(read_file(folder_).error().message, HasSubstr("is a folder"));
  EXPECT_THAT(read_file("/dev/zero").error().message, HasSubstr("not a regular file"));
  EXPECT_EQ(ErrorCode::kNotFound, read_file(folder_ / "missing").error().code);
}

TEST_F(FileTest, TheLimitIsKept) {
  ASSERT_TRUE(write_file_atomic(folder_ / "a", "12345").ok());
  EXPECT_TRUE(read_file(folder_ / "a", 5).ok());
  EXPECT_EQ(ErrorCode::kTooLarge, read_file(folder_ / "a", 4).error().code);
}

TEST_F(FileTest, MappedBytesAreTheFiles) {
  ASSERT_TRUE(write_file_atomic(folder_ / "a", "covers").ok());
  auto opened = MappedFile::open(folder_ / "a");
  ASSERT_TRUE(opened.ok());
  const MappedFile moved = std::move(opened).value();
  const auto expected = read_file(folder_ / "a").value();
  EXPECT_TRUE(std::ranges::equal(expected, moved.bytes()));
  ASSERT_TRUE(write_file_atomic(folder_ / "empty", "").ok());
  EXPECT_TRUE(MappedFile::open(folder_ / "empty")->bytes().empty());
  EXPECT_EQ(ErrorCode::kNotFound, MappedFile::open(folder_ / "missing").error().code);
}

TEST_F(FileTest, AMappedFileOutlivesItsReplacement) {
  ASSERT_TRUE(write_file_atomic(folder_ / "a", "old").ok());
  const auto mapped = MappedFile::open(folder_ / "a");
  ASSERT_TRUE(write_file_atomic(folder_ / "a", "new and longer").ok());
  ASSERT_EQ(3U, mapped->bytes().size());
  EXPECT_EQ(std::byte{'o'}, mapped->bytes()[0]);
}

TEST_F(FileTest, ALockKeepsOthersOut) {
  const fs::path path = folder_ / "work" / "lock";
  {
    const auto lock = FileLock::acquire(path);
    ASSERT_TRUE(lock.ok());
    const auto second = FileLock::acquire(path);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(ErrorCode::kConflict, second.error().code);
    EXPECT_THAT(second.error().message, HasSubstr(path.string()));
  }
  EXPECT_TRUE(FileLock::acquire(path).ok());
}

TEST_F(FileTest, ALockDiesWithItsProcess) {
  const fs::path path = folder_ / "lock";
  int ready[2];
  ASSERT_EQ(0, ::pipe(ready));
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FileLock::acquire(path);
    const char answer = lock.ok() ? 'y' : 'n';
    if (::write(ready[1], &answer, 1) == 1) ::pause();
    ::_exit(0);
  }
  char answer = 0;
  ASSERT_EQ(1, ::read(ready[0], &answer, 1));
  EXPECT_EQ('y', answer);
  EXPECT_EQ(ErrorCode::kConflict, FileLock::acquire(path).error().code);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(FileLock::acquire(path).ok());
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace sleeve
