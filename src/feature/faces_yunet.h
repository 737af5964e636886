// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_FACES_YUNET_H_
#define SLEEVE_FEATURE_FACES_YUNET_H_

#include <string>
#include <vector>

#include "feature/descriptor.h"
#include "feature/network.h"
#include "feature/yunet.h"

namespace sleeve {

struct FacesYunetOptions {
  std::string network = "yunet-2023mar";
  int side = 320;
  double score = 0.7;
  double overlap = 0.3;
  std::string print;
};

template <class V>
void describe(V& v, FacesYunetOptions& o) {
  v.text("network", o.network, "Which network of kind faces ('sleeve models list')");
  v.number("side", o.side, {64, 1024}, "px",
           "The picture's longer side is scaled to this; 160 is thrice as fast");
  v.number("score", o.score, {0.0, 1.0}, "", "How sure a face has to be");
  v.number("overlap", o.overlap, {0.0, 1.0}, "", "Of boxes that overlap by more, the surest counts");
  v.text("print", o.print, "Which file the values come from; sleeve fills it in");
}

// Faces found by YuNet (Wu, Peng & Yu 2023), which sees turned and tilted faces as well as frontal ones:
// whether there are any, how many, the largest one's share of the picture's area, the share of all together
// (at most 1), and where the largest one's middle is (0 to 1 from the left and from the top; 0.5 where there
// is none).
class FacesYunetDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "faces_yunet";
  static constexpr size_t kSize = 6;
  static Status check(const FacesYunetOptions& /*options*/) { return {}; }
  // Fills in print. kNotFound for an unknown network, kConflict where print says that another one was meant.
  static Result<FacesYunetOptions> resolve(FacesYunetOptions options);
  // As make(), for find(). Errors as Network::load(); kUnsupported if the network isn't a YuNet.
  static Result<std::unique_ptr<FacesYunetDescriptor>> load(const FacesYunetOptions& options);
  static Result<std::unique_ptr<Descriptor>> make(const FacesYunetOptions& options);
  // The same with a network that may not be registered yet.
  static Result<std::unique_ptr<FacesYunetDescriptor>> with(const FacesYunetOptions& options,
                                                            const NetworkEntry& entry, Network network);

  static Result<size_t> size_of(const FacesYunetOptions& /*options*/) { return kSize; }
  [[nodiscard]] size_t size() const override { return kSize; }
  [[nodiscard]] std::vector<std::string> value_names() const override;
  Status describe(const Picture& picture, std::span<float> out) override;
  // The faces in pixels of the picture, surest first; boxes may reach beyond its edges.
  Result<std::vector<DetectedFace>> find(const cv::Mat& bgr);

 private:
  FacesYunetDescriptor(const FacesYunetOptions& options, const NetworkEntry& entry, Network network);

  FacesYunetOptions options_;
  NetworkInput input_;
  Network network_;
  std::vector<std::string> names_;  // OpenCV's of the outputs
  std::vector<cv::Mat> outputs_;    // scratch
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_FACES_YUNET_H_
