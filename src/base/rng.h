// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_RNG_H_
#define SLEEVE_BASE_RNG_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace sleeve {

// A small, fast random generator with the same sequence on every machine: xoshiro256**
// (Blackman & Vigna 2018), seeded through SplitMix64. There is no global generator: whoever
// needs chance takes an Rng or a seed. The distributions are our own because the standard
// library's differ between implementations.
class Rng {
 public:
  explicit Rng(uint64_t seed);
  // An independent generator for part `stream` of the work (a tree, a fold, a replicate):
  // results then don't depend on the order in which threads take the parts.
  Rng(uint64_t seed, uint64_t stream);

  uint64_t next();
  // Uniform in [0, bound), without bias (Lemire 2019). REQUIRES: bound > 0.
  uint64_t below(uint64_t bound);
  // Uniform in [0, 1) with 53 bits.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // Normal by the polar method (Marsaglia).
  double normal(double mean = 0.0, double deviation = 1.0);

  // Fisher-Yates.
  template <class T>
  void shuffle(std::span<T> values) {
    for (size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[static_cast<size_t>(below(i))]);
    }
  }

 private:
  uint64_t state_[4];
};

// A well-mixed seed made of two: for deriving a part's seed from the run's.
uint64_t mix_seed(uint64_t seed, uint64_t stream);

}  // namespace sleeve

#endif  // SLEEVE_BASE_RNG_H_
