// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_NORMALISER_H_
#define SLEEVE_LEARN_NORMALISER_H_

#include <string>
#include <utility>

#include "learn/transform.h"

namespace sleeve {

struct NormaliserOptions {
  std::string norm = "l2";
};
template <class V>
void describe(V& v, NormaliserOptions& o) {
  v.choice("norm", o.norm, {"l1", "l2"}, "What becomes 1 in every row: l1 the sum of sizes, l2 the length");
}

// Every row divided by its norm, as scikit-learn's Normalizer; a row of zeros stays as it is. Learns
// nothing, and forgets how large a row was: only its direction is left.
class Normaliser final : public Transform {
 public:
  using Options = NormaliserOptions;
  explicit Normaliser(NormaliserOptions options) : options_(std::move(options)) {}

  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns) override;

 private:
  NormaliserOptions options_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_NORMALISER_H_
