// SPDX-License-Identifier: Apache-2.0
// Any bytes as a matrix file: an error, or rows that lie inside the bytes. The first byte chooses
// whether header and records are given right checksums first, so that what lies behind the checks
// is reached, too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/hash.h"
#include "feature/matrix_file.h"

namespace {

constexpr size_t kColumns = 2;
constexpr size_t kRecord = 32 + 8 + kColumns * sizeof(float);

void put_checksum(std::span<std::byte> bytes, size_t at, uint64_t checksum) {
  std::memcpy(bytes.data() + at, &checksum, sizeof(checksum));
}

// Makes the checksums fit a header of the size that the bytes themselves claim.
void mend(std::span<std::byte> bytes) {
  uint32_t header = 0;
  if (bytes.size() < 16) return;
  std::memcpy(bytes.data(), "SLVMATRX", 8);
  std::memcpy(&header, bytes.data() + 12, sizeof(header));
  if (header < 24 || header > bytes.size()) return;
  put_checksum(bytes, header - 8, sleeve::checksum64(bytes.first(header - 8)));
  for (size_t at = header; bytes.size() - at >= kRecord; at += kRecord) {
    const auto record = bytes.subspan(at, kRecord);
    put_checksum(record, 32, sleeve::checksum64(record.subspan(40), sleeve::checksum64(record.first(32))));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::vector<std::byte> bytes(size - 1);
  if (!bytes.empty()) std::memcpy(bytes.data(), data + 1, bytes.size());
  if (data[0] % 2 == 1) mend(bytes);
  const auto content = sleeve::scan_matrix(bytes, "t/1", kColumns);
  if (!content.ok()) return 0;
  if (content->sound_bytes > bytes.size()) std::abort();
  float sum = 0.0F;
  for (const auto& [key, values] : content->index) {
    for (size_t i = 0; i < kColumns; ++i) sum += values[i];  // read out of bounds would be caught
  }
  return sum == 12345.678F ? 1 : 0;
}
