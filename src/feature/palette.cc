// SPDX-License-Identifier: Apache-2.0
#include "feature/palette.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <tuple>

#include <fmt/format.h>

#include "base/rng.h"
#include "feature/cpu.h"

namespace sleeve {
namespace {

constexpr int kPaletteSide = 64;
constexpr size_t kPalettePixels = size_t{kPaletteSide} * kPaletteSide;
constexpr int kCandidates = 3;  // of each k-means++ step, the best is kept
constexpr int kMaxRounds = 30;
constexpr double kStill = 0.01;  // squared distance that no centre moves further in the last round

using Lab = std::array<float, 3>;

// The pixels by channel, so that distances are computed side by side.
struct LabPixels {
  std::array<std::vector<float>, 3> channels;
  [[nodiscard]] Lab at(size_t i) const { return {channels[0][i], channels[1][i], channels[2][i]}; }
};

LabPixels pixels_of(const Picture& picture) {
  const cv::Mat& lab = picture.planes->lab(kPaletteSide);
  LabPixels pixels;
  for (auto& channel : pixels.channels) channel.resize(kPalettePixels);
  for (size_t i = 0; i < kPalettePixels; ++i) {
    const auto* pixel = lab.ptr<uint8_t>() + 3 * i;
    for (size_t c = 0; c < 3; ++c) pixels.channels[c][i] = pixel[c];
  }
  return pixels;
}

SLEEVE_INLINE void distances_body(const float* l, const float* a, const float* b, const Lab& colour,
                                  float* out) {
  for (size_t i = 0; i < kPalettePixels; ++i) {
    const float dl = l[i] - colour[0], da = a[i] - colour[1], db = b[i] - colour[2];
    out[i] = (dl * dl + da * da) + db * db;
  }
}

// Takes over the pixels that are nearer to centre `k` than to those before.
SLEEVE_INLINE void take_over_body(const float* distance, int32_t k, float* nearest, int32_t* owner) {
  for (size_t i = 0; i < kPalettePixels; ++i) {
    const bool closer = distance[i] < nearest[i];
    owner[i] = closer ? k : owner[i];
    nearest[i] = closer ? distance[i] : nearest[i];
  }
}

void distances_any(const float* l, const float* a, const float* b, const Lab& colour, float* out) {
  distances_body(l, a, b, colour, out);
}
SLEEVE_AVX2 void distances_avx2(const float* l, const float* a, const float* b, const Lab& colour,
                                float* out) {
  distances_body(l, a, b, colour, out);
}
void take_over_any(const float* distance, int32_t k, float* nearest, int32_t* owner) {
  take_over_body(distance, k, nearest, owner);
}
SLEEVE_AVX2 void take_over_avx2(const float* distance, int32_t k, float* nearest, int32_t* owner) {
  take_over_body(distance, k, nearest, owner);
}

// The squared distance of every pixel from a colour.
void distances(const LabPixels& pixels, const Lab& colour, std::vector<float>& out) {
  (cpu_has_avx2() ? distances_avx2 : distances_any)(pixels.channels[0].data(), pixels.channels[1].data(),
                                                    pixels.channels[2].data(), colour, out.data());
}

double sum_of(const std::vector<float>& values) {
  double sum = 0.0;
  for (const float value : values) sum += static_cast<double>(value);
  return sum;
}

// A pixel drawn with probability by its weight. REQUIRES: some weight is above 0.
size_t draw(const std::vector<float>& weights, double total, Rng& rng) {
  double left = rng.uniform() * total;
  size_t last = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0.0F) continue;
    last = i;
    left -= static_cast<double>(weights[i]);
    if (left < 0.0) break;
  }
  return last;
}

std::vector<Lab> first_centres(const LabPixels& pixels, size_t wanted, Rng& rng) {
  std::vector<Lab> centres{pixels.at(static_cast<size_t>(rng.below(kPalettePixels)))};
  std::vector<float> nearest(kPalettePixels), candidate(kPalettePixels), best(kPalettePixels);
  distances(pixels, centres[0], nearest);
  while (centres.size() < wanted) {
    const double total = sum_of(nearest);
    if (total <= 0.0) break;  // no further colours
    double best_sum = std::numeric_limits<double>::infinity();
    Lab chosen{};
    for (int k = 0; k < kCandidates; ++k) {
      const Lab colour = pixels.at(draw(nearest, total, rng));
      distances(pixels, colour, candidate);
      for (size_t i = 0; i < kPalettePixels; ++i) candidate[i] = std::min(candidate[i], nearest[i]);
      const double sum = sum_of(candidate);
      if (sum >= best_sum) continue;
      best_sum = sum;
      chosen = colour;
      best.swap(candidate);
    }
    centres.push_back(chosen);
    nearest.swap(best);
  }
  return centres;
}

