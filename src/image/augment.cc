// SPDX-License-Identifier: Apache-2.0
#include "image/augment.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

#include <opencv2/imgproc.hpp>
#include <turbojpeg.h>

#include "base/error.h"
#include "base/options.h"
#include "base/rng.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr int kVersion = 1;

// What is done to one copy.
struct Draw {
  bool mirrored = false;
  double angle = 0;                     // degrees
  double width = 1, height = 1;         // shares that stay
  double left = 0.5, top = 0.5;         // shares of what is cut off that is cut off there
  double brightness = 0;                // added, as a share of white
  double contrast = 1, saturation = 1;  // factors
  double hue = 0;                       // degrees
  double blur = 0;                      // share of the longer side
  int quality = 100;
};

// Everything is drawn whatever the options are, so that leaving a step out doesn't change the others.
Draw draw(const AugmentOptions& options, Rng& rng) {
  const auto around = [&](double most) { return most * rng.uniform(-1.0, 1.0); };
  Draw drawn;
  drawn.mirrored = rng.uniform() < options.flip;
  drawn.angle = around(options.rotate);
  drawn.width = 1.0 - options.crop * rng.uniform();
  drawn.height = 1.0 - options.crop * rng.uniform();
  drawn.left = rng.uniform();
  drawn.top = rng.uniform();
  drawn.brightness = around(options.brightness);
  drawn.contrast = 1.0 + around(options.contrast);
  drawn.saturation = 1.0 + around(options.saturation);
  drawn.hue = around(options.hue);
  drawn.blur = options.blur * rng.uniform();
  drawn.quality = options.jpeg + static_cast<int>(rng.below(static_cast<uint64_t>(101 - options.jpeg)));
  return drawn;
}

cv::Mat turned(const cv::Mat& bgr, double angle) {
  const cv::Point2f centre(static_cast<float>(bgr.cols - 1) / 2.0F, static_cast<float>(bgr.rows - 1) / 2.0F);
  cv::Mat result;
  cv::warpAffine(bgr, result, cv::getRotationMatrix2D(centre, angle, 1.0), bgr.size(), cv::INTER_LINEAR,
                 cv::BORDER_REFLECT_101);
  return result;
}

cv::Mat cut(const cv::Mat& bgr, const Draw& drawn) {
  const auto kept = [](int side, double share) {
    return std::clamp(static_cast<int>(std::lround(side * share)), 1, side);
  };
  const cv::Size size(kept(bgr.cols, drawn.width), kept(bgr.rows, drawn.height));
  const auto start = [](int rest, double share) { return static_cast<int>(std::lround(rest * share)); };
  const cv::Point corner(start(bgr.cols - size.width, drawn.left), start(bgr.rows - size.height, drawn.top));
  return bgr(cv::Rect(corner, size)).clone();
}

// Saturation and hue about the grey axis in YIQ (as a television's knobs), contrast about middle grey.
cv::Mat recoloured(const cv::Mat& bgr, const Draw& drawn) {
  const cv::Matx33d to_yiq(0.114, 0.587, 0.299, -0.3213, -0.2746, 0.5959, 0.3112, -0.5227,
                           0.2115);  // from BGR
  const double radians = drawn.hue * std::numbers::pi / 180.0;
  const double c = drawn.saturation * std::cos(radians);
  const double s = drawn.saturation * std::sin(radians);
  const cv::Matx33d turn(1, 0, 0, 0, c, -s, 0, s, c);
  const cv::Matx33d colours = drawn.contrast * (to_yiq.inv() * turn * to_yiq);
  const double added = 255.0 * drawn.brightness + 127.5 * (1.0 - drawn.contrast);
  cv::Matx34d all;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) all(row, column) = colours(row, column);
    all(row, 3) = added;
  }
  cv::Mat result;
  cv::transform(bgr, result, all);
  return result;
}

cv::Mat blurred(const cv::Mat& bgr, double share) {
  const double deviation = share * std::max(bgr.cols, bgr.rows);
  if (deviation < 0.1) return bgr;  // would change next to nothing
  cv::Mat result;
  cv::GaussianBlur(bgr, result, {}, deviation);
  return result;
}

struct FreeBytes {
  void operator()(unsigned char* bytes) const { tjFree(bytes); }
};

Result<cv::Mat> recompressed(const cv::Mat& bgr, int quality) {
  const std::unique_ptr<void, int (*)(void*)> compressor(tjInitCompress(), tjDestroy);
  unsigned char* raw = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): TurboJPEG's
  const cv::Mat whole = bgr.isContinuous() ? bgr : bgr.clone();
  const int failed = tjCompress2(compressor.get(), whole.data, whole.cols, 0, whole.rows, TJPF_BGR, &raw,
                                 &size, TJSAMP_420, quality, TJFLAG_ACCURATEDCT);
  const std::unique_ptr<unsigned char, FreeBytes> bytes(raw);
  if (failed != 0) {
    return make_error(ErrorCode::kTooLarge, "can't be compressed as JPEG: {}",
                      tjGetErrorStr2(compressor.get()));
  }
  SLEEVE_TRY(const Picture picture, decode_picture(std::as_bytes(std::span(bytes.get(), size))));
  return picture.bgr;
}

uint64_t seed_of(const Sha256& cover, int number) {
  uint64_t start = 0;
  for (size_t i = 0; i < 8; ++i) start |= uint64_t{cover.bytes[i]} << (8 * i);
  return mix_seed(start, static_cast<uint64_t>(number));
}

}  // namespace

std::string AugmentedCopy::text() const {
  const Json defaults = options_to_json(AugmentOptions{});
  Json unusual = options_to_json(options);
  for (const auto& [key, value] : defaults.items()) {
    if (unusual[key] == value) unusual.erase(key);
  }
  return fmt::format("augment/{}{} {}", kVersion, to_string(Spec{"", unusual}), number);
}

Result<Picture> augmented(const Picture& picture, const Sha256& cover, const AugmentedCopy& copy) {
  Rng rng(seed_of(cover, copy.number));
  const AugmentOptions& options = copy.options;
  const Draw drawn = draw(options, rng);
  cv::Mat bgr = picture.bgr.clone();
  if (drawn.mirrored) cv::flip(bgr, bgr, 1);
  if (options.rotate > 0) bgr = turned(bgr, drawn.angle);
  if (options.crop > 0) bgr = cut(bgr, drawn);
  if (options.brightness > 0 || options.contrast > 0 || options.saturation > 0 || options.hue > 0) {
    bgr = recoloured(bgr, drawn);
  }
  if (options.blur > 0) bgr = blurred(bgr, drawn.blur);
  if (options.jpeg < 100) {
    SLEEVE_TRY(bgr, recompressed(bgr, drawn.quality));
  }
  Picture result = picture_from_pixels(std::move(bgr));
  result.format = picture.format;
  result.oddities = picture.oddities;
  return result;
}

}  // namespace sleeve
