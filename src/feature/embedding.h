// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_EMBEDDING_H_
#define SLEEVE_FEATURE_EMBEDDING_H_

#include <string>
#include <vector>

#include "feature/descriptor.h"
#include "feature/network.h"
#include "feature/second_order.h"

namespace sleeve {

struct EmbeddingOptions {
  std::string network = "mobilenetv2-12";
  std::string layers;
  std::string pooling = "both";
  bool flip = true;
  int side = 0;
  std::string print;
};

template <class V>
void describe(V& v, EmbeddingOptions& o) {
  v.text("network", o.network, "Which network ('sleeve models list')");
  v.text("layers", o.layers, "Names of its layers joined with ',', or 'all'; empty: the network's default");
  v.choice("pooling", o.pooling, {"average", "deviation", "both", "covariance"},
           "What is kept of a layer's maps: averages, standard deviations, both, or how they go together");
  v.flag("flip", o.flip, "Average over the picture and its mirror image");
  v.number("side", o.side, {0, kMaxNetworkSide}, "px", "Side of the network's input; 0: the network's own");
  v.text("print", o.print, "Which file and layers the values come from; sleeve fills it in");
}

// What a layer puts out for a picture. Of maps: how far they are from their averages at each place (root mean
// square over the channels), rows × columns. Of a vector: its values, 1 × channels. CV_32F.
struct LayerResponse {
  std::string layer;
  bool spatial = false;
  cv::Mat values;
};

// What layers of an ONNX image network put out for the picture: maps are pooled over the picture's area,
// vectors are taken as they are. Early layers carry texture and style (Gatys, Ecker & Bethge 2016 use
// statistics of their maps), late ones what is to be seen. Averages and deviations are taken in double, in a
// fixed order; the population's deviation. For pooling=covariance see second_order.h; the mirror image is
// more places of the same picture then.
class EmbeddingDescriptor final : public Descriptor {
 public:
  static constexpr std::string_view kName = "embedding";
  // kUsage for a side that no network takes.
  static Status check(const EmbeddingOptions& options);
  // Fills in layers and print. kNotFound for an unknown network, kUsage for an unknown layer or one with too
  // many maps for their covariance, kConflict where print says that another network was meant.
  static Result<EmbeddingOptions> resolve(EmbeddingOptions options);
  // REQUIRES: resolved options. Errors as Network::load(); kConflict if the file's layers aren't as
  // registered.
  static Result<std::unique_ptr<Descriptor>> make(const EmbeddingOptions& options);
  // The same with a network that isn't registered yet, and all of the entry's layers: to see whether they
  // fit.
  static Result<std::unique_ptr<Descriptor>> with(const NetworkEntry& entry, Network network);
  static Result<size_t> size_of(const EmbeddingOptions& options);

  [[nodiscard]] size_t size() const override { return size_; }
  // "last 17 average": layer, channel, statistic; "shapes 3 with 17": two channels of a covariance.
  [[nodiscard]] std::vector<std::string> value_names() const override;
  // Beside what is general kUnsupported where the network can't take the picture or puts out what is not
  // finite.
  Status describe(const Picture& picture, std::span<float> out) override;
  // What each layer says of the picture itself (not its mirror image), for drawing. Errors as describe()'s.
  Result<std::vector<LayerResponse>> responses(const Picture& picture);

 private:
  EmbeddingDescriptor(const EmbeddingOptions& options, NetworkEntry entry, Network network);
  Status find_layers();
  // Puts the picture through the network, and sees that the outputs are as registered.
  Status run(const cv::Mat& bgr, bool mirrored);
  // One of `passes` over a picture.
  Status add(const cv::Mat& bgr, bool mirrored, int passes, std::vector<double>& values,
             std::vector<SecondOrder>& pooled);
  // What all passes together come to. REQUIRES: size_ values.
  Status describe(const cv::Mat& bgr, bool flip, std::vector<double>& values);

  EmbeddingOptions options_;
  NetworkEntry entry_;
  Network network_;
  NetworkInput input_;
  std::vector<NetworkLayer> used_;  // in the options' order
  std::vector<std::string> names_;  // OpenCV's of these
  std::vector<cv::Mat> outputs_;    // scratch
  size_t size_ = 0;
};

// Average and population standard deviation of values; of one or more.
struct Moments {
  double average = 0;
  double deviation = 0;
};
Moments moments_of(std::span<const float> values);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_EMBEDDING_H_
