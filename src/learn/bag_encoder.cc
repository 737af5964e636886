// SPDX-License-Identifier: Apache-2.0
#include "learn/bag_encoder.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/error.h"
#include "base/parallel.h"
#include "base/try.h"
#include "learn/blocks.h"

namespace sleeve {
namespace {

// Shares of a mixture below this change nothing that anybody would see.
constexpr float kLeastShare = 1e-4F;
constexpr float kHalfRoot = std::numbers::sqrt2_v<float> / 2.0F;

bool all_positive(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value) && value > 0.0F; });
}

size_t regions_of(size_t levels) {
  size_t regions = 0;
  for (size_t level = 0; level < levels; ++level) regions += size_t{1} << (2 * level);
  return regions;
}

// Which cell of a side × side grid.
size_t cell_of(const ItemPlace& place, size_t side) {
  const auto along = [&](float share) {
    const auto last = static_cast<float>(side - 1);
    const float cell = std::floor(share * static_cast<float>(side));
    return static_cast<size_t>(cell > 0.0F ? std::min(cell, last) : 0.0F);
  };
  return along(place.y) * side + along(place.x);
}

}  // namespace

struct BagEncoder::Located {
  std::vector<std::pair<uint32_t, float>> words;  // with weights that sum to (nearly) 1
};

void BagEncoder::fit(const Matrix& x, size_t begin, size_t end) {
  const Vectors sample = local_.fit(x, {begin, end}, options_.sample, options_.seed);
  const KMeansOptions options{options_.words, 1024, 4, options_.seed};
  mixture_ = {{}, learn_words(sample, options), {}};
  if (options_.encoding == Encoding::kFisher) mixture_ = learn_mixture(sample, mixture_.means);
  if (options_.encoding == Encoding::kSoft) {
    const double spread =
        sample.rows() == 0 ? 0.0 : inertia(sample, mixture_.means) / static_cast<double>(sample.rows());
    softness_ = static_cast<float>(std::max(2.0 * spread, 1e-6));
  }
  prepare();
  if (options_.tf_idf) fit_document_frequencies(x, begin, end);
}

void BagEncoder::prepare() {
  if (options_.encoding != Encoding::kFisher) return;
  shares_.emplace(mixture_);
  inverse_deviations_ = mixture_.variances.cwiseSqrt().cwiseInverse();
}

// As scikit-learn's TfidfTransformer: ln((1 + rows) / (1 + rows with the word)) + 1.
void BagEncoder::fit_document_frequencies(const Matrix& x, size_t begin, size_t end) {
  const auto words = static_cast<size_t>(mixture_.means.rows());
  constexpr size_t kBlock = 64;
  std::vector<std::vector<size_t>> parts(blocks_in(x.rows(), kBlock), std::vector<size_t>(words));
  parallel_for(parts.size(), [&](size_t block) {
    for (size_t row = block * kBlock; row < std::min(x.rows(), (block + 1) * kBlock); ++row) {
      std::vector<ItemPlace> places;
      std::vector<uint8_t> has(words);
      const auto located = locate(local_.of(x.row(row).subspan(begin, end - begin), places));
      for (const Located& item : located) has[item.words[0].first] = 1;
      for (size_t word = 0; word < words; ++word) parts[block][word] += has[word];
    }
  });
  frequency_.assign(words, 0.0F);
  for (size_t word = 0; word < words; ++word) {
    double rows = 0.0;
    for (const auto& part : parts) rows += static_cast<double>(part[word]);
    frequency_[word] =
        static_cast<float>(std::log((1.0 + static_cast<double>(x.rows())) / (1.0 + rows)) + 1.0);
  }
}

// Every vector's words, the weightiest first.
std::vector<BagEncoder::Located> BagEncoder::locate(const Vectors& vectors) const {
  const auto rows = static_cast<size_t>(vectors.rows());
  std::vector<Located> located(rows);
  if (rows == 0) return located;
  if (options_.encoding == Encoding::kFisher) {
    const Vectors shares = shares_->of(vectors);
    for (size_t i = 0; i < rows; ++i) {
      for (Eigen::Index k = 0; k < shares.cols(); ++k) {
        const float share = shares(index_of(i), k);
        if (share >= kLeastShare) located[i].words.emplace_back(static_cast<uint32_t>(k), share);
      }
    }
    return located;
  }
  const NearestWords nearest(mixture_.means);
  if (options_.encoding != Encoding::kSoft) {
    std::vector<uint32_t> words(rows);
    nearest.find(vectors, words, {});
    for (size_t i = 0; i < rows; ++i) located[i].words.emplace_back(words[i], 1.0F);
    return located;
  }
  const Vectors squared = nearest.distances(vectors);
  for (size_t i = 0; i < rows; ++i) located[i] = softly(squared.row(index_of(i)));
  return located;
}

// Localised soft assignment (Liu, Wang & Liu 2011): the nearest few words by a bell curve of the distance.
BagEncoder::Located BagEncoder::softly(const Eigen::Ref<const Eigen::RowVectorXf>& squared) const {
  std::vector<uint32_t> order(static_cast<size_t>(squared.size()));
  std::iota(order.begin(), order.end(), 0U);
  const size_t wanted = std::min(options_.nearest, order.size());
  const auto nearer = [&](uint32_t a, uint32_t b) {
    return squared(a) != squared(b) ? squared(a) < squared(b) : a < b;
  };
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(wanted), nearer);
  Located located;
  float sum = 0.0F;
  for (size_t n = 0; n < wanted; ++n) {
    const float weight = std::exp((squared(order[0]) - squared(order[n])) / softness_);
    located.words.emplace_back(order[n], weight);
    sum += weight;
  }
  for (auto& [word, weight] : located.words) weight /= sum;
  return located;
}

