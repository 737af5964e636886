// SPDX-License-Identifier: Apache-2.0
#include "feature/matrix_file.h"

#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/byte_stream.h"
#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "SLVMATRX";
constexpr uint32_t kMatrixFormat = 1;
constexpr size_t kHeaderUnit = 64;  // the header's size is a multiple of this
constexpr size_t kMaxHeader = 65'536;
constexpr size_t kMaxColumns = size_t{1} << 24;
constexpr size_t kKeyBytes = 32;
constexpr size_t kSumBytes = 8;

size_t record_size(size_t columns) { return kKeyBytes + kSumBytes + columns * sizeof(float); }

// Of a record's key and values; not a checksum of 40 + n bytes, because it stands between them.
uint64_t record_checksum(std::span<const std::byte> key, std::span<const std::byte> values) {
  return checksum64(values, checksum64(key));
}

Bytes make_header(std::string_view descriptor, size_t columns) {
  // magic, format, header size, columns, text with its length; zeros; checksum.
  const size_t used = kMagic.size() + 4 + 4 + 8 + 8 + descriptor.size() + kSumBytes;
  const size_t size = (used + kHeaderUnit - 1) / kHeaderUnit * kHeaderUnit;
  ByteWriter writer;
  writer.put_bytes(std::as_bytes(std::span(kMagic.data(), kMagic.size())));
  writer.put<uint32_t>(kMatrixFormat);
  writer.put<uint32_t>(static_cast<uint32_t>(size));
  writer.put<uint64_t>(columns);
  writer.put_text(descriptor);
  Bytes header = writer.take();
  header.resize(size - kSumBytes);
  const uint64_t checksum = checksum64(header);
  header.resize(size);
  std::memcpy(header.data() + size - kSumBytes, &checksum, kSumBytes);
  return header;
}

struct Header {
  size_t size;
  size_t columns;
  std::string descriptor;
};

Error damaged_header() {
  return Error{ErrorCode::kCorrupt,
               "not a matrix file, or its header is damaged; delete it and extract again"};
}

Result<Header> read_header(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  const auto magic = reader.get_bytes(kMagic.size());
  if (!magic.ok() || std::memcmp(magic->data(), kMagic.data(), kMagic.size()) != 0) return damaged_header();
  const auto format = reader.get<uint32_t>();
  if (!format.ok()) return damaged_header();
  const auto size = reader.get<uint32_t>();
  if (!size.ok() || size.value() > kMaxHeader || size.value() > bytes.size() || size.value() == 0 ||
      size.value() % kHeaderUnit != 0) {
    return damaged_header();
  }
  uint64_t stored = 0;
  std::memcpy(&stored, bytes.data() + size.value() - kSumBytes, kSumBytes);
  if (stored != checksum64(bytes.first(size.value() - kSumBytes))) return damaged_header();
  // Sound, so a strange format really is another format.
  if (format.value() != kMatrixFormat) {
    return make_error(ErrorCode::kUnsupported, "matrix format {}, this sleeve reads {}; update sleeve",
                      format.value(), kMatrixFormat);
  }
  const auto columns = reader.get<uint64_t>();
  auto descriptor = reader.get_text();
  if (!columns.ok() || !descriptor.ok() || columns.value() == 0 || columns.value() > kMaxColumns) {
    return damaged_header();
  }
  return Header{size.value(), static_cast<size_t>(columns.value()), std::move(descriptor).value()};
}

Status write_all(int fd, std::span<const std::byte> data, const std::string& path) {
  while (!data.empty()) {
    const ssize_t count = ::write(fd, data.data(), data.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error_from_errno(errno, printable(std::string_view(path)));
    data = data.subspan(static_cast<size_t>(count));
  }
  return {};
}

}  // namespace

