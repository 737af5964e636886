// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_AUGMENT_H_
#define SLEEVE_IMAGE_AUGMENT_H_

#include <cstdint>

#include <sleeve/result.h>

#include "base/hash.h"
#include "base/json.h"
#include "image/picture.h"

namespace sleeve {

// How far a copy may be from its cover. 0 (jpeg: 100) leaves the step out.
struct AugmentOptions {
  double flip = 0.5;
  double crop = 0.1;
  double rotate = 5.0;
  double brightness = 0.15;
  double contrast = 0.15;
  double saturation = 0.2;
  double hue = 5.0;
  double blur = 0.003;
  int jpeg = 50;
  friend bool operator==(const AugmentOptions&, const AugmentOptions&) = default;
};

template <class V>
void describe(V& v, AugmentOptions& o) {
  v.number("flip", o.flip, {0, 1}, "", "Share of the copies that are mirrored left to right");
  v.number("crop", o.crop, {0, 0.5}, "", "At most this share of the width, and of the height, is cut off");
  v.number("rotate", o.rotate, {0, 45}, "degrees", "Turned by at most this much to either side");
  v.number("brightness", o.brightness, {0, 1}, "", "Lighter or darker by at most this share of white");
  v.number("contrast", o.contrast, {0, 1}, "", "Contrast raised or lowered by at most this share");
  v.number("saturation", o.saturation, {0, 1}, "", "Saturation raised or lowered by at most this share");
  v.number("hue", o.hue, {0, 180}, "degrees", "Hues turned by at most this much to either side");
  v.number("blur", o.blur, {0, 0.1}, "", "Deviation of the blur, at most this share of the longer side");
  v.number("jpeg", o.jpeg, {1, 100}, "", "Compressed again with a quality of at least this; 100: not at all");
}

// Which copy of a cover, made how.
struct AugmentedCopy {
  AugmentOptions options;
  int number = 1;  // from 1 on
  // "augment/1:flip=1 2": the version rises whenever the pixels change; only unusual options are named.
  [[nodiscard]] std::string text() const;
};

// The pixels of copy `number` of the cover: the same ones for the same cover, number and options. Mirrored,
// turned (what comes in from outside is the picture mirrored at its border) and cut, recoloured, blurred,
// compressed as JPEG, in this order; how much of each is drawn evenly, and one step's option changes nothing
// of the others'. kTooLarge if the picture is too large for the JPEG step.
Result<Picture> augmented(const Picture& picture, const Sha256& cover, const AugmentedCopy& copy);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_AUGMENT_H_