size_t BagEncoder::word_size() const {
  switch (options_.encoding) {
    case Encoding::kVlad:
      return dimensions();
    case Encoding::kFisher:
      return 2 * dimensions();
    default:
      return 1;
  }
}

size_t BagEncoder::size() const {
  return regions_of(options_.levels) * static_cast<size_t>(mixture_.means.rows()) * word_size();
}

// Of one region of the picture: `members` of the vectors, `all` of which are in the whole picture.
void BagEncoder::pool(const Vectors& vectors, std::span<const Located> located,
                      std::span<const size_t> members, size_t all, std::span<float> out) const {
  const size_t width = dimensions();
  const float part = 1.0F / static_cast<float>(all);
  for (const size_t i : members) {
    const float* vector = vectors.data() + i * width;
    for (const auto& [word, weight] : located[i].words) {
      const float* mean = mixture_.means.data() + word * width;
      float* to = out.data() + word * word_size();
      if (options_.encoding == Encoding::kVlad) {
        for (size_t j = 0; j < width; ++j) to[j] += part * (vector[j] - mean[j]);
      } else if (options_.encoding == Encoding::kFisher) {
        // Perronnin, Sánchez & Mensink 2010, equations 10 and 11.
        const float* scale = inverse_deviations_.data() + word * width;
        const float share = part * weight / std::sqrt(mixture_.weights[word]);
        for (size_t j = 0; j < width; ++j) {
          const float away = (vector[j] - mean[j]) * scale[j];
          to[j] += share * away;
          to[width + j] += share * kHalfRoot * (away * away - 1.0F);
        }
      } else {
        to[0] += part * weight;
      }
    }
  }
}

void BagEncoder::normalise(std::span<float> out) const {
  if (options_.power != 1.0) {
    const auto power = static_cast<float>(options_.power);
    const bool root = options_.power == 0.5;
    for (float& value : out) {
      const float size = std::abs(value);
      value = std::copysign(root ? std::sqrt(size) : std::pow(size, power), value);
    }
  }
  if (options_.norm == "intra") {
    for (size_t at = 0; at < out.size(); at += word_size()) scale_to_length_one(out.subspan(at, word_size()));
  }
  if (options_.norm == "l2" || options_.norm == "intra") scale_to_length_one(out);
  if (options_.norm != "l1") return;
  double sum = 0.0;
  for (const float value : out) sum += static_cast<double>(std::abs(value));
  if (sum == 0.0) return;
  for (float& value : out) value = static_cast<float>(static_cast<double>(value) / sum);
}

void BagEncoder::encode(std::span<const float> row, std::span<float> out) const {
  std::ranges::fill(out, 0.0F);
  std::vector<ItemPlace> places;
  const Vectors vectors = local_.of(row, places);
  if (places.empty()) return;
  const std::vector<Located> located = locate(vectors);
  const size_t region_size = static_cast<size_t>(mixture_.means.rows()) * word_size();
  auto rest = out;
  for (size_t level = 0; level < options_.levels; ++level) {
    const size_t side = size_t{1} << level;
    std::vector<std::vector<size_t>> members(side * side);
    for (size_t i = 0; i < places.size(); ++i) members[cell_of(places[i], side)].push_back(i);
    for (const auto& cell : members) {
      pool(vectors, located, cell, places.size(), rest.first(region_size));
      rest = rest.subspan(region_size);
    }
  }
  if (options_.tf_idf) {
    for (size_t i = 0; i < out.size(); ++i) out[i] *= frequency_[i % frequency_.size()];
  }
  normalise(out);
}

void BagEncoder::save(ByteWriter& out) const {
  local_.save(out);
  out.put<uint64_t>(static_cast<uint64_t>(mixture_.means.rows()));
  out.put_array(values_of(mixture_.means));
  out.put_array(mixture_.weights);
  out.put_array(values_of(mixture_.variances));
  out.put(softness_);
  out.put_array(frequency_);
}

Status BagEncoder::load(ByteReader& in) {
  SLEEVE_CHECK(local_.load(in));
  SLEEVE_TRY(const uint64_t words, in.get<uint64_t>());
  SLEEVE_TRY(const auto means, in.get_array<float>());
  SLEEVE_TRY(mixture_.weights, in.get_array<float>());
  SLEEVE_TRY(const auto variances, in.get_array<float>());
  SLEEVE_TRY(softness_, in.get<float>());
  SLEEVE_TRY(frequency_, in.get_array<float>());
  const Error corrupt = make_error(ErrorCode::kCorrupt, "words: the vocabulary doesn't make sense");
  if (words == 0 || words > means.size()) return corrupt;
  mixture_.means = as_rows(means, static_cast<size_t>(words));
  mixture_.variances = as_rows(variances, static_cast<size_t>(words));
  if (!fits()) return corrupt;
  prepare();
  return {};
}

// Whether what was read goes together with the options and is a vocabulary.
bool BagEncoder::fits() const {
  const auto words = static_cast<size_t>(mixture_.means.rows());
  const size_t width = local_.dimensions();
  const bool fisher = options_.encoding == Encoding::kFisher;
  return words > 0 && words <= options_.words && dimensions() == width &&
         mixture_.weights.size() == (fisher ? words : 0) &&
         static_cast<size_t>(mixture_.variances.size()) == (fisher ? words * width : 0) &&
         frequency_.size() == (options_.tf_idf ? words : 0) && softness_ > 0.0F && std::isfinite(softness_) &&
         all_finite(values_of(mixture_.means)) && all_positive(mixture_.weights) &&
         all_positive(values_of(mixture_.variances)) && all_positive(frequency_);
}

}  // namespace sleeve
