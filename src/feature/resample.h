// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_RESAMPLE_H_
#define SLEEVE_FEATURE_RESAMPLE_H_

#include <cstddef>
#include <vector>

#include <opencv2/core/mat.hpp>

// scikit-image 0.19's resize(image, (rows, columns), anti_aliasing=True) followed by rgb2gray, as
// one linear filter. Gaussian smoothing, linear interpolation and the weighted sum of the channels
// are all linear, so grey comes first and the smoothed picture is only evaluated where the
// interpolation looks at it.
namespace sleeve {

// The weights of one axis: output k is the sum of weights[k][i] × input[first[k] + i].
struct AxisFilter {
  std::vector<size_t> first;
  std::vector<std::vector<double>> weights;
};

// scipy.ndimage.gaussian_filter1d(sigma = (factor − 1) / 2 where factor = input / output > 1,
// truncate 4, mode "mirror") composed with scipy.ndimage.zoom(order 1, grid_mode). Each output's
// weights sum to 1. `first` never falls. REQUIRES: input, output > 0.
AxisFilter make_axis_filter(size_t input, size_t output);

// Keeps scratch memory: one per thread.
class GreyResizer {
 public:
  // `bgr` is CV_8UC3. Gives side × side values in [0, 1], row-major; valid until the next call.
  const std::vector<double>& resize(const cv::Mat& bgr, size_t side);

 private:
  void prepare(size_t rows, size_t columns, size_t side);
  const float* grey_row(const cv::Mat& bgr, size_t y);

  size_t rows_ = 0, columns_ = 0, side_ = 0;
  AxisFilter down_, across_;
  // The grey rows that the current output row looks at, y at y % ring_rows_.
  size_t ring_rows_ = 0, next_row_ = 0;
  std::vector<float> ring_;
  std::vector<double> mixed_;  // one output row at full width
  std::vector<const float*> sources_;
  std::vector<double> result_;
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_RESAMPLE_H_
