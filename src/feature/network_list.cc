// SPDX-License-Identifier: Apache-2.0
#include "feature/network_list.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kListFormat = 1;
constexpr size_t kMaxNetworks = 1000;
constexpr size_t kMaxLayers = 1000;
constexpr int64_t kMaxChannels = 1 << 20;
constexpr size_t kMaxText = 4096;
constexpr uint64_t kMaxListBytes = uint64_t{4} << 20;

constexpr const char* kBuiltIn =
#include "feature/networks.inc"
    ;

// Takes an object's members one by one; at the end none may be left.
class Members {
 public:
  Members(const Json& json, std::string owner) : json_(json), owner_(std::move(owner)) {}

  Result<std::string> text(const char* name, bool required = false) {
    const Json* found = find(name);
    if (found == nullptr && !required) return std::string();
    if (found == nullptr || !found->is_string()) return wrong(name, "a text");
    auto value = found->get<std::string>();
    if (value.size() > kMaxText || !is_utf8(value) || (required && value.empty()))
      return wrong(name, "a text");
    return value;
  }
  Result<int64_t> whole(const char* name, int64_t low, int64_t high) {
    const Json* found = find(name);
    const bool good = found != nullptr && found->is_number_integer() &&
                      (!found->is_number_unsigned() || found->get<uint64_t>() <= uint64_t{INT64_MAX});
    if (!good || found->get<int64_t>() < low || found->get<int64_t>() > high) {
      return wrong(name, fmt::format("a whole number from {} to {}", low, high));
    }
    return found->get<int64_t>();
  }
  Result<bool> flag(const char* name) {
    const Json* found = find(name);
    if (found == nullptr || !found->is_boolean()) return wrong(name, "true or false");
    return found->get<bool>();
  }
  Result<std::array<double, 3>> three(const char* name) {
    const Json* found = find(name);
    std::array<double, 3> values{};
    bool good = found != nullptr && found->is_array() && found->size() == 3;
    for (size_t i = 0; good && i < 3; ++i) {
      good = (*found)[i].is_number() && std::abs((*found)[i].get<double>()) <= 1e6;
      if (good) values[i] = (*found)[i].get<double>();
    }
    if (!good) return wrong(name, "three numbers within a million");
    return values;
  }
  Result<const Json*> array(const char* name, size_t most) {
    const Json* found = find(name);
    if (found == nullptr || !found->is_array() || found->size() > most) return wrong(name, "a list");
    return found;
  }
  Result<const Json*> object(const char* name) {
    const Json* found = find(name);
    if (found == nullptr || !found->is_object()) return wrong(name, "an object");
    return found;
  }
  Result<std::vector<std::string>> texts(const char* name) {
    SLEEVE_TRY(const Json* list, array(name, kMaxLayers));
    std::vector<std::string> values;
    for (const Json& value : *list) {
      if (!value.is_string() || value.get_ref<const std::string&>().size() > kMaxText) {
        return wrong(name, "a list of texts");
      }
      values.push_back(value.get<std::string>());
    }
    return values;
  }
  // After the last member was taken.
  [[nodiscard]] Status nothing_left() const {
    for (const auto& [key, value] : json_.items()) {
      if (std::ranges::find(known_, key) == known_.end()) {
        return make_error(ErrorCode::kCorrupt, "{}: unknown member '{}'{}", owner_,
                          printable(std::string_view(key)), suggestion(key, known_));
      }
    }
    return {};
  }
  [[nodiscard]] Error wrong(std::string_view name, std::string_view expected) const {
    return make_error(ErrorCode::kCorrupt, "{}: '{}' is not {}", owner_, name, expected);
  }

 private:
  const Json* find(const char* name) {
    known_.emplace_back(name);
    const auto found = json_.find(name);
    return found == json_.end() ? nullptr : &*found;
  }

  const Json& json_;
  std::string owner_;
  std::vector<std::string> known_;
};

Result<NetworkInput> input_from(const Json& json, const std::string& owner) {
  Members members(json, owner + ": input");
  NetworkInput input;
  SLEEVE_TRY(const int64_t width, members.whole("width", kMinNetworkSide, kMaxNetworkSide));
  SLEEVE_TRY(const int64_t height, members.whole("height", kMinNetworkSide, kMaxNetworkSide));
  input.width = static_cast<int>(width);
  input.height = static_cast<int>(height);
  SLEEVE_TRY(const std::string colour, members.text("colour", true));
  if (colour != "rgb" && colour != "bgr") return members.wrong("colour", "\"rgb\" or \"bgr\"");
  input.rgb = colour == "rgb";
  SLEEVE_TRY(input.mean, members.three("mean"));
  SLEEVE_TRY(input.scale, members.three("scale"));
  SLEEVE_CHECK(members.nothing_left());
  return input;
}

