// SPDX-License-Identifier: Apache-2.0
#include "feature/embedding.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

// 512 maps have 131,328 covariances: what is more serves nobody.
constexpr size_t kMaxCovarianceMaps = 512;

bool takes_covariance(const NetworkLayer& layer, const EmbeddingOptions& options) {
  return layer.spatial && options.pooling == "covariance";
}

size_t layer_values(const NetworkLayer& layer, const EmbeddingOptions& options) {
  if (takes_covariance(layer, options)) return second_order_size(layer.channels);
  return layer.channels * (layer.spatial && options.pooling == "both" ? 2 : 1);
}

Result<std::vector<NetworkLayer>> layers_of(const NetworkEntry& entry, const std::string& names) {
  std::vector<NetworkLayer> layers;
  std::vector<std::string> known;
  for (const NetworkLayer& layer : entry.layers) known.push_back(layer.name);
  for (const std::string& part : split_text(names, ',')) {
    const std::string_view name = trim(part);
    const NetworkLayer* layer = entry.find_layer(name);
    if (layer == nullptr) {
      return make_error(ErrorCode::kUsage, "{}: the network {} has no layer named '{}'{}",
                        EmbeddingDescriptor::kName, entry.name, printable(name), suggestion(name, known));
    }
    for (const NetworkLayer& before : layers) {
      if (before.name == name) {
        return make_error(ErrorCode::kUsage, "{}: the layer '{}' is named twice", EmbeddingDescriptor::kName,
                          name);
      }
    }
    layers.push_back(*layer);
  }
  return layers;
}

std::vector<std::string> names_of(const std::vector<NetworkLayer>& layers) {
  std::vector<std::string> names;
  names.reserve(layers.size());
  for (const NetworkLayer& layer : layers) names.push_back(layer.name);
  return names;
}

// Its last three dimensions are channels, rows and columns; or it is a vector.
bool fits(const cv::Mat& output, const NetworkLayer& layer) {
  if (output.type() != CV_32F || !output.isContinuous() || output.dims < 2 || output.size[0] != 1)
    return false;
  if (!layer.spatial) return output.total() == layer.channels;
  return output.dims == 4 && output.size[1] == static_cast<int>(layer.channels) && output.total() > 0;
}

cv::Mat distance_from_averages(const cv::Mat& output) {
  const int channels = output.size[1];
  const int rows = output.size[2];
  const int columns = output.size[3];
  cv::Mat squares(rows, columns, CV_32F, cv::Scalar(0));
  const std::span<float> sums(squares.ptr<float>(), squares.total());
  for (int channel = 0; channel < channels; ++channel) {
    const std::span<const float> map(output.ptr<float>(0, channel), sums.size());
    const auto average = static_cast<float>(moments_of(map).average);
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += (map[i] - average) * (map[i] - average);
  }
  for (float& sum : sums) sum = std::sqrt(sum / static_cast<float>(channels));
  return squares;
}

}  // namespace

Moments moments_of(std::span<const float> values) {
  // Four sums side by side: the compiler may not reorder a sum of its own, and one alone waits for itself.
  std::array<double, 4> sums{};
  std::array<double, 4> squares{};
  const size_t whole = values.size() / 4 * 4;
  for (size_t i = 0; i < whole; i += 4) {
    for (size_t k = 0; k < 4; ++k) {
      const auto value = static_cast<double>(values[i + k]);
      sums[k] += value;
      squares[k] += value * value;
    }
  }
  for (size_t i = whole; i < values.size(); ++i) {
    const auto value = static_cast<double>(values[i]);
    sums[0] += value;
    squares[0] += value * value;
  }
  // Squares of floats lose nothing that matters in double: their 24 bits leave 29 for the sum.
  const auto count = static_cast<double>(values.size());
  const double average = ((sums[0] + sums[1]) + (sums[2] + sums[3])) / count;
  const double square = ((squares[0] + squares[1]) + (squares[2] + squares[3])) / count;
  return {average, std::sqrt(std::max(0.0, square - average * average))};
}

