// SPDX-License-Identifier: Apache-2.0
#include "synth/draw.h"

#include <array>
#include <numbers>

namespace sleeve::synth {
namespace {

float to_srgb(double linear) {
  const double value = std::clamp(linear, 0.0, 1.0);
  return static_cast<float>(value <= 0.0031308 ? 12.92 * value : 1.055 * std::pow(value, 1 / 2.4) - 0.055);
}

Box around(Point centre, float radius) {
  return {centre.x - radius, centre.y - radius, centre.x + radius, centre.y + radius};
}

float box_distance(const Box& box, float x, float y) {
  return std::max({box.left - x, x - box.right, box.top - y, y - box.bottom});
}

using Histogram = std::array<double, 256>;

double mean_after_power(const Histogram& histogram, double power) {
  double sum = 0;
  for (size_t i = 0; i < histogram.size(); ++i) {
    sum += histogram[i] * std::pow(static_cast<double>(i) / 255.0, power);
  }
  return sum;
}

}  // namespace

Colour oklch(double lightness, double chroma, double hue) {
  const double angle = hue * std::numbers::pi / 180;
  const double a = chroma * std::cos(angle), b = chroma * std::sin(angle);
  const auto cube = [](double v) { return v * v * v; };
  const double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
  const double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
  const double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
  return {to_srgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          to_srgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          to_srgb(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

void Canvas::gradient(Colour from, Colour to, float angle) {
  const float dx = std::sin(angle), dy = std::cos(angle);
  const float reach = (std::abs(dx) + std::abs(dy)) / 2;
  shade({}, [&](float x, float y) {
    const float t = ((x - 0.5F) * dx + (y - 0.5F) * dy) / (2 * reach) + 0.5F;
    return Ink{mix(from, to, t)};
  });
}

void Canvas::disc(Point centre, float radius, Colour colour, float alpha) {
  shade(around(centre, radius), [&](float x, float y) {
    return Ink{colour, alpha * coverage(std::hypot(x - centre.x, y - centre.y) - radius)};
  });
}

void Canvas::ring(Point centre, float radius, float width, Colour colour, float alpha) {
  shade(around(centre, radius + width), [&](float x, float y) {
    const float distance = std::abs(std::hypot(x - centre.x, y - centre.y) - radius);
    return Ink{colour, alpha * coverage(distance - width / 2)};
  });
}

void Canvas::glow(Point centre, float radius, Colour colour, float alpha) {
  shade(around(centre, 3 * radius), [&](float x, float y) {
    const float dx = (x - centre.x) / radius, dy = (y - centre.y) / radius;
    return Ink{colour, alpha * std::exp(-0.5F * (dx * dx + dy * dy))};
  });
}

void Canvas::line(Point from, Point to, float width, Colour colour, float alpha) {
  const float dx = to.x - from.x, dy = to.y - from.y;
  const float length2 = std::max(dx * dx + dy * dy, 1e-12F);
  const Box box{std::min(from.x, to.x) - width, std::min(from.y, to.y) - width,
                std::max(from.x, to.x) + width, std::max(from.y, to.y) + width};
  shade(box, [&](float x, float y) {
    const float t = std::clamp(((x - from.x) * dx + (y - from.y) * dy) / length2, 0.0F, 1.0F);
    const float distance = std::hypot(x - from.x - t * dx, y - from.y - t * dy);
    return Ink{colour, alpha * coverage(distance - width / 2)};
  });
}

void Canvas::rectangle(Box box, Colour colour, float alpha) {
  shade(box, [&](float x, float y) { return Ink{colour, alpha * coverage(box_distance(box, x, y))}; });
}

void Canvas::frame(Box box, float width, Colour colour, float alpha) {
  shade(box, [&](float x, float y) {
    const float inside = -box_distance(box, x, y);
    return Ink{colour, alpha * coverage(std::abs(inside - width / 2) - width / 2)};
  });
}

void Canvas::stamp(const cv::Mat& mask, int x0, int y0, Colour colour, float alpha) {
  for (int y = std::max(0, -y0); y < std::min(mask.rows, side_ - y0); ++y) {
    for (int x = std::max(0, -x0); x < std::min(mask.cols, side_ - x0); ++x) {
      Colour& pixel = at(x0 + x, y0 + y);
      pixel = mix(pixel, colour, alpha * static_cast<float>(mask.at<uint8_t>(y, x)) / 255.0F);
    }
  }
}

void Canvas::patina(Rng& rng, float strength) {
  constexpr size_t kWaves = 6;  // half waves along a side, from none to 5
  std::array<std::array<float, kWaves>, kWaves> weights{};
  float power = 0;
  for (size_t v = 0; v < kWaves; ++v) {
    for (size_t u = 0; u < kWaves; ++u) {
      if (u + v == 0) continue;  // the mean is not the light's business
      weights[v][u] = static_cast<float>(rng.normal()) / (1 + 0.15F * static_cast<float>(u + v));
      power += weights[v][u] * weights[v][u] * (u == 0 || v == 0 ? 0.5F : 0.25F);
    }
  }
  const float scale = strength / std::sqrt(power);
  std::vector<std::array<float, kWaves>> waves(static_cast<size_t>(side_));
  for (size_t i = 0; i < waves.size(); ++i) {
    const float place = (static_cast<float>(i) + 0.5F) / static_cast<float>(side_);
    for (size_t u = 0; u < kWaves; ++u) {
      waves[i][u] = std::cos(std::numbers::pi_v<float> * static_cast<float>(u) * place);
    }
  }
  for (size_t y = 0; y < waves.size(); ++y) {
    std::array<float, kWaves> row{};
    for (size_t v = 0; v < kWaves; ++v) {
      for (size_t u = 0; u < kWaves; ++u) row[u] += scale * weights[v][u] * waves[y][v];
    }
    for (size_t x = 0; x < waves.size(); ++x) {
      float exponent = 0;
      for (size_t u = 0; u < kWaves; ++u) exponent += row[u] * waves[x][u];
      const float light = std::exp(exponent);
      Colour& pixel = pixels_[y * waves.size() + x];
      pixel = {pixel.r * light, pixel.g * light, pixel.b * light};
    }
  }
}

void Canvas::vignette(float amount) {
  shade({}, [&](float x, float y) {
    const float distance = std::hypot(x - 0.5F, y - 0.5F) / 0.7071F;
    return Ink{Colour{}, amount * ease(0.45F, 1.05F, distance)};
  });
}

void Canvas::tone_to(double mean) {
  std::array<Histogram, 3> histograms{};
  const auto bin = [](float v) { return static_cast<size_t>(std::clamp(v, 0.0F, 1.0F) * 255 + 0.5F); };
  for (const Colour& pixel : pixels_) {
    ++histograms[0][bin(pixel.r)];
    ++histograms[1][bin(pixel.g)];
    ++histograms[2][bin(pixel.b)];
  }
  const auto count = static_cast<double>(pixels_.size());
  Histogram luma{};  // how much luma's weight stands at each value
  for (size_t i = 0; i < luma.size(); ++i) {
    luma[i] = (0.299 * histograms[0][i] + 0.587 * histograms[1][i] + 0.114 * histograms[2][i]) / count;
  }
  double low = 0.1, high = 8;  // the mean falls as the power grows
  for (int step = 0; step < 40; ++step) {
    const double middle = (low + high) / 2;
    (mean_after_power(luma, middle) > mean ? low : high) = middle;
  }
  const auto power = static_cast<float>((low + high) / 2);
  for (Colour& pixel : pixels_) {
    for (float* value : {&pixel.r, &pixel.g, &pixel.b}) {
      *value = std::pow(std::clamp(*value, 0.0F, 1.0F), power);
    }
  }
}

void Canvas::grain(Rng& rng, double deviation) {
  for (Colour& pixel : pixels_) {
    const auto noise = static_cast<float>(rng.normal(0, deviation));
    pixel = {pixel.r + noise, pixel.g + noise, pixel.b + noise};
  }
}

cv::Mat Canvas::picture() const {
  cv::Mat result(side_, side_, CV_8UC3);
  const auto byte = [](float v) { return static_cast<uint8_t>(std::clamp(v, 0.0F, 1.0F) * 255 + 0.5F); };
  size_t i = 0;
  for (int y = 0; y < side_; ++y) {
    for (int x = 0; x < side_; ++x, ++i) {
      result.at<cv::Vec3b>(y, x) = {byte(pixels_[i].b), byte(pixels_[i].g), byte(pixels_[i].r)};
    }
  }
  return result;
}

}  // namespace sleeve::synth