Result<NetworkLayer> layer_from(const Json& json, const std::string& owner) {
  if (!json.is_object()) return make_error(ErrorCode::kCorrupt, "{}: a layer is no object", owner);
  Members members(json, owner + ": layers");
  NetworkLayer layer;
  SLEEVE_TRY(layer.name, members.text("name", true));
  if (!is_network_name(layer.name)) return members.wrong("name", "made of letters, digits, '.', '_' and '-'");
  SLEEVE_TRY(layer.layer, members.text("layer", true));
  SLEEVE_TRY(const int64_t channels, members.whole("channels", 1, kMaxChannels));
  layer.channels = static_cast<size_t>(channels);
  SLEEVE_TRY(layer.spatial, members.flag("spatial"));
  SLEEVE_CHECK(members.nothing_left());
  return layer;
}

Status take_layers(Members& members, const std::string& owner, NetworkEntry& network) {
  SLEEVE_TRY(const Json* layers, members.array("layers", kMaxLayers));
  for (const Json& json : *layers) {
    SLEEVE_TRY(NetworkLayer layer, layer_from(json, owner));
    if (network.find_layer(layer.name) != nullptr) {
      return make_error(ErrorCode::kCorrupt, "{}: the layer '{}' stands twice", owner, layer.name);
    }
    network.layers.push_back(std::move(layer));
  }
  SLEEVE_TRY(network.default_layers, members.texts("default_layers"));
  std::set<std::string> seen;
  for (const std::string& name : network.default_layers) {
    if (network.find_layer(name) == nullptr || !seen.insert(name).second) {
      return members.wrong("default_layers", "a list of its layers' names, each once");
    }
  }
  const bool image = network.kind == NetworkKind::kImage;
  if (image == network.layers.empty() || image == network.default_layers.empty()) {
    return members.wrong("layers", image ? "a list of at least one" : "empty, as it is for faces");
  }
  return {};
}

Status take_addresses(Members& members, NetworkEntry& network) {
  SLEEVE_TRY(network.addresses, members.texts("addresses"));
  for (const std::string& address : network.addresses) {
    if (!address.starts_with("https://") && !address.starts_with("http://")) {
      return members.wrong("addresses", "a list of http and https addresses");
    }
  }
  return {};
}

Result<NetworkEntry> network_from(const Json& json, size_t place) {
  std::string owner = fmt::format("network {}", place + 1);
  if (!json.is_object()) return make_error(ErrorCode::kCorrupt, "{}: is no object", owner);
  const auto named = json.find("name");
  if (named != json.end() && named->is_string() && is_network_name(named->get_ref<const std::string&>())) {
    owner = fmt::format("network '{}'", named->get<std::string>());
  }
  Members members(json, owner);
  NetworkEntry network;
  SLEEVE_TRY(network.name, members.text("name", true));
  if (!is_network_name(network.name))
    return members.wrong("name", "made of letters, digits, '.', '_' and '-'");
  SLEEVE_TRY(const std::string kind, members.text("kind", true));
  if (kind != "image" && kind != "faces") return members.wrong("kind", "\"image\" or \"faces\"");
  network.kind = kind == "image" ? NetworkKind::kImage : NetworkKind::kFaces;
  SLEEVE_TRY(network.summary, members.text("summary"));
  SLEEVE_CHECK(take_addresses(members, network));
  SLEEVE_TRY(const int64_t bytes, members.whole("bytes", 1, static_cast<int64_t>(kMaxNetworkBytes)));
  network.bytes = static_cast<uint64_t>(bytes);
  SLEEVE_TRY(const std::string hash, members.text("sha256", true));
  const auto sha256 = Sha256::from_hex(hash);
  if (!sha256) return members.wrong("sha256", "of 64 hexadecimal digits");
  network.sha256 = *sha256;
  SLEEVE_TRY(network.licence, members.text("licence", true));
  SLEEVE_TRY(network.terms, members.text("terms"));
  SLEEVE_TRY(const Json* input, members.object("input"));
  SLEEVE_TRY(network.input, input_from(*input, owner));
  SLEEVE_CHECK(take_layers(members, owner, network));
  SLEEVE_CHECK(members.nothing_left());
  return network;
}

Json input_json(const NetworkInput& input) {
  return Json{{"width", input.width},
              {"height", input.height},
              {"colour", input.rgb ? "rgb" : "bgr"},
              {"mean", input.mean},
              {"scale", input.scale}};
}

Json layers_json(const std::vector<NetworkLayer>& layers) {
  Json list = Json::array();
  for (const NetworkLayer& layer : layers) {
    list.push_back({{"name", layer.name},
                    {"layer", layer.layer},
                    {"channels", layer.channels},
                    {"spatial", layer.spatial}});
  }
  return list;
}

