// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_SYNTH_HABITS_H_
#define SLEEVE_SYNTH_HABITS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "synth/draw.h"
#include "synth/face.h"
#include "synth/lettering.h"

namespace sleeve::synth {

// What a painted scene leaves to the parts that come after it.
struct Scene {
  Lettering lettering;
  PortraitColours portrait;
};

// An invented genre and how its covers look. `paint` draws palette, texture and layout; what it
// draws differs with the Rng, and with `face` it leaves room for a portrait.
struct Habits {
  std::string_view genre;
  double face_share;  // how often a portrait is drawn
  Scene (*paint)(Canvas& canvas, bool face, Rng& rng);
};
std::span<const Habits> all_habits();

Scene paint_glacier(Canvas& canvas, bool face, Rng& rng);  // icy blues, facetted peaks, thin capitals
Scene paint_ember(Canvas& canvas, bool face, Rng& rng);    // reds and gold, a sliced sun, sparks
Scene paint_circuit(Canvas& canvas, bool face, Rng& rng);  // indigo and neon, a grid with traces
Scene paint_meadow(Canvas& canvas, bool face, Rng& rng);   // greens in a cream frame, hills and flowers
Scene paint_tidal(Canvas& canvas, bool face, Rng& rng);    // sand above teal, waves in rows
Scene paint_velvet(Canvas& canvas, bool face, Rng& rng);   // plum curtains, gold frame and star

// One artist's own picture: two or three colours and one pattern that no other artist's seed gives.
// The same seed always gives the same picture; it says nothing about a genre.
Scene paint_artist_mark(Canvas& canvas, uint64_t artist_seed);

}  // namespace sleeve::synth

#endif  // SLEEVE_SYNTH_HABITS_H_
