// SPDX-License-Identifier: Apache-2.0
#include "stage/npz_file.h"

#include <cerrno>
#include <cstdio>
#include <deque>
#include <utility>

#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include "base/byte_stream.h"
#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

// What stands before an array's values: magic, version 1.0, a Python dictionary filled up to a multiple
// of 64.
Bytes npy_header(std::string_view dtype, std::string_view shape) {
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", dtype, shape);
  constexpr size_t kFront = 10;
  constexpr size_t kAlignment = 64;
  const size_t whole = (kFront + text.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
  text.resize(whole - kFront - 1, ' ');
  text += '\n';
  ByteWriter writer;
  constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);
  writer.put_bytes(std::as_bytes(std::span(kMagic.data(), kMagic.size())));
  writer.put<uint16_t>(static_cast<uint16_t>(text.size()));
  writer.put_bytes(std::as_bytes(std::span(text.data(), text.size())));
  return writer.take();
}

// The code points of a text; U+FFFD for bytes that are no UTF-8.
std::u32string code_points(std::string_view text) {
  std::u32string points;
  const std::string clean = is_utf8(text) ? std::string(text) : printable(text);
  for (size_t i = 0; i < clean.size();) {
    const auto lead = static_cast<unsigned char>(clean[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = length == 1 ? lead : lead & (0x7FU >> length);
    for (size_t k = 1; k < length && i + k < clean.size(); ++k) {
      point = point << 6 | (static_cast<unsigned char>(clean[i + k]) & 0x3FU);
    }
    points.push_back(point);
    i += length;
  }
  return points;
}

Error zip_failure(const fs::path& path, zip_error_t* error) {
  return make_error(ErrorCode::kIo, "{}: {}", printable(path), zip_error_strerror(error));
}

}  // namespace

struct NpzFile::State {
  fs::path path;
  fs::path temporary;
  zip_t* zip = nullptr;
  std::deque<Bytes> kept;  // headers and texts that libzip reads when it writes
};

NpzFile::NpzFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
NpzFile::NpzFile(NpzFile&& other) noexcept = default;

NpzFile::~NpzFile() {
  if (state_ && state_->zip != nullptr) zip_discard(state_->zip);
}

Result<NpzFile> NpzFile::begin(const fs::path& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->temporary = path;
  state->temporary += fmt::format(".{}.tmp", ::getpid());
  int code = 0;
  state->zip = zip_open(state->temporary.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (state->zip == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    Error failure = zip_failure(path, &error);
    zip_error_fini(&error);
    return failure;
  }
  return NpzFile(std::move(state));
}

Status NpzFile::add_member(const std::string& name, std::string_view dtype, std::string_view shape,
                           std::span<const std::byte> data) {
  state_->kept.push_back(npy_header(dtype, shape));
  Bytes& header = state_->kept.back();
  // libzip only reads them, but its type for both directions has no const.
  auto* values = const_cast<std::byte*>(data.data());
  const zip_buffer_fragment_t parts[] = {
      {reinterpret_cast<zip_uint8_t*>(header.data()), header.size()},
      {reinterpret_cast<zip_uint8_t*>(values), data.size()},
  };
  zip_source_t* source = zip_source_buffer_fragment(state_->zip, parts, data.empty() ? 1 : 2, 0);
  if (source == nullptr) return zip_failure(state_->path, zip_get_error(state_->zip));
  const zip_int64_t place = zip_file_add(state_->zip, (name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8);
  if (place < 0) {
    zip_source_free(source);
    return zip_failure(state_->path, zip_get_error(state_->zip));
  }
  const auto index = static_cast<zip_uint64_t>(place);
  constexpr zip_uint16_t kFirstDay = 1 << 5 | 1;  // 1980-01-01: the same arrays give the same bytes
  if (zip_set_file_compression(state_->zip, index, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(state_->zip, index, 0, kFirstDay, 0) != 0) {
    return zip_failure(state_->path, zip_get_error(state_->zip));
  }
  return {};
}

Status NpzFile::add(const std::string& name, std::span<const float> values, size_t rows, size_t columns) {
  const std::string shape = columns == 0 ? fmt::format("{},", rows) : fmt::format("{}, {}", rows, columns);
  return add_member(name, "<f4", shape, std::as_bytes(values));
}

Status NpzFile::add(const std::string& name, std::span<const int32_t> values) {
  return add_member(name, "<i4", fmt::format("{},", values.size()), std::as_bytes(values));
}

Status NpzFile::add(const std::string& name, std::span<const double> values) {
  return add_member(name, "<f8", fmt::format("{},", values.size()), std::as_bytes(values));
}

Status NpzFile::add_texts(const std::string& name, std::span<const std::string> texts,
                          std::string_view shape) {
  std::vector<std::u32string> all;
  size_t longest = 1;
  for (const std::string& text : texts) {
    all.push_back(code_points(text));
    longest = std::max(longest, all.back().size());
  }
  Bytes& data = state_->kept.emplace_back(texts.size() * longest * sizeof(char32_t));
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].empty()) continue;
    std::memcpy(data.data() + i * longest * sizeof(char32_t), all[i].data(),
                all[i].size() * sizeof(char32_t));
  }
  return add_member(name, fmt::format("<U{}", longest), shape, data);
}

Status NpzFile::add(const std::string& name, std::span<const std::string> texts) {
  return add_texts(name, texts, fmt::format("{},", texts.size()));
}

Status NpzFile::add(const std::string& name, std::string_view text) {
  const std::string one(text);
  return add_texts(name, std::span(&one, 1), "");
}

Status NpzFile::save() {
  if (zip_close(state_->zip) != 0) {
    Error failure = zip_failure(state_->path, zip_get_error(state_->zip));
    zip_discard(std::exchange(state_->zip, nullptr));
    return failure;
  }
  state_->zip = nullptr;
  const int file = ::open(state_->temporary.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  int reason = errno;
  if (file >= 0) ::close(file);
  if (synced && ::rename(state_->temporary.c_str(), state_->path.c_str()) == 0) return {};
  if (synced) reason = errno;
  ::unlink(state_->temporary.c_str());
  return error_from_errno(reason, printable(state_->path));
}

}  // namespace sleeve
