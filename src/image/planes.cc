// SPDX-License-Identifier: Apache-2.0
#include "image/planes.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace sleeve {
namespace {

// Which inputs lie under each output: output k covers [k·n, (k+1)·n) where input i covers [i·m, (i+1)·m),
// of n inputs and m outputs. All overlaps are whole numbers, those of one output sum to n.
struct Overlaps {
  std::vector<int> first;  // of each output, and one behind the last
  std::vector<int> input;
  std::vector<uint32_t> weight;
};

Overlaps overlaps(int inputs, int outputs) {
  Overlaps result;
  for (int64_t k = 0; k < outputs; ++k) {
    result.first.push_back(static_cast<int>(result.input.size()));
    const int64_t from = k * inputs, to = from + inputs;
    for (int64_t i = from / outputs; i * outputs < to; ++i) {
      result.input.push_back(static_cast<int>(i));
      result.weight.push_back(
          static_cast<uint32_t>(std::min((i + 1) * outputs, to) - std::max(i * outputs, from)));
    }
  }
  result.first.push_back(static_cast<int>(result.input.size()));
  return result;
}

void add_weighted(const uint8_t* row, uint32_t weight, uint32_t* sums, size_t count) {
  for (size_t i = 0; i < count; ++i) sums[i] += weight * row[i];
}

// `Sum` holds 255 × rows × columns of the picture.
template <class Sum>
void add_across(const std::vector<uint32_t>& sums, const Overlaps& across, std::vector<Sum>& totals) {
  for (size_t k = 0; k + 1 < across.first.size(); ++k) {
    Sum blue = 0, green = 0, red = 0;
    for (auto j = static_cast<size_t>(across.first[k]); j < static_cast<size_t>(across.first[k + 1]); ++j) {
      const uint32_t* pixel = sums.data() + 3 * static_cast<size_t>(across.input[j]);
      const Sum weight = across.weight[j];
      blue += weight * pixel[0];
      green += weight * pixel[1];
      red += weight * pixel[2];
    }
    totals[3 * k] = blue;
    totals[3 * k + 1] = green;
    totals[3 * k + 2] = red;
  }
}

// total / area rounded half up. The quarter keeps a quotient that is exactly whole from being rounded below
// it, and is too small to lift any other.
template <class Sum>
void divide(const std::vector<Sum>& totals, double area, uint8_t* out) {
  const double factor = 1.0 / area, shift = 0.5 * area + 0.25;
  for (size_t i = 0; i < totals.size(); ++i) {
    out[i] = static_cast<uint8_t>(static_cast<int>((static_cast<double>(totals[i]) + shift) * factor));
  }
}

template <class Sum>
cv::Mat shrink(const cv::Mat& bgr, int side) {
  const Overlaps down = overlaps(bgr.rows, side), across = overlaps(bgr.cols, side);
  cv::Mat result(side, side, CV_8UC3);
  std::vector<uint32_t> sums(3 * static_cast<size_t>(bgr.cols));
  std::vector<Sum> totals(3 * static_cast<size_t>(side));
  const double area = static_cast<double>(bgr.rows) * bgr.cols;
  for (int k = 0; k < side; ++k) {
    std::ranges::fill(sums, 0U);
    const auto from = static_cast<size_t>(down.first[static_cast<size_t>(k)]);
    const auto to = static_cast<size_t>(down.first[static_cast<size_t>(k) + 1]);
    for (size_t j = from; j < to; ++j) {
      add_weighted(bgr.ptr<uint8_t>(down.input[j]), down.weight[j], sums.data(), sums.size());
    }
    add_across(sums, across, totals);
    divide(totals, area, result.ptr<uint8_t>(k));
  }
  return result;
}

size_t place_of(int side) {
  size_t place = 0;
  for (int size = Planes::kLargest; size > side; size /= 2) ++place;
  assert((Planes::kLargest >> place) == side && side >= Planes::kSmallest);
  return place;
}

}  // namespace

cv::Mat shrink_to_square(const cv::Mat& bgr, int side) {
  assert(bgr.type() == CV_8UC3 && !bgr.empty() && side >= 1 && side <= 1024);
  const uint64_t largest = uint64_t{255} * static_cast<uint64_t>(bgr.rows) * static_cast<uint64_t>(bgr.cols);
  return largest <= UINT32_MAX ? shrink<uint32_t>(bgr, side) : shrink<uint64_t>(bgr, side);
}

cv::Mat halve(const cv::Mat& bgr) {
  assert(bgr.type() == CV_8UC3 && bgr.rows % 2 == 0 && bgr.cols % 2 == 0);
  cv::Mat result(bgr.rows / 2, bgr.cols / 2, CV_8UC3);
  for (int y = 0; y < result.rows; ++y) {
    const auto* upper = bgr.ptr<uint8_t>(2 * y);
    const auto* lower = bgr.ptr<uint8_t>(2 * y + 1);
    auto* out = result.ptr<uint8_t>(y);
    for (int x = 0; x < result.cols; ++x, upper += 6, lower += 6, out += 3) {
      for (int c = 0; c < 3; ++c) {
        out[c] = static_cast<uint8_t>((upper[c] + upper[c + 3] + lower[c] + lower[c + 3] + 2) / 4);
      }
    }
  }
  return result;
}

const cv::Mat& Planes::bgr(int side) const {
  Copy& copy = bgr_[place_of(side)];
  std::call_once(copy.made, [&] {
    copy.pixels = side == kLargest ? shrink_to_square(full_, side) : halve(bgr(2 * side));
  });
  return copy.pixels;
}

const cv::Mat& Planes::converted(Copies& copies, int side, int code) const {
  Copy& copy = copies[place_of(side)];
  std::call_once(copy.made, [&] { cv::cvtColor(bgr(side), copy.pixels, code); });
  return copy.pixels;
}

const cv::Mat& Planes::grey(int side) const { return converted(grey_, side, cv::COLOR_BGR2GRAY); }
const cv::Mat& Planes::hsv(int side) const { return converted(hsv_, side, cv::COLOR_BGR2HSV); }
const cv::Mat& Planes::lab(int side) const { return converted(lab_, side, cv::COLOR_BGR2Lab); }

}  // namespace sleeve
