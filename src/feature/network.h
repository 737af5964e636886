// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_NETWORK_H_
#define SLEEVE_FEATURE_NETWORK_H_

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core/mat.hpp>
#include <opencv2/dnn.hpp>

#include <sleeve/result.h>

#include "feature/network_list.h"
#include "image/picture.h"

namespace sleeve {

// A layer and what it puts out.
struct ProbedLayer {
  std::string name;        // OpenCV's
  std::string form;        // "ReLU6#35": the form that doesn't depend on how the file names it
  std::vector<int> shape;  // its first number is the number of pictures
  bool output = false;     // of the network
};

// A network in memory, run by OpenCV's dnn on the calling thread alone. One per thread: it keeps
// the memory of its layers. The same input gives the same bits in every thread and process; on a CPU with
// other vector instructions the last bits may differ, because OpenCV's kernels are others there.
class Network {
 public:
  // Reads the installed file, after its size and SHA-256 were compared with the entry's: bytes that
  // nobody registered never reach OpenCV. kNotFound, saying how to install it; kConflict if the file is
  // another one; errors as from_bytes().
  static Result<Network> load(const std::filesystem::path& folder, const NetworkEntry& entry);
  // kCorrupt if OpenCV can't make a network of these bytes of an ONNX file. Bytes of unknown origin may make
  // OpenCV itself crash: probe_network() tries them in a process of their own.
  static Result<Network> from_bytes(std::span<const std::byte> bytes);

  // Which layer is meant: by OpenCV's name, the ONNX name of the node or of what it puts out, or
  // "TYPE#N", the Nth layer of one of OpenCV's types, counted from 1. kNotFound if there is none.
  [[nodiscard]] Result<std::string> find_layer(std::string_view layer) const;
  // All of its layers, in OpenCV's order, for an input of that size. kUnsupported if it can't take it.
  [[nodiscard]] Result<std::vector<ProbedLayer>> shapes(const NetworkInput& input) const;

  // Puts `input` (1 × 3 × height × width, CV_32F) through it. `outputs` become what the named layers
  // put out, valid until the next call. kUnsupported, with OpenCV's words, if the network can't take it.
  Status run(const cv::Mat& input, const std::vector<std::string>& layers, std::vector<cv::Mat>& outputs);

 private:
  explicit Network(const cv::dnn::Net& net) : net_(net) {}
  cv::dnn::Net net_;
};

// The picture scaled to the network's input size, whatever its shape, and mirrored if asked for, as
// 1 × 3 × height × width values.
cv::Mat network_input(const cv::Mat& bgr, const NetworkInput& input, bool mirrored = false);

// The network of that name in networks_folder(). kNotFound, kUsage for one of another kind.
Result<NetworkEntry> registered_network(std::string_view name, NetworkKind kind);
// Whether what a descriptor's option says of the network (empty: nothing yet) is still so: kConflict, if
// another file or other layers stand under its name now.
Status check_print(const NetworkEntry& entry, std::string_view given, std::string_view actual);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_NETWORK_H_
