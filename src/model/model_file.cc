// SPDX-License-Identifier: Apache-2.0
#include "model/model_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/byte_stream.h"
#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

// magic, format version, payload size, SHA-256 of the payload; then the payload.
constexpr std::string_view kMagic("SLEEVEM\n", 8);
constexpr uint32_t kFormatVersion = 1;
constexpr uint64_t kMaxModelBytes = uint64_t{4} << 30;

Json header_of(const Model& model) {
  Json json{{"target", model.target},
            {"classes", model.class_names},
            {"features", to_json(model.features)},
            {"record", model.record}};
  if (model.interval) {
    json["interval"] =
        Json{{"coverage", model.interval->coverage}, {"half_width", model.interval->half_width}};
  }
  return json;
}

Result<Bytes> payload_of_file(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  const auto magic = reader.get_bytes(kMagic.size());
  if (!magic.ok() || std::memcmp(magic->data(), kMagic.data(), kMagic.size()) != 0) {
    return make_error(ErrorCode::kCorrupt, "is not a sleeve model");
  }
  SLEEVE_TRY(const auto version, reader.get<uint32_t>());
  if (version > kFormatVersion) {
    return make_error(ErrorCode::kUnsupported,
                      "is a model of format {}, this sleeve reads up to {}: use a newer sleeve", version,
                      kFormatVersion);
  }
  if (version == 0) return make_error(ErrorCode::kCorrupt, "has been altered (format 0)");
  SLEEVE_TRY(const auto size, reader.get<uint64_t>());
  SLEEVE_TRY(const auto sum, reader.get_bytes(sizeof(Sha256::bytes)));
  if (reader.remaining() < size) {
    return make_error(ErrorCode::kCorrupt, "is truncated: {} of {} bytes are there; copy or train it again",
                      reader.remaining(), size);
  }
  if (reader.remaining() > size)
    return make_error(ErrorCode::kCorrupt, "has bytes behind its end; copy it again");
  SLEEVE_TRY(const auto payload, reader.get_bytes(static_cast<size_t>(size)));
  if (std::memcmp(sha256(payload).bytes.data(), sum.data(), sum.size()) != 0) {
    return make_error(ErrorCode::kCorrupt,
                      "has been altered: its checksum does not fit; copy or train it again");
  }
  return Bytes(payload.begin(), payload.end());
}

Result<std::vector<std::string>> class_names_from(const Json& header) {
  const auto found = header.find("classes");
  if (found == header.end() || !found->is_array()) return make_error(ErrorCode::kCorrupt, "names no classes");
  std::vector<std::string> names;
  for (const Json& name : *found) {
    if (!name.is_string()) return make_error(ErrorCode::kCorrupt, "has a class without a name");
    names.push_back(name.get<std::string>());
  }
  return names;
}

Result<std::optional<PredictionInterval>> interval_from(const Json& header) {
  const auto found = header.find("interval");
  if (found == header.end()) return std::optional<PredictionInterval>();
  PredictionInterval interval;
  const bool numbers = found->is_object() && found->value("coverage", Json()).is_number() &&
                       found->value("half_width", Json()).is_number();
  if (numbers) interval = {(*found)["coverage"].get<double>(), (*found)["half_width"].get<double>()};
  if (!numbers || !(interval.coverage > 0 && interval.coverage < 1 && interval.half_width >= 0)) {
    return make_error(ErrorCode::kCorrupt, "has an interval that can't be");
  }
  return std::optional(interval);
}

Result<std::vector<Sha256>> covers_from(ByteReader& reader) {
  SLEEVE_TRY(const auto flat, reader.get_array<uint8_t>());
  if (flat.size() % sizeof(Sha256::bytes) != 0) {
    return make_error(ErrorCode::kCorrupt, "has a damaged list of training covers");
  }
  std::vector<Sha256> covers(flat.size() / sizeof(Sha256::bytes));
  for (size_t i = 0; i < covers.size(); ++i) {
    std::copy_n(flat.begin() + static_cast<std::ptrdiff_t>(i * sizeof(Sha256::bytes)), sizeof(Sha256::bytes),
                covers[i].bytes.begin());
  }
  return covers;
}

