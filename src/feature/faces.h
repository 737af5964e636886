// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_FACES_H_
#define SLEEVE_FEATURE_FACES_H_

#include <filesystem>

#include <opencv2/objdetect.hpp>

#include "feature/descriptor.h"

namespace sleeve {

struct FacesOptions {
  double scale = 1.07;
  int neighbors = 15;
};

template <class V>
void describe(V& v, FacesOptions& o) {
  v.number("scale", o.scale, {1.01, 2.0}, "", "How much larger each searched size is than the last");
  v.number("neighbors", o.neighbors, {0, 100}, "", "Overlapping hits that a face needs");
}

// Whether there are frontal faces and how many: OpenCV's Haar cascade
// haarcascade_frontalface_default (Viola & Jones 2001; Lienhart & Maydt 2002) on the grey picture at its full
// size.
class FacesDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "faces";
  static Status check(const FacesOptions& /*options*/) { return {}; }
  // kNotFound, naming the package to install, if the cascade's file isn't there.
  static Result<std::unique_ptr<Descriptor>> make(const FacesOptions& options);
  // As make(), with the cascade from this file. kCorrupt if it is none.
  static Result<std::unique_ptr<FacesDescriptor>> load(const FacesOptions& options,
                                                       const std::filesystem::path& cascade);

  static size_t size_of(const FacesOptions& /*options*/) { return 2; }
  [[nodiscard]] size_t size() const override { return 2; }
  [[nodiscard]] std::vector<std::string> value_names() const override { return {"has face", "count"}; }
  Status describe(const Picture& picture, std::span<float> out) override;
  // The faces' boxes, for pictures with the faces framed.
  std::vector<cv::Rect> find(const Picture& picture);

 private:
  explicit FacesDescriptor(const FacesOptions& options) : options_(options) {}

  FacesOptions options_;
  cv::CascadeClassifier cascade_;
};

// Where the cascade is looked for: $SLEEVE_HAAR_CASCADE, else where the build found it.
std::filesystem::path haar_cascade_path();

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_FACES_H_
