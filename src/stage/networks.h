// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_NETWORKS_H_
#define SLEEVE_STAGE_NETWORKS_H_

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "base/json.h"
#include "base/progress.h"
#include "feature/network.h"
#include "feature/network_list.h"

// The ONNX networks that descriptors use: what is known, what is installed; fetching, checking, adding and
// removing them (docs/networks.md). All of it concerns one folder, by default networks_folder().
namespace sleeve {

enum class NetworkState {
  kMissing,
  kInstalled,  // a file of the right size lies there; kVerified says more
  kVerified,   // and its SHA-256 is the registered one
  kAltered,    // a file lies there that is another one
};
std::string_view name_of(NetworkState state);

struct NetworkStatus {
  NetworkEntry entry;
  std::filesystem::path file;
  NetworkState state = NetworkState::kMissing;
};

struct NetworksReport {
  std::filesystem::path folder;
  std::vector<NetworkStatus> networks;
};
Json to_json(const NetworksReport& report);

// All known networks and whether their files are there.
Result<NetworksReport> list_networks(const std::filesystem::path& folder);
// Reads the files of these networks (none named: of all) and compares their SHA-256. kNotFound for an unknown
// name.
Result<NetworksReport> verify_networks(const std::filesystem::path& folder,
                                       const std::vector<std::string>& names);

struct PullOptions {
  std::optional<std::filesystem::path> from;  // a file instead of the net
  std::string proxy;                          // as curl takes it; empty: none
};
struct PullReport {
  NetworkStatus network;
  bool was_there = false;   // installed and verified before
  std::string source;       // the address or file that it came from
  uint64_t resumed_at = 0;  // bytes that an interrupted pull had left
  uint64_t fetched = 0;     // bytes taken from the net
};
Json to_json(const PullReport& report);

// Installs a network's file in one step, after its size and SHA-256 were checked: from its addresses, in
// turn, or from a file. What has come of an interrupted pull is kept, and gone on from. kNotFound for an
// unknown name or where no address has the file; kCorrupt if what came is another file; kUsage for a network
// without an address; kConflict while another process pulls.
Result<PullReport> pull_network(const std::filesystem::path& folder, const std::string& name,
                                const PullOptions& options, const WorkContext& context);

// What a file of unknown origin holds, looked at in a process of its own. Errors as probe_layers().
Result<std::vector<ProbedLayer>> inspect_network(const std::filesystem::path& file,
                                                 const NetworkInput& input);
Json to_json(const std::vector<ProbedLayer>& layers);

struct AddOptions {
  std::string name;
  NetworkKind kind = NetworkKind::kImage;
  std::string summary;
  std::string licence;
  std::string terms;
  std::vector<std::string> addresses;  // where others may pull it from
  NetworkInput input;
  std::vector<std::pair<std::string, std::string>> layers;  // name and layer; none: chosen by choose_layers()
  std::vector<std::string> default_layers;                  // none: all
};

// Registers and installs an ONNX file, after it was tried in a process of its own as it will be used.
// kConflict if a network of that name is known and isn't the same file; errors of the file as probe_layers()
// and try_network().
Result<NetworkStatus> add_network(const std::filesystem::path& folder, const std::filesystem::path& file,
                                  const AddOptions& options);

struct RemoveReport {
  std::string name;
  bool file_removed = false;
  bool entry_removed = false;  // of the user's list; sleeve's own entries stay
};
Json to_json(const RemoveReport& report);
// Deletes the network's file, what an interrupted pull left, and its entry in the user's list. kNotFound for
// an unknown name.
Result<RemoveReport> remove_network(const std::filesystem::path& folder, const std::string& name);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_NETWORKS_H_
