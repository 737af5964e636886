// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_LOCAL_FEATURES_H_
#define SLEEVE_FEATURE_LOCAL_FEATURES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include <opencv2/features2d.hpp>

#include "base/bag.h"
#include "feature/descriptor.h"

// Local features: what a picture looks like around each of its keypoints, as bags (base/bag.h). They are no
// columns for a learner: the transform `words`, fitted on training rows only, makes columns of them.
namespace sleeve {

// What all that look for keypoints have in common.
struct KeypointOptions {
  int keypoints = 300;
  int side = 320;
};
template <class V>
void describe_keypoints(V& v, KeypointOptions& o) {
  v.number("keypoints", o.keypoints, {1, 2000}, "", "How many keypoints stay, those of the largest response");
  v.number("side", o.side, {32, 2048}, "px",
           "A picture whose longer side is longer is made this small first");
}

struct SiftOptions : KeypointOptions {
  double contrast = 0.04;
  double edge = 10.0;
};
template <class V>
void describe(V& v, SiftOptions& o) {
  describe_keypoints(v, o);
  v.number("contrast", o.contrast, {0.0, 1.0}, "", "Keypoints of less contrast are left out");
  v.number("edge", o.edge, {1.0, 1000.0}, "", "Keypoints that look more like an edge than this are left out");
}

struct DenseSiftOptions {
  int side = 192;
  int grid = 16;
  int cell = 6;
  int scales = 2;
};
template <class V>
void describe(V& v, DenseSiftOptions& o) {
  v.number("side", o.side, {32, 1024}, "px", "Side of the square that the picture is resized to");
  v.number("grid", o.grid, {1, 64}, "", "Points along a side, evenly spaced");
  v.number("cell", o.cell, {2, 64}, "px", "Side of one of a patch's 4 × 4 cells at the finest scale");
  v.number("scales", o.scales, {1, 4}, "", "Patches a point, each twice as large as the one before");
}

struct KazeOptions : KeypointOptions {
  double threshold = 0.001;
};
template <class V>
void describe(V& v, KazeOptions& o) {
  describe_keypoints(v, o);
  v.number("threshold", o.threshold, {0.0, 1.0}, "", "Keypoints of a smaller response are left out");
}
struct AkazeOptions : KazeOptions {};

struct OrbOptions : KeypointOptions {
  int fast = 20;
};
template <class V>
void describe(V& v, OrbOptions& o) {
  describe_keypoints(v, o);
  v.number("fast", o.fast, {1, 255}, "grey levels", "How much a corner differs from what is around it");
}

struct SurfOptions : KeypointOptions {
  double threshold = 100.0;
};
template <class V>
void describe(V& v, SurfOptions& o) {
  describe_keypoints(v, o);
  v.number("threshold", o.threshold, {0.0, 1e6}, "", "Keypoints of a smaller Hessian are left out");
}

// A keypoint that is in the bag, for drawing: in pixels of the picture as it was given.
struct DrawnKeypoint {
  cv::Point2f centre;
  float diameter = 0;
  float angle = -1;  // degrees, clockwise from the right; -1: none
};

// Fills a bag with what an OpenCV detector finds. Keypoints are ordered by response, the larger first; ties
// by place, size and angle. Pictures with a side under 16 pixels have none.
class LocalFeatures : public Descriptor {
 public:
  [[nodiscard]] size_t size() const final { return layout_.columns(items_); }
  [[nodiscard]] std::vector<std::string> value_names() const final;
  Status describe(const Picture& picture, std::span<float> out) final;
  // Those that describe() puts into the bag, in its order.
  [[nodiscard]] std::vector<DrawnKeypoint> keypoints(const Picture& picture);

 protected:
  LocalFeatures(BagLayout layout, size_t items, cv::Ptr<cv::Feature2D> detector);
  // The grey picture to look at.
  [[nodiscard]] virtual cv::Mat prepared(const cv::Mat& grey) const = 0;
  // Keypoints of the prepared picture with their vectors, as OpenCV gives them; ordered, at most items().
  virtual void find(const cv::Mat& grey, std::vector<cv::KeyPoint>& keypoints, cv::Mat& vectors) = 0;
  [[nodiscard]] size_t items() const { return items_; }
  cv::Feature2D& detector() { return *detector_; }

 private:
  struct Found {
    cv::Mat grey;  // the prepared picture
    std::vector<cv::KeyPoint> keypoints;
    cv::Mat vectors;
  };
  [[nodiscard]] Found look(const Picture& picture);

