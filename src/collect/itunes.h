// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_ITUNES_H_
#define SLEEVE_COLLECT_ITUNES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collect/source.h"

namespace sleeve {

// Apple's iTunes Search API, without a key: searches, artists, albums, charts (a genre's number, or "all") of
// one country's shop. One coarse genre an album and no popularity.
SourceInfo itunes_info();
std::unique_ptr<Source> make_itunes();

// The service's answers, read without trust.
namespace itunes {

struct Album {
  std::string id;
  std::string title;
  std::string artist_id;
  std::string artist_name;
  std::optional<int> year;
  std::string genre;
  std::string picture;  // of 100 pixels; see sized_picture()
};
// The albums of /search and /lookup; what else is in them is passed over. Nothing if it is no such answer.
struct Results {
  std::vector<Album> albums;
  size_t length = 0;
};
std::optional<Results> read_results(const Json& json);
// The ids of a chart's albums, in their order: /us/rss/topalbums/…/json
std::optional<std::vector<std::string>> read_chart(const Json& json);
// The address of the same picture with another side; the address itself if it has another form.
std::string sized_picture(const std::string& url, int side);

}  // namespace itunes

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_ITUNES_H_
