// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_SECOND_ORDER_H_
#define SLEEVE_FEATURE_SECOND_ORDER_H_

#include <cstddef>
#include <span>
#include <vector>

// How the maps of a network's layer go together over a picture: the covariance of its channels, each place of
// the picture one observation (second-order pooling: Tuzel, Porikli & Meer 2006; of networks' maps: Lin,
// RoyChowdhury & Maji 2015).
namespace sleeve {

// Values that the covariance of so many channels comes to: the upper triangle with its diagonal.
constexpr size_t second_order_size(size_t channels) { return channels * (channels + 1) / 2; }

// Sums over the places of one or more sets of maps.
class SecondOrder {
 public:
  explicit SecondOrder(size_t channels)
      : channels_(channels), sums_(channels), products_(channels * channels) {}

  // maps: channel by channel, each with the same number of places (one or more).
  void add(std::span<const float> maps);

  // The population's covariance of all that was added, raised to the power 1/2 as a matrix, which keeps few
  // strong directions from drowning the others (Li, Xie, Wang & Zuo 2017; Lin & Maji 2017). Row by row the
  // upper triangle, what is beside the diagonal times √2: the distance of two such vectors is the Frobenius
  // distance of the matrices. NaN throughout if what was added is not finite. REQUIRES: add() before.
  [[nodiscard]] std::vector<double> root_of_covariance() const;

 private:
  size_t channels_;
  size_t places_ = 0;
  std::vector<double> sums_;      // per channel
  std::vector<double> products_;  // channels², column by column; the lower triangle is kept up
};

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_SECOND_ORDER_H_
