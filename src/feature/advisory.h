// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_ADVISORY_H_
#define SLEEVE_FEATURE_ADVISORY_H_

#include <opencv2/core/types.hpp>

#include "feature/descriptor.h"

namespace sleeve {

struct AdvisoryOptions {
  double lettering = 0.32;
};

template <class V>
void describe(V& v, AdvisoryOptions& o) {
  v.number(
      "lettering", o.lettering, {0.15, 0.95}, "",
      "Correlation with the label's two upper lines of letters from which a label is more likely than not");
}

// The place that is most like the label.
struct AdvisoryMatch {
  cv::Rect2d box;        // in pixels of the picture; may reach over its border
  double likeness = 0;   // correlation with the whole label, 0.4 to 1; 0: no place reaches 0.4
  double lettering = 0;  // correlation with the letters alone, 0 to 1: bars and stripes have none
  double score = 0;  // √(likeness · lettering), less where there is little contrast; 0: nothing is like it
};

// The place in the picture that is most like the "Parental Advisory" label (in use since 1990), by normalised
// cross-correlation (Lewis 1995) with a label that is drawn here: coarsely in eleven sizes from 18 to 79 px
// of a picture whose longer side is at most 320 px, then the ten best places in finer steps of place, size
// and proportion. Upright labels only. Correlations are sums of whole numbers: the same bits wherever
// OpenCV's putText(), resize() and warpAffine() give the same bytes.
AdvisoryMatch find_advisory(const Picture& picture);

class AdvisorySearch;

// Whether the cover bears the "Parental Advisory" label, and how large it is. Two values: how likely there is
// one (0 to 1, a logistic curve of the letters' correlation, 0.5 at `lettering`), and its width as a share of
// the picture's (times the first value).
class AdvisoryDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "advisory";
  static constexpr size_t kValues = 2;
  static Status check(const AdvisoryOptions& /*options*/) { return {}; }
  static Result<std::unique_ptr<Descriptor>> make(const AdvisoryOptions& options);

  explicit AdvisoryDescriptor(const AdvisoryOptions& options);
  ~AdvisoryDescriptor() override;
  AdvisoryDescriptor(const AdvisoryDescriptor&) = delete;
  AdvisoryDescriptor& operator=(const AdvisoryDescriptor&) = delete;
  static size_t size_of(const AdvisoryOptions& /*options*/) { return kValues; }
  [[nodiscard]] size_t size() const override { return kValues; }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;

 private:
  AdvisoryOptions options_;
  std::unique_ptr<AdvisorySearch> search_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_ADVISORY_H_
