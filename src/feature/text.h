// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_TEXT_H_
#define SLEEVE_FEATURE_TEXT_H_

#include <opencv2/core/types.hpp>

#include "feature/descriptor.h"

namespace sleeve {

struct TextOptions {
  int contrast = 18;
  int letters = 4;
};

template <class V>
void describe(V& v, TextOptions& o) {
  v.number("contrast", o.contrast, {1, 128}, "grey levels",
           "How far letters stand out from their surroundings");
  v.number("letters", o.letters, {2, 50}, "", "Letters that a line of text needs");
}

struct TextLine {
  cv::Rect box;     // in the 256 × 256 copy of the picture
  int letters = 0;  // letters that touch are counted by their width
};

// Lines of lettering in the 256 × 256 grey copy: parts that are lighter or darker than the mean of the 41 ×
// 41 pixels around (Niblack 1986) and may be letters by size and shape, chained to the right with neighbours
// of like height on the same line (after Epshtein, Ofek & Wexler 2010). Upright text only; it reads nothing.
// Ordered by letters, most first.
std::vector<TextLine> find_text(const Picture& picture, const TextOptions& options);

// How much lettering there is, and where: share of the area, lines / 10, letters / 100, largest and mean
// height of a line, width of the widest, centre (0.5 where there is none), shares of 3 × 3 cells.
class TextDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "text";
  static constexpr size_t kValues = 17;
  static constexpr int kSide = 256;
  static Status check(const TextOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const TextOptions& options);

  explicit TextDescriptor(const TextOptions& options) : options_(options) {}
  static size_t size_of(const TextOptions& /*options*/) { return kValues; }
  [[nodiscard]] size_t size() const override { return kValues; }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  TextOptions options_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_TEXT_H_
