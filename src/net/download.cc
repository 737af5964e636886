// SPDX-License-Identifier: Apache-2.0
#include "net/download.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/try.h"
#include "net/address.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

constexpr int kAttempts = 8;         // in a row without a single new byte
constexpr uint64_t kStep = 1 << 10;  // of the progress shown

// What has come so far: a file that is appended to, and which version of the remote file it is part of.
class Part {
 public:
  static Result<Part> open(const DownloadRequest& request) {
    Part part;
    part.path_ = request.path;
    part.path_ += ".part";
    part.note_path_ = request.path;
    part.note_path_ += ".part.json";
    if (request.path.has_parent_path()) SLEEVE_CHECK(make_folders(request.path.parent_path()));
    part.read_note(request.url);
    part.fd_ = ::open(part.path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (part.fd_ < 0) return error_from_errno(errno, printable(part.path_));
    struct stat info {};
    if (::fstat(part.fd_, &info) != 0) return error_from_errno(errno, printable(part.path_));
    part.size_ = static_cast<uint64_t>(info.st_size);
    return part;
  }

  Part() = default;
  Part(Part&& other) noexcept
      : path_(std::move(other.path_)),
        note_path_(std::move(other.note_path_)),
        version_(std::move(other.version_)),
        size_(other.size_),
        fd_(std::exchange(other.fd_, -1)) {}
  Part& operator=(Part&&) = delete;
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  ~Part() {
    if (fd_ >= 0) ::close(fd_);
  }

  Status restart() {
    if (::ftruncate(fd_, 0) != 0) return error_from_errno(errno, printable(path_));
    size_ = 0;
    return {};
  }

  // A new version begins: what came of another one is dropped.
  Status begin(const std::string& url, const std::string& version) {
    SLEEVE_CHECK(restart());
    version_ = version;
    const Json note = {{"url", without_secrets(url)}, {"version", version}};
    return write_file_atomic(note_path_, std::string_view(dump_json(note)));
  }

  Status append(std::span<const std::byte> piece) {
    while (!piece.empty()) {
      const ssize_t count = ::pwrite(fd_, piece.data(), piece.size(), static_cast<off_t>(size_));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return error_from_errno(errno, printable(path_));
      size_ += static_cast<uint64_t>(count);
      piece = piece.subspan(static_cast<size_t>(count));
    }
    return {};
  }

  Status finish(const fs::path& target) {
    if (::fsync(fd_) != 0) return error_from_errno(errno, printable(path_));
    if (::rename(path_.c_str(), target.c_str()) != 0) return error_from_errno(errno, printable(target));
    ::unlink(note_path_.c_str());
    const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
    const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle >= 0) {
      ::fsync(handle);
      ::close(handle);
    }
    return {};
  }

  void remove() const {
    ::unlink(path_.c_str());
    ::unlink(note_path_.c_str());
  }

  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  void read_note(const std::string& url) {
    const auto text = read_text_file(note_path_);
    const auto note = text.ok() ? parse_json(*text) : Result<Json>(Json());
    if (!note.ok() || !note->is_object() || note->value("url", "") != without_secrets(url)) return;
    version_ = note->value("version", "");
  }

  fs::path path_;
  fs::path note_path_;
  std::string version_;  // a strong ETag, or the date of the last change; empty: unknown
  uint64_t size_ = 0;
  int fd_ = -1;
};

std::string version_of(const HttpReply& reply) {
  const std::string_view etag = reply.header("etag");
  // If-Range compares strongly: a weak ETag never matches.
  if (!etag.empty() && !etag.starts_with("W/")) return std::string(etag);
  return std::string(reply.header("last-modified"));
}

bool range_starts_at(const HttpReply& reply, uint64_t offset) {
  return reply.header("content-range").starts_with(fmt::format("bytes {}-", offset));
}

class Download {
 public:
  Download(HttpClient& client, const DownloadRequest& wanted, Part& part, DownloadReport& report,
           const WorkContext& context)
      : client_(client), wanted_(wanted), part_(part), report_(report), context_(context) {}

  Status run() {
    report_.resumed_at = part_.version().empty() ? 0 : part_.size();
    shown_ = part_.size() / kStep;
    uint64_t best = part_.size();  // the most that has ever come
    for (int fruitless = 0;;) {
      // Without a version it can't be told whether the rest would fit.
      if (part_.version().empty() && part_.size() > 0) SLEEVE_CHECK(part_.restart());
      const uint64_t before = part_.size();
      began_ = false;
      const HttpReply reply = client_.perform(request(), context_);
      report_.fetched += reply.bytes;
      if (!failure_.ok()) return failure_;
      if (reply.ok()) return {};
      // The part is the whole file, or more than it: a check of size and hash tells.
      if (reply.fate == HttpFate::kAnswered && reply.status == 416 && before > 0) {
        if (wanted_.bytes == before || wanted_.sha256) return {};
        SLEEVE_CHECK(part_.restart());
        if (++fruitless < kAttempts) continue;
      }
      if (reply.fate != HttpFate::kUnreachable || reply.status >= 400) return reply.error();
      fruitless = part_.size() > best ? 0 : fruitless + 1;
      best = std::max(best, part_.size());
      if (fruitless >= kAttempts) return reply.error();
      if (!client_.clock().sleep(client_.options().first_wait, context_)) {
        return make_error(ErrorCode::kCancelled, "stopped; the same download goes on where it was");
      }
    }
  }

