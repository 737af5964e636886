// SPDX-License-Identifier: Apache-2.0
// Bytes that claim to be a fitted pipeline: loading refuses them, or what was loaded predicts.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "learn/pipeline.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sleeve::ByteReader in(std::as_bytes(std::span(data, size)));
  const auto pipeline = sleeve::Pipeline::load(in);
  if (!pipeline.ok() || pipeline->columns() > 4096) return 0;
  sleeve::Matrix x(3, pipeline->columns());
  for (size_t i = 0; i < x.rows(); ++i) {
    for (size_t j = 0; j < x.columns(); ++j) x(i, j) = static_cast<float>((i * 7 + j * 3) % 11) - 5.0F;
  }
  const auto probabilities = pipeline->outputs(x);
  if (probabilities.ok() && sleeve::most_probable(*probabilities).size() != 3) std::abort();
  return 0;
}