fs::path environment_path(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in sleeve changes the environment.
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string_view name_of(NetworkKind kind) { return kind == NetworkKind::kImage ? "image" : "faces"; }

const NetworkLayer* NetworkEntry::find_layer(std::string_view layer_name) const {
  const auto found = std::ranges::find(layers, layer_name, &NetworkLayer::name);
  return found == layers.end() ? nullptr : &*found;
}

std::string NetworkEntry::print(std::span<const std::string> layer_names) const {
  std::vector<NetworkLayer> used;
  for (const std::string& layer_name : layer_names) used.push_back(*find_layer(layer_name));
  const std::string text = dump_json(Json{{"input", input_json(input)}, {"layers", layers_json(used)}});
  const auto sum = checksum64(std::as_bytes(std::span(text.data(), text.size())));
  return fmt::format("{}-{:08x}", sha256.hex().substr(0, 12), static_cast<uint32_t>(sum));
}

bool is_network_name(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

Result<std::vector<NetworkEntry>> parse_networks(std::string_view text) {
  SLEEVE_TRY(const Json json, parse_json(text));
  if (!json.is_object()) return make_error(ErrorCode::kCorrupt, "is no list of networks");
  Members members(json, "list of networks");
  SLEEVE_TRY(const int64_t format, members.whole("format", 1, INT64_MAX));
  if (format > kListFormat) {
    return make_error(ErrorCode::kUnsupported, "is of format {}, this sleeve reads {}: use a newer sleeve",
                      format, kListFormat);
  }
  SLEEVE_TRY(const Json* list, members.array("networks", kMaxNetworks));
  SLEEVE_CHECK(members.nothing_left());
  std::vector<NetworkEntry> networks;
  std::set<std::string> names;
  for (size_t i = 0; i < list->size(); ++i) {
    SLEEVE_TRY(NetworkEntry network, network_from((*list)[i], i));
    if (!names.insert(network.name).second) {
      return make_error(ErrorCode::kCorrupt, "network '{}' stands twice", network.name);
    }
    networks.push_back(std::move(network));
  }
  return networks;
}

Json to_json(const NetworkEntry& network) {
  return Json{{"name", network.name},
              {"kind", name_of(network.kind)},
              {"summary", network.summary},
              {"addresses", network.addresses},
              {"bytes", network.bytes},
              {"sha256", network.sha256.hex()},
              {"licence", network.licence},
              {"terms", network.terms},
              {"input", input_json(network.input)},
              {"layers", layers_json(network.layers)},
              {"default_layers", network.default_layers}};
}

std::string networks_text(std::span<const NetworkEntry> networks) {
  Json list = Json::array();
  for (const NetworkEntry& network : networks) list.push_back(to_json(network));
  return dump_json(Json{{"format", kListFormat}, {"networks", std::move(list)}}, 2) + "\n";
}

fs::path networks_folder() {
  if (fs::path chosen = environment_path("SLEEVE_NETWORKS"); !chosen.empty()) return chosen;
  if (const fs::path data = environment_path("XDG_DATA_HOME"); data.is_absolute()) {
    return data / "sleeve/networks";
  }
  return environment_path("HOME") / ".local/share/sleeve/networks";
}

fs::path networks_file(const fs::path& folder) { return folder / "networks.json"; }

fs::path network_file(const fs::path& folder, const NetworkEntry& network) {
  return folder / fmt::format("{}-{}.onnx", network.name, network.sha256.hex().substr(0, 8));
}

Result<std::vector<NetworkEntry>> known_networks(const fs::path& folder) {
  SLEEVE_TRY(std::vector<NetworkEntry> networks, parse_networks(kBuiltIn));
  for (NetworkEntry& network : networks) network.built_in = true;
  const fs::path file = networks_file(folder);
  const auto text = read_text_file(file, kMaxListBytes);
  if (!text.ok()) {
    if (text.error().code == ErrorCode::kNotFound) return networks;
    return text.error();
  }
  auto own = parse_networks(*text);
  if (!own.ok()) return with_context(std::move(own).error(), printable(file));
  for (NetworkEntry& network : *own) {
    const auto same = std::ranges::find(networks, network.name, &NetworkEntry::name);
    if (same == networks.end()) {
      networks.push_back(std::move(network));
    } else {
      *same = std::move(network);
    }
  }
  return networks;
}

Result<NetworkEntry> find_network(const fs::path& folder, std::string_view name) {
  SLEEVE_TRY(const auto networks, known_networks(folder));
  std::vector<std::string> known;
  for (const NetworkEntry& network : networks) {
    if (network.name == name) return network;
    known.push_back(network.name);
  }
  return make_error(ErrorCode::kNotFound, "there is no network '{}'{} ('sleeve models add' takes others)",
                    printable(name), suggestion(name, known));
}

}  // namespace sleeve