Result<MatrixContent> scan_matrix(std::span<const std::byte> bytes, std::string_view descriptor,
                                  size_t columns) {
  SLEEVE_TRY(const Header header, read_header(bytes));
  if (header.descriptor != descriptor || header.columns != columns) {
    return make_error(ErrorCode::kConflict,
                      "holds {} with {} values, not {} with {}; delete it and extract again",
                      printable(std::string_view(header.descriptor)), header.columns, descriptor, columns);
  }
  MatrixContent content;
  content.sound_bytes = header.size;
  const size_t size = record_size(columns);
  for (size_t at = header.size; bytes.size() - at >= size; at += size) {
    const auto record = bytes.subspan(at, size);
    const auto key_bytes = record.first(kKeyBytes);
    const auto values = record.subspan(kKeyBytes + kSumBytes);
    uint64_t stored = 0;
    std::memcpy(&stored, record.data() + kKeyBytes, kSumBytes);
    if (stored != record_checksum(key_bytes, values)) {
      ++content.damaged;
      continue;
    }
    Sha256 key;
    std::memcpy(key.bytes.data(), key_bytes.data(), kKeyBytes);
    // Header and records are multiples of 4 bytes long, so the values are aligned as floats are.
    content.index[key] = static_cast<const float*>(static_cast<const void*>(values.data()));
    content.sound_bytes = at + size;
  }
  return content;
}

Result<MatrixReader> MatrixReader::open(const fs::path& path, std::string_view descriptor, size_t columns) {
  MatrixReader reader;
  SLEEVE_TRY(reader.file_, MappedFile::open(path));
  auto content = scan_matrix(reader.file_.bytes(), descriptor, columns);
  if (!content.ok()) return with_context(std::move(content).error(), printable(path));
  reader.content_ = std::move(content).value();
  reader.columns_ = columns;
  return reader;
}

std::optional<std::span<const float>> MatrixReader::find(const Sha256& cover) const {
  const auto found = content_.index.find(cover);
  if (found == content_.index.end()) return std::nullopt;
  return std::span(found->second, columns_);
}

Result<MatrixWriter> MatrixWriter::open(const fs::path& path, std::string_view descriptor, size_t columns) {
  assert(columns > 0 && columns <= kMaxColumns && descriptor.size() < kMaxHeader / 2);
  std::error_code code;
  if (!fs::exists(path, code) && !code)
    SLEEVE_CHECK(write_file_atomic(path, make_header(descriptor, columns)));
  MatrixWriter writer;
  writer.path_ = path.string();
  writer.columns_ = columns;
  {
    SLEEVE_TRY(const MappedFile file, MappedFile::open(path));
    auto content = scan_matrix(file.bytes(), descriptor, columns);
    if (!content.ok()) return with_context(std::move(content).error(), printable(path));
    writer.size_ = content->sound_bytes;
  }
  writer.fd_ = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
  if (writer.fd_ < 0) return error_from_errno(errno, printable(path));
  if (::ftruncate(writer.fd_, static_cast<off_t>(writer.size_)) != 0) {
    return error_from_errno(errno, printable(path));
  }
  return writer;
}

MatrixWriter::MatrixWriter(MatrixWriter&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      columns_(other.columns_),
      size_(other.size_),
      record_(std::exchange(other.record_, {})) {}

MatrixWriter& MatrixWriter::operator=(MatrixWriter&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(columns_, other.columns_);
  std::swap(size_, other.size_);
  std::swap(record_, other.record_);
  return *this;
}

MatrixWriter::~MatrixWriter() {
  if (fd_ >= 0) ::close(fd_);
}

Status MatrixWriter::append(const Sha256& cover, std::span<const float> values) {
  assert(fd_ >= 0 && values.size() == columns_);
  const auto key = std::as_bytes(std::span(cover.bytes));
  const auto numbers = std::as_bytes(values);
  const uint64_t checksum = record_checksum(key, numbers);
  const auto sum = std::as_bytes(std::span(&checksum, 1));
  record_.assign(key.begin(), key.end());
  record_.insert(record_.end(), sum.begin(), sum.end());
  record_.insert(record_.end(), numbers.begin(), numbers.end());
  if (Status status = write_all(fd_, record_, path_); !status.ok()) {
    // Half a record in the middle would displace all that follow.
    if (::ftruncate(fd_, static_cast<off_t>(size_)) != 0) {
      return with_context(std::move(status).error(), "and could not be cut back");
    }
    return status;
  }
  size_ += record_.size();
  return {};
}

Status MatrixWriter::sync() {
  if (::fdatasync(fd_) != 0) return error_from_errno(errno, printable(std::string_view(path_)));
  return {};
}

}  // namespace sleeve