struct Assignment {
  std::vector<float> nearest, distance;
  std::vector<int32_t> owner;
  Assignment() : nearest(kPalettePixels), distance(kPalettePixels), owner(kPalettePixels) {}
};

void assign(const LabPixels& pixels, const std::vector<Lab>& centres, Assignment& a) {
  distances(pixels, centres[0], a.nearest);
  std::ranges::fill(a.owner, 0);
  for (size_t k = 1; k < centres.size(); ++k) {
    distances(pixels, centres[k], a.distance);
    (cpu_has_avx2() ? take_over_avx2 : take_over_any)(a.distance.data(), static_cast<int32_t>(k),
                                                      a.nearest.data(), a.owner.data());
  }
}

struct Cluster {
  size_t pixels = 0;
  std::array<uint32_t, 3> sum{};  // whole numbers: the order doesn't matter
};

std::vector<Cluster> count_clusters(const LabPixels& pixels, const std::vector<int32_t>& owner,
                                    size_t clusters) {
  std::vector<Cluster> result(clusters);
  for (size_t i = 0; i < kPalettePixels; ++i) {
    Cluster& cluster = result[static_cast<size_t>(owner[i])];
    ++cluster.pixels;
    for (size_t c = 0; c < 3; ++c) cluster.sum[c] += static_cast<uint32_t>(pixels.channels[c][i]);
  }
  return result;
}

// Moves the centres to their pixels' means; by how much at most. A centre without pixels stays.
double move(std::vector<Lab>& centres, const std::vector<Cluster>& clusters) {
  double furthest = 0.0;
  for (size_t k = 0; k < centres.size(); ++k) {
    if (clusters[k].pixels == 0) continue;
    double moved = 0.0;
    for (size_t c = 0; c < 3; ++c) {
      const auto mean = static_cast<float>(static_cast<double>(clusters[k].sum[c]) /
                                           static_cast<double>(clusters[k].pixels));
      const auto step = static_cast<double>(mean - centres[k][c]);
      moved += step * step;
      centres[k][c] = mean;
    }
    furthest = std::max(furthest, moved);
  }
  return furthest;
}

}  // namespace

Palette find_palette(const Picture& picture, const PaletteOptions& options) {
  const LabPixels pixels = pixels_of(picture);
  Rng rng(static_cast<uint64_t>(options.seed));
  std::vector<Lab> centres = first_centres(pixels, static_cast<size_t>(options.colours), rng);
  Assignment assignment;
  std::vector<Cluster> clusters;
  for (int round = 0; round < kMaxRounds; ++round) {
    assign(pixels, centres, assignment);
    clusters = count_clusters(pixels, assignment.owner, centres.size());
    if (move(centres, clusters) < kStill) break;
  }
  Palette palette;
  palette.spread = std::sqrt(sum_of(assignment.nearest) / static_cast<double>(kPalettePixels));
  for (size_t k = 0; k < centres.size(); ++k) {
    if (clusters[k].pixels == 0) continue;
    const double share = static_cast<double>(clusters[k].pixels) / static_cast<double>(kPalettePixels);
    palette.colours.push_back({share,
                               {static_cast<double>(centres[k][0]), static_cast<double>(centres[k][1]),
                                static_cast<double>(centres[k][2])}});
  }
  std::ranges::sort(palette.colours, {}, [](const PaletteColour& colour) {
    return std::tuple(-colour.share, colour.lab[0], colour.lab[1], colour.lab[2]);
  });
  return palette;
}

Result<std::unique_ptr<Descriptor>> PaletteDescriptor::make(const PaletteOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<PaletteDescriptor>(options));
}

std::vector<std::string> PaletteDescriptor::value_names() const {
  std::vector<std::string> names;
  for (int k = 1; k <= options_.colours; ++k) {
    for (const char* part : {"share", "lightness", "green-red", "blue-yellow"}) {
      names.push_back(fmt::format("colour {} {}", k, part));
    }
  }
  names.emplace_back("spread");
  return names;
}

Status PaletteDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  const Palette palette = find_palette(picture, options_);
  for (size_t k = 0; k < static_cast<size_t>(options_.colours); ++k) {
    const bool there = k < palette.colours.size();
    const PaletteColour& colour = palette.colours[there ? k : 0];
    out[4 * k] = there ? static_cast<float>(colour.share) : 0.0F;
    for (size_t c = 0; c < 3; ++c) out[4 * k + 1 + c] = static_cast<float>(colour.lab[c] / 255.0);
  }
  out.back() = static_cast<float>(palette.spread / 128.0);
  return {};
}

}  // namespace sleeve
