// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_SYNTH_LETTERING_H_
#define SLEEVE_SYNTH_LETTERING_H_

#include <string>

#include "synth/draw.h"

namespace sleeve::synth {

// How a genre sets its title block: the title, and a smaller line under it.
struct Lettering {
  int font = 0;           // an OpenCV Hershey font
  float height = 0.06F;   // of a capital letter
  float tracking = 0.2F;  // room between letters, in capital heights
  float stroke = 0.011F;  // width of a pen stroke
  Point at{0.5F, 0.1F};   // the title's middle (or its left end), on its centre line
  bool centred = true;
  bool capitals = true;
  Colour colour{1, 1, 1};
  float room = 0.88F;  // width that a centred line may fill
};

// Narrows the letters where the text would be wider than the cover.
void letter(Canvas& canvas, const Lettering& style, const std::string& title, const std::string& small_line);

}  // namespace sleeve::synth

#endif  // SLEEVE_SYNTH_LETTERING_H_