 private:
  HttpRequest request() {
    HttpRequest request;
    request.url = wanted_.url;
    request.max_bytes = wanted_.max_bytes;
    if (part_.size() > 0) {
      request.headers.emplace_back("range", fmt::format("bytes={}-", part_.size()));
      request.headers.emplace_back("if-range", part_.version());
      // A redirect may lead to the host that has the file.
      request.send_headers_on = true;
    }
    request.sink = [this](const HttpReply& head, std::span<const std::byte> piece) {
      return take(head, piece);
    };
    return request;
  }

  bool take(const HttpReply& head, std::span<const std::byte> piece) {
    if (!began_) failure_ = begin(head);
    began_ = true;
    if (failure_.ok() && part_.size() + piece.size() > wanted_.bytes.value_or(wanted_.max_bytes)) {
      failure_ = wanted_.bytes
                     ? make_error(ErrorCode::kCorrupt, "{}: is larger than the {} bytes it must have",
                                  without_secrets(wanted_.url), *wanted_.bytes)
                     : make_error(ErrorCode::kTooLarge, "{}: is over the limit of {} bytes",
                                  without_secrets(wanted_.url), wanted_.max_bytes);
      part_.remove();
    }
    if (failure_.ok()) failure_ = part_.append(piece);
    const uint64_t now = part_.size() / kStep;
    if (now > shown_) context_.progress().step(now - shown_);
    shown_ = std::max(shown_, now);
    return failure_.ok();
  }

  Status begin(const HttpReply& head) {
    if (head.status == 206 && range_starts_at(head, part_.size())) return {};
    if (head.status == 206) {
      return make_error(ErrorCode::kCorrupt, "{}: sends another range than was asked for",
                        without_secrets(wanted_.url));
    }
    return part_.begin(wanted_.url, version_of(head));
  }

  HttpClient& client_;
  const DownloadRequest& wanted_;
  Part& part_;
  DownloadReport& report_;
  const WorkContext& context_;
  Status failure_;
  bool began_ = false;
  uint64_t shown_ = 0;
};

Result<Sha256> hash_of(const fs::path& path) {
  SLEEVE_TRY(const MappedFile file, MappedFile::open(path));
  return sha256(file.bytes());
}

Status check(const DownloadRequest& request, DownloadReport& report, const Part& part) {
  report.bytes = part.size();
  if (request.bytes && *request.bytes != report.bytes) {
    part.remove();
    return make_error(ErrorCode::kCorrupt, "{}: has {} bytes instead of {}", without_secrets(request.url),
                      report.bytes, *request.bytes);
  }
  SLEEVE_TRY(report.sha256, hash_of(part.path()));
  if (request.sha256 && *request.sha256 != report.sha256) {
    part.remove();
    return make_error(ErrorCode::kCorrupt, "{}: has the SHA-256 {} instead of {}",
                      without_secrets(request.url), report.sha256.hex(), request.sha256->hex());
  }
  return {};
}

// With nothing to hold it against, a file that is there is taken as it is.
Result<bool> is_there(const DownloadRequest& request, DownloadReport& report) {
  std::error_code code;
  if (!fs::exists(request.path, code)) return false;
  const uintmax_t size = fs::file_size(request.path, code);
  if (code || (request.bytes && size != *request.bytes)) return false;
  SLEEVE_TRY(report.sha256, hash_of(request.path));
  report.bytes = size;
  report.was_there = !request.sha256 || *request.sha256 == report.sha256;
  return report.was_there;
}

}  // namespace

Result<DownloadReport> download_file(HttpClient& client, const DownloadRequest& request,
                                     const WorkContext& context) {
  DownloadReport report;
  SLEEVE_TRY(const bool there, is_there(request, report));
  if (there) return report;
  SLEEVE_TRY(Part part, Part::open(request));
  context.progress().begin("downloading " + request.path.filename().native() + " (KiB)",
                           static_cast<size_t>(request.bytes.value_or(0) / kStep));
  context.progress().step(static_cast<size_t>(part.size() / kStep));
  const Status done = Download(client, request, part, report, context).run();
  context.progress().end();
  SLEEVE_CHECK(done);
  SLEEVE_CHECK(check(request, report, part));
  SLEEVE_CHECK(part.finish(request.path));
  return report;
}

}  // namespace sleeve
