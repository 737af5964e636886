// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_SALIENCY_H_
#define SLEEVE_FEATURE_SALIENCY_H_

#include <opencv2/core/mat.hpp>

namespace sleeve {

// What stands out, by the spectral residual (Hou & Zhang 2007): frequencies that are stronger than their
// neighbours, back in the picture, squared and smoothed (Gaussian, 2.5 px). `grey` is CV_8UC1, 64 × 64; the
// result CV_64FC1 of the same size, sums to 1. As F / exp(mean of log(|F| + 0.01)) of 3 × 3 frequencies,
// where |F| is of grey from 0 to 1: the paper's formula, but for the hundredth, which keeps frequencies that
// are only rounding from becoming as strong as all others.
cv::Mat spectral_saliency(const cv::Mat& grey);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_SALIENCY_H_
