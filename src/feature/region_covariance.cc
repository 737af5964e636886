// SPDX-License-Identifier: Apache-2.0
#include "feature/region_covariance.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "base/error.h"

namespace sleeve {
namespace {

constexpr int kCovarianceSide = 128;
constexpr int kCovarianceMargin = 16;  // mirrored around the picture while it is filtered
constexpr size_t kCovariancePixels = static_cast<size_t>(kCovarianceSide) * kCovarianceSide;
constexpr std::array kSigmas = {1.0, 2.0, 4.0, 8.0};

// Gains: one over the typical deviation on covers of five genres.
constexpr float kGaborGain = 18.0F;
constexpr float kSaturationGain = 8.0F;
constexpr float kPlaceGain = 3.5F, kSideGain = 7.0F;

struct Plane {
  const char *name, *above, *below;
  float zero, unit;  // of the 8-bit channel
  float gain, spot_gain;
  size_t finest;  // of its spots, among kSigmas
};
constexpr std::array kPlanes = {
    Plane{"lightness", "light", "dark", 0.0F, 255.0F, 5.0F, 10.0F, 0},
    Plane{"green-red", "red", "green", 128.0F, 100.0F, 11.0F, 16.0F, 1},
    Plane{"blue-yellow", "yellow", "blue", 128.0F, 100.0F, 9.0F, 14.0F, 1},
};
constexpr std::array kOthers = {"saturation", "row", "column", "distance from the middle"};

constexpr size_t maps_of_planes() {
  size_t maps = 0;
  for (const Plane& plane : kPlanes) maps += 1 + 2 * (kSigmas.size() - 1 - plane.finest);
  return maps;
}

// Writes the maps one behind the other.
class MapWriter {
 public:
  explicit MapWriter(std::span<float> out) : rest_(out) {}

  template <class F>  // value of row and column
  void add(const F& value) {
    for (int y = 0; y < kCovarianceSide; ++y) {
      for (int x = 0; x < kCovarianceSide; ++x)
        rest_[static_cast<size_t>(y * kCovarianceSide + x)] = value(y, x);
    }
    rest_ = rest_.subspan(kCovariancePixels);
  }
  [[nodiscard]] bool full() const { return rest_.empty(); }

 private:
  std::span<float> rest_;
};

std::array<cv::Mat, kPlanes.size()> lab_planes(const cv::Mat& lab) {
  std::array<cv::Mat, kPlanes.size()> planes;
  for (size_t i = 0; i < planes.size(); ++i) {
    cv::extractChannel(lab, planes[i], static_cast<int>(i));
    const double unit = static_cast<double>(kPlanes[i].unit);
    planes[i].convertTo(planes[i], CV_32F, 1.0 / unit, -static_cast<double>(kPlanes[i].zero) / unit);
  }
  return planes;
}

void add_energies(const FilterBank& bank, const cv::Mat& light, MapWriter& maps) {
  cv::Mat wide;
  cv::copyMakeBorder(light, wide, kCovarianceMargin, kCovarianceMargin, kCovarianceMargin, kCovarianceMargin,
                     cv::BORDER_REFLECT);
  const cv::Mat spectrum = FilterBank::spectrum(wide);
  for (size_t i = 0; i < bank.size(); ++i) {
    const cv::Mat energy = bank.energy(spectrum, i);
    // Coarse scales come at half the size. Each place then stands for four: means in between would be
    // smoother than the energy is.
    const int step = wide.rows / energy.rows;
    maps.add([&](int y, int x) {
      return kGaborGain *
             std::sqrt(energy.at<float>((y + kCovarianceMargin) / step, (x + kCovarianceMargin) / step));
    });
  }
}

void add_plane(const Plane& plane, const cv::Mat& pixels, MapWriter& maps) {
  std::array<cv::Mat, kSigmas.size()> smooth;
  for (size_t i = 0; i < smooth.size(); ++i)
    cv::GaussianBlur(pixels, smooth[i], {}, kSigmas[i], kSigmas[i], cv::BORDER_REFLECT);
  maps.add([&](int y, int x) { return plane.gain * smooth[0].at<float>(y, x); });
  for (size_t i = plane.finest; i + 1 < smooth.size(); ++i) {
    for (const float sign : {1.0F, -1.0F}) {
      maps.add([&](int y, int x) {
        const float above = sign * (smooth[i].at<float>(y, x) - smooth[i + 1].at<float>(y, x));
        return plane.spot_gain * std::sqrt(std::max(above, 0.0F));
      });
    }
  }
}

void add_others(const cv::Mat& red, const cv::Mat& yellow, MapWriter& maps) {
  const auto place = [](int i) { return (static_cast<float>(i) + 0.5F) / kCovarianceSide - 0.5F; };
  maps.add([&](int y, int x) {
    const float a = red.at<float>(y, x), b = yellow.at<float>(y, x);
    return kSaturationGain * std::sqrt(a * a + b * b);
  });
  maps.add([&](int y, int /*x*/) { return kPlaceGain * place(y); });
  maps.add([&](int /*y*/, int x) { return kPlaceGain * place(x); });
  maps.add([&](int /*y*/, int x) { return kSideGain * std::abs(place(x)); });
}

}  // namespace

size_t RegionCovarianceDescriptor::maps_of(const RegionCovarianceOptions& options) {
  return static_cast<size_t>(options.orientations * options.scales) + maps_of_planes() + kOthers.size();
}

Result<std::unique_ptr<Descriptor>> RegionCovarianceDescriptor::make(const RegionCovarianceOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<RegionCovarianceDescriptor>(options));
}

