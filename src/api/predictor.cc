// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <sleeve/predictor.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "image/picture.h"
#include "model/model_file.h"

namespace sleeve {

struct Predictor::State {
  Model model;
};

Predictor::Predictor(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

Result<Predictor> Predictor::load(const std::filesystem::path& model) {
  SLEEVE_TRY(Model loaded, load_model(model));
  return Predictor(std::make_unique<const State>(State{std::move(loaded)}));
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
  std::vector<float> values(extractor.size());
  SLEEVE_CHECK(extractor.describe(decoded, values));
  const size_t columns = values.size();
  SLEEVE_TRY(const Matrix probabilities,
             state_->model.pipeline.outputs(Matrix(1, columns, std::move(values))));
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