// The parts must fit each other, whatever the file says.
Status check_consistency(const Model& model) {
  if (model.pipeline.classes() != static_cast<int>(model.class_names.size())) {
    return make_error(ErrorCode::kCorrupt, "names {} classes for a learner of {}", model.class_names.size(),
                      model.pipeline.classes());
  }
  SLEEVE_TRY(const Extractor extractor, Extractor::make(model.features));
  if (extractor.size() != model.pipeline.columns()) {
    return make_error(ErrorCode::kCorrupt, "has descriptors of {} values for a learner of {}",
                      extractor.size(), model.pipeline.columns());
  }
  return {};
}

}  // namespace

Bytes encode_model(const Model& model) {
  ByteWriter payload;
  payload.put_text(dump_json(header_of(model)));
  std::vector<uint8_t> covers;
  covers.reserve(model.training_covers.size() * sizeof(Sha256::bytes));
  for (const Sha256& cover : model.training_covers) {
    covers.insert(covers.end(), cover.bytes.begin(), cover.bytes.end());
  }
  payload.put_array(covers);
  payload.put_array(model.training_keys);
  payload.put_array(model.training_hashes);
  model.pipeline.save(payload);

  ByteWriter file;
  file.put_bytes(std::as_bytes(std::span<const char>(kMagic)));
  file.put(kFormatVersion);
  file.put<uint64_t>(payload.bytes().size());
  const Sha256 sum = sha256(payload.bytes());
  file.put_bytes(std::as_bytes(std::span(sum.bytes)));
  file.put_bytes(payload.bytes());
  return file.take();
}

Result<Model> decode_model(std::span<const std::byte> bytes) {
  SLEEVE_TRY(const Bytes payload, payload_of_file(bytes));
  ByteReader reader(payload);
  SLEEVE_TRY(const std::string header_text, reader.get_text());
  SLEEVE_TRY(Json header, parse_json(header_text));
  if (!header.is_object() || !header.contains("features") || !header.value("record", Json()).is_object() ||
      !header.value("target", Json()).is_string()) {
    return make_error(ErrorCode::kCorrupt, "has an incomplete header");
  }
  SLEEVE_TRY(auto class_names, class_names_from(header));
  SLEEVE_TRY(auto features, feature_set_from_json(header["features"]));
  SLEEVE_TRY(const auto interval, interval_from(header));
  SLEEVE_TRY(auto covers, covers_from(reader));
  SLEEVE_TRY(auto keys, reader.get_array<uint64_t>());
  SLEEVE_TRY(auto hashes, reader.get_array<uint64_t>());
  SLEEVE_TRY(auto pipeline, Pipeline::load(reader));
  if (reader.remaining() != 0) return make_error(ErrorCode::kCorrupt, "has bytes that belong to nothing");
  Model model{header["target"].get<std::string>(),
              std::move(class_names),
              std::move(features),
              std::move(pipeline),
              std::move(covers),
              std::move(keys),
              std::move(hashes),
              std::move(header["record"]),
              interval};
  SLEEVE_CHECK(check_consistency(model));
  return model;
}

Status save_model(const Model& model, const std::filesystem::path& path) {
  return write_file_atomic(path, encode_model(model));
}

Result<Model> load_model(const std::filesystem::path& path) {
  SLEEVE_TRY(const Bytes bytes, read_file(path, kMaxModelBytes));
  auto model = decode_model(bytes);
  if (!model.ok()) return with_context(std::move(model).error(), printable(path));
  return model;
}

Result<Sha256> hash_model_file(const std::filesystem::path& path) {
  SLEEVE_TRY(const Bytes bytes, read_file(path, kMaxModelBytes));
  return sha256(bytes);
}

}  // namespace sleeve
