// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_COMPOSITION_H_
#define SLEEVE_FEATURE_COMPOSITION_H_

#include "feature/descriptor.h"

namespace sleeve {

struct CompositionOptions {
  int edge = 48;
};

template <class V>
void describe(V& v, CompositionOptions& o) {
  v.number("edge", o.edge, {1, 255}, "grey levels", "Difference across two pixels that makes an edge");
}

// How a picture is laid out, in 44 numbers, of its 128 × 128 and 64 × 64 grey copies:
// - mean gradient; edge density of the whole and of 3 × 3 cells; gradient directions (8 bins centred on
//   multiples of 22.5°, weighted by size, sum 1);
// - symmetry: correlation with the mirrored and the turned picture (-1 to 1; 1 where nothing varies);
// - margins: deviation of grey within the outer 8 px of each side;
// - saliency (Hou & Zhang 2007, see saliency.h): shares of 3 × 3 cells; centre and spread; shares near the
// four
//   points and the two pairs of lines of the rule of thirds (within a twelfth of the side).
class CompositionDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "composition";
  static constexpr size_t kValues = 44;
  static Status check(const CompositionOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const CompositionOptions& options);

  explicit CompositionDescriptor(const CompositionOptions& options) : options_(options) {}
  static size_t size_of(const CompositionOptions& /*options*/) { return kValues; }
  [[nodiscard]] size_t size() const override { return kValues; }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  CompositionOptions options_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_COMPOSITION_H_
