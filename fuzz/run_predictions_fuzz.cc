// SPDX-License-Identifier: Apache-2.0
// Any bytes as the predictions of a run: an error, or predictions that can be written and read again. The
// first byte chooses whether the checksums are made right first, the second how long the first part is.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/hash.h"
#include "stage/run_predictions.h"

namespace {

void seal(std::string& data) {
  if (data.size() < sizeof(uint64_t)) return;
  const size_t end = data.size() - sizeof(uint64_t);
  const uint64_t checksum = sleeve::checksum64(std::as_bytes(std::span(data).first(end)));
  std::memcpy(data.data() + end, &checksum, sizeof(checksum));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  std::string rest(size - 2, '\0');
  if (!rest.empty()) std::memcpy(rest.data(), data + 2, rest.size());
  const size_t first = std::min<size_t>(data[1], rest.size());
  std::vector<sleeve::RunPart> parts = {{"", rest.substr(0, first)}, {"knn", rest.substr(first)}};
  if (data[0] % 2 == 1) {
    for (sleeve::RunPart& part : parts) seal(part.data);
  }
  const auto decoded = sleeve::decode_predictions(parts);
  if (!decoded.ok()) return 0;
  const auto again = sleeve::decode_predictions(sleeve::encode_predictions(*decoded));
  if (!again.ok() || !(*again == *decoded)) std::abort();
  return 0;
}
