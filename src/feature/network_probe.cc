// SPDX-License-Identifier: Apache-2.0
#include "feature/network_probe.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/apart.h"
#include "feature/embedding.h"
#include "feature/faces_yunet.h"
#include "feature/network.h"

namespace sleeve {
namespace {

constexpr size_t kMaxProbedLayers = 20'000;

// Of a map; a file may claim more than an int holds.
int64_t area_of(const ProbedLayer& layer) { return int64_t{layer.shape[2]} * layer.shape[3]; }

bool is_map(const ProbedLayer& layer) {
  return layer.shape.size() == 4 && layer.shape[0] == 1 && area_of(layer) > 1;
}

size_t values_of(const ProbedLayer& layer) {
  size_t values = 1;
  for (const int side : layer.shape) values *= static_cast<size_t>(std::max(side, 0));
  return values;
}

NetworkLayer as_layer(const ProbedLayer& probed, std::string name) {
  const bool spatial = is_map(probed);
  return {std::move(name), probed.form, spatial ? static_cast<size_t>(probed.shape[1]) : values_of(probed),
          spatial};
}

Result<Json> shapes_in_child(std::span<const std::byte> file, const NetworkInput& input) {
  SLEEVE_TRY(Network network, Network::from_bytes(file));
  SLEEVE_TRY(const auto layers, network.shapes(input));
  Json json = Json::array();
  for (const ProbedLayer& layer : layers) {
    json.push_back(
        {{"name", layer.name}, {"form", layer.form}, {"shape", layer.shape}, {"output", layer.output}});
  }
  return json;
}

}  // namespace

Result<std::vector<ProbedLayer>> probe_layers(std::span<const std::byte> file, const NetworkInput& input) {
  SLEEVE_TRY(const Json json, run_apart([&] { return shapes_in_child(file, input); }));
  std::vector<ProbedLayer> layers;
  if (json.size() > kMaxProbedLayers) return make_error(ErrorCode::kTooLarge, "has {} layers", json.size());
  for (const Json& layer : json) {
    layers.push_back({layer["name"].get<std::string>(), layer["form"].get<std::string>(),
                      layer["shape"].get<std::vector<int>>(), layer["output"].get<bool>()});
  }
  return layers;
}

std::vector<NetworkLayer> choose_layers(std::span<const ProbedLayer> layers, const NetworkInput& input) {
  std::map<int64_t, const ProbedLayer*, std::greater<>> by_area;  // the last one of each
  std::vector<const ProbedLayer*> vectors;
  for (const ProbedLayer& layer : layers) {
    if (is_map(layer)) by_area[area_of(layer)] = &layer;
    if (layer.output && !is_map(layer) && layer.shape.size() >= 2 && layer.shape[0] == 1)
      vectors.push_back(&layer);
  }
  std::vector<NetworkLayer> chosen;
  const auto free_name = [&](const std::string& wish) {
    std::string name = wish;
    const auto taken = [&] { return std::ranges::find(chosen, name, &NetworkLayer::name) != chosen.end(); };
    for (int i = 2; taken(); ++i) name = fmt::format("{}_{}", wish, i);
    return name;
  };
  for (const auto& [area, layer] : by_area) {
    const double times =
        std::sqrt(static_cast<double>(input.width) * input.height / static_cast<double>(area));
    chosen.push_back(as_layer(*layer, free_name(fmt::format("s{}", std::lround(times)))));
  }
  for (const ProbedLayer* layer : vectors) chosen.push_back(as_layer(*layer, free_name("output")));
  return chosen;
}

Result<NetworkLayer> named_layer(std::span<const ProbedLayer> layers, const std::string& name,
                                 const std::string& layer) {
  for (const ProbedLayer& probed : layers) {
    if (probed.name != layer && probed.form != layer && probed.name != "onnx_node!" + layer &&
        probed.name != "onnx_node_output_0!" + layer) {
      continue;
    }
    if (!is_map(probed) && (probed.shape.empty() || probed.shape[0] != 1)) {
      return make_error(ErrorCode::kUnsupported, "the layer '{}' puts out neither maps nor one vector",
                        layer);
    }
    NetworkLayer found = as_layer(probed, name);
    found.layer = layer;
    return found;
  }
  return make_error(ErrorCode::kNotFound, "the network has no layer '{}'; 'sleeve models inspect' shows them",
                    printable(std::string_view(layer)));
}

Status try_network(std::span<const std::byte> file, const NetworkEntry& entry) {
  const auto tried = run_apart([&]() -> Result<Json> {
    SLEEVE_TRY(Network network, Network::from_bytes(file));
    if (entry.kind == NetworkKind::kImage) {
      SLEEVE_TRY(const auto embedding, EmbeddingDescriptor::with(entry, std::move(network)));
      return Json(embedding->size());
    }
    SLEEVE_TRY(const auto faces, FacesYunetDescriptor::with({}, entry, std::move(network)));
    return Json(faces->size());
  });
  if (!tried.ok()) return tried.error();
  return {};
}

}  // namespace sleeve
