// SPDX-License-Identifier: Apache-2.0
#include "stage/run_predictions.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/byte_stream.h"
#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr std::string_view kMagic = "SLVPRED\n";
constexpr uint32_t kFormat = 1;
constexpr uint32_t kRows = 0;
constexpr uint32_t kModel = 1;
constexpr size_t kChecksumBytes = sizeof(uint64_t);

void put_head(ByteWriter& out, uint32_t kind) {
  out.put_bytes(std::as_bytes(std::span(kMagic)));
  out.put<uint32_t>(kFormat);
  out.put<uint32_t>(kind);
}

std::string sealed(ByteWriter& out) {
  out.put<uint64_t>(checksum64(out.bytes()));
  const Bytes bytes = out.take();
  std::string text(bytes.size(), '\0');
  std::ranges::transform(bytes, text.begin(), [](std::byte b) { return static_cast<char>(b); });
  return text;
}

// The payload of a part whose head and checksum are sound.
Result<ByteReader> opened(const std::string& data, uint32_t kind) {
  const auto bytes = std::as_bytes(std::span(data));
  if (bytes.size() < kMagic.size() + 2 * sizeof(uint32_t) + kChecksumBytes ||
      !std::string_view(data).starts_with(kMagic)) {
    return Error{ErrorCode::kCorrupt, "are no predictions"};
  }
  ByteReader end(bytes.last(kChecksumBytes));
  SLEEVE_TRY(const uint64_t checksum, end.get<uint64_t>());
  const auto sound = bytes.first(bytes.size() - kChecksumBytes);
  if (checksum64(sound) != checksum) return Error{ErrorCode::kCorrupt, "are damaged: the checksum is wrong"};
  ByteReader reader(sound.subspan(kMagic.size()));
  SLEEVE_TRY(const uint32_t format, reader.get<uint32_t>());
  if (format != kFormat) {
    return make_error(ErrorCode::kUnsupported, "have format {}, this sleeve knows {}: use a newer sleeve",
                      format, kFormat);
  }
  SLEEVE_TRY(const uint32_t found, reader.get<uint32_t>());
  if (found != kind) return Error{ErrorCode::kCorrupt, "are another part than they should be"};
  return reader;
}

bool all_below(const std::vector<int>& values, size_t limit) {
  return std::ranges::all_of(values, [&](int v) { return v >= 0 && static_cast<size_t>(v) < limit; });
}

Result<PredictedRows> decode_rows(const std::string& data) {
  SLEEVE_TRY(ByteReader in, opened(data, kRows));
  PredictedRows rows;
  SLEEVE_TRY(const uint64_t classes, in.get<uint64_t>());
  for (uint64_t i = 0; i < classes; ++i) {
    SLEEVE_TRY(std::string name, in.get_text());
    rows.class_names.push_back(std::move(name));
  }
  SLEEVE_TRY(const std::vector<uint8_t> hashes, in.get_array<uint8_t>());
  SLEEVE_TRY(rows.truth, in.get_array<int>());
  SLEEVE_TRY(rows.folds, in.get_array<int>());
  SLEEVE_TRY(rows.groups, in.get_array<int>());
  constexpr size_t kHash = sizeof(Sha256::bytes);
  const size_t count = rows.truth.size();
  if (hashes.size() != count * kHash || rows.folds.size() != count || rows.groups.size() != count ||
      in.remaining() != 0 || !all_below(rows.truth, rows.class_names.size())) {
    return Error{ErrorCode::kCorrupt, "contradict themselves"};
  }
  rows.covers.resize(count);
  for (size_t i = 0; i < count; ++i) {
    std::copy_n(hashes.begin() + static_cast<std::ptrdiff_t>(i * kHash), kHash, rows.covers[i].bytes.begin());
  }
  return rows;
}

Result<ModelPredictions> decode_model(const RunPart& part, const PredictedRows& rows) {
  SLEEVE_TRY(ByteReader in, opened(part.data, kModel));
  ModelPredictions model;
  model.pipeline = part.pipeline;
  SLEEVE_TRY(model.predicted, in.get_array<int>());
  SLEEVE_TRY(std::vector<float> probabilities, in.get_array<float>());
  const size_t count = rows.truth.size(), classes = rows.class_names.size();
  if (model.predicted.size() != count || probabilities.size() != count * classes || in.remaining() != 0 ||
      !all_below(model.predicted, classes) ||
      !std::ranges::all_of(probabilities, [](float p) { return std::isfinite(p); })) {
    return Error{ErrorCode::kCorrupt, "don't fit the run's covers"};
  }
  model.probabilities = Matrix(count, classes, std::move(probabilities));
  return model;
}

}  // namespace

std::vector<RunPart> encode_predictions(const RunPredictions& predictions) {
  const PredictedRows& rows = predictions.rows;
  ByteWriter covers;
  put_head(covers, kRows);
  covers.put<uint64_t>(rows.class_names.size());
  for (const std::string& name : rows.class_names) covers.put_text(name);
  covers.put<uint64_t>(rows.covers.size() * sizeof(Sha256::bytes));
  for (const Sha256& cover : rows.covers) covers.put_bytes(std::as_bytes(std::span(cover.bytes)));
  covers.put_array(rows.truth);
  covers.put_array(rows.folds);
  covers.put_array(rows.groups);
  std::vector<RunPart> parts = {{"", sealed(covers)}};
  for (const ModelPredictions& model : predictions.models) {
    ByteWriter out;
    put_head(out, kModel);
    out.put_array(model.predicted);
    out.put_array(
        std::span(model.probabilities.data(), model.probabilities.rows() * model.probabilities.columns()));
    parts.push_back({model.pipeline, sealed(out)});
  }
  return parts;
}

Result<RunPredictions> decode_predictions(const std::vector<RunPart>& parts) {
  if (parts.empty()) return Error{ErrorCode::kNoData, "it keeps no predictions of covers"};
  RunPredictions predictions;
  auto rows = decode_rows(parts[0].data);
  if (!rows.ok()) return with_context(rows.error(), "its covers");
  predictions.rows = std::move(*rows);
  for (size_t i = 1; i < parts.size(); ++i) {
    auto model = decode_model(parts[i], predictions.rows);
    if (!model.ok()) {
      return with_context(model.error(),
                          "its predictions of " + printable(std::string_view(parts[i].pipeline)));
    }
    predictions.models.push_back(std::move(*model));
  }
  return predictions;
}

}  // namespace sleeve
