// SPDX-License-Identifier: Apache-2.0
#include "feature/faces.h"

#include <cassert>
#include <cstdlib>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/opencv_threads.h"

namespace sleeve {

std::filesystem::path haar_cascade_path() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in sleeve changes the environment.
  const char* chosen = std::getenv("SLEEVE_HAAR_CASCADE");
  return chosen != nullptr && *chosen != '\0' ? chosen : SLEEVE_HAAR_CASCADE;
}

Result<std::unique_ptr<FacesDescriptor>> FacesDescriptor::load(const FacesOptions& options,
                                                               const std::filesystem::path& cascade) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(cascade, code)) {
    return make_error(ErrorCode::kNotFound,
                      "{}: the face detector's data file is missing; install the package opencv-data or set "
                      "SLEEVE_HAAR_CASCADE",
                      printable(cascade));
  }
  keep_opencv_on_this_thread();
  std::unique_ptr<FacesDescriptor> faces(new FacesDescriptor(options));
  bool loaded = false;
  try {
    loaded = faces->cascade_.load(cascade.string());
  } catch (const cv::Exception&) {
    loaded = false;
  }
  if (!loaded) return make_error(ErrorCode::kCorrupt, "{}: is no Haar cascade", printable(cascade));
  return faces;
}

Result<std::unique_ptr<Descriptor>> FacesDescriptor::make(const FacesOptions& options) {
  SLEEVE_TRY(auto faces, load(options, haar_cascade_path()));
  return std::unique_ptr<Descriptor>(std::move(faces));
}

std::vector<cv::Rect> FacesDescriptor::find(const Picture& picture) {
  std::vector<cv::Rect> boxes;
  cascade_.detectMultiScale(picture.grey, boxes, options_.scale, options_.neighbors);
  return boxes;
}

Status FacesDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  const size_t count = find(picture).size();
  out[0] = count > 0 ? 1.0F : 0.0F;
  out[1] = static_cast<float>(count);
  return {};
}

}  // namespace sleeve
