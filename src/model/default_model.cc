// SPDX-License-Identifier: Apache-2.0
#include "model/default_model.h"

#include <cassert>
#include <string_view>

#include "base/error.h"

// The files' bytes become part of the program.
// NOLINTNEXTLINE(hicpp-no-assembler)
asm(".pushsection .rodata\n"
    ".balign 16\n"
    ".global sleeve_default_model_begin\n"
    "sleeve_default_model_begin:\n"
    ".incbin \"" SLEEVE_DEFAULT_MODEL
    ".sleeve\"\n"
    ".global sleeve_default_model_end\n"
    "sleeve_default_model_end:\n"
    ".global sleeve_default_scores_begin\n"
    "sleeve_default_scores_begin:\n"
    ".incbin \"" SLEEVE_DEFAULT_MODEL
    ".json\"\n"
    ".global sleeve_default_scores_end\n"
    "sleeve_default_scores_end:\n"
    ".byte 0\n"
    ".popsection\n");
extern "C" {
extern const std::byte sleeve_default_model_begin[];
extern const std::byte sleeve_default_model_end[];
extern const char sleeve_default_scores_begin[];
extern const char sleeve_default_scores_end[];
}

namespace sleeve {

std::span<const std::byte> default_model_bytes() {
  return {sleeve_default_model_begin, sleeve_default_model_end};
}

Result<Model> default_model() {
  auto model = decode_model(default_model_bytes());
  if (!model.ok()) return with_context(std::move(model).error(), "the model that is part of sleeve");
  return model;
}

Json default_model_scores() {
  const auto scores = parse_json({sleeve_default_scores_begin, sleeve_default_scores_end});
  assert(scores.ok());
  return *scores;
}

}  // namespace sleeve