Status EmbeddingDescriptor::check(const EmbeddingOptions& options) {
  if (options.side != 0 && options.side < kMinNetworkSide) {
    return make_error(ErrorCode::kUsage, "{}: side={} is neither 0 nor {} to {} px", kName, options.side,
                      kMinNetworkSide, kMaxNetworkSide);
  }
  return {};
}

Result<EmbeddingOptions> EmbeddingDescriptor::resolve(EmbeddingOptions options) {
  SLEEVE_TRY(const NetworkEntry entry, registered_network(options.network, NetworkKind::kImage));
  if (trim(options.layers).empty()) options.layers = join_text(entry.default_layers, ",");
  if (trim(options.layers) == "all") options.layers = join_text(names_of(entry.layers), ",");
  SLEEVE_TRY(const auto layers, layers_of(entry, options.layers));
  for (const NetworkLayer& layer : layers) {
    if (takes_covariance(layer, options) && layer.channels > kMaxCovarianceMaps) {
      return make_error(ErrorCode::kUsage,
                        "{}: the layer '{}' has {} maps, and pooling=covariance takes {} at the most: name "
                        "others (layers=…)",
                        kName, layer.name, layer.channels, kMaxCovarianceMaps);
    }
  }
  const std::vector<std::string> names = names_of(layers);
  options.layers = join_text(names, ",");
  std::string print = entry.print(names);
  SLEEVE_CHECK(check_print(entry, options.print, print));
  options.print = std::move(print);
  return options;
}

Result<size_t> EmbeddingDescriptor::size_of(const EmbeddingOptions& options) {
  SLEEVE_TRY(const NetworkEntry entry, registered_network(options.network, NetworkKind::kImage));
  SLEEVE_TRY(const auto layers, layers_of(entry, options.layers));
  size_t size = 0;
  for (const NetworkLayer& layer : layers) size += layer_values(layer, options);
  return size;
}

EmbeddingDescriptor::EmbeddingDescriptor(const EmbeddingOptions& options, NetworkEntry entry, Network network)
    : options_(options), entry_(std::move(entry)), network_(std::move(network)), input_(entry_.input) {
  if (options_.side != 0) input_.width = input_.height = options_.side;
}

Result<std::unique_ptr<Descriptor>> EmbeddingDescriptor::make(const EmbeddingOptions& options) {
  SLEEVE_TRY(NetworkEntry entry, registered_network(options.network, NetworkKind::kImage));
  SLEEVE_TRY(Network network, Network::load(networks_folder(), entry));
  std::unique_ptr<EmbeddingDescriptor> made(
      new EmbeddingDescriptor(options, std::move(entry), std::move(network)));
  SLEEVE_CHECK(made->find_layers());
  return std::unique_ptr<Descriptor>(std::move(made));
}

Result<std::unique_ptr<Descriptor>> EmbeddingDescriptor::with(const NetworkEntry& entry, Network network) {
  EmbeddingOptions options;
  options.layers = join_text(names_of(entry.layers), ",");
  std::unique_ptr<EmbeddingDescriptor> made(new EmbeddingDescriptor(options, entry, std::move(network)));
  SLEEVE_CHECK(made->find_layers());
  return std::unique_ptr<Descriptor>(std::move(made));
}

// Runs it once, too: what doesn't fit is said now, and not of each cover.
Status EmbeddingDescriptor::find_layers() {
  SLEEVE_TRY(used_, layers_of(entry_, options_.layers));
  for (const NetworkLayer& layer : used_) {
    SLEEVE_TRY(std::string name, network_.find_layer(layer.layer));
    names_.push_back(std::move(name));
    size_ += layer_values(layer, options_);
  }
  const cv::Mat grey(input_.height, input_.width, CV_8UC3, cv::Scalar::all(127));
  std::vector<double> values(size_);
  return describe(grey, false, values);
}

Status EmbeddingDescriptor::run(const cv::Mat& bgr, bool mirrored) {
  SLEEVE_CHECK(network_.run(network_input(bgr, input_, mirrored), names_, outputs_));
  for (size_t i = 0; i < used_.size(); ++i) {
    const NetworkLayer& layer = used_[i];
    if (fits(outputs_[i], layer)) continue;
    return make_error(ErrorCode::kConflict,
                      "the network {} does not put out {} {} at its layer '{}': register it again",
                      entry_.name, layer.channels, layer.spatial ? "maps" : "values", layer.name);
  }
  return {};
}

