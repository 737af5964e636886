// SPDX-License-Identifier: Apache-2.0
#include "synth/habits.h"

#include <numbers>

#include <opencv2/imgproc.hpp>

namespace sleeve::synth {
namespace {

constexpr Habits kHabits[] = {
    {"glacier", 0.10, paint_glacier}, {"ember", 0.45, paint_ember}, {"circuit", 0.15, paint_circuit},
    {"meadow", 0.30, paint_meadow},   {"tidal", 0.20, paint_tidal}, {"velvet", 0.60, paint_velvet},
};

struct Mark {
  Colour ground;
  Colour figure;
  Colour accent;
  int pattern;
  float angle;
  float count;
  float fill;  // share of the figure in a period
  float phase;
};

// Signed distance to the figure's edge at a place, by pattern, in periods.
float pattern_distance(const Mark& mark, float x, float y) {
  const float c = std::cos(mark.angle), s = std::sin(mark.angle);
  const float u = ((x - 0.5F) * c + (y - 0.5F) * s) * mark.count + mark.phase;
  const float v = ((y - 0.5F) * c - (x - 0.5F) * s) * mark.count + mark.phase;
  const auto wrap = [](float t) { return std::abs(t - std::floor(t) - 0.5F); };  // 0 … 0.5
  switch (mark.pattern) {
    case 0:
      return wrap(u) - mark.fill / 2;  // stripes
    case 1:
      return std::hypot(wrap(u), wrap(v)) - mark.fill * 0.62F;  // dots
    case 2:
      return std::max(wrap(u), wrap(v)) - mark.fill * 0.6F;  // squares
    case 3:
      return wrap(std::hypot(x - 0.5F, y - 0.5F) * mark.count + mark.phase) - mark.fill / 2;  // rings
    default:
      return wrap(u + 0.6F * std::sin(v * 2)) - mark.fill / 2;  // waves
  }
}

}  // namespace

std::span<const Habits> all_habits() { return kHabits; }

Scene paint_artist_mark(Canvas& canvas, uint64_t artist_seed) {
  Rng rng(artist_seed);
  const double hue = rng.uniform(0, 360);
  const double away = hue + rng.uniform(60, 300);
  Mark mark{};
  mark.ground = oklch(rng.uniform(0.30, 0.85), rng.uniform(0.05, 0.13), hue);
  const bool light = mark.ground.g > 0.5F;
  mark.figure = oklch(light ? rng.uniform(0.25, 0.5) : rng.uniform(0.7, 0.9), rng.uniform(0.07, 0.16), away);
  mark.accent = oklch(rng.uniform(0.5, 0.9), 0.15, hue + rng.uniform(90, 270));
  mark.pattern = static_cast<int>(rng.below(5));
  mark.angle = draw_float(rng, 0, std::numbers::pi);
  mark.count = draw_float(rng, 3, 11);
  mark.fill = draw_float(rng, 0.3, 0.7);
  mark.phase = draw_float(rng, 0, 1);
  canvas.shade({}, [&](float x, float y) {
    const float distance = pattern_distance(mark, x, y) / mark.count;
    return Ink{mix(mark.ground, mark.figure, canvas.coverage(distance))};
  });
  const Point spot{draw_float(rng, 0.2, 0.8), draw_float(rng, 0.2, 0.6)};
  canvas.disc(spot, draw_float(rng, 0.1, 0.24), mark.accent);
  Scene scene;
  scene.lettering.font = cv::FONT_HERSHEY_DUPLEX;
  scene.lettering.at = {0.5F, 0.87F};
  scene.lettering.colour = light ? Colour{0.08F, 0.07F, 0.1F} : Colour{0.98F, 0.96F, 0.92F};
  return scene;
}

}  // namespace sleeve::synth
