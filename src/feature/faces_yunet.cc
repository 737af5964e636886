// SPDX-License-Identifier: Apache-2.0
#include "feature/faces_yunet.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "base/try.h"

namespace sleeve {
namespace {

// The network halves its input five times.
constexpr int kMultiple = 32;

// The part of the box that lies in the picture, as a share of the picture.
double share_of(const cv::Rect2f& box, const cv::Mat& bgr) {
  const cv::Rect2f picture(0, 0, static_cast<float>(bgr.cols), static_cast<float>(bgr.rows));
  return static_cast<double>((box & picture).area()) / static_cast<double>(picture.area());
}

float clamped(float value) { return std::clamp(value, 0.0F, 1.0F); }

}  // namespace

Result<FacesYunetOptions> FacesYunetDescriptor::resolve(FacesYunetOptions options) {
  SLEEVE_TRY(const NetworkEntry entry, registered_network(options.network, NetworkKind::kFaces));
  std::string print = entry.print({});
  SLEEVE_CHECK(check_print(entry, options.print, print));
  options.print = std::move(print);
  return options;
}

FacesYunetDescriptor::FacesYunetDescriptor(const FacesYunetOptions& options, const NetworkEntry& entry,
                                           Network network)
    : options_(options), input_(entry.input), network_(std::move(network)) {
  input_.width = input_.height = (options.side + kMultiple - 1) / kMultiple * kMultiple;
}

Result<std::unique_ptr<FacesYunetDescriptor>> FacesYunetDescriptor::load(const FacesYunetOptions& options) {
  SLEEVE_TRY(const NetworkEntry entry, registered_network(options.network, NetworkKind::kFaces));
  SLEEVE_TRY(Network network, Network::load(networks_folder(), entry));
  return with(options, entry, std::move(network));
}

Result<std::unique_ptr<FacesYunetDescriptor>> FacesYunetDescriptor::with(const FacesYunetOptions& options,
                                                                         const NetworkEntry& entry,
                                                                         Network network) {
  std::unique_ptr<FacesYunetDescriptor> faces(new FacesYunetDescriptor(options, entry, std::move(network)));
  for (const std::string& output : yunet_outputs()) {
    SLEEVE_TRY(std::string name, faces->network_.find_layer(output));
    faces->names_.push_back(std::move(name));
  }
  // Runs it once: what isn't a YuNet is refused now, and not cover by cover.
  SLEEVE_CHECK(faces->find(cv::Mat(kMultiple, kMultiple, CV_8UC3, cv::Scalar::all(127))));
  return faces;
}

Result<std::unique_ptr<Descriptor>> FacesYunetDescriptor::make(const FacesYunetOptions& options) {
  SLEEVE_TRY(auto faces, load(options));
  return std::unique_ptr<Descriptor>(std::move(faces));
}

std::vector<std::string> FacesYunetDescriptor::value_names() const {
  return {"has face", "count", "largest share", "total share", "largest x", "largest y"};
}

Result<std::vector<DetectedFace>> FacesYunetDescriptor::find(const cv::Mat& bgr) {
  const double scale = static_cast<double>(options_.side) / std::max(bgr.cols, bgr.rows);
  const auto scaled_side = [&](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
  const cv::Size size(scaled_side(bgr.cols), scaled_side(bgr.rows));
  // A canvas of one size for every picture, black where the picture ends: the network's memory stays.
  cv::Mat canvas(input_.height, input_.width, CV_8UC3, cv::Scalar::all(0));
  cv::Mat place = canvas(cv::Rect({0, 0}, size));
  cv::resize(bgr, place, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  SLEEVE_CHECK(network_.run(network_input(canvas, input_), names_, outputs_));
  SLEEVE_TRY(auto faces,
             decode_yunet(outputs_, input_.width, input_.height, options_.score, options_.overlap));
  const auto back_x = static_cast<float>(bgr.cols) / static_cast<float>(size.width);
  const auto back_y = static_cast<float>(bgr.rows) / static_cast<float>(size.height);
  for (DetectedFace& face : faces) {
    face.box = {face.box.x * back_x, face.box.y * back_y, face.box.width * back_x, face.box.height * back_y};
    for (cv::Point2f& point : face.landmarks) point = {point.x * back_x, point.y * back_y};
  }
  return faces;
}

Status FacesYunetDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == kSize);
  SLEEVE_TRY(const auto faces, find(picture.bgr));
  double largest = 0;
  double total = 0;
  out[4] = out[5] = 0.5F;
  for (const DetectedFace& face : faces) {
    const double share = share_of(face.box, picture.bgr);
    total += share;
    if (share <= largest) continue;
    largest = share;
    out[4] = clamped((face.box.x + face.box.width / 2) / static_cast<float>(picture.width()));
    out[5] = clamped((face.box.y + face.box.height / 2) / static_cast<float>(picture.height()));
  }
  out[0] = faces.empty() ? 0.0F : 1.0F;
  out[1] = static_cast<float>(faces.size());
  out[2] = static_cast<float>(largest);
  out[3] = static_cast<float>(std::min(1.0, total));
  return {};
}

}  // namespace sleeve
