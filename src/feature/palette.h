// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_PALETTE_H_
#define SLEEVE_FEATURE_PALETTE_H_

#include <array>
#include <cstdint>

#include "feature/descriptor.h"

namespace sleeve {

struct PaletteOptions {
  int colours = 5;
  int seed = 1;
};

template <class V>
void describe(V& v, PaletteOptions& o) {
  v.number("colours", o.colours, {1, 16}, "", "Colours of the palette");
  v.number("seed", o.seed, {0, 1'000'000}, "", "Which pixels k-means begins with");
}

struct PaletteColour {
  double share = 0.0;           // of the pixels
  std::array<double, 3> lab{};  // L, a, b as OpenCV's 8-bit Lab has them: 0 to 255, a and b around 128
};

struct Palette {
  std::vector<PaletteColour> colours;  // the largest share first, equal ones by L, a, b
  double spread = 0.0;  // root mean square distance of a pixel from its colour, in units of 8-bit Lab
};

// k-means in Lab (Lloyd 1982), begun by k-means++ (Arthur & Vassilvitskii 2007) with three candidates a step,
// of the 64 × 64 copy of the picture. A picture of fewer colours than asked for gives as many as it has.
Palette find_palette(const Picture& picture, const PaletteOptions& options);

// Share and Lab (divided by 255) of each colour and the spread (divided by 128); colours that a picture
// doesn't have repeat the largest with share 0.
class PaletteDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "palette";
  static Status check(const PaletteOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const PaletteOptions& options);

  explicit PaletteDescriptor(const PaletteOptions& options) : options_(options) {}
  static size_t size_of(const PaletteOptions& options) {
    return 4 * static_cast<size_t>(options.colours) + 1;
  }
  [[nodiscard]] size_t size() const override { return size_of(options_); }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  PaletteOptions options_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_PALETTE_H_
