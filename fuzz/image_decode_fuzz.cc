// SPDX-License-Identifier: Apache-2.0
// Any bytes as a picture: an error or a whole picture within the limits, never a crash.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "image/perceptual_hash.h"
#include "image/picture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Small, so that the fuzzer spends its time in parsers and not in painting.
  const sleeve::DecodeLimits limits{.max_file_bytes = 1 << 20, .max_pixels = 1 << 18, .max_side = 4096};
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto picture = sleeve::decode_picture(bytes, limits);
  if (!picture.ok()) {
    if (picture.error().message.empty()) std::abort();
    return 0;
  }
  const bool whole = picture->bgr.type() == CV_8UC3 && picture->grey.type() == CV_8UC1 &&
                     picture->grey.size() == picture->bgr.size() && !picture->bgr.empty();
  if (!whole || picture->bgr.total() > limits.max_pixels) std::abort();
  if (!sleeve::read_picture_header(bytes).ok()) std::abort();
  (void)sleeve::perceptual_hash(*picture);
  return 0;
}
