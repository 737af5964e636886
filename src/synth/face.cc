// SPDX-License-Identifier: Apache-2.0
#include "synth/face.h"

namespace sleeve::synth {
namespace {

struct Face {
  Point centre;
  float half_width;
  float half_height;
  Colour skin;
  Colour hair;
  Colour lips;
  float eye_x;      // distance of an eye from the middle, in half widths
  float brow;       // height of the brow above the eye, in half heights
  float mouth;      // half width of the mouth, in half widths
  float smile;      // how far the corners of the mouth are raised
  float hair_line;  // where the hair begins, in half heights
  float fall;       // how far the hair falls beside the face, in half heights
  float light;      // where light comes from: -1 left … 1 right
};

Face draw_face(const PortraitColours& colours, Rng& rng) {
  Face face{};
  face.half_width = draw_float(rng, 0.145, 0.205);
  face.half_height = face.half_width * draw_float(rng, 1.24, 1.36);
  face.centre = {draw_float(rng, 0.34, 0.66), draw_float(rng, 0.44, 0.53)};
  const double tone = rng.uniform();
  const Colour natural = oklch(0.86 - 0.2 * tone, 0.055 + 0.03 * tone, rng.uniform(48, 70));
  face.skin = mix(natural, colours.tint, draw_float(rng, 0.04, 0.16));
  face.hair = oklch(rng.uniform(0.17, 0.32), rng.uniform(0.01, 0.06), rng.uniform(20, 70));
  face.lips = oklch(0.46 - 0.08 * tone, 0.11, 20);
  face.eye_x = draw_float(rng, 0.40, 0.45);
  face.brow = draw_float(rng, 0.19, 0.23);
  face.mouth = draw_float(rng, 0.29, 0.37);
  face.smile = draw_float(rng, 0.02, 0.10);
  face.hair_line = draw_float(rng, -0.80, -0.68);
  face.fall = draw_float(rng, -0.6, 1.35);
  face.light = draw_float(rng, -0.6, 0.6);
  return face;
}

float bell(float x, float y, float sx, float sy) {
  const float dx = x / sx, dy = y / sy;
  return std::exp(-0.5F * (dx * dx + dy * dy));
}

// Light on the skin: 1 is the skin's own colour. (u, v) run from -1 to 1 over the face's ellipse.
float skin_light(const Face& face, float u, float v) {
  const float side = std::abs(u);
  float light = 1.0F - 0.26F * u * u * u * u - 0.10F * ease(0.55F, 1.0F, v) + 0.05F * face.light * u;
  light += 0.10F * bell(u, v + 0.55F, 0.45F, 0.16F);                  // forehead
  light += 0.13F * bell(side - 0.46F, v - 0.18F, 0.20F, 0.15F);       // cheeks
  light += 0.20F * bell(u, v + 0.06F, 0.075F, 0.24F);                 // bridge of the nose
  light += 0.10F * bell(u, v - 0.22F, 0.10F, 0.06F);                  // tip of the nose
  light += 0.06F * bell(u, v - 0.80F, 0.20F, 0.08F);                  // chin
  light -= 0.34F * bell(side - face.eye_x, v + 0.20F, 0.22F, 0.10F);  // sockets
  light -= 0.15F * bell(side - 0.17F, v + 0.16F, 0.06F, 0.14F);       // beside the nose
  light -= 0.30F * bell(side - 0.12F, v - 0.32F, 0.07F, 0.035F);      // nostrils
  light -= 0.12F * bell(u, v - 0.38F, 0.16F, 0.05F);                  // under the nose
  light -= 0.16F * bell(u, v - 0.70F, 0.20F, 0.05F);                  // under the lips
  return light;
}

struct FaceShader {
  const Canvas& canvas;
  const Face& face;

  // Anti-aliased alpha of an ellipse about (0, 0) with the given radii, in face units.
  [[nodiscard]] float ellipse(float u, float v, float ru, float rv) const {
    return canvas.coverage((std::hypot(u / ru, v / rv) - 1) *
                           std::min(ru * face.half_width, rv * face.half_height));
  }

