// SPDX-License-Identifier: Apache-2.0
#include "synth/synth.h"

#include <array>
#include <cassert>
#include <string_view>

#include <fmt/format.h>

#include "base/rng.h"
#include "synth/habits.h"

namespace sleeve {
namespace {

// Streams of chance that must not depend on each other.
enum Stream : uint64_t { kPlanStream = 1, kDrawStream = 2, kMarkStream = 3 };

constexpr double kMeanBrightness = 0.44;
constexpr double kBrightnessDeviation = 0.075;
constexpr float kPatina = 0.10F;
constexpr double kMeanPopularity = 50;
constexpr double kPopularityDeviation = 16;

constexpr std::array<std::string_view, 32> kFirstWords{
    "Paper",  "Quiet", "Second", "Hollow", "Amber",  "Distant", "Borrowed", "Northern",
    "Little", "Glass", "Sunday", "Half",   "Golden", "Slow",    "Inner",    "Salt",
    "Early",  "Blue",  "Velour", "Empty",  "Bright", "Lost",    "Winter",   "Copper",
    "Silent", "Open",  "Minor",  "Late",   "Soft",   "Broken",  "Seventh",  "Tall"};
constexpr std::array<std::string_view, 32> kSecondWords{
    "Lanterns", "Rooms",   "Harbour", "Machines", "Gardens", "Letters",  "Horizon", "Weather",
    "Motion",   "Signals", "Houses",  "Moon",     "Orchard", "Mirrors",  "Bridges", "Atlas",
    "Sleep",    "Engines", "Rivers",  "Echo",     "Static",  "Feathers", "Tides",   "Season",
    "Shadows",  "Voices",  "Islands", "Circles",  "Wires",   "Hours",    "Embers",  "Towns"};

// Mean 0, deviation 1, and never so far out that a cover would be black or white.
double bounded_normal(Rng& rng) {
  constexpr double kBound = 2.4;
  constexpr double kDeviation = 0.943776;  // of a standard normal cut at ±2.4
  for (;;) {
    const double value = rng.normal();
    if (std::abs(value) <= kBound) return value / kDeviation;
  }
}

size_t count_of(const SynthOptions& options) {
  return static_cast<size_t>(options.genres) * static_cast<size_t>(options.artists) *
         static_cast<size_t>(options.albums);
}

SynthAlbum plan_album(const SynthOptions& options, size_t index) {
  const auto albums = static_cast<size_t>(options.albums), artists = static_cast<size_t>(options.artists);
  const auto genres = std::span(synth::all_habits()).first(static_cast<size_t>(options.genres));
  const auto& own = genres[index / albums / artists];
  Rng rng(mix_seed(options.seed, kPlanStream), index);
  SynthAlbum album;
  album.genre = own.genre;
  album.artist = fmt::format("{}-artist-{:02}", own.genre, index / albums % artists + 1);
  album.file = fmt::format("images/{}-album-{}.jpg", album.artist, index % albums + 1);
  album.title = fmt::format("{} {} (synthetic)", kFirstWords[rng.below(kFirstWords.size())],
                            kSecondWords[rng.below(kSecondWords.size())]);
  // Every draw is made for every album, so that one signal's strength doesn't change the others' dice.
  const bool in_own = rng.uniform() < options.genre_signal;
  const auto& other = genres[rng.below(genres.size())];
  const auto& habits = in_own ? own : other;
  const bool marked = rng.uniform() < options.artist_signal;
  album.face = rng.uniform() < habits.face_share && !marked;
  album.habits = marked ? std::string(kArtistMark) : std::string(habits.genre);
  const double shown = bounded_normal(rng), hidden = rng.normal();
  album.brightness = kMeanBrightness + kBrightnessDeviation * shown;
  const double score =
      std::sqrt(options.popularity_signal) * shown + std::sqrt(1 - options.popularity_signal) * hidden;
  album.popularity = std::clamp(kMeanPopularity + kPopularityDeviation * score, 0.0, 100.0);
  return album;
}

synth::Scene paint_scene(synth::Canvas& canvas, const SynthOptions& options, const SynthAlbum& album,
                         size_t artist, Rng& rng) {
  for (const auto& habits : synth::all_habits()) {
    if (habits.genre == album.habits) return habits.paint(canvas, album.face, rng);
  }
  assert(album.habits == kArtistMark);
  return synth::paint_artist_mark(canvas, mix_seed(mix_seed(options.seed, kMarkStream), artist));
}

}  // namespace

std::vector<SynthAlbum> synth_albums(const SynthOptions& options) {
  std::vector<SynthAlbum> albums;
  albums.reserve(count_of(options));
  for (size_t i = 0; i < count_of(options); ++i) albums.push_back(plan_album(options, i));
  return albums;
}

cv::Mat draw_synth_cover(const SynthOptions& options, const std::vector<SynthAlbum>& albums, size_t index) {
  assert(index < albums.size());
  const SynthAlbum& album = albums[index];
  Rng rng(mix_seed(options.seed, kDrawStream), index);
  synth::Canvas canvas(options.side);
  const synth::Scene scene =
      paint_scene(canvas, options, album, index / static_cast<size_t>(options.albums), rng);
  if (album.face) synth::paint_portrait(canvas, scene.portrait, rng);
  // Covers of one genre are alike in their large shapes. The light differs, so that looking for nearly
  // identical pictures (a perceptual hash) doesn't take two albums for the same one.
  canvas.patina(rng, kPatina);
  // The second line says what the cover is; its number is chance, so that it can't tell the artist.
  const std::string small_line = fmt::format("synthetic {:04}", rng.below(10000));
  synth::letter(canvas, scene.lettering, album.title.substr(0, album.title.find(" (")), small_line);
  canvas.vignette(0.16F);
  canvas.tone_to(album.brightness);
  canvas.grain(rng, rng.uniform(0.008, 0.02));
  return canvas.picture();
}

double accuracy_ceiling(const SynthOptions& options) {
  const double chance = 1.0 / options.genres;
  const double shown = options.genre_signal * (1 - options.artist_signal);
  return shown + (1 - shown) * chance;
}

}  // namespace sleeve
