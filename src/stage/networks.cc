// SPDX-License-Identifier: Apache-2.0
#include "stage/networks.h"

#include <algorithm>
#include <system_error>

#include <sleeve/version.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/network_probe.h"
#include "net/address.h"
#include "net/download.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

NetworkState quick_state(const fs::path& file, const NetworkEntry& entry) {
  std::error_code code;
  if (!fs::is_regular_file(file, code)) return NetworkState::kMissing;
  const auto size = fs::file_size(file, code);
  return !code && size == entry.bytes ? NetworkState::kInstalled : NetworkState::kAltered;
}

Result<NetworkState> full_state(const fs::path& file, const NetworkEntry& entry) {
  const NetworkState quick = quick_state(file, entry);
  if (quick != NetworkState::kInstalled) return quick;
  SLEEVE_TRY(const Bytes bytes, read_file(file, kMaxNetworkBytes));
  return sha256(bytes) == entry.sha256 ? NetworkState::kVerified : NetworkState::kAltered;
}

Result<FileLock> lock(const fs::path& folder) {
  SLEEVE_CHECK(make_folders(folder));
  auto lock = FileLock::acquire(folder / ".lock");
  if (!lock.ok() && lock.error().code == ErrorCode::kConflict) {
    return make_error(ErrorCode::kConflict, "another sleeve is changing {}", printable(folder));
  }
  return lock;
}

// The user's own entries, without sleeve's.
Result<std::vector<NetworkEntry>> own_networks(const fs::path& folder) {
  SLEEVE_TRY(auto networks, known_networks(folder));
  std::erase_if(networks, [](const NetworkEntry& network) { return network.built_in; });
  return networks;
}

Status install_from_file(const fs::path& from, const NetworkEntry& entry, const fs::path& file) {
  SLEEVE_TRY(const Bytes bytes, read_file(from, kMaxNetworkBytes));
  if (bytes.size() != entry.bytes) {
    return make_error(ErrorCode::kCorrupt, "{}: is not {}: it has {} bytes instead of {}", printable(from),
                      entry.name, bytes.size(), entry.bytes);
  }
  const Sha256 sum = sha256(bytes);
  if (sum != entry.sha256) {
    return make_error(ErrorCode::kCorrupt, "{}: is not {}: its SHA-256 is {} instead of {}", printable(from),
                      entry.name, sum.hex(), entry.sha256.hex());
  }
  return write_file_atomic(file, bytes);
}

HttpOptions http_options(const NetworkEntry& entry, const PullOptions& options) {
  HttpOptions http;
  http.user_agent = fmt::format("sleeve/{}", kVersion);
  http.attempts = 3;
  http.proxy = options.proxy;
  if (entry.built_in) return http;
  // The user's own list may name a server of the house.
  for (const std::string& address : entry.addresses) {
    if (const auto parsed = parse_address(address); parsed.ok()) http.private_hosts.push_back(parsed->host);
  }
  return http;
}

// From the first address that has it.
Status install_from_net(const NetworkEntry& entry, const PullOptions& options, const WorkContext& context,
                        PullReport& report) {
  if (entry.addresses.empty()) {
    return make_error(ErrorCode::kUsage,
                      "no address is known of {}: give its file with 'sleeve models pull {} --from FILE'",
                      entry.name, entry.name);
  }
  HttpClient client(http_options(entry, options));
  std::vector<std::string> reasons;
  ErrorCode code = ErrorCode::kIo;
  for (const std::string& address : entry.addresses) {
    DownloadRequest request;
    request.url = address;
    request.path = report.network.file;
    request.bytes = entry.bytes;
    request.sha256 = entry.sha256;
    request.max_bytes = entry.bytes;
    const auto done = download_file(client, request, context);
    if (done.ok()) {
      report.source = address;
      report.resumed_at = done->resumed_at;
      report.fetched = done->fetched;
      return {};
    }
    if (done.error().code == ErrorCode::kCancelled) return done.error();
    code = done.error().code;
    reasons.push_back(done.error().message);
  }
  return make_error(code, "{} could not be fetched: {}; get its file elsewhere and give it with --from",
                    entry.name, join_text(reasons, "; "));
}

