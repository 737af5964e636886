// SPDX-License-Identifier: Apache-2.0
#include "feature/wavelets.h"

#include <cassert>
#include <cmath>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "feature/gist.h"

namespace sleeve {
namespace {

constexpr int kWaveletSide = 128;
constexpr size_t kScales = 4;  // of the first order
constexpr size_t kAgain = 3;   // of these are filtered again
constexpr size_t kSecond = 2;  // scales of the second order, from the second of FilterBank's on

std::vector<int> scales(size_t count, int orientations) { return std::vector<int>(count, orientations); }

// Means of 2 × 2 or 4 × 4 pixels.
cv::Mat shrunk(const cv::Mat& energy, int side) {
  if (energy.rows == side) return energy;
  const int step = energy.rows / side;
  cv::Mat result(side, side, CV_32F);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      float sum = 0.0F;
      for (int dy = 0; dy < step; ++dy) {
        const auto* row = energy.ptr<float>(y * step + dy) + x * step;
        for (int dx = 0; dx < step; ++dx) sum += row[dx];
      }
      result.at<float>(y, x) = sum / static_cast<float>(step * step);
    }
  }
  return result;
}

}  // namespace

Result<std::unique_ptr<Descriptor>> WaveletsDescriptor::make(const WaveletsOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<WaveletsDescriptor>(options));
}

WaveletsDescriptor::WaveletsDescriptor(const WaveletsOptions& options)
    : options_(options),
      first_(kWaveletSide, scales(kScales, options.orientations)),
      middle_(kWaveletSide / 2, scales(kSecond, options.second), 1),
      small_(kWaveletSide / 4, scales(kSecond, options.second), 1) {}

size_t WaveletsDescriptor::size_of(const WaveletsOptions& options) {
  const auto first = static_cast<size_t>(options.orientations), second = static_cast<size_t>(options.second);
  return (kScales * first + kAgain * first * kSecond * second) *
         static_cast<size_t>(options.grid * options.grid);
}

std::vector<std::string> WaveletsDescriptor::value_names() const {
  std::vector<std::string> waves;
  const auto angle = [](int o, int count) { return fmt::format("{:.4g}°", 180.0 * o / count); };
  for (size_t s = 0; s < kScales; ++s) {
    for (int o = 0; o < options_.orientations; ++o) {
      waves.push_back(fmt::format("scale {} direction {}", s, angle(o, options_.orientations)));
    }
  }
  for (size_t k = 0, again = kAgain * static_cast<size_t>(options_.orientations); k < again; ++k) {
    for (size_t s = 0; s < kSecond; ++s) {
      for (int o = 0; o < options_.second; ++o) {
        waves.push_back(
            fmt::format("{}, again scale {} direction {}", waves[k], s + 1, angle(o, options_.second)));
      }
    }
  }
  std::vector<std::string> names;
  for (const std::string& wave : waves) {
    for (int cell = 0; cell < options_.grid * options_.grid; ++cell) {
      names.push_back(fmt::format("{} cell {},{}", wave, cell / options_.grid, cell % options_.grid));
    }
  }
  return names;
}

Status WaveletsDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  const cv::Mat& grey = picture.planes->grey(kWaveletSide);
  cv::Mat roots(kWaveletSide, kWaveletSide, CV_32F);
  for (size_t i = 0; i < roots.total(); ++i) {
    roots.ptr<float>()[i] = std::sqrt(static_cast<float>(grey.ptr<uint8_t>()[i])) / 16.0F;
  }
  const cv::Mat spectrum = FilterBank::spectrum(roots);
  const auto cells = static_cast<size_t>(options_.grid * options_.grid);
  const auto orientations = static_cast<size_t>(options_.orientations);
  std::span<float> second = out.subspan(first_.size() * cells);
  for (size_t k = 0; k < first_.size(); ++k) {
    const cv::Mat energy = first_.energy(spectrum, k);
    write_cell_means(energy, 0, options_.grid, out.subspan(k * cells, cells));
    const size_t scale = k / orientations;
    if (scale >= kAgain) continue;
    const FilterBank& bank = scale < 2 ? middle_ : small_;
    const cv::Mat again = FilterBank::spectrum(shrunk(energy, bank.side()));
    for (size_t j = 0; j < bank.size(); ++j) {
      write_cell_means(bank.energy(again, j), 0, options_.grid, second.first(cells));
      second = second.subspan(cells);
    }
  }
  return {};
}

}  // namespace sleeve
