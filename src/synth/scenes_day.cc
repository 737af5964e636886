// SPDX-License-Identifier: Apache-2.0
// The genres of open air: glacier, meadow, tidal.
#include <array>
#include <numbers>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "synth/habits.h"

namespace sleeve::synth {
namespace {

// A mountain range: straight slopes between peaks and saddles. The left slope of each peak is lit.
struct Ridge {
  std::vector<Point> knots;

  struct Slope {
    float height;
    bool rising;
    float along;  // 0 at the slope's start … 1 at its end
  };
  [[nodiscard]] Slope at(float x) const {
    size_t i = 1;
    while (i + 1 < knots.size() && knots[i].x < x) ++i;
    const float t = std::clamp((x - knots[i - 1].x) / (knots[i].x - knots[i - 1].x), 0.0F, 1.0F);
    return {knots[i - 1].y + (knots[i].y - knots[i - 1].y) * t, knots[i].y < knots[i - 1].y, t};
  }
};

Ridge draw_ridge(float base, float peak, int peaks, Rng& rng) {
  Ridge ridge;
  const int knots = 2 * peaks + 1;
  for (int i = 0; i < knots; ++i) {
    const float x = (static_cast<float>(i) + (i % 2 == 1 ? draw_float(rng, -0.4, 0.4) : 0)) /
                        static_cast<float>(knots - 1) * 1.3F -
                    0.15F;
    const float height = i % 2 == 1 ? peak * draw_float(rng, 0.65, 1.1) : draw_float(rng, 0.0, 0.06);
    ridge.knots.push_back({x, base - height});
  }
  return ridge;
}

void paint_ridge(Canvas& canvas, const Ridge& ridge, Colour lit, Colour shade, Colour mist) {
  canvas.shade({}, [&](float x, float y) {
    const auto slope = ridge.at(x);
    // The edge between light and shade runs down from the peak in a zigzag.
    const float depth = y - slope.height;
    const float zigzag = 0.035F * std::abs(std::fmod(depth * 14, 2.0F) - 1);
    const bool light =
        slope.rising ? slope.along < 0.995F - zigzag * 4 : slope.along < depth * 1.2F * zigzag * 8;
    const Colour rock = mix(light ? lit : shade, mist, ease(0.02F, 0.5F, depth) * 0.75F);
    return Ink{rock, canvas.coverage(-depth * 0.75F)};
  });
}

void paint_flower(Canvas& canvas, Point at, float size, Colour petal, Colour heart, Rng& rng) {
  const float turn = draw_float(rng, 0, kTurn);
  for (int i = 0; i < 5; ++i) {
    const float angle = turn + kTurn * static_cast<float>(i) / 5;
    canvas.disc({at.x + size * 0.62F * std::cos(angle), at.y + size * 0.62F * std::sin(angle)}, size * 0.46F,
                petal, 0.95F);
  }
  canvas.disc(at, size * 0.36F, heart);
}

// One row of overlapping scales, the way the sea is drawn on old prints.
void paint_scales(Canvas& canvas, float y, float radius, float shift, const std::array<Colour, 3>& colours) {
  for (float x = -radius + shift; x < 1 + 2 * radius; x += 2 * radius) {
    canvas.disc({x, y}, radius, colours[0]);
    canvas.disc({x, y}, radius * 0.86F, colours[1]);
    canvas.disc({x, y}, radius * 0.62F, colours[0]);
    canvas.disc({x, y}, radius * 0.50F, colours[2]);
    canvas.disc({x, y}, radius * 0.24F, colours[0]);
  }
}

void paint_swell(Canvas& canvas, float horizon, double hue, Rng& rng) {
  const int rows = 7 + static_cast<int>(rng.below(4));
  for (int i = 0; i < rows; ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(rows);
    const float base = horizon + (1 - horizon) * t * (0.55F + 0.5F * t);
    const float height = 0.008F + 0.028F * t, waves = 5.5F - 3 * t;
    const float phase = draw_float(rng, 0, kTurn);
    const Colour water = oklch(0.70 - 0.38 * t + (i % 2) * 0.06, 0.085, hue + 14 * t);
    canvas.shade({0, base - 0.06F, 1, 1}, [&](float x, float y) {
      const float crest = base + height * std::sin(kTurn * waves * x + phase) +
                          height * 0.4F * std::sin(kTurn * waves * 2.1F * x + 2 * phase);
      const float foam = canvas.coverage(std::abs(y - crest - 0.006F) - 0.004F);
      return Ink{mix(water, {0.97F, 0.96F, 0.90F}, 0.65F * foam), canvas.coverage(crest - y)};
    });
  }
}

void paint_hills(Canvas& canvas, double hue, Rng& rng) {
  const int hills = 3 + static_cast<int>(rng.below(2));
  for (int i = 0; i < hills; ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(hills);
    const float base = 0.50F + 0.42F * t, height = draw_float(rng, 0.03, 0.08);
    const float waves = draw_float(rng, 0.6, 1.3), phase = draw_float(rng, 0, kTurn);
    const Colour top = oklch(0.80 - 0.16 * t, 0.13, hue + 14 - 26 * t);
    const Colour deep = oklch(0.52 - 0.14 * t, 0.11, hue + 8 - 10 * t);
    const float furrows = draw_float(rng, 26, 44), lean = draw_float(rng, -0.5, 0.5);
    canvas.shade({0, base - 0.12F, 1, 1}, [&](float x, float y) {
      const float edge = base + height * std::sin(kTurn * waves * x + phase);
      const float depth = y - edge;
      const float row = 0.5F + 0.5F * std::sin(furrows * (depth * (1.6F - t) + lean * (x - 0.5F)));
      const Colour grass = mix(top, deep, ease(0, 0.42F, depth) * 0.8F + 0.16F * row);
      return Ink{grass, canvas.coverage(-depth)};
    });
  }
}

}  // namespace

Scene paint_glacier(Canvas& canvas, bool face, Rng& rng) {
  const double hue = rng.uniform(228, 258);
  const double dusk = rng.uniform() < 0.3 ? rng.uniform(300, 350) : hue - 12;
  canvas.gradient(oklch(0.55, 0.09, hue), oklch(0.93, 0.035, dusk));
  const Point moon{draw_float(rng, 0.2, 0.8), draw_float(rng, 0.26, 0.42)};
  const float radius = draw_float(rng, 0.07, 0.15);
  canvas.glow(moon, radius * 1.6F, {0.97F, 0.98F, 1}, 0.5F);
  canvas.disc(moon, radius, oklch(0.97, 0.02, 95), 0.95F);
  const int layers = 3;
  for (int i = 0; i < layers; ++i) {
    const float t = static_cast<float>(i) / (layers - 1);
    const Ridge ridge = draw_ridge(0.74F + 0.16F * t, 0.40F - 0.17F * t, 2 + i, rng);
    paint_ridge(canvas, ridge, oklch(0.93 - 0.13 * t, 0.025 + 0.02 * t, hue - 8),
                oklch(0.66 - 0.26 * t, 0.07 + 0.02 * t, hue + 6), oklch(0.86 - 0.12 * t, 0.04, hue));
  }
  for (int i = 0; i < 46; ++i) {
    canvas.disc({draw_float(rng, 0, 1), draw_float(rng, 0, 1)}, draw_float(rng, 0.0015, 0.005), {1, 1, 1},
                draw_float(rng, 0.3, 0.9));
  }
  Scene scene;
  scene.lettering = {cv::FONT_HERSHEY_SIMPLEX, 0.048F, 0.75F, 0.007F, {0.5F, 0.085F}, true, true, {1, 1, 1}};
  if (!face && rng.uniform() < 0.5) scene.lettering.at.y = 0.87F;
  scene.portrait = {oklch(0.90, 0.03, hue), oklch(0.40, 0.07, hue), oklch(0.85, 0.05, hue)};
  return scene;
}

Scene paint_meadow(Canvas& canvas, bool face, Rng& rng) {
  const double hue = rng.uniform(122, 142);
  const Colour cream = oklch(0.95, 0.035, 98);
  canvas.gradient(oklch(0.84, 0.07, rng.uniform(190, 225)), oklch(0.95, 0.06, 102));
  const Point sun{draw_float(rng, 0.22, 0.78), draw_float(rng, 0.24, 0.36)};
  canvas.glow(sun, 0.16F, oklch(0.97, 0.08, 100), 0.7F);
  canvas.disc(sun, draw_float(rng, 0.06, 0.10), oklch(0.91, 0.14, 92));
  paint_hills(canvas, hue, rng);
  const std::array<Colour, 4> petals{oklch(0.72, 0.16, 30), oklch(0.97, 0.02, 100), oklch(0.86, 0.16, 88),
                                     oklch(0.74, 0.13, rng.uniform(330, 355))};
  const size_t first = rng.below(4);
  const int flowers = 24 + static_cast<int>(rng.below(14));
  for (int i = 0; i < flowers; ++i) {
    const float depth = static_cast<float>(i) / static_cast<float>(flowers);  // the nearest come last
    const Colour petal = petals[(first + rng.below(2)) % 4];
    const Colour heart = petal.b > 0.8F ? petals[2] : Colour{0.98F, 0.93F, 0.70F};
    paint_flower(canvas, {draw_float(rng, 0.04, 0.96), 0.60F + 0.36F * depth + draw_float(rng, -0.02, 0.02)},
                 0.010F + 0.026F * depth, petal, heart, rng);
  }
  Scene scene;
  scene.lettering = {cv::FONT_HERSHEY_SCRIPT_COMPLEX, 0.075F, 0.05F, 0.009F, {0.5F, 0.165F}, true, false,
                     oklch(0.36, 0.07, hue + 10),     0.78F};
  if (face) scene.lettering.at.y = 0.14F;
  scene.portrait = {oklch(0.94, 0.07, 98), oklch(0.66, 0.13, rng.uniform(20, 60)), oklch(0.9, 0.06, 90)};
  canvas.frame({0, 0, 1, 1}, 0.058F, cream);
  canvas.frame({0.058F, 0.058F, 0.942F, 0.942F}, 0.006F, oklch(0.50, 0.09, hue));
  return scene;
}

Scene paint_tidal(Canvas& canvas, bool face, Rng& rng) {
  const double hue = rng.uniform(186, 206);
  const float horizon = draw_float(rng, 0.40, 0.64);
  canvas.gradient(oklch(0.90, 0.06, rng.uniform(68, 88)), oklch(0.80, 0.11, rng.uniform(45, 60)));
  const Point sun{draw_float(rng, 0.22, 0.78), horizon};
  const float radius = draw_float(rng, 0.12, 0.24);
  for (int i = 3; i > 0; --i) {
    canvas.ring(sun, radius + 0.045F * static_cast<float>(i), 0.008F, oklch(0.95, 0.05, 80), 0.75F);
  }
  canvas.disc(sun, radius, oklch(0.70, 0.16, rng.uniform(28, 48)));
  canvas.rectangle({0, horizon, 1, 1}, oklch(0.62, 0.08, hue));
  if (rng.uniform() < 0.5) {
    paint_swell(canvas, horizon, hue, rng);
  } else {
    const float scale = draw_float(rng, 0.085, 0.125);
    const std::array<Colour, 3> colours{oklch(0.93, 0.03, 100), oklch(0.50, 0.085, hue + 6),
                                        oklch(0.64, 0.09, hue)};
    int row = 0;
    for (float y = horizon + scale; y < 1 + scale; y += scale * 0.5F, ++row) {
      paint_scales(canvas, y, scale, row % 2 == 0 ? 0 : scale, colours);
    }
  }
  Scene scene;
  scene.lettering = {cv::FONT_HERSHEY_DUPLEX, 0.055F, 0.35F, 0.010F,
                     {0.07F, 0.10F},          false,  true,  oklch(0.36, 0.07, hue + 20)};
  scene.portrait = {oklch(0.93, 0.05, 85), oklch(0.48, 0.09, hue), oklch(0.88, 0.06, 70)};
  if (face) scene.lettering.height = 0.048F;
  return scene;
}

}  // namespace sleeve::synth