NetworkEntry entry_of(const AddOptions& options, const Bytes& bytes) {
  NetworkEntry entry;
  entry.name = options.name;
  entry.kind = options.kind;
  entry.summary = options.summary;
  entry.addresses = options.addresses;
  entry.bytes = bytes.size();
  entry.sha256 = sha256(bytes);
  entry.licence = options.licence;
  entry.terms = options.terms;
  entry.input = options.input;
  entry.default_layers = options.default_layers;
  return entry;
}

Status find_layers(const Bytes& bytes, const AddOptions& options, NetworkEntry& entry) {
  SLEEVE_TRY(const auto probed, probe_layers(bytes, entry.input));
  for (const auto& [name, layer] : options.layers) {
    SLEEVE_TRY(NetworkLayer found, named_layer(probed, name, layer));
    entry.layers.push_back(std::move(found));
  }
  if (options.layers.empty()) entry.layers = choose_layers(probed, entry.input);
  if (entry.default_layers.empty()) {
    for (const NetworkLayer& layer : entry.layers) entry.default_layers.push_back(layer.name);
  }
  return {};
}

}  // namespace

std::string_view name_of(NetworkState state) {
  switch (state) {
    case NetworkState::kMissing:
      return "missing";
    case NetworkState::kInstalled:
      return "installed";
    case NetworkState::kVerified:
      return "verified";
    case NetworkState::kAltered:
      return "altered";
  }
  return "";
}

Result<NetworksReport> list_networks(const fs::path& folder) {
  NetworksReport report{folder, {}};
  SLEEVE_TRY(auto networks, known_networks(folder));
  for (NetworkEntry& entry : networks) {
    fs::path file = network_file(folder, entry);
    const NetworkState state = quick_state(file, entry);
    report.networks.push_back({std::move(entry), std::move(file), state});
  }
  return report;
}

Result<NetworksReport> verify_networks(const fs::path& folder, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    SLEEVE_TRY(const NetworkEntry known, find_network(folder, name));
  }
  SLEEVE_TRY(NetworksReport report, list_networks(folder));
  std::erase_if(report.networks, [&](const NetworkStatus& network) {
    return !names.empty() && std::ranges::find(names, network.entry.name) == names.end();
  });
  for (NetworkStatus& network : report.networks) {
    SLEEVE_TRY(network.state, full_state(network.file, network.entry));
  }
  return report;
}

Result<PullReport> pull_network(const fs::path& folder, const std::string& name, const PullOptions& options,
                                const WorkContext& context) {
  PullReport report;
  SLEEVE_TRY(report.network.entry, find_network(folder, name));
  const NetworkEntry& entry = report.network.entry;
  report.network.file = network_file(folder, entry);
  SLEEVE_TRY(const FileLock held, lock(folder));
  SLEEVE_TRY(const NetworkState before, full_state(report.network.file, entry));
  report.was_there = before == NetworkState::kVerified;
  if (!report.was_there && options.from) {
    SLEEVE_CHECK(install_from_file(*options.from, entry, report.network.file));
    report.source = options.from->native();
  } else if (!report.was_there) {
    SLEEVE_CHECK(install_from_net(entry, options, context, report));
  }
  SLEEVE_TRY(report.network.state, full_state(report.network.file, entry));
  return report;
}

Result<std::vector<ProbedLayer>> inspect_network(const fs::path& file, const NetworkInput& input) {
  SLEEVE_TRY(const Bytes bytes, read_file(file, kMaxNetworkBytes));
  auto layers = probe_layers(bytes, input);
  if (!layers.ok()) return with_context(std::move(layers).error(), printable(file));
  return layers;
}