  BagLayout layout_;
  size_t items_;
  cv::Ptr<cv::Feature2D> detector_;
  std::vector<uint8_t> bytes_;
};

// At keypoints that the detector chooses itself.
class KeypointFeatures : public LocalFeatures {
 protected:
  KeypointFeatures(BagLayout layout, const KeypointOptions& options, cv::Ptr<cv::Feature2D> detector)
      : LocalFeatures(layout, static_cast<size_t>(options.keypoints), std::move(detector)),
        side_(options.side) {}
  [[nodiscard]] cv::Mat prepared(const cv::Mat& grey) const final;
  void find(const cv::Mat& grey, std::vector<cv::KeyPoint>& keypoints, cv::Mat& vectors) final;

 private:
  int side_;
};

// What a descriptor's registry line needs, from its name, options and layout.
template <class Self, class Options>
struct KeypointKind : KeypointFeatures {
  static Status check(const Options& /*options*/) { return {}; }
  static BagLayout bag_of(const Options& /*options*/) { return Self::kLayout; }
  static size_t size_of(const Options& options) {
    return Self::kLayout.columns(static_cast<size_t>(options.keypoints));
  }
  static Result<std::unique_ptr<Descriptor>> make(const Options& options) {
    return std::unique_ptr<Descriptor>(std::make_unique<Self>(options));
  }

 protected:
  KeypointKind(const Options& options, cv::Ptr<cv::Feature2D> detector)
      : KeypointFeatures(Self::kLayout, options, std::move(detector)) {}
};

// Lowe 2004, with OpenCV's cv::SIFT: 128 amounts, each a byte.
struct SiftDescriptor final : KeypointKind<SiftDescriptor, SiftOptions> {
  static constexpr std::string_view kName = "sift";
  static constexpr BagLayout kLayout{LocalKind::kHistogram, 128};
  explicit SiftDescriptor(const SiftOptions& options);
};

// Alcantarilla, Bartoli & Davison 2012, with cv::KAZE: 64 numbers, each rounded to a 127th.
struct KazeDescriptor final : KeypointKind<KazeDescriptor, KazeOptions> {
  static constexpr std::string_view kName = "kaze";
  static constexpr BagLayout kLayout{LocalKind::kSigned, 64};
  explicit KazeDescriptor(const KazeOptions& options);
};

// Alcantarilla, Nuevo & Bartoli 2013, with cv::AKAZE: 486 bits (MLDB).
struct AkazeDescriptor final : KeypointKind<AkazeDescriptor, AkazeOptions> {
  static constexpr std::string_view kName = "akaze";
  static constexpr BagLayout kLayout{LocalKind::kBits, 61};
  explicit AkazeDescriptor(const AkazeOptions& options);
};

// Rublee et al. 2011, with cv::ORB: 256 bits.
struct OrbDescriptor final : KeypointKind<OrbDescriptor, OrbOptions> {
  static constexpr std::string_view kName = "orb";
  static constexpr BagLayout kLayout{LocalKind::kBits, 32};
  explicit OrbDescriptor(const OrbOptions& options);
};

#ifdef SLEEVE_HAS_SURF
// Bay et al. 2008, with cv::xfeatures2d::SURF: 64 numbers, each rounded to a 127th.
struct SurfDescriptor final : KeypointKind<SurfDescriptor, SurfOptions> {
  static constexpr std::string_view kName = "surf";
  static constexpr BagLayout kLayout{LocalKind::kSigned, 64};
  explicit SurfDescriptor(const SurfOptions& options);
};
#endif

// SIFT's vectors on a grid, upright, at fixed scales (Lazebnik, Schmid & Ponce 2006; Bosch, Zisserman & Muñoz
// 2007): also where no keypoint is, in skies and plain grounds. Row by row, scale by scale.
class DenseSiftDescriptor final : public LocalFeatures {
 public:
  static constexpr std::string_view kName = "dense_sift";
  static Status check(const DenseSiftOptions& options);
  static BagLayout bag_of(const DenseSiftOptions& /*options*/) { return SiftDescriptor::kLayout; }
  static size_t size_of(const DenseSiftOptions& options);
  static Result<std::unique_ptr<Descriptor>> make(const DenseSiftOptions& options);
  explicit DenseSiftDescriptor(const DenseSiftOptions& options);

 private:
  [[nodiscard]] cv::Mat prepared(const cv::Mat& grey) const override;
  void find(const cv::Mat& grey, std::vector<cv::KeyPoint>& keypoints, cv::Mat& vectors) override;

  DenseSiftOptions options_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_LOCAL_FEATURES_H_
