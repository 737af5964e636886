// SPDX-License-Identifier: Apache-2.0
// Any bytes as a rule file, as exported decisions, as a tag and as a cover's print: an error, or something
// that can be used.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "label/cover_print.h"
#include "label/tag.h"
#include "label/vocabulary.h"
#include "stage/label_history.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rules = sleeve::Vocabulary::parse(text, "rules");
  if (rules.ok()) {
    // Every tag that a file names is known by it.
    for (const auto& tag : rules->tags()) {
      const auto match = rules->match(tag);
      if (!match || match->genre == sleeve::kIgnored) std::abort();
      if (rules->label(match->genre, 1).empty()) std::abort();
    }
    (void)rules->match(text);
  }
  const std::string tag = sleeve::normalised_tag(text);
  if (sleeve::normalised_tag(tag) != tag) std::abort();  // once is enough
  if (const auto print = sleeve::print_from_bytes(text)) (void)sleeve::print_distance(*print, *print);
  (void)sleeve::parse_decisions(text, "decisions");
  return 0;
}
