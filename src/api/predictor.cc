// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <sleeve/predictor.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "image/picture.h"
#include "learn/mean_answers.h"
#include "model/augmentation.h"
#include "model/default_model.h"
#include "model/model_file.h"

namespace sleeve {

struct Predictor::State {
  Model model;
  Augmentation augmentation;  // as the model was judged
};

Predictor::Predictor(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

Result<Predictor> Predictor::load(const std::filesystem::path& model) {
  SLEEVE_TRY(Model loaded, load_model(model));
  SLEEVE_TRY(const Augmentation augmentation, augmentation_of(loaded.record));
  return Predictor(std::make_unique<const State>(State{std::move(loaded), augmentation}));
}

Result<Predictor> Predictor::load_default() {
  SLEEVE_TRY(Model loaded, default_model());
  SLEEVE_TRY(const Augmentation augmentation, augmentation_of(loaded.record));
  return Predictor(std::make_unique<const State>(State{std::move(loaded), augmentation}));
}

const std::string& Predictor::target() const { return state_->model.target; }
const std::vector<std::string>& Predictor::classes() const { return state_->model.class_names; }

Result<CoverPrediction> Predictor::predict_file(const std::filesystem::path& picture) const {
  SLEEVE_TRY(const Bytes bytes, read_file(picture, DecodeLimits().max_file_bytes));
  auto prediction = predict_bytes(bytes);
  if (!prediction.ok()) return with_context(std::move(prediction).error(), printable(picture));
  return prediction;
}

Result<CoverPrediction> Predictor::predict_bytes(std::span<const std::byte> picture) const {
  SLEEVE_TRY(const Picture decoded, decode_picture(picture));
  // An extractor keeps scratch memory, so each call has its own.
  SLEEVE_TRY(Extractor extractor, Extractor::make(state_->model.features));
  const Augmentation& augmentation = state_->augmentation;
  SLEEVE_TRY(const Matrix values, describe_forms(extractor, decoded, sha256(picture), augmentation));
  SLEEVE_TRY(Matrix outputs, state_->model.pipeline.outputs(values));
  const Matrix probabilities = mean_answers(std::move(outputs), static_cast<size_t>(augmentation.test));
  if (state_->model.pipeline.spec().goal == Goal::kNumber) {
    CoverPrediction prediction;
    prediction.number = std::clamp(static_cast<double>(probabilities(0, 0)), 0.0, 100.0);
    if (state_->model.interval) {
      const double half = state_->model.interval->half_width;
      prediction.interval = {std::max(0.0, *prediction.number - half),
                             std::min(100.0, *prediction.number + half)};
    }
    return prediction;
  }
  const auto best = static_cast<size_t>(most_probable(probabilities)[0]);
  const auto row = probabilities.row(0);
  return CoverPrediction{state_->model.class_names[best], row[best],
                         std::vector<double>(row.begin(), row.end())};
}

}  // namespace sleeve
