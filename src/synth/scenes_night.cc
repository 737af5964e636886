// SPDX-License-Identifier: Apache-2.0
// The genres of dark rooms: ember, circuit, velvet.
#include <array>
#include <numbers>

#include <opencv2/imgproc.hpp>

#include "synth/habits.h"

namespace sleeve::synth {
namespace {

// A disc with a vertical gradient, cut into bars that grow towards its foot.
void paint_sliced_sun(Canvas& canvas, Point centre, float radius, Colour top, Colour foot, int bars) {
  canvas.shade({centre.x - radius, centre.y - radius, centre.x + radius, centre.y + radius},
               [&](float x, float y) {
                 const float t = (y - centre.y + radius) / (2 * radius);
                 float alpha = canvas.coverage(std::hypot(x - centre.x, y - centre.y) - radius);
                 for (int i = 0; i < bars; ++i) {
                   const float k = static_cast<float>(i) / static_cast<float>(bars);
                   const float bar = centre.y + radius * (0.12F + 0.88F * k);
                   alpha *= 1 - canvas.coverage(std::abs(y - bar) - radius * (0.012F + 0.04F * k));
                 }
                 return Ink{mix(top, foot, t), alpha};
               });
}

// A conductor: runs level, then at 45 degrees, then level again, from node to node.
void paint_trace(Canvas& canvas, Point from, Point to, Colour colour) {
  const float dy = to.y - from.y, dx = to.x - from.x;
  const float step = std::min(std::abs(dy), std::abs(dx));
  const float middle = from.x + (dx - std::copysign(step, dx)) / 2;
  const Point a{middle, from.y}, b{middle + std::copysign(step, dx), to.y};
  canvas.line(from, a, 0.009F, colour, 0.9F);
  canvas.line(a, b, 0.009F, colour, 0.9F);
  canvas.line(b, to, 0.009F, colour, 0.9F);
  for (const Point node : {from, to}) {
    canvas.glow(node, 0.022F, colour, 0.45F);
    canvas.ring(node, 0.016F, 0.009F, colour);
  }
}

void paint_cells(Canvas& canvas, int cells, const std::array<Colour, 3>& neon, Colour dim, Rng& rng) {
  const float size = 1.0F / static_cast<float>(cells), gap = 0.12F * size;
  for (int row = 0; row < cells; ++row) {
    for (int column = 0; column < cells; ++column) {
      if (rng.uniform() < 0.35) continue;
      const float x = static_cast<float>(column) * size, y = static_cast<float>(row) * size;
      const Box box{x + gap, y + gap, x + size - gap, y + size - gap};
      const Colour colour = neon[rng.below(3)];
      const double kind = rng.uniform();
      if (kind < 0.45) {
        canvas.rectangle(box, mix(dim, colour, draw_float(rng, 0.10, 0.75)), 0.9F);
      } else if (kind < 0.75) {
        canvas.frame(box, 0.010F, colour, 0.9F);
      } else {
        canvas.ring({x + size / 2, y + size / 2}, size * 0.26F, 0.010F, colour, 0.9F);
      }
    }
  }
}

void paint_star(Canvas& canvas, Point centre, float radius, int rays, float depth, Colour colour) {
  canvas.shade({centre.x - radius, centre.y - radius, centre.x + radius, centre.y + radius},
               [&](float x, float y) {
                 const float angle = std::atan2(x - centre.x, centre.y - y);
                 const float sector = kTurn / static_cast<float>(rays);
                 const float t = std::abs(angle / sector - std::round(angle / sector)) * 2;  // 0 on a ray
                 const float edge = radius * depth / (depth + (1 - depth) * t * 2.2F);
                 return Ink{colour, canvas.coverage((std::hypot(x - centre.x, y - centre.y) - edge) * 0.5F)};
               });
}

void paint_curtain(Canvas& canvas, double hue, Rng& rng) {
  const float folds = draw_float(rng, 5, 9), phase = draw_float(rng, 0, kTurn),
              sway = draw_float(rng, 0.2, 0.8);
  const Colour deep = oklch(0.28, 0.10, hue), mid = oklch(0.46, 0.14, hue),
               sheen = oklch(0.68, 0.12, hue + 12);
  canvas.shade({}, [&](float x, float y) {
    const float bend = sway * std::sin(2.4F * y + phase) + 0.5F * std::sin(kTurn * 1.3F * x + phase);
    const float fold = 0.5F + 0.5F * std::sin(kTurn * folds * x + bend);
    const Colour cloth = mix(deep, mid, ease(0.0F, 0.8F, fold));
    return Ink{mix(cloth, sheen, 0.7F * ease(0.72F, 1.0F, fold) * (1 - 0.4F * y))};
  });
}

void paint_motif(Canvas& canvas, Point centre, Colour gold, Colour ground, Rng& rng) {
  const double kind = rng.uniform();
  const float size = draw_float(rng, 0.16, 0.22);
  if (kind < 0.34) {  // a star with a small one inside
    paint_star(canvas, centre, size * 1.15F, 8, 0.30F, gold);
    canvas.disc(centre, size * 0.26F, ground);
    canvas.disc(centre, size * 0.13F, gold);
  } else if (kind < 0.67) {  // a crescent
    canvas.shade({}, [&](float x, float y) {
      const float outer = std::hypot(x - centre.x, y - centre.y) - size;
      const float inner = std::hypot(x - centre.x - size * 0.42F, y - centre.y + size * 0.12F) - size * 0.82F;
      return Ink{gold, canvas.coverage(std::max(outer, -inner))};
    });
    paint_star(canvas, {centre.x + size * 0.42F, centre.y - size * 0.1F}, size * 0.4F, 5, 0.35F, gold);
  } else {  // nested diamonds
    for (const float k : {1.15F, 0.85F, 0.5F, 0.2F}) {
      canvas.shade({}, [&](float x, float y) {
        const float distance = (std::abs(x - centre.x) + std::abs(y - centre.y)) * 0.7071F - size * k * 0.8F;
        return Ink{gold, canvas.coverage(k > 0.3F ? std::abs(distance) - 0.007F : distance)};
      });
    }
  }
}

}  // namespace

Scene paint_ember(Canvas& canvas, bool face, Rng& rng) {
  const double hue = rng.uniform(22, 38);
  canvas.gradient(oklch(0.28, 0.09, hue - 14), oklch(0.52, 0.17, hue));
  const Point centre{draw_float(rng, 0.34, 0.66), draw_float(rng, 0.34, 0.50)};
  const float radius = draw_float(rng, 0.19, 0.33);
  canvas.glow(centre, radius * 1.15F, oklch(0.68, 0.19, hue + 12), 0.85F);
  const Colour gold = oklch(0.90, 0.15, rng.uniform(82, 96)), flame = oklch(0.62, 0.22, hue);
  if (rng.uniform() < 0.6) {
    paint_sliced_sun(canvas, centre, radius, gold, flame, 5 + static_cast<int>(rng.below(3)));
  } else {
    const int rings = 5 + static_cast<int>(rng.below(3));
    for (int i = 0; i < rings; ++i) {
      const float t = static_cast<float>(i) / static_cast<float>(rings);
      canvas.disc(centre, radius * (1 - t), mix(flame, gold, i % 2 == 0 ? t : 0.15F * t), 0.96F);
    }
  }
  for (int i = 0; i < 60; ++i) {
    const float y = 1 - std::abs(draw_float(rng, -0.8, 0.8));
    const Point spark{draw_float(rng, 0, 1), y};
    const float size = draw_float(rng, 0.002, 0.006);
    canvas.glow(spark, size * 2.6F, oklch(0.80, 0.17, hue + 30), 0.55F);
    canvas.disc(spark, size, oklch(0.95, 0.10, 92));
  }
  Scene scene;
  scene.lettering = {cv::FONT_HERSHEY_DUPLEX, 0.075F, 0.22F, 0.014F,
                     {0.5F, 0.855F},          true,   true,  oklch(0.94, 0.07, 88)};
  if (face) scene.lettering.height = 0.065F;
  scene.portrait = {mix(gold, flame, 0.25F), oklch(0.27, 0.08, hue - 10), oklch(0.82, 0.10, 60)};
  return scene;
}

Scene paint_circuit(Canvas& canvas, bool face, Rng& rng) {
  const double hue = rng.uniform(272, 292);
  const Colour ground = oklch(0.38, 0.15, hue), dim = oklch(0.50, 0.15, hue);
  canvas.gradient(ground, oklch(0.46, 0.15, hue - 14), draw_float(rng, -0.8, 0.8));
  const std::array<Colour, 3> neon{oklch(0.86, 0.15, 195), oklch(0.72, 0.23, 345), oklch(0.92, 0.19, 120)};
  const int lines = 8 + 2 * static_cast<int>(rng.below(3));
  for (int i = 1; i < lines; ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(lines);
    canvas.line({t, 0}, {t, 1}, 0.005F, dim, 0.9F);
    canvas.line({0, t}, {1, t}, 0.005F, dim, 0.9F);
  }
  if (rng.uniform() < 0.5) {
    paint_cells(canvas, lines / 2, neon, dim, rng);
  } else {
    const auto snap = [&](float t) {
      return std::round(t * static_cast<float>(lines)) / static_cast<float>(lines);
    };
    for (int i = 0; i < 13; ++i) {
      const Point from{snap(draw_float(rng, 0, 0.45)), snap(draw_float(rng, 0.1, 0.95))};
      const Point to{snap(draw_float(rng, 0.55, 1.0)), snap(draw_float(rng, 0.1, 0.95))};
      paint_trace(canvas, from, to, neon[rng.below(3)]);
    }
    if (!face) {
      const Box chip{0.36F, 0.36F, 0.64F, 0.64F};
      canvas.rectangle(chip, ground);
      canvas.frame(chip, 0.014F, neon[0]);
      canvas.frame({0.41F, 0.41F, 0.59F, 0.59F}, 0.008F, neon[1]);
    }
  }
  Scene scene;
  scene.lettering = {cv::FONT_HERSHEY_PLAIN, 0.055F, 0.30F, 0.010F,
                     {0.06F, 0.09F},         false,  true,  oklch(0.97, 0.02, 190)};
  canvas.rectangle({0, 0.035F, 1, 0.19F}, ground, 0.82F);
  scene.portrait = {mix(neon[rng.below(2)], dim, 0.35F), oklch(0.25, 0.08, hue), oklch(0.8, 0.10, 330)};
  return scene;
}

Scene paint_velvet(Canvas& canvas, bool face, Rng& rng) {
  const double hue = rng.uniform(335, 362);
  paint_curtain(canvas, hue, rng);
  const Colour gold = oklch(0.82, 0.12, rng.uniform(78, 92)), ground = oklch(0.30, 0.11, hue);
  canvas.shade({0, 0.6F, 1, 1}, [&](float, float y) { return Ink{ground, 0.75F * ease(0.6F, 0.9F, y)}; });
  canvas.frame({0.035F, 0.035F, 0.965F, 0.965F}, 0.011F, gold);
  canvas.frame({0.062F, 0.062F, 0.938F, 0.938F}, 0.005F, gold);
  if (!face) {
    const Point centre{draw_float(rng, 0.42, 0.58), draw_float(rng, 0.37, 0.46)};
    const float radius = draw_float(rng, 0.22, 0.31);
    canvas.disc(centre, radius, ground, 0.88F);
    canvas.ring(centre, radius, 0.010F, gold);
    canvas.ring(centre, radius - 0.022F, 0.004F, gold);
    paint_motif(canvas, centre, gold, ground, rng);
  }
  Scene scene;
  scene.lettering = {
      cv::FONT_HERSHEY_TRIPLEX, 0.062F, 0.22F, 0.009F, {0.5F, 0.825F}, true, true, gold, 0.82F};
  scene.portrait = {mix(gold, ground, 0.30F), oklch(0.20, 0.06, hue), oklch(0.85, 0.07, 60)};
  return scene;
}

}  // namespace sleeve::synth
