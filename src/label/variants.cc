// SPDX-License-Identifier: Apache-2.0
#include "label/variants.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "image/encode.h"
#include "image/jpeg_decoder.h"

namespace sleeve {
namespace {

cv::Scalar any_colour(Rng& rng) { return {rng.uniform(0, 255), rng.uniform(0, 255), rng.uniform(0, 255)}; }

cv::Mat reencoded(const cv::Mat& bgr, Rng& rng) {
  const auto jpeg = encode_jpeg(bgr, static_cast<int>(rng.uniform(30, 90)));
  const auto again = jpeg.ok() ? decode_jpeg(ByteView(*jpeg)) : Result<RawPicture>(jpeg.error());
  if (!again.ok()) throw std::bad_alloc();  // nothing else can be wrong with pixels of our own
  return again->pixels;
}

cv::Mat resized(const cv::Mat& bgr, Rng& rng) {
  const double scale = rng.uniform(0.5, 1.5);
  cv::Mat result;
  cv::resize(bgr, result, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return result;
}

cv::Mat bordered(const cv::Mat& bgr, Rng& rng) {
  const int width = std::max(1, static_cast<int>(rng.uniform(0.03, 0.12) * std::min(bgr.rows, bgr.cols)));
  // Mostly white or black, as scans and digital reissues have it.
  const double kind = rng.uniform();
  const cv::Scalar colour = kind < 0.4   ? cv::Scalar(255, 255, 255)
                            : kind < 0.8 ? cv::Scalar()
                                         : any_colour(rng);
  cv::Mat result;
  cv::copyMakeBorder(bgr, result, width, width, width, width, cv::BORDER_CONSTANT, colour);
  return result;
}

cv::Mat recoloured(const cv::Mat& bgr, Rng& rng) {
  cv::Mat hsv;
  cv::cvtColor(bgr, hsv, cv::COLOR_BGR2HSV);
  std::vector<cv::Mat> channels;
  cv::split(hsv, channels);
  channels[1].convertTo(channels[1], -1, rng.uniform(0.8, 1.2));
  cv::merge(channels, hsv);
  cv::Mat result;
  cv::cvtColor(hsv, result, cv::COLOR_HSV2BGR);
  result.convertTo(result, -1, rng.uniform(0.8, 1.2), rng.uniform(-25, 25));
  return result;
}

cv::Mat stickered(const cv::Mat& bgr, Rng& rng) {
  cv::Mat result = bgr.clone();
  const double side = std::sqrt(rng.uniform(0.04, 0.08) * bgr.rows * bgr.cols);
  const cv::Point2d corner(rng.uniform() < 0.5 ? 0.6 * side : bgr.cols - 0.6 * side,
                           rng.uniform() < 0.5 ? 0.6 * side : bgr.rows - 0.6 * side);
  const cv::Scalar colour = any_colour(rng);
  if (rng.uniform() < 0.5) {
    cv::circle(result, corner, static_cast<int>(side / 2), colour, cv::FILLED, cv::LINE_AA);
  } else {
    const cv::Point2d half(side / 2, side / 2);
    cv::rectangle(result, cv::Point(corner - half), cv::Point(corner + half), colour, cv::FILLED);
  }
  return result;
}

}  // namespace

std::string_view name_of(Variant variant) {
  static constexpr std::string_view kNames[] = {"reencoded", "resized", "bordered", "recoloured",
                                                "stickered"};
  return kNames[static_cast<size_t>(variant)];
}

Picture make_variant(const Picture& picture, Variant variant, Rng& rng) {
  switch (variant) {
    case Variant::kReencoded:
      return picture_from_pixels(reencoded(picture.bgr, rng));
    case Variant::kResized:
      return picture_from_pixels(resized(picture.bgr, rng));
    case Variant::kBordered:
      return picture_from_pixels(bordered(picture.bgr, rng));
    case Variant::kRecoloured:
      return picture_from_pixels(recoloured(picture.bgr, rng));
    case Variant::kStickered:
      return picture_from_pixels(stickered(picture.bgr, rng));
  }
  return picture;
}

}  // namespace sleeve
