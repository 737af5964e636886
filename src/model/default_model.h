// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_MODEL_DEFAULT_MODEL_H_
#define SLEEVE_MODEL_DEFAULT_MODEL_H_

#include <cstddef>
#include <span>

#include <sleeve/result.h>

#include "base/json.h"
#include "model/model_file.h"

// The model that is part of the program: models/default.sleeve, made by scripts/train-default, described in
// docs/default-model.md. It needs no file beside the program.
namespace sleeve {

std::span<const std::byte> default_model_bytes();
// As decode_model(); kUnsupported if a descriptor has changed since it was trained.
Result<Model> default_model();

// What it is worth, as models/default.json states it: {"model_sha256", "data", "covers", "accuracy",
// "macro_f1" and "baseline_accuracy", each {"value", "low", "high"} on covers that its cross-validation had
// not seen}.
Json default_model_scores();

}  // namespace sleeve

#endif  // SLEEVE_MODEL_DEFAULT_MODEL_H_
