// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_YUNET_H_
#define SLEEVE_FEATURE_YUNET_H_

#include <array>
#include <span>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>

#include <sleeve/result.h>

namespace sleeve {

// A face as YuNet sees it, in pixels of the picture that it was given.
struct DetectedFace {
  cv::Rect2f box;
  std::array<cv::Point2f, 5>
      landmarks;    // right eye, left eye, tip of the nose, right and left corner of the mouth
  float score = 0;  // 0 to 1
};

// What has to be asked of the network: cls, obj, bbox and kps of the strides 8, 16 and 32.
const std::vector<std::string>& yunet_outputs();

// Faces out of these outputs for an input of width × height pixels, as OpenCV's FaceDetectorYN does since
// 4.7 (Wu, Peng & Yu 2023): scored by the geometric mean of class and objectness, only those of at least
// `score`; of boxes whose overlap (intersection over union) is above `overlap` the best scored remains. Best
// first. kUnsupported if the outputs aren't of this form. REQUIRES: width and height multiples of 32.
Result<std::vector<DetectedFace>> decode_yunet(std::span<const cv::Mat> outputs, int width, int height,
                                               double score, double overlap);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_YUNET_H_
