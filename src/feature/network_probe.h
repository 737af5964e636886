// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_NETWORK_PROBE_H_
#define SLEEVE_FEATURE_NETWORK_PROBE_H_

#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "feature/network.h"
#include "feature/network_list.h"

// Looking at ONNX files of unknown origin. OpenCV may crash on them, so all of it happens in a process of
// its own (feature/apart.h).
namespace sleeve {

// All layers in OpenCV's order, for an input of that size. kCorrupt if OpenCV can't read the file or crashes
// on it, kUnsupported if it can't run it at that size, kTooLarge if that takes too much memory or time.
Result<std::vector<ProbedLayer>> probe_layers(std::span<const std::byte> file, const NetworkInput& input);

// Layers worth asking for: the last one of each size of map, from large to small, and each output that is a
// vector. Named after how much smaller than the input the maps are ("s2", "s4", …) and "output" ("output2",
// …).
std::vector<NetworkLayer> choose_layers(std::span<const ProbedLayer> layers, const NetworkInput& input);
// The one that is meant by any of its names (Network::find_layer()), as `name`. kNotFound; kUnsupported for
// one that is neither of maps nor a vector.
Result<NetworkLayer> named_layer(std::span<const ProbedLayer> layers, const std::string& name,
                                 const std::string& layer);

// Runs the network as the entry describes it. Errors as probe_layers(); also kConflict and kUnsupported if it
// puts out something else.
Status try_network(std::span<const std::byte> file, const NetworkEntry& entry);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_NETWORK_PROBE_H_
