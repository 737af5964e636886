// SPDX-License-Identifier: Apache-2.0
#include "feature/lbp_multi.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "feature/cpu.h"

namespace sleeve {
namespace {

constexpr int kLbpMultiSide = 256;
constexpr size_t kPatterns = 256;
constexpr std::array kRadii = {1, 2, 4, 8};
constexpr std::array kDiagonals = {1, 1, 3, 6};  // radius / √2, rounded

// The neighbours' rows, from the right one counter-clockwise: pointers to that of the first pixel.
using Neighbours = std::array<const uint8_t*, 8>;

SLEEVE_INLINE void code_row_body(const uint8_t* centre, const Neighbours& around, uint8_t* codes) {
  for (int x = 0; x < kLbpMultiSide; ++x) {
    uint8_t code = 0;
    for (size_t k = 0; k < 8; ++k) {
      code = static_cast<uint8_t>(code | (around[k][x] >= centre[x] ? 1U << k : 0U));
    }
    codes[x] = code;
  }
}

void code_row_any(const uint8_t* centre, const Neighbours& around, uint8_t* codes) {
  code_row_body(centre, around, codes);
}

SLEEVE_AVX2 void code_row_avx2(const uint8_t* centre, const Neighbours& around, uint8_t* codes) {
  code_row_body(centre, around, codes);
}

Neighbours neighbours(const cv::Mat& padded, int y, int margin, int radius, int diagonal) {
  const auto at = [&](int down, int right) {
    return padded.ptr<uint8_t>(y + margin + down) + margin + right;
  };
  return {at(0, radius),  at(-diagonal, diagonal), at(-radius, 0), at(-diagonal, -diagonal),
          at(0, -radius), at(diagonal, -diagonal), at(radius, 0),  at(diagonal, diagonal)};
}

}  // namespace

std::vector<uint8_t> uniform_codes() {
  std::vector<uint8_t> codes(kPatterns);
  uint8_t next = 0;
  for (size_t pattern = 0; pattern < kPatterns; ++pattern) {
    const auto bits = static_cast<uint8_t>(pattern);
    const int changes = std::popcount(static_cast<uint8_t>(bits ^ std::rotr(bits, 1)));
    codes[pattern] = changes <= 2 ? next++ : static_cast<uint8_t>(LbpMultiDescriptor::kCodes - 1);
  }
  return codes;
}

Result<std::unique_ptr<Descriptor>> LbpMultiDescriptor::make(const LbpMultiOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<LbpMultiDescriptor>(options));
}

LbpMultiDescriptor::LbpMultiDescriptor(const LbpMultiOptions& options)
    : options_(options), counts_(static_cast<size_t>(options.grid * options.grid) * kPatterns) {}

std::vector<std::string> LbpMultiDescriptor::value_names() const {
  const std::vector<uint8_t> codes = uniform_codes();
  std::vector<std::string> patterns(kCodes, "other");
  for (size_t pattern = 0; pattern < kPatterns; ++pattern) {
    if (codes[pattern] + 1U < kCodes) patterns[codes[pattern]] = fmt::format("{:08b}", pattern);
  }
  std::vector<std::string> names;
  for (int r = 0; r < options_.radii; ++r) {
    for (int cell = 0; cell < options_.grid * options_.grid; ++cell) {
      for (const std::string& pattern : patterns) {
        names.push_back(fmt::format("radius {} cell {},{} pattern {}", kRadii[static_cast<size_t>(r)],
                                    cell / options_.grid, cell % options_.grid, pattern));
      }
    }
  }
  return names;
}

Status LbpMultiDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  static const std::vector<uint8_t> kCodeOf = uniform_codes();
  const auto grid = static_cast<size_t>(options_.grid);
  const int margin = kRadii[static_cast<size_t>(options_.radii) - 1];
  cv::Mat padded;
  cv::copyMakeBorder(picture.planes->grey(kLbpMultiSide), padded, margin, margin, margin, margin,
                     cv::BORDER_REFLECT_101);
  std::array<uint8_t, kLbpMultiSide> codes{};
  std::ranges::fill(out, 0.0F);
  for (size_t r = 0; r < static_cast<size_t>(options_.radii); ++r) {
    std::ranges::fill(counts_, 0U);
    for (int y = 0; y < kLbpMultiSide; ++y) {
      const Neighbours around = neighbours(padded, y, margin, kRadii[r], kDiagonals[r]);
      const uint8_t* centre = padded.ptr<uint8_t>(y + margin) + margin;
      (cpu_has_avx2() ? code_row_avx2 : code_row_any)(centre, around, codes.data());
      const size_t row = static_cast<size_t>(y) * grid / kLbpMultiSide;
      for (size_t cell = 0; cell < grid; ++cell) {
        uint32_t* counts = counts_.data() + (row * grid + cell) * kPatterns;
        const size_t end = ((cell + 1) * kLbpMultiSide + grid - 1) / grid;
        for (size_t x = (cell * kLbpMultiSide + grid - 1) / grid; x < end; ++x) ++counts[codes[x]];
      }
    }
    for (size_t cell = 0; cell < grid * grid; ++cell) {
      const std::span<const uint32_t> counts = std::span(counts_).subspan(cell * kPatterns, kPatterns);
      std::array<uint32_t, kCodes> sums{};
      uint32_t pixels = 0;
      for (size_t pattern = 0; pattern < kPatterns; ++pattern) {
        sums[kCodeOf[pattern]] += counts[pattern];
        pixels += counts[pattern];
      }
      float* values = out.data() + (r * grid * grid + cell) * kCodes;
      for (size_t k = 0; k < kCodes; ++k) {
        values[k] = static_cast<float>(static_cast<double>(sums[k]) / static_cast<double>(pixels));
      }
    }
  }
  return {};
}

}  // namespace sleeve
