// SPDX-License-Identifier: Apache-2.0
// Any bytes as JSON and as a "name:key=value" spec: an error, or something that survives being
// written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/options.h"

namespace {

struct Options {
  int count = 1;
  uint64_t seed = 0;
  double ratio = 0.5;
  bool loud = false;
  std::string text;
};

template <class V>
void describe(V& v, Options& o) {
  v.number("count", o.count, {}, "", "a whole number without limits of its own");
  v.number("seed", o.seed, {}, "", "a large whole number");
  v.number("ratio", o.ratio, {0, 1}, "", "a number");
  v.flag("loud", o.loud, "a flag");
  v.text("text", o.text, "a text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto json = sleeve::parse_json(text); json.ok()) {
    const auto again = sleeve::parse_json(sleeve::dump_json(*json));
    if (!again.ok() || sleeve::dump_json(*again) != sleeve::dump_json(*json)) std::abort();
    (void)sleeve::options_from_json<Options>(*json, "fuzz");
  }
  if (const auto spec = sleeve::parse_spec(text); spec.ok()) {
    const auto again = sleeve::parse_spec(sleeve::to_string(*spec));
    if (!again.ok() || !(*again == *spec)) std::abort();
    (void)sleeve::options_from_json<Options>(spec->options, "fuzz");
  }
  return 0;
}
