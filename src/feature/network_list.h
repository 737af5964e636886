// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_NETWORK_LIST_H_
#define SLEEVE_FEATURE_NETWORK_LIST_H_

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/hash.h"
#include "base/json.h"

// Which networks sleeve knows, and what is needed to use them: a list inside the program
// (networks.json beside this file) and the user's own, of the same form (docs/networks.md). The
// networks themselves are files in the networks folder; none is part of sleeve.
namespace sleeve {

// A larger file isn't read, and no list may promise one.
inline constexpr uint64_t kMaxNetworkBytes = uint64_t{1} << 30;
// In pixels; what a network's input may be.
inline constexpr int kMinNetworkSide = 16;
inline constexpr int kMaxNetworkSide = 1024;

enum class NetworkKind {
  kImage,  // of any classes: its layers describe a picture
  kFaces,  // YuNet's twelve outputs
};
std::string_view name_of(NetworkKind kind);

// How a picture becomes the network's input: (value - mean) * scale of each 8-bit channel, the
// channels in the given order.
struct NetworkInput {
  int width = 224;
  int height = 224;
  bool rgb = true;  // else blue-green-red
  std::array<double, 3> mean{};
  std::array<double, 3> scale{1, 1, 1};
  friend bool operator==(const NetworkInput&, const NetworkInput&) = default;
};

// An output that can be asked for: of a layer anywhere in the network.
struct NetworkLayer {
  std::string name;     // what it is called here
  std::string layer;    // the network's own name for it, or "ReLU6#35": the 35th layer of OpenCV's type ReLU6
  size_t channels = 0;  // values, or maps of values
  bool spatial = false;  // maps, over which is pooled
  friend bool operator==(const NetworkLayer&, const NetworkLayer&) = default;
};

struct NetworkEntry {
  std::string name;  // letters, digits, '.', '_' and '-'
  NetworkKind kind = NetworkKind::kImage;
  std::string summary;
  std::vector<std::string> addresses;  // http or https, tried in turn; none: only from a file
  uint64_t bytes = 0;
  Sha256 sha256;
  std::string licence;  // "Apache-2.0"
  std::string terms;    // what else to know before using it
  NetworkInput input;
  std::vector<NetworkLayer> layers;         // of an image network at least one
  std::vector<std::string> default_layers;  // names out of `layers`
  bool built_in = false;                    // of sleeve's own list

  // The layer of this name, or nothing.
  [[nodiscard]] const NetworkLayer* find_layer(std::string_view layer_name) const;
  // Names what numbers taken from these layers depend on: the first digits of the file's SHA-256, then a
  // checksum of its input and of how the layers are found ("c0c3f76d93fa-5a1e07b2"). REQUIRES: it has them.
  [[nodiscard]] std::string print(std::span<const std::string> layer_names) const;
};

// The networks of a list's text. kCorrupt, naming the network and the member, for what is no list,
// has an unknown, missing or impossible member, or names a network or layer twice; kUnsupported for
// a newer format.
Result<std::vector<NetworkEntry>> parse_networks(std::string_view text);
// The list's text. parse_networks() reads it back equal.
std::string networks_text(std::span<const NetworkEntry> networks);
Json to_json(const NetworkEntry& network);

// Whether it may be a network's or a layer's name.
bool is_network_name(std::string_view name);

// $SLEEVE_NETWORKS, else $XDG_DATA_HOME/sleeve/networks, else ~/.local/share/sleeve/networks.
std::filesystem::path networks_folder();
// The user's own list in that folder.
std::filesystem::path networks_file(const std::filesystem::path& folder);
// Where the network's file belongs: "mobilenetv2-12-c0c3f76d.onnx" in that folder.
std::filesystem::path network_file(const std::filesystem::path& folder, const NetworkEntry& network);

// sleeve's own list and the user's, which may replace entries of sleeve's by their name; in the
// order of these. A folder or list that isn't there is an empty one. Errors as parse_networks(), naming the
// file.
Result<std::vector<NetworkEntry>> known_networks(const std::filesystem::path& folder);
// The one of that name. kNotFound, with the nearest name, if there is none.
Result<NetworkEntry> find_network(const std::filesystem::path& folder, std::string_view name);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_NETWORK_LIST_H_
