// SPDX-License-Identifier: Apache-2.0
#include "feature/gist.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "feature/portable_math.h"

namespace sleeve {
namespace {

constexpr int kGistSide = 128;
constexpr int kSmallMargin = 8;  // around the picture while contrast is evened out
constexpr int kGistMargin = 32;  // around it while it is filtered
constexpr double kCutoff = 4.0;
constexpr float kGistFloor = 0.2F;

struct LogTable {
  float values[256]{};
  LogTable() {
    for (int i = 0; i < 256; ++i) values[i] = static_cast<float>(portable_log(i + 1.0));
  }
};

// Grey stretched to 0 to 255 as LMgist does it, then its logarithm.
cv::Mat log_grey(const cv::Mat& grey) {
  static const LogTable kTable;
  double low = 0.0, high = 0.0;
  cv::minMaxLoc(grey, &low, &high);
  cv::Mat result(grey.size(), CV_32F);
  for (size_t i = 0; i < grey.total(); ++i) {
    const int value = grey.ptr<uint8_t>()[i] - static_cast<int>(low);
    const double stretched = high > low ? 255.0 * value / (high - low) : 0.0;
    result.ptr<float>()[i] =
        stretched == value ? kTable.values[value] : static_cast<float>(portable_log(stretched + 1.0));
  }
  return result;
}

// LMgist's prefilt: what is left of the picture without its coarse brightness and contrast.
cv::Mat evened(const cv::Mat& grey, const cv::Mat& low_pass) {
  cv::Mat padded;
  cv::copyMakeBorder(log_grey(grey), padded, kSmallMargin, kSmallMargin, kSmallMargin, kSmallMargin,
                     cv::BORDER_REFLECT);
  cv::Mat detail = padded - filtered(padded, low_pass);
  cv::Mat energy = filtered(detail.mul(detail), low_pass);
  for (size_t i = 0; i < detail.total(); ++i) {
    detail.ptr<float>()[i] /= kGistFloor + std::sqrt(std::abs(energy.ptr<float>()[i]));
  }
  return detail(cv::Rect(kSmallMargin, kSmallMargin, kGistSide, kGistSide));
}

std::vector<int> each_scale(const GistOptions& options) {
  return std::vector<int>(static_cast<size_t>(options.scales), options.orientations);
}

}  // namespace

void write_cell_means(const cv::Mat& values, int margin, int grid, std::span<float> out) {
  const int side = values.rows - 2 * margin;
  std::vector<double> sums(static_cast<size_t>(grid * grid));
  for (int y = 0; y < side; ++y) {
    const auto* row = values.ptr<float>(y + margin) + margin;
    for (int cell = 0; cell < grid; ++cell) {
      double sum = 0.0;
      for (int x = cell * side / grid; x < (cell + 1) * side / grid; ++x) sum += static_cast<double>(row[x]);
      // Row y lies in the cell whose first row is at or above it.
      sums[static_cast<size_t>(((y + 1) * grid - 1) / side * grid + cell)] += sum;
    }
  }
  const auto extent = [&](int cell) { return (cell + 1) * side / grid - cell * side / grid; };
  for (int cell = 0; cell < grid * grid; ++cell) {
    const double pixels = static_cast<double>(extent(cell / grid)) * extent(cell % grid);
    out[static_cast<size_t>(cell)] = static_cast<float>(sums[static_cast<size_t>(cell)] / pixels);
  }
}

Result<std::unique_ptr<Descriptor>> GistDescriptor::make(const GistOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<GistDescriptor>(options));
}

GistDescriptor::GistDescriptor(const GistOptions& options)
    : options_(options),
      low_pass_(low_pass(kGistSide + 2 * kSmallMargin, kCutoff)),
      bank_(kGistSide + 2 * kGistMargin, each_scale(options)) {}

std::vector<std::string> GistDescriptor::value_names() const {
  std::vector<std::string> names;
  for (int scale = 0; scale < options_.scales; ++scale) {
    for (int o = 0; o < options_.orientations; ++o) {
      for (int cell = 0; cell < options_.grid * options_.grid; ++cell) {
        names.push_back(fmt::format("scale {} direction {:.4g}° cell {},{}", scale,
                                    180.0 * o / options_.orientations, cell / options_.grid,
                                    cell % options_.grid));
      }
    }
  }
  return names;
}

Status GistDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  cv::Mat padded;
  cv::copyMakeBorder(evened(picture.planes->grey(kGistSide), low_pass_), padded, kGistMargin, kGistMargin,
                     kGistMargin, kGistMargin, cv::BORDER_REFLECT | cv::BORDER_ISOLATED);
  const cv::Mat spectrum = FilterBank::spectrum(padded);
  const auto cells = static_cast<size_t>(options_.grid * options_.grid);
  for (size_t k = 0; k < bank_.size(); ++k) {
    const cv::Mat energy = bank_.energy(spectrum, k);
    write_cell_means(energy, kGistMargin * energy.rows / bank_.side(), options_.grid,
                     out.subspan(k * cells, cells));
  }
  return {};
}

}  // namespace sleeve