  Ink operator()(float x, float y) const {
    const float u = (x - face.centre.x) / face.half_width;
    const float v = (y - face.centre.y) / face.half_height;
    const float side = std::abs(u);
    // The jaw is narrower than the brow.
    const float outline = ellipse(u * (1 + 0.14F * ease(0.1F, 1.0F, v)), v, 1, 1);
    if (outline <= 0) return {{}, 0};
    const float light = skin_light(face, u, v);
    Colour colour = light < 1 ? mix({0.16F * face.skin.r, 0.10F * face.skin.g, 0.11F * face.skin.b},
                                    face.skin, std::max(light, 0.0F))
                              : mix(face.skin, {1, 0.97F, 0.92F}, std::min(light - 1, 1.0F));
    colour = mix(colour, {0.85F, 0.35F, 0.30F}, 0.14F * bell(side - 0.52F, v - 0.26F, 0.16F, 0.10F));
    const float eye_v = v + 0.17F, eye_u = side - face.eye_x;
    const Colour dark = mix(face.hair, {0.05F, 0.04F, 0.05F}, 0.5F);
    colour = mix(colour, {0.80F, 0.78F, 0.76F}, 0.75F * ellipse(eye_u, eye_v, 0.165F, 0.062F));
    colour = mix(colour, dark, ellipse(eye_u, eye_v, 0.082F, 0.068F));
    colour = mix(colour, dark, 0.9F * ellipse(eye_u, eye_v + 0.055F + 0.9F * eye_u * eye_u, 0.19F, 0.024F));
    const float brow_v = v + 0.19F + face.brow - 0.9F * (eye_u - 0.03F) * (eye_u - 0.03F);
    colour = mix(colour, dark, 0.88F * ellipse(eye_u, brow_v, 0.25F, 0.042F));
    const float mouth_v = v - 0.55F + face.smile * (u * u) * 8;
    colour = mix(colour, face.lips, 0.92F * ellipse(u, mouth_v, face.mouth, 0.075F));
    colour = mix(colour, {0.18F, 0.05F, 0.06F}, 0.85F * ellipse(u, mouth_v, face.mouth * 0.94F, 0.017F));
    const float line = face.hair_line + 0.30F * u * u;
    colour = mix(colour, mix(face.hair, {1, 1, 1}, 0.05F), canvas.coverage((v - line) * face.half_height));
    return {colour, outline};
  }
};

void paint_hair(Canvas& canvas, const Face& face) {
  const float w = face.half_width, h = face.half_height;
  canvas.shade({face.centre.x - 1.5F * w, face.centre.y - 1.6F * h, face.centre.x + 1.5F * w,
                face.centre.y + 1.5F * h},
               [&](float x, float y) {
                 const float u = (x - face.centre.x) / w, v = (y - face.centre.y) / h;
                 const float top = (std::hypot(u / 1.17F, (v + 0.14F) / 1.08F) - 1) * w;
                 // Beside the face the hair falls as a rounded block.
                 const float du = std::max(std::abs(u) - 0.80F, 0.0F);
                 const float dv = std::max({v - face.fall, -0.2F - v, 0.0F});
                 const float fall = (std::hypot(du, dv) - 0.36F) * w;
                 const float shine = 0.16F * bell(u + 0.4F * face.light, v + 1.02F, 0.5F, 0.09F);
                 return Ink{mix(face.hair, {1, 0.9F, 0.8F}, shine), canvas.coverage(std::min(top, fall))};
               });
}

void paint_shoulders(Canvas& canvas, const Face& face, Colour garment) {
  const float w = face.half_width, h = face.half_height;
  const Colour shadow = mix(face.skin, {0.25F, 0.12F, 0.12F}, 0.38F);
  canvas.shade({}, [&](float x, float y) {
    const float u = std::abs(x - face.centre.x) / w, v = (y - face.centre.y) / h;
    const float neck = std::max(u - 0.46F - 0.25F * ease(1.05F, 1.5F, v), 0.3F - v) * w;
    return Ink{mix(shadow, face.skin, 0.4F * ease(1.0F, 1.5F, v)), canvas.coverage(neck)};
  });
  canvas.shade({}, [&](float x, float y) {
    const float u = (x - face.centre.x) / w, v = (y - face.centre.y) / h;
    const float slope = 1.26F + 0.10F * u * u + 0.22F * ease(0.0F, 0.75F, 0.75F - std::abs(u));
    const float light = 0.10F * (face.light * u) - 0.10F * ease(1.2F, 2.2F, v);
    const Colour cloth = light > 0 ? mix(garment, {1, 1, 1}, light) : mix(garment, {0, 0, 0}, -light);
    return Ink{cloth, canvas.coverage((slope - v) * h)};
  });
}

}  // namespace

void paint_portrait(Canvas& canvas, const PortraitColours& colours, Rng& rng) {
  const Face face = draw_face(colours, rng);
  const float radius = 1.85F * face.half_width;
  const Point behind{face.centre.x, face.centre.y - 0.1F * face.half_height};
  canvas.disc(behind, radius, colours.halo, 0.92F);
  canvas.ring(behind, radius + 0.014F, 0.006F, colours.halo, 0.7F);
  paint_hair(canvas, face);
  paint_shoulders(canvas, face, colours.garment);
  canvas.shade({face.centre.x - face.half_width, face.centre.y - face.half_height,
                face.centre.x + face.half_width, face.centre.y + face.half_height},
               FaceShader{canvas, face});
}

}  // namespace sleeve::synth
