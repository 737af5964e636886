// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_SYNTH_FACE_H_
#define SLEEVE_SYNTH_FACE_H_

#include "synth/draw.h"

namespace sleeve::synth {

// The colours a genre lends to a portrait.
struct PortraitColours {
  Colour halo;     // a disc behind the head; it gives the head a calm ground
  Colour garment;  // shoulders
  Colour tint;     // the light that falls on the skin
};

// Paints head and shoulders of somebody who doesn't exist, looking ahead. The shading follows what a
// frontal face detector looks for (Viola & Jones 2001): eyes darker than forehead and cheeks, the
// bridge of the nose lighter than the eyes. Place, size, tone, hair and features differ with `rng`.
void paint_portrait(Canvas& canvas, const PortraitColours& colours, Rng& rng);

}  // namespace sleeve::synth

#endif  // SLEEVE_SYNTH_FACE_H_
