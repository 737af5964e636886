// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_PREDICTOR_H_
#define SLEEVE_PREDICTOR_H_

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sleeve/export.h>
#include <sleeve/result.h>

// Start here: a trained model, applied to covers.
//
//   auto predictor = sleeve::Predictor::load("genre.sleeve");
//   if (!predictor.ok()) { … predictor.error().message … }
//   auto prediction = predictor->predict_file("cover.jpg");
//   if (prediction.ok()) std::cout << prediction->best << '\n';
namespace sleeve {

// What a model says of one cover.
struct CoverPrediction {
  std::string best;                   // the most probable class
  double confidence = 0;              // its probability, 0 to 1
  std::vector<double> probabilities;  // one per class, in the order of Predictor::classes(); sums to 1
                                      // (not where a cover may have several genres)
  // A model of numbers says these instead: the popularity from 0 to 100, and the interval that held it in
  // nine of ten covers never seen.
  std::optional<double> number = {};
  std::optional<std::pair<double, double>> interval = {};
};

// Immutable once loaded; may be used from several threads at once.
class SLEEVE_API Predictor {
 public:
  // kNotFound, kIo; kCorrupt if the file is no model, truncated or altered; kUnsupported if a newer
  // sleeve wrote it.
  static Result<Predictor> load(const std::filesystem::path& model);
  // The model that comes with sleeve: genres (docs/default-model.md).
  static Result<Predictor> load_default();
  Predictor(Predictor&&) noexcept;
  Predictor& operator=(Predictor&&) noexcept;
  ~Predictor();

  // "genre", "genres" or "popularity".
  [[nodiscard]] const std::string& target() const;
  // The names of the classes, in the order of CoverPrediction::probabilities.
  [[nodiscard]] const std::vector<std::string>& classes() const;

  // A JPEG, PNG, WebP, BMP or TIFF file, or its bytes. kNotFound, kIo; kCorrupt if it is no picture
  // or damaged; kUnsupported for other formats; kTooLarge over 64 megapixels or 64 MiB. Errors name the
  // file.
  [[nodiscard]] Result<CoverPrediction> predict_file(const std::filesystem::path& picture) const;
  [[nodiscard]] Result<CoverPrediction> predict_bytes(std::span<const std::byte> picture) const;

 private:
  struct State;
  explicit Predictor(std::unique_ptr<const State> state);
  std::unique_ptr<const State> state_;
};

}  // namespace sleeve

#endif  // SLEEVE_PREDICTOR_H_
