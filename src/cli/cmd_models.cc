// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/output.h"
#include "stage/networks.h"

namespace sleeve {
namespace {

std::string size_text(uint64_t bytes) {
  constexpr double kMega = 1e6;
  return bytes < 100'000 ? fmt::format("{} bytes", bytes)
                         : fmt::format("{:.1f} MB", static_cast<double>(bytes) / kMega);
}

std::string names_text(const Json& names) {
  std::string text;
  for (const Json& name : names) text += (text.empty() ? "" : ",") + name.get<std::string>();
  return text;
}

std::string layers_text(const Json& layers) {
  std::string text;
  for (const Json& layer : layers) {
    text += fmt::format("{}{} ({}{})", text.empty() ? "" : ", ", layer["name"].get<std::string>(),
                        layer["channels"].get<int64_t>(), layer["spatial"].get<bool>() ? " maps" : "");
  }
  return text;
}

std::string list_text(const Json& report) {
  std::string text;
  for (const Json& network : report["networks"]) {
    text += fmt::format("{}  {}, {}, {}, {}\n", network["name"].get<std::string>(),
                        network["state"].get<std::string>(), network["kind"].get<std::string>(),
                        size_text(network["bytes"].get<uint64_t>()), network["licence"].get<std::string>());
    const std::string summary = network["summary"].get<std::string>();
    if (!summary.empty()) text += fmt::format("    {}\n", summary);
    const std::string terms = network["terms"].get<std::string>();
    if (!terms.empty()) text += fmt::format("    {}\n", terms);
    if (!network["layers"].empty()) {
      text += fmt::format("    layers: {}\n    by default: {}\n", layers_text(network["layers"]),
                          names_text(network["default_layers"]));
    }
  }
  return text + fmt::format("in {}\n", printable(std::string_view(report["folder"].get<std::string>())));
}

std::string verify_text(const Json& report) {
  std::string text;
  for (const Json& network : report["networks"]) {
    text += fmt::format("{}  {}\n", network["name"].get<std::string>(), network["state"].get<std::string>());
  }
  return text;
}

std::string pulled_text(const Json& report) {
  std::string text;
  for (const Json& pulled : report["pulled"]) {
    const std::string name = pulled["name"].get<std::string>();
    if (pulled["was_there"].get<bool>()) {
      text += fmt::format("{}: installed already, and verified\n", name);
      continue;
    }
    text += fmt::format(
        "{}: installed and verified ({}, from {}{})\n", name, size_text(pulled["bytes"].get<uint64_t>()),
        printable(std::string_view(pulled["source"].get<std::string>())),
        pulled["resumed_at"].get<uint64_t>() > 0
            ? ", going on where it was stopped at " + size_text(pulled["resumed_at"].get<uint64_t>())
            : "");
    const std::string terms = pulled["terms"].get<std::string>();
    text += fmt::format("    licence: {}{}{}\n", pulled["licence"].get<std::string>(),
                        terms.empty() ? "" : ". ", terms);
  }
  return text;
}

std::string removed_text(const Json& report) {
  std::string text;
  for (const Json& removed : report["removed"]) {
    text += fmt::format("{}: {}{}\n", removed["name"].get<std::string>(),
                        removed["file_removed"].get<bool>() ? "file removed" : "no file was installed",
                        removed["entry_removed"].get<bool>() ? ", taken off the list" : "");
  }
  return text;
}

std::string inspect_text(const Json& report) {
  std::vector<std::vector<std::string>> rows = {{"layer", "also", "puts out", ""}};
  for (const Json& layer : report["layers"]) {
    std::string shape;
    for (const Json& side : layer["shape"]) shape += (shape.empty() ? "" : "×") + dump_json(side);
    rows.push_back({printable(std::string_view(layer["name"].get<std::string>())),
                    layer["form"].get<std::string>(), shape, layer["output"].get<bool>() ? "output" : ""});
  }
  return align_table(rows);
}

void add_list_networks(CLI::App& models, const SetAction& set) {
  CLI::App* app = models.add_subcommand("list", "The networks that are known, and which are installed");
  set(*app, [](const Session& session) -> Result<Exit> {
    SLEEVE_TRY(const NetworksReport report, list_networks(networks_folder()));
    print_report(session, to_json(report), list_text);
    return Exit::kDone;
  });
}

void add_verify(CLI::App& models, const SetAction& set) {
  CLI::App* app = models.add_subcommand("verify", "Compare installed files with their registered SHA-256");
  auto names = std::make_shared<std::vector<std::string>>();
  app->add_option("NAME", *names, "Which; none: all that are installed");
  app->footer("Exit status 1 if a file is another one than registered, or one that was named is missing.");
  set(*app, [names](const Session& session) -> Result<Exit> {
    SLEEVE_TRY(const NetworksReport report, verify_networks(networks_folder(), *names));
    print_report(session, to_json(report), verify_text);
    bool good = true;
    for (const NetworkStatus& network : report.networks) {
      good = good && network.state != NetworkState::kAltered &&
             (names->empty() || network.state != NetworkState::kMissing);
    }
    return good ? Exit::kDone : Exit::kFailed;
  });
}

struct PullArguments {
  std::vector<std::string> names;
  std::string from;
  PullOptions options;
};

Result<Exit> pull(const Session& session, const PullArguments& arguments) {
  PullOptions options = arguments.options;
  if (!arguments.from.empty()) options.from = arguments.from;
  if (options.from && arguments.names.size() > 1) {
    return Error{ErrorCode::kUsage, "--from is one network's file: name one network"};
  }
  Json pulled = Json::array();
  std::optional<Error> failure;
  for (const std::string& name : arguments.names) {
    const auto report = pull_network(networks_folder(), name, options, session.context());
    if (!report.ok()) {
      failure = report.error();
      break;
    }
    pulled.push_back(to_json(*report));
  }
  const bool stopped = failure && failure->code == ErrorCode::kCancelled;
  if (stopped) failure->message = "stopped: the same command goes on where it was";
  if (failure && pulled.empty() && !stopped) return *failure;
  print_report(session, Json{{"pulled", std::move(pulled)}}, pulled_text);
  if (failure) print_note(session, failure->message);
  return failure ? Exit::kPartly : Exit::kDone;
}

void add_pull(CLI::App& models, const SetAction& set) {
  CLI::App* app = models.add_subcommand("pull", "Fetch a known network, check it, install it");
  auto arguments = std::make_shared<PullArguments>();
  app->add_option("NAME", arguments->names, "Which ('sleeve models list')")->required();
  app->add_option("--from", arguments->from, "Take it from this file instead of the net")->type_name("FILE");
  app->add_option("--proxy", arguments->options.proxy, "Through this proxy (http://host:port)")
      ->type_name("ADDRESS");
  app->footer(
      "Examples:\n  sleeve models pull mobilenetv2-12\n"
      "  sleeve models pull yunet-2023mar --from usb/face_detection_yunet_2023mar.onnx\n"
      "Size and SHA-256 are checked before anything is installed. Stopped, it goes on where it was.");
  set(*app, [arguments](const Session& session) { return pull(session, *arguments); });
}

void add_remove(CLI::App& models, const SetAction& set) {
  CLI::App* app = models.add_subcommand("remove", "Delete a network's file, and your own entry of it");
  auto names = std::make_shared<std::vector<std::string>>();
  app->add_option("NAME", *names, "Which")->required();
  set(*app, [names](const Session& session) -> Result<Exit> {
    for (const std::string& name : *names) {  // all or none
      SLEEVE_TRY(const NetworkEntry known, find_network(networks_folder(), name));
    }
    Json removed = Json::array();
    for (const std::string& name : *names) {
      SLEEVE_TRY(const RemoveReport report, remove_network(networks_folder(), name));
      removed.push_back(to_json(report));
    }
    print_report(session, Json{{"removed", std::move(removed)}}, removed_text);
    return Exit::kDone;
  });
}

// "224" or "320x240"
Status parse_size(const std::string& text, NetworkInput& input) {
  const std::vector<std::string> parts = split_text(text, 'x');
  const auto width = parse_integer(trim(parts.front()));
  const auto height = parse_integer(trim(parts.back()));
  const auto fits = [](const auto& side) {
    return side && *side >= kMinNetworkSide && *side <= kMaxNetworkSide;
  };
  if (parts.size() > 2 || !fits(width) || !fits(height)) {
    return make_error(ErrorCode::kUsage,
                      "--size: '{}' is neither a side such as 224 nor WIDTHxHEIGHT, of {} to {} px",
                      printable(std::string_view(text)), kMinNetworkSide, kMaxNetworkSide);
  }
  input.width = static_cast<int>(*width);
  input.height = static_cast<int>(*height);
  return {};
}

// "127.5" or "123.7,116.3,103.5"
Status parse_three(const std::string& option, const std::string& text, std::array<double, 3>& values) {
  if (text.empty()) return {};
  const std::vector<std::string> parts = split_text(text, ',');
  for (size_t i = 0; i < 3; ++i) {
    const auto number = parse_number(trim(parts[parts.size() == 1 ? 0 : std::min(i, parts.size() - 1)]));
    if ((parts.size() != 1 && parts.size() != 3) || !number) {
      return make_error(ErrorCode::kUsage, "{}: '{}' is neither a number nor three", option,
                        printable(std::string_view(text)));
    }
    values[i] = *number;
  }
  return {};
}

struct AddArguments {
  std::string file;
  AddOptions options;
  bool faces = false;
  std::string size = "224";
  std::string colour = "rgb";
  std::string prepare = "imagenet";
  std::string mean;
  std::string scale;
  std::vector<std::string> layers;
  std::string default_layers;
};

// How networks usually want their pixels, in 0 to 255.
void prepare(const std::string& how, NetworkInput& input) {
  if (how == "imagenet") {  // (x / 255 - mean) / deviation of ImageNet's pixels, as PyTorch's
    const std::array<double, 3> mean = {0.485, 0.456, 0.406};
    const std::array<double, 3> deviation = {0.229, 0.224, 0.225};
    for (size_t i = 0; i < 3; ++i) {
      input.mean[i] = 255 * mean[i];
      input.scale[i] = 1 / (255 * deviation[i]);
    }
  }
  if (how == "symmetric") {
    input.mean.fill(127.5);
    input.scale.fill(1 / 127.5);
  }
  if (how == "unit") input.scale.fill(1 / 255.0);
}

Result<AddOptions> parse_add(const AddArguments& arguments) {
  AddOptions options = arguments.options;
  options.kind = arguments.faces ? NetworkKind::kFaces : NetworkKind::kImage;
  SLEEVE_CHECK(parse_size(arguments.size, options.input));
  options.input.rgb = arguments.colour == "rgb";
  prepare(arguments.prepare, options.input);
  SLEEVE_CHECK(parse_three("--mean", arguments.mean, options.input.mean));
  SLEEVE_CHECK(parse_three("--scale", arguments.scale, options.input.scale));
  for (const std::string& text : arguments.layers) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return make_error(ErrorCode::kUsage, "--layer: '{}' is not NAME=LAYER",
                        printable(std::string_view(text)));
    }
    options.layers.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  if (!arguments.default_layers.empty()) options.default_layers = split_text(arguments.default_layers, ',');
  return options;
}

std::string added_text(const Json& report) {
  const Json& network = report["networks"][0];
  return fmt::format(
      "{}: tried, installed and registered ({})\n{}", network["name"].get<std::string>(),
      size_text(network["bytes"].get<uint64_t>()),
      network["layers"].empty()
          ? fmt::format("use it: --features faces_yunet:network={}\n", network["name"].get<std::string>())
          : fmt::format("layers: {}\nuse it: --features embedding:network={}\n",
                        layers_text(network["layers"]), network["name"].get<std::string>()));
}

Result<Exit> add(const Session& session, const AddArguments& arguments) {
  SLEEVE_TRY(const AddOptions options, parse_add(arguments));
  SLEEVE_TRY(NetworkStatus added, add_network(networks_folder(), arguments.file, options));
  NetworksReport report{networks_folder(), {}};
  report.networks.push_back(std::move(added));
  print_report(session, to_json(report), added_text);
  return Exit::kDone;
}

void add_input_options(CLI::App& app, AddArguments& arguments) {
  app.add_option("--size", arguments.size, "Its input in pixels: a side, or WIDTHxHEIGHT")
      ->capture_default_str();
  app.add_option("--colour", arguments.colour, "The order of its channels")
      ->check(CLI::IsMember({"rgb", "bgr"}))
      ->capture_default_str();
  app.add_option(
         "--prepare", arguments.prepare,
         "How it wants pixels: imagenet ((x/255-mean)/deviation of ImageNet), symmetric (-1 to 1), unit (0 "
         "to 1), plain (0 to 255)")
      ->check(CLI::IsMember({"imagenet", "symmetric", "unit", "plain"}))
      ->capture_default_str();
  app.add_option("--mean", arguments.mean, "Subtracted from each channel's 0 to 255: a number or three");
  app.add_option("--scale", arguments.scale, "Then multiplied by: a number or three");
}

void add_add(CLI::App& models, const SetAction& set) {
  CLI::App* app = models.add_subcommand("add", "Register and install an ONNX image network of your own");
  auto arguments = std::make_shared<AddArguments>();
  app->add_option("FILE", arguments->file, "An ONNX file")->required();
  app->add_option("--name", arguments->options.name, "What it is to be called")->required();
  app->add_option("--licence", arguments->options.licence, "Its licence: Apache-2.0, …")->required();
  add_input_options(*app, *arguments);
  app->add_option(
         "--layer", arguments->layers,
         "A layer to take values from and what to call it; may be given several times. Without it the "
         "last layer of each size of map, and the output")
      ->type_name("NAME=LAYER")
      ->delimiter('\0');
  app->add_option("--default-layers", arguments->default_layers, "Which of them 'embedding' takes by default")
      ->type_name("NAME,…");
  app->add_flag("--faces", arguments->faces, "It is a face detector of YuNet's form");
  app->add_option("--summary", arguments->options.summary, "What it is, in a line");
  app->add_option("--terms", arguments->options.terms, "What else to know before using it");
  app->add_option("--address", arguments->options.addresses,
                  "Where others can pull it from; may be given several times")
      ->type_name("ADDRESS");
  app->footer(
      "Examples:\n"
      "  sleeve models add resnet18.onnx --name resnet18 --licence BSD-3-Clause\n"
      "  sleeve models add net.onnx --name mine --licence MIT --size 192 --prepare symmetric --layer "
      "style=Relu_4 "
      "--layer content=pool\n"
      "The file is tried in a process of its own first: a broken or hostile one is refused with the reason.");
  set(*app, [arguments](const Session& session) { return add(session, *arguments); });
}

void add_inspect(CLI::App& models, const SetAction& set) {
  CLI::App* app = models.add_subcommand("inspect", "The layers of an ONNX file, as 'add --layer' names them");
  auto file = std::make_shared<std::string>();
  auto size = std::make_shared<std::string>("224");
  app->add_option("FILE", *file, "An ONNX file")->required();
  app->add_option("--size", *size, "For an input of this size in pixels: a side, or WIDTHxHEIGHT")
      ->capture_default_str();
  set(*app, [file, size](const Session& session) -> Result<Exit> {
    NetworkInput input;
    SLEEVE_CHECK(parse_size(*size, input));
    SLEEVE_TRY(const auto layers, inspect_network(*file, input));
    print_report(session, Json{{"file", *file}, {"layers", to_json(layers)}}, inspect_text);
    return Exit::kDone;
  });
}

}  // namespace

void add_models(CLI::App& app, const SetAction& set) {
  app.footer(
      "Examples:\n  sleeve models list\n  sleeve models pull mobilenetv2-12\n"
      "  sleeve models add resnet18.onnx --name resnet18 --licence BSD-3-Clause\n"
      "These are ONNX networks that the descriptors 'embedding' and 'faces_yunet' look through; none is part "
      "of "
      "sleeve. What 'sleeve train' makes, the .sleeve files, are something else: they lie where --out puts "
      "them, and "
      "name the network that they need.\n"
      "Where they are kept: $SLEEVE_NETWORKS, else $XDG_DATA_HOME/sleeve/networks, else "
      "~/.local/share/sleeve/networks.");
  app.require_subcommand(1);
  add_list_networks(app, set);
  add_pull(app, set);
  add_verify(app, set);
  add_add(app, set);
  add_inspect(app, set);
  add_remove(app, set);
}

}  // namespace sleeve
