// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LABEL_OVERLAY_H_
#define SLEEVE_STAGE_LABEL_OVERLAY_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sleeve/result.h>

#include "label/decisions.h"

namespace sleeve {

// Label decisions as the data set sees them: laid over what the catalogue says of albums and covers.
class LabelOverlay {
 public:
  // `raw`: as if nothing had been decided.
  // `without`: fields to be passed over.
  static Result<LabelOverlay> load(Catalogue& catalogue, bool raw,
                                   const std::vector<std::string>& without = {});

  // Puts the derived genres in the place of the album's tags. Once any album has derived genres, an album
  // without a decision has none: tags and labels are never mixed.
  void apply(AlbumRecord& album) const;
  [[nodiscard]] bool leaves_out(const AlbumRecord& album) const;
  // The derived class; nothing: not decided.
  [[nodiscard]] std::optional<std::string> popularity_class(const AlbumRecord& album) const;
  [[nodiscard]] bool has_popularity_classes() const { return popularity_classes_; }

  // What is said of the cover itself, stronger than what its albums say.
  [[nodiscard]] std::optional<std::vector<std::string>> genres(const Sha256& cover) const;
  [[nodiscard]] bool leaves_out(const Sha256& cover) const;
  // Pairs of covers that are the same one.
  [[nodiscard]] std::vector<std::pair<Sha256, Sha256>> same_covers() const;

 private:
  Decisions decisions_;
  bool album_genres_ = false;
  bool popularity_classes_ = false;
};

// A value that is a list of texts; anything else in it is passed over.
std::vector<std::string> texts_in(const Json& value);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LABEL_OVERLAY_H_