Result<NetworkStatus> add_network(const fs::path& folder, const fs::path& file, const AddOptions& options) {
  if (!is_network_name(options.name)) {
    return make_error(ErrorCode::kUsage, "'{}' can't be a network's name: letters, digits, '.', '_' and '-'",
                      printable(std::string_view(options.name)));
  }
  SLEEVE_TRY(const Bytes bytes, read_file(file, kMaxNetworkBytes));
  NetworkEntry entry = entry_of(options, bytes);
  const auto known = find_network(folder, entry.name);
  if (!known.ok() && known.error().code != ErrorCode::kNotFound) return known.error();
  if (known.ok() && known->sha256 != entry.sha256) {
    return make_error(ErrorCode::kConflict,
                      "another network is called {}: choose another name, or remove it first ('sleeve models "
                      "remove {}')",
                      entry.name, entry.name);
  }
  if (options.kind == NetworkKind::kImage) {
    const Status found = find_layers(bytes, options, entry);
    if (!found.ok()) return with_context(found.error(), printable(file));
  }
  // The list's own rules first: they bound what is tried.
  const auto checked = parse_networks(networks_text(std::span(&entry, 1)));
  if (!checked.ok()) return make_error(ErrorCode::kUsage, "{}", checked.error().message);
  if (const Status tried = try_network(bytes, entry); !tried.ok()) {
    return with_context(tried.error(), printable(file));
  }
  SLEEVE_TRY(const FileLock held, lock(folder));
  SLEEVE_TRY(auto own, own_networks(folder));
  std::erase_if(own, [&](const NetworkEntry& other) { return other.name == entry.name; });
  own.push_back(entry);
  const fs::path target = network_file(folder, entry);
  SLEEVE_CHECK(write_file_atomic(target, bytes));
  SLEEVE_CHECK(write_file_atomic(networks_file(folder), networks_text(own)));
  return NetworkStatus{std::move(entry), target, NetworkState::kVerified};
}

Result<RemoveReport> remove_network(const fs::path& folder, const std::string& name) {
  SLEEVE_TRY(const NetworkEntry entry, find_network(folder, name));
  SLEEVE_TRY(const FileLock held, lock(folder));
  RemoveReport report{name, false, false};
  const fs::path file = network_file(folder, entry);
  for (const char* ending : {"", ".part", ".part.json"}) {
    fs::path path = file;
    path += ending;
    std::error_code code;
    const bool removed = fs::remove(path, code);
    if (code) return make_error(ErrorCode::kIo, "{}: {}", printable(path), code.message());
    report.file_removed = report.file_removed || (removed && *ending == '\0');
  }
  if (entry.built_in) return report;
  SLEEVE_TRY(auto own, own_networks(folder));
  std::erase_if(own, [&](const NetworkEntry& other) { return other.name == name; });
  SLEEVE_CHECK(write_file_atomic(networks_file(folder), networks_text(own)));
  report.entry_removed = true;
  return report;
}

Json to_json(const NetworksReport& report) {
  Json networks = Json::array();
  for (const NetworkStatus& network : report.networks) {
    Json json = to_json(network.entry);
    json["built_in"] = network.entry.built_in;
    json["file"] = network.file.native();
    json["state"] = name_of(network.state);
    networks.push_back(std::move(json));
  }
  return Json{{"folder", report.folder.native()}, {"networks", std::move(networks)}};
}

Json to_json(const PullReport& report) {
  return Json{{"name", report.network.entry.name},       {"file", report.network.file.native()},
              {"bytes", report.network.entry.bytes},     {"sha256", report.network.entry.sha256.hex()},
              {"licence", report.network.entry.licence}, {"terms", report.network.entry.terms},
              {"was_there", report.was_there},           {"source", report.source},
              {"resumed_at", report.resumed_at},         {"fetched", report.fetched}};
}

Json to_json(const std::vector<ProbedLayer>& layers) {
  Json json = Json::array();
  for (const ProbedLayer& layer : layers) {
    json.push_back(
        {{"name", layer.name}, {"form", layer.form}, {"shape", layer.shape}, {"output", layer.output}});
  }
  return json;
}

Json to_json(const RemoveReport& report) {
  return Json{
      {"name", report.name}, {"file_removed", report.file_removed}, {"entry_removed", report.entry_removed}};
}

}  // namespace sleeve
