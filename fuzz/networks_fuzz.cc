// SPDX-License-Identifier: Apache-2.0
//
// The list of networks that a user may edit or be given: whatever the bytes, it is read or refused,
// and what was read survives the way through its text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "feature/network_list.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto networks = sleeve::parse_networks(text);
  if (!networks.ok()) return 0;
  const std::string written = sleeve::networks_text(*networks);
  const auto again = sleeve::parse_networks(written);
  if (!again.ok() || sleeve::networks_text(*again) != written) std::abort();
  for (const sleeve::NetworkEntry& network : *networks) {
    const auto file = sleeve::network_file("/folder", network);
    if (file.parent_path() != "/folder") std::abort();  // no name leads out of it
    if (network.print(network.default_layers).size() < 13) std::abort();
  }
  return 0;
}