RegionCovarianceDescriptor::RegionCovarianceDescriptor(const RegionCovarianceOptions& options)
    : options_(options),
      bank_(kCovarianceSide + 2 * kCovarianceMargin,
            std::vector(static_cast<size_t>(options.scales), options.orientations)) {}

std::vector<std::string> RegionCovarianceDescriptor::map_names() const {
  std::vector<std::string> names;
  for (int scale = 0; scale < options_.scales; ++scale) {
    for (int o = 0; o < options_.orientations; ++o)
      names.push_back(fmt::format("scale {} direction {:.4g}°", scale, 180.0 * o / options_.orientations));
  }
  for (const Plane& plane : kPlanes) {
    names.emplace_back(plane.name);
    for (size_t i = plane.finest; i + 1 < kSigmas.size(); ++i) {
      for (const char* kind : {plane.above, plane.below})
        names.push_back(fmt::format("{} spots {} px", kind, kSigmas[i]));
    }
  }
  names.insert(names.end(), kOthers.begin(), kOthers.end());
  return names;
}

std::vector<std::string> RegionCovarianceDescriptor::value_names() const {
  const std::vector<std::string> maps = map_names();
  std::vector<std::string> names;
  names.reserve(size());
  for (size_t i = 0; i < maps.size(); ++i) {
    for (size_t k = i; k < maps.size(); ++k) names.push_back(fmt::format("{} with {}", maps[i], maps[k]));
  }
  return names;
}

Status RegionCovarianceDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  const auto planes = lab_planes(picture.planes->lab(kCovarianceSide));
  std::vector<float> maps(maps_of(options_) * kCovariancePixels);
  MapWriter writer(maps);
  add_energies(bank_, planes[0], writer);
  for (size_t i = 0; i < planes.size(); ++i) add_plane(kPlanes[i], planes[i], writer);
  add_others(planes[1], planes[2], writer);
  assert(writer.full());
  SecondOrder pooled(maps_of(options_));
  pooled.add(maps);
  std::ranges::transform(pooled.root_of_covariance(), out.begin(),
                         [](double value) { return static_cast<float>(value); });
  if (!std::isfinite(out[0])) return make_error(ErrorCode::kInternal, "{}: no solution was found", kName);
  return {};
}

}  // namespace sleeve