Status EmbeddingDescriptor::add(const cv::Mat& bgr, bool mirrored, int passes, std::vector<double>& values,
                                std::vector<SecondOrder>& pooled) {
  SLEEVE_CHECK(run(bgr, mirrored));
  const bool average = options_.pooling != "deviation";
  const bool deviation = options_.pooling != "average";
  size_t place = 0;
  for (size_t i = 0; i < used_.size(); ++i) {
    const NetworkLayer& layer = used_[i];
    const std::span all(outputs_[i].ptr<float>(), outputs_[i].total());
    const size_t area = all.size() / layer.channels;
    if (takes_covariance(layer, options_)) {
      pooled[i].add(all);
    } else if (!layer.spatial) {
      for (size_t k = 0; k < all.size(); ++k) values[place + k] += static_cast<double>(all[k]) / passes;
    } else {
      for (size_t channel = 0; channel < layer.channels; ++channel) {
        const Moments moments = moments_of(all.subspan(channel * area, area));
        if (average) values[place + channel] += moments.average / passes;
        if (deviation) values[place + channel + (average ? layer.channels : 0)] += moments.deviation / passes;
      }
    }
    place += layer_values(layer, options_);
  }
  return {};
}

Status EmbeddingDescriptor::describe(const cv::Mat& bgr, bool flip, std::vector<double>& values) {
  std::vector<SecondOrder> pooled;
  pooled.reserve(used_.size());
  for (const NetworkLayer& layer : used_)
    pooled.emplace_back(takes_covariance(layer, options_) ? layer.channels : 0);
  SLEEVE_CHECK(add(bgr, false, flip ? 2 : 1, values, pooled));
  if (flip) SLEEVE_CHECK(add(bgr, true, 2, values, pooled));
  auto place = values.begin();
  for (size_t i = 0; i < used_.size(); ++i) {
    if (takes_covariance(used_[i], options_)) std::ranges::copy(pooled[i].root_of_covariance(), place);
    place += static_cast<std::ptrdiff_t>(layer_values(used_[i], options_));
  }
  return {};
}

std::vector<std::string> EmbeddingDescriptor::value_names() const {
  std::vector<std::string> names;
  for (const NetworkLayer& layer : used_) {
    if (takes_covariance(layer, options_)) {
      for (size_t row = 0; row < layer.channels; ++row) {
        for (size_t column = row; column < layer.channels; ++column)
          names.push_back(fmt::format("{} {} with {}", layer.name, row, column));
      }
      continue;
    }
    for (const char* statistic : {"average", "deviation"}) {
      const bool taken = layer.spatial ? options_.pooling == "both" || options_.pooling == statistic
                                       : std::string_view(statistic) == "average";
      for (size_t channel = 0; taken && channel < layer.channels; ++channel) {
        names.push_back(layer.spatial ? fmt::format("{} {} {}", layer.name, channel, statistic)
                                      : fmt::format("{} {}", layer.name, channel));
      }
    }
  }
  return names;
}

Status EmbeddingDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size_);
  std::vector<double> values(size_);
  SLEEVE_CHECK(describe(picture.bgr, options_.flip, values));
  for (size_t i = 0; i < size_; ++i) {
    out[i] = static_cast<float>(values[i]);
    if (!std::isfinite(out[i])) {
      return make_error(ErrorCode::kUnsupported, "the network {} puts out a value that is not finite",
                        entry_.name);
    }
  }
  return {};
}

Result<std::vector<LayerResponse>> EmbeddingDescriptor::responses(const Picture& picture) {
  SLEEVE_CHECK(run(picture.bgr, false));
  std::vector<LayerResponse> result;
  for (size_t i = 0; i < used_.size(); ++i) {
    const cv::Mat vector(1, static_cast<int>(used_[i].channels), CV_32F, outputs_[i].ptr<float>());
    result.push_back({used_[i].name, used_[i].spatial,
                      used_[i].spatial ? distance_from_averages(outputs_[i]) : vector.clone()});
  }
  return result;
}

}  // namespace sleeve
