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
  int side = 200;    // pixels
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

// One drawn cover, before it becomes a file. Drawing one needs no other: cover i of the same options
// is the same picture, whatever else is drawn.
struct SynthAlbum {
  std::string file;   // "images/glacier-artist-07-album-3.png", relative to the data set's folder
  std::string genre;  // the label
  std::string artist;
  std::string title;
  double popularity;   // 0 to 100
  std::string habits;  // the genre in whose habits it was drawn: the truth behind the label
  bool face;           // whether a face was drawn
};

std::vector<SynthAlbum> synth_albums(const SynthOptions& options);
cv::Mat draw_synth_cover(const SynthOptions& options, const std::vector<SynthAlbum>& albums,
                         size_t index);  // BGR, 8 bits

// The best accuracy any classifier can expect when it recognises the habits perfectly and artists
// not at all: genre_signal + (1 - genre_signal) / genres. With balanced classes, macro-F1 is the same in
// expectation.
double accuracy_ceiling(const SynthOptions& options);

struct SynthSummary {
  size_t covers = 0;
  // with dirt:
  size_t cross_genre_copies = 0;  // byte-identical copies under another genre
  size_t near_copies = 0;         // re-encoded, resized copies under another artist
  size_t grey = 0;
  size_t tiny = 0;     // 1 × 1 to 16 × 16
  size_t corrupt = 0;  // truncated, empty, text with a .jpg name: must not be importable
};

// Writes DIR/images/…, DIR/manifest.csv (file,genre,artist,title,popularity,habits) and
// DIR/README.txt, which says that the covers are synthetic. kConflict if DIR exists and is not
// empty and has no manifest of this kind.
Result<SynthSummary> write_synth_dataset(const SynthOptions& options, const std::filesystem::path& folder,
                                         const WorkContext& context = {});

}  // namespace sleeve

#endif  // SLEEVE_SYNTH_SYNTH_H_
