// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STORE_SHARE_LIST_H_
#define SLEEVE_STORE_SHARE_LIST_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/hash.h"

// What may be handed to others where pictures may not: which albums, and what is said of them. `sleeve
// collect --list` builds the collection again from it. docs/formats.md describes the text.
namespace sleeve {

// An album by the id that its source knows it by.
struct ShareEntry {
  std::string source;  // the collector that understands the id: metabrainz, spotify, …
  std::string id;
  std::string title;
  std::string artist_id;
  std::string artist_name;
  std::vector<std::string> genres;  // the source's tags
  std::vector<int64_t> votes;       // of each; empty: not counted
  std::vector<std::string> labels;  // decided genres; empty: none decided
  std::optional<double> popularity;
  std::string popularity_class;  // decided; empty: none
  std::optional<std::string> collection;
  std::optional<int> year;
  std::optional<Sha256> cover;  // the picture that the labels were given to
  friend bool operator==(const ShareEntry&, const ShareEntry&) = default;
};

struct ShareList {
  std::string made_by;                       // program and version
  std::map<std::string, std::string> notes;  // by source: what its data may be used for
  std::vector<ShareEntry> entries;
  friend bool operator==(const ShareList&, const ShareList&) = default;
};

// JSON Lines, UTF-8: a header, then a line for each entry.
std::string write_share_list(const ShareList& list);

// kCorrupt, naming the line: no such list, a line that is no album, fewer albums than the header promises
// (a file cut off); kUnsupported if a newer sleeve wrote it.
Result<ShareList> parse_share_list(std::string_view text);

}  // namespace sleeve

#endif  // SLEEVE_STORE_SHARE_LIST_H_
