// SPDX-License-Identifier: Apache-2.0
#include "stage/label_overlay.h"

#include <algorithm>
#include <array>

#include "base/try.h"

namespace sleeve {
namespace {

bool is_true(const LabelDecision* decision) { return decision != nullptr && decision->new_value == true; }

}  // namespace

std::vector<std::string> texts_in(const Json& value) {
  std::vector<std::string> texts;
  if (!value.is_array()) return texts;
  for (const Json& entry : value) {
    if (entry.is_string()) texts.push_back(entry.get<std::string>());
  }
  return texts;
}

Result<LabelOverlay> LabelOverlay::load(Catalogue& catalogue, bool raw,
                                        const std::vector<std::string>& without) {
  LabelOverlay overlay;
  if (raw) return overlay;
  SLEEVE_TRY(overlay.decisions_, Decisions::load(catalogue, without));
  for (const LabelDecision& decision : overlay.decisions_.all()) {
    if (decision.field == "genre") overlay.album_genres_ = true;
    if (decision.field == "popularity") overlay.popularity_classes_ = true;
  }
  return overlay;
}

void LabelOverlay::apply(AlbumRecord& album) const {
  if (!album_genres_) return;
  const LabelDecision* decision = decisions_.find(album_subject(album), "genre");
  album.genres = decision == nullptr ? std::vector<std::string>() : texts_in(decision->new_value);
}

bool LabelOverlay::leaves_out(const AlbumRecord& album) const {
  return is_true(decisions_.find(album_subject(album), "out:popularity"));
}

std::optional<std::string> LabelOverlay::popularity_class(const AlbumRecord& album) const {
  const LabelDecision* decision = decisions_.find(album_subject(album), "popularity");
  if (decision == nullptr || !decision->new_value.is_string()) return std::nullopt;
  return decision->new_value.get<std::string>();
}

std::optional<std::vector<std::string>> LabelOverlay::genres(const Sha256& cover) const {
  for (const char* field : {"genre:review", "genre:contradictions"}) {
    const LabelDecision* decision = decisions_.find(cover_subject(cover), field);
    if (decision != nullptr) return texts_in(decision->new_value);
  }
  return std::nullopt;
}

bool LabelOverlay::leaves_out(const Sha256& cover) const {
  const Subject subject = cover_subject(cover);
  return std::ranges::any_of(std::array{"out:review", "out:contradictions", "out:balance"},
                             [&](const char* field) { return is_true(decisions_.find(subject, field)); });
}

std::vector<std::pair<Sha256, Sha256>> LabelOverlay::same_covers() const {
  std::vector<std::pair<Sha256, Sha256>> pairs;
  for (const LabelDecision& decision : decisions_.all()) {
    if (decision.field != "same") continue;
    const auto first = Sha256::from_hex(decision.key);
    for (const std::string& hex : texts_in(decision.new_value)) {
      const auto second = Sha256::from_hex(hex);
      if (first && second) pairs.emplace_back(*first, *second);
    }
  }
  return pairs;
}

}  // namespace sleeve
