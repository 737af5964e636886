// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_FILTER_BANK_H_
#define SLEEVE_FEATURE_FILTER_BANK_H_

#include <span>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace sleeve {

// Gabor filters in the frequency domain, as Oliva & Torralba's LMgist makes them (2001): scale s has its
// frequency at 0.3 / 1.85^s cycles a pixel; orientation o of n looks along π·o/n. Each filter is real and
// lies on one side of the origin, so that what it lets through has no phase to wave with: its size is the
// local energy. Filters of scales that lie wholly within half the frequencies are applied at half the size.
class FilterBank {
 public:
  // REQUIRES: side even; as many scales as `orientations` has entries.
  FilterBank(int side, std::span<const int> orientations, int first_scale = 0);

  [[nodiscard]] size_t size() const { return filters_.size(); }
  [[nodiscard]] int side() const { return side_; }
  // The spectrum of a CV_32FC1 picture, side × side: what energy() takes.
  static cv::Mat spectrum(const cv::Mat& picture);
  // The filtered picture's size at every pixel, CV_32FC1; side × side, or half of it for coarse scales.
  [[nodiscard]] cv::Mat energy(const cv::Mat& spectrum, size_t filter) const;

 private:
  int side_;
  std::vector<cv::Mat> filters_;  // CV_32FC1, frequency 0 first; of side / 2 for coarse scales
};

// exp(-(fx² + fy²) / (cutoff² / log 2)) over whole frequencies -side/2 to side/2 - 1, frequency 0 first:
// LMgist's low pass. CV_32FC1.
cv::Mat low_pass(int side, double cutoff);
// The picture through a filter with real, symmetric frequencies: CV_32FC1.
cv::Mat filtered(const cv::Mat& picture, const cv::Mat& filter);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_FILTER_BANK_H_
