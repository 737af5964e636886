// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

// Closes a file descriptor when it goes.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Result<uint64_t> regular_size(int fd, const fs::path& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return error_from_errno(errno, printable(path));
  if (S_ISDIR(info.st_mode))
    return make_error(ErrorCode::kIo, "{}: is a folder, not a file", printable(path));
  if (!S_ISREG(info.st_mode)) return make_error(ErrorCode::kIo, "{}: is not a regular file", printable(path));
  return static_cast<uint64_t>(info.st_size);
}

template <class Buffer>
Result<Buffer> read_whole(const fs::path& path, uint64_t limit) {
  // O_NONBLOCK: opening a fifo must not wait for a writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return error_from_errno(errno, printable(path));
  SLEEVE_TRY(const uint64_t size, regular_size(file.get(), path));
  if (size > limit) {
    return make_error(ErrorCode::kTooLarge, "{}: {} bytes, over the limit of {}", printable(path), size,
                      limit);
  }
  Buffer buffer(static_cast<size_t>(size), typename Buffer::value_type{});
  size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t count = ::read(file.get(), buffer.data() + done, buffer.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error_from_errno(errno, printable(path));
    if (count == 0) break;  // the file shrank while we read it
    done += static_cast<size_t>(count);
  }
  buffer.resize(done);
  return buffer;
}

Status write_all(int fd, std::span<const std::byte> data, const fs::path& path) {
  while (!data.empty()) {
    const ssize_t count = ::write(fd, data.data(), data.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error_from_errno(errno, printable(path));
    data = data.subspan(static_cast<size_t>(count));
  }
  return {};
}

void sync_folder(const fs::path& folder) {
  // Makes the rename itself durable; not every file system can, and the data are safe without.
  const Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() >= 0) ::fsync(handle.get());
}

fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  fs::path result = path;
  result += fmt::format(".{}.{}.tmp", ::getpid(), counter.fetch_add(1));
  return result;
}

}  // namespace

Result<Bytes> read_file(const fs::path& path, uint64_t limit) { return read_whole<Bytes>(path, limit); }

Result<std::string> read_text_file(const fs::path& path, uint64_t limit) {
  return read_whole<std::string>(path, limit);
}

Status make_folders(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return error_from_errno(code.value(), printable(path));
  return {};
}

Status write_file_atomic(const fs::path& path, std::span<const std::byte> data) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  SLEEVE_CHECK(make_folders(folder));
  const fs::path temporary = temporary_beside(path);
  Status status;
  {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (file.get() < 0) return error_from_errno(errno, printable(path));
    status = write_all(file.get(), data, path);
    if (status.ok() && ::fsync(file.get()) != 0) status = error_from_errno(errno, printable(path));
  }
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) {
    status = error_from_errno(errno, printable(path));
  }
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  sync_folder(folder);
  return {};
}

Status write_file_atomic(const fs::path& path, std::string_view text) {
  return write_file_atomic(path, std::as_bytes(std::span(text.data(), text.size())));
}

Result<MappedFile> MappedFile::open(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return error_from_errno(errno, printable(path));
  SLEEVE_TRY(const uint64_t size, regular_size(file.get(), path));
  MappedFile mapped;
  if (size == 0) return mapped;
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (address == MAP_FAILED) return error_from_errno(errno, printable(path));
  mapped.data_ = static_cast<const std::byte*>(address);
  mapped.size_ = static_cast<size_t>(size);
  return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);  // NOLINT: munmap takes void*
}

Result<FileLock> FileLock::acquire(const fs::path& path) {
  if (path.has_parent_path()) SLEEVE_CHECK(make_folders(path.parent_path()));
  FileLock lock;
  lock.fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock.fd_ < 0) return error_from_errno(errno, printable(path));
  while (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) {
      return make_error(ErrorCode::kConflict,
                        "{}: another sleeve process is at work here; wait until it is done", printable(path));
    }
    return error_from_errno(errno, printable(path));
  }
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace sleeve
