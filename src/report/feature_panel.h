// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_FEATURE_PANEL_H_
#define SLEEVE_REPORT_FEATURE_PANEL_H_

#include <span>
#include <string>
#include <string_view>

#include <opencv2/core/mat.hpp>

#include <sleeve/result.h>

#include "base/json.h"
#include "feature/descriptor.h"
#include "image/picture.h"
#include "report/axis.h"

// What descriptors see, drawn: a panel for each descriptor, one line each in feature_panels.cc.
namespace sleeve {

struct PanelInput {
  const Picture& picture;
  Descriptor& descriptor;
  const Json& options;  // of the descriptor, complete
  std::span<const float> values;
  std::span<const std::string> names;  // of the values
};

// Draws into the square `frame` and returns a line that says what is seen.
using DrawPanel = Result<std::string> (*)(Drawing& drawing, const Frame& frame, const PanelInput& input);

// The panel of a descriptor; draw_bars() for one that has none of its own.
DrawPanel find_panel(std::string_view descriptor);

// Bars of the values from left to right; of more than there is room for, the largest in each of equal parts.
Result<std::string> draw_bars(Drawing& drawing, const Frame& frame, const PanelInput& input);

// Shapes: what edges and waves are where.
Result<std::string> draw_hog(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_hog_pyramid(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_lbp(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_lbp_multi(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_gist(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_wavelets(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_region_covariance(Drawing& drawing, const Frame& frame, const PanelInput& input);
// Colours.
Result<std::string> draw_hsv(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_palette(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_colour(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_hsv_pyramid(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_lab_pyramid(Drawing& drawing, const Frame& frame, const PanelInput& input);
// Places in the picture.
Result<std::string> draw_composition(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_text(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_advisory(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_faces(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_faces_yunet(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_keypoints(Drawing& drawing, const Frame& frame, const PanelInput& input);
Result<std::string> draw_embedding(Drawing& drawing, const Frame& frame, const PanelInput& input);

// For panels. The pixels of a CV_8UC3 or CV_8UC1 picture.
Bitmap bitmap_of(const cv::Mat& pixels);
// The largest place in the frame, centred, for what is as wide and as high.
Frame place_in(const Frame& frame, double width, double height);
// The picture as large as fits, centred; where it lies. Shown paler by `fade`, from 0 to 1.
Frame draw_picture(Drawing& drawing, const Frame& frame, const Picture& picture, double fade = 0);
// An outline of a box given in shares of the picture's sides.
void draw_box(Drawing& drawing, const Frame& picture, Point corner, Point opposite, const Colour& colour);

}  // namespace sleeve

#endif  // SLEEVE_REPORT_FEATURE_PANEL_H_
