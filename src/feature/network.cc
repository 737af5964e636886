// SPDX-License-Identifier: Apache-2.0
#include "feature/network.h"

#include <algorithm>
#include <array>
#include <exception>
#include <map>

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/opencv_threads.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

// OpenCV prints what it thinks of a network's layers; what matters is in the error.
void keep_opencv_quiet() {
  static const bool quiet = [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    return true;
  }();
  static_cast<void>(quiet);
}

// "TYPE#N", or nothing.
std::string nth_of_type(const cv::dnn::Net& net, std::string_view layer) {
  const size_t mark = layer.rfind('#');
  if (mark == std::string_view::npos) return {};
  const auto wanted = parse_integer(layer.substr(mark + 1));
  if (!wanted) return {};
  long long seen = 0;
  for (const std::string& name : net.getLayerNames()) {
    if (net.getLayer(name)->type == layer.substr(0, mark) && ++seen == *wanted) return name;
  }
  return {};
}

Result<Bytes> verified_bytes(const fs::path& file, const NetworkEntry& entry) {
  auto bytes = read_file(file, kMaxNetworkBytes);
  if (!bytes.ok() && bytes.error().code == ErrorCode::kNotFound) {
    return make_error(ErrorCode::kNotFound,
                      "the network {} isn't installed ({} is missing): run 'sleeve models pull {}'",
                      entry.name, printable(file), entry.name);
  }
  if (!bytes.ok()) return bytes.error();
  if (bytes->size() != entry.bytes || sha256(*bytes) != entry.sha256) {
    return make_error(
        ErrorCode::kConflict,
        "{}: is not the file that is registered as {} (its SHA-256 differs): run 'sleeve models "
        "pull {}' again",
        printable(file), entry.name, entry.name);
  }
  return bytes;
}

}  // namespace

Result<Network> Network::load(const fs::path& folder, const NetworkEntry& entry) {
  const fs::path file = network_file(folder, entry);
  SLEEVE_TRY(const Bytes bytes, verified_bytes(file, entry));
  auto network = from_bytes(bytes);
  if (!network.ok()) return with_context(std::move(network).error(), printable(file));
  return network;
}

Result<Network> Network::from_bytes(std::span<const std::byte> bytes) {
  keep_opencv_on_this_thread();
  keep_opencv_quiet();
  try {
    auto net = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    if (net.empty()) return make_error(ErrorCode::kCorrupt, "holds no network");
    return Network(net);
  } catch (const cv::Exception& failure) {
    return make_error(ErrorCode::kCorrupt, "is no ONNX network that OpenCV {} can load: {}", CV_VERSION,
                      printable(std::string_view(failure.err)));
  } catch (const std::exception& failure) {  // of protobuf, or memory
    return make_error(ErrorCode::kCorrupt, "is no ONNX network that OpenCV {} can load: {}", CV_VERSION,
                      printable(std::string_view(failure.what())));
  }
}

Result<std::string> Network::find_layer(std::string_view layer) const {
  const std::vector<std::string> names = net_.getLayerNames();
  const std::string text(layer);
  for (const std::string& form : {text, "onnx_node!" + text, "onnx_node_output_0!" + text}) {
    if (std::ranges::find(names, form) != names.end()) return form;
  }
  if (std::string name = nth_of_type(net_, layer); !name.empty()) return name;
  return make_error(ErrorCode::kNotFound, "the network has no layer '{}'", printable(layer));
}

Result<std::vector<ProbedLayer>> Network::shapes(const NetworkInput& input) const {
  try {
    std::vector<ProbedLayer> layers;
    std::map<std::string, int> seen;  // of each type
    const std::vector<int> ends = net_.getUnconnectedOutLayers();
    for (const std::string& name : net_.getLayerNames()) {
      const int id = net_.getLayerId(name);
      std::vector<cv::dnn::MatShape> given;
      std::vector<cv::dnn::MatShape> put_out;
      net_.getLayerShapes({1, 3, input.height, input.width}, id, given, put_out);
      const std::string type = net_.getLayer(name)->type;
      layers.push_back({name, fmt::format("{}#{}", type, ++seen[type]),
                        put_out.empty() ? std::vector<int>() : put_out[0],
                        std::ranges::find(ends, id) != ends.end()});
    }
    return layers;
  } catch (const cv::Exception& failure) {
    return make_error(ErrorCode::kUnsupported, "can't take an input of {} × {}: {}", input.width,
                      input.height, printable(std::string_view(failure.err)));
  } catch (const std::exception& failure) {
    return make_error(ErrorCode::kTooLarge, "{}", printable(std::string_view(failure.what())));
  }
}

Status Network::run(const cv::Mat& input, const std::vector<std::string>& layers,
                    std::vector<cv::Mat>& outputs) {
  try {
    net_.setInput(input);
    net_.forward(outputs, layers);
  } catch (const cv::Exception& failure) {
    return make_error(ErrorCode::kUnsupported, "the network can't be run by OpenCV {}: {}", CV_VERSION,
                      printable(std::string_view(failure.err)));
  } catch (const std::exception& failure) {
    return make_error(ErrorCode::kTooLarge, "the network can't be run: {}",
                      printable(std::string_view(failure.what())));
  }
  return {};
}

cv::Mat network_input(const cv::Mat& bgr, const NetworkInput& input, bool mirrored) {
  const bool shrinks = bgr.cols >= input.width && bgr.rows >= input.height;
  cv::Mat scaled;
  cv::resize(bgr, scaled, {input.width, input.height}, 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  const std::array<int, 4> shape = {1, 3, input.height, input.width};
  cv::Mat values(4, shape.data(), CV_32F);
  for (int channel = 0; channel < 3; ++channel) {
    const auto c = static_cast<size_t>(channel);
    std::array<float, 256> table{};
    for (size_t v = 0; v < table.size(); ++v) {
      table[v] = static_cast<float>((static_cast<double>(v) - input.mean[c]) * input.scale[c]);
    }
    const int source = input.rgb ? 2 - channel : channel;
    auto* out = values.ptr<float>(0, channel);
    for (int y = 0; y < input.height; ++y) {
      const uint8_t* row = scaled.ptr<uint8_t>(y);
      for (int x = 0; x < input.width; ++x) {
        const int from = mirrored ? input.width - 1 - x : x;
        *out++ = table[row[3 * from + source]];
      }
    }
  }
  return values;
}

Result<NetworkEntry> registered_network(std::string_view name, NetworkKind kind) {
  SLEEVE_TRY(NetworkEntry entry, find_network(networks_folder(), name));
  if (entry.kind != kind) {
    return make_error(ErrorCode::kUsage, "the network '{}' is of kind {}, not {}", entry.name,
                      name_of(entry.kind), name_of(kind));
  }
  return entry;
}

Status check_print(const NetworkEntry& entry, std::string_view given, std::string_view actual) {
  if (given.empty() || given == actual) return {};
  return make_error(
      ErrorCode::kConflict,
      "made with a network '{}' of print {}, but what is registered here under this name has the "
      "print {} ('sleeve models list')",
      entry.name, printable(given), actual);
}

}  // namespace sleeve
