// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_SYNTH_DRAW_H_
#define SLEEVE_SYNTH_DRAW_H_

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "base/rng.h"

// A small painter for square pictures. Lengths and places are shares of the side (0 to 1, y down),
// so that a cover looks the same at every size; edges are anti-aliased analytically.
namespace sleeve::synth {

struct Colour {
  float r = 0;  // 0 to 1, sRGB
  float g = 0;
  float b = 0;
};

// Lightness 0 to 1, chroma 0 to about 0.3, hue in degrees (Ottosson 2020, Oklab): colours of the
// same lightness look equally light, which keeps palettes in harmony. Clipped to sRGB.
Colour oklch(double lightness, double chroma, double hue);
inline Colour mix(Colour a, Colour b, float t) {
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}
// 0 below `low`, 1 above `high`, smooth between.
inline float ease(float low, float high, float x) {
  const float t = std::clamp((x - low) / (high - low), 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}
// A whole turn in radians.
inline constexpr float kTurn = 2 * std::numbers::pi_v<float>;
// A uniform number, as a float.
inline float draw_float(Rng& rng, double low, double high) {
  return static_cast<float>(rng.uniform(low, high));
}

struct Point {
  float x = 0;
  float y = 0;
};
struct Box {
  float left = 0;
  float top = 0;
  float right = 1;
  float bottom = 1;
};
// What a shader answers for one pixel.
struct Ink {
  Colour colour;
  float alpha = 1;
};

class Canvas {
 public:
  explicit Canvas(int side) : side_(side), pixels_(static_cast<size_t>(side) * static_cast<size_t>(side)) {}

  [[nodiscard]] int side() const { return side_; }
  // Alpha of a shape's edge: `distance` to it, negative inside.
  [[nodiscard]] float coverage(float distance) const {
    return std::clamp(0.5F - distance * static_cast<float>(side_), 0.0F, 1.0F);
  }

  // Blends shader(x, y) → Ink over every pixel of the box.
  template <class Shader>
  void shade(Box box, const Shader& shader) {
    const float scale = 1.0F / static_cast<float>(side_);
    const int x0 = pixel(box.left), x1 = pixel(box.right + scale);
    const int y0 = pixel(box.top), y1 = pixel(box.bottom + scale);
    for (int y = y0; y < y1; ++y) {
      for (int x = x0; x < x1; ++x) {
        const Ink ink =
            shader((static_cast<float>(x) + 0.5F) * scale, (static_cast<float>(y) + 0.5F) * scale);
        if (ink.alpha > 0) at(x, y) = mix(at(x, y), ink.colour, std::min(ink.alpha, 1.0F));
      }
    }
  }

  // From one colour to another along `angle` (0: downwards, in radians).
  void gradient(Colour from, Colour to, float angle = 0);
  void disc(Point centre, float radius, Colour colour, float alpha = 1);
  void ring(Point centre, float radius, float width, Colour colour, float alpha = 1);
  // A light that fades like a bell; `radius` is its standard deviation.
  void glow(Point centre, float radius, Colour colour, float alpha);
  void line(Point from, Point to, float width, Colour colour, float alpha = 1);
  void rectangle(Box box, Colour colour, float alpha = 1);
  void frame(Box box, float width, Colour colour, float alpha = 1);
  // 8-bit coverage, its upper left corner at pixel (x, y).
  void stamp(const cv::Mat& mask, int x, int y, Colour colour, float alpha = 1);

  // Uneven light, as on an old print: a field of slow waves of chance multiplies all tones; `strength` is
  // the deviation of its logarithm.
  void patina(Rng& rng, float strength);
  // Darkens the corners by up to `amount`.
  void vignette(float amount);
  // Bends all tones (a power law) until the mean luma is `mean`, 0 to 1.
  void tone_to(double mean);
  void grain(Rng& rng, double deviation);
  // BGR, 8 bits.
  [[nodiscard]] cv::Mat picture() const;

 private:
  [[nodiscard]] int pixel(float share) const {
    return std::clamp(static_cast<int>(std::floor(share * static_cast<float>(side_))), 0, side_);
  }
  Colour& at(int x, int y) {
    return pixels_[static_cast<size_t>(y) * static_cast<size_t>(side_) + static_cast<size_t>(x)];
  }

  int side_;
  std::vector<Colour> pixels_;
};

}  // namespace sleeve::synth

#endif  // SLEEVE_SYNTH_DRAW_H_
