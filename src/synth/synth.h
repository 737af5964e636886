// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_SYNTH_SYNTH_H_
#define SLEEVE_SYNTH_SYNTH_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include <sleeve/result.h>

#include "base/options.h"
#include "base/progress.h"

// Synthetic covers with a signal of known strength: the demo's data, and the tests' oracle.
// Nothing here is a real cover, artist or genre.
namespace sleeve {

struct SynthOptions {
  int genres = 4;    // 2 to 6, each with its own palette, texture, layout, and habit of drawing faces
  int artists = 20;  // invented artists per genre
  int albums = 5;    // albums per artist
  int side = 200;    // pixels; faces are drawn to be found from about 150 on
  double genre_signal = 0.9;  // share of covers drawn in their own genre's habits; the others are drawn in
                              // those of a genre picked at random (the own one included)
  double artist_signal =
      0;  // 0 to 1: share of an artist's covers that carry the artist's own mark (a colour and texture of
          // theirs alone). With genre_signal 0, it is what only a leaky split can use.
  double popularity_signal =
      0.5;            // planted R²: share of the popularity's variance that the cover shows (its brightness)
  bool dirt = false;  // adds what real data have: see SynthSummary
  uint64_t seed = 22;
};
template <class V>
void describe(V& v, SynthOptions& o) {
  v.number("genres", o.genres, {2, 6}, "genres", "How many invented genres");
  v.number("artists", o.artists, {1, 10000}, "artists", "Invented artists per genre");
  v.number("albums", o.albums, {1, 1000}, "albums", "Albums per artist");
  v.number("side", o.side, {48, 2000}, "px", "Width and height of a cover");
  v.number("genre_signal", o.genre_signal, {0, 1}, "", "Share of covers drawn in their own genre's habits");
  v.number("artist_signal", o.artist_signal, {0, 1}, "",
           "Share of covers that carry their artist's own mark");
  v.number("popularity_signal", o.popularity_signal, {0, 1}, "",
           "Share of the popularity's variance that the cover shows");
  v.flag("dirt", o.dirt, "Add duplicates across genres, grey, tiny and corrupt files");
  v.number("seed", o.seed, {0, 1e15}, "", "Seed of all chance");
}

// One drawn cover, before it becomes a file. Planning or drawing one needs no other: cover i of the
// same options is the same picture, whatever else is drawn.
struct SynthAlbum {
  std::string file;       // "images/glacier-artist-07-album-3.jpg", relative to the data set's folder
  std::string genre;      // the label
  std::string artist;     // "glacier-artist-07"
  std::string title;      // "Paper Lanterns (synthetic)"; the cover says "Paper Lanterns" and "synthetic"
  double popularity = 0;  // 0 to 100: about 50 ± 16, whatever the genre and artist
  std::string habits;  // the genre in whose habits it was drawn, the truth behind the label; or kArtistMark
  bool face = false;   // whether a face was drawn
  double brightness = 0;  // mean luma of the cover, 0 to 1: what shows the popularity
};
inline constexpr const char* kArtistMark = "artist-mark";

// genres × artists × albums of them, by genre, then artist.
// REQUIRES (here and below): every option within the range that describe() states.
std::vector<SynthAlbum> synth_albums(const SynthOptions& options);
// BGR, 8 bits, side × side. REQUIRES: albums is what synth_albums(options) gave.
cv::Mat draw_synth_cover(const SynthOptions& options, const std::vector<SynthAlbum>& albums, size_t index);

// The best accuracy any classifier can expect when it recognises the habits perfectly and artists
// not at all. Without artists' marks: genre_signal + (1 - genre_signal) / genres; a cover that
// carries its artist's mark shows no habits, and can only be guessed. With balanced classes, macro-F1 is
// the same in expectation.
double accuracy_ceiling(const SynthOptions& options);

// What was written. Pictures that can be imported: covers + cross_genre_copies + near_copies + tiny;
// different ones among them: the same without cross_genre_copies.
struct SynthSummary {
  size_t covers = 0;  // the albums' own pictures
  size_t rows = 0;    // of the manifest, the missing file's included
  // with dirt:
  size_t cross_genre_copies = 0;  // byte-identical copies under another genre, as files of their own
  size_t near_copies = 0;  // smaller, re-encoded copies under another artist, of the same genre if it has one
  size_t grey = 0;         // of the covers: one channel only
  size_t tiny = 0;         // files of 1 × 1 to 16 × 16 pixels
  size_t corrupt = 0;      // truncated, empty, text with a .jpg name: must not be importable
  size_t missing_files = 0;     // rows that name a file that isn't there
  size_t bad_popularities = 0;  // rows of good covers whose popularity is outside 0-100
};

// Writes DIR/images/…, DIR/manifest.csv (file,genre,artist,title,popularity,habits) and
// DIR/README.txt, which says that the covers are synthetic. Where DIR already holds a data set of this kind,
// it is replaced. kUsage if an option is out of its range; kConflict if DIR is a file, or is neither empty
// nor a data set of this kind (its README.txt says so); kCancelled leaves a data set without a manifest. The
// same options give the same bytes, whatever the number of threads.
Result<SynthSummary> write_synth_dataset(const SynthOptions& options, const std::filesystem::path& folder,
                                         const WorkContext& context = {});

}  // namespace sleeve

#endif  // SLEEVE_SYNTH_SYNTH_H_
