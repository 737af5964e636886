// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_ALBUM_WRITER_H_
#define SLEEVE_COLLECT_ALBUM_WRITER_H_

#include <string>
#include <unordered_set>
#include <vector>

#include "collect/collect.h"

namespace sleeve {

// Writes what a source finds into the catalogue, batch by batch.
class AlbumWriter final : public AlbumSink {
 public:
  AlbumWriter(Catalogue& catalogue, const SourceInfo& info, const CollectionRecord& collection,
              CollectReport& report)
      : catalogue_(catalogue),
        collections_(catalogue),
        info_(info),
        collection_(collection),
        report_(report) {}

  Status found(FoundAlbum album) override;
  void note(const std::string& text) override;
  void problem(const std::string& item, const Error& error) override;
  // What hasn't been written yet.
  Status flush();

 private:
  Status write(FoundAlbum& found);

  Catalogue& catalogue_;
  Collections collections_;
  const SourceInfo& info_;
  const CollectionRecord& collection_;
  CollectReport& report_;
  std::vector<FoundAlbum> batch_;
  std::unordered_set<std::string> seen_;
  int64_t position_ = 0;
};

// The journal's form of links, and back. Links of another form are none.
std::string links_text(const std::vector<PictureLink>& links);
std::vector<PictureLink> parse_links(const std::string& text);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_ALBUM_WRITER_H_
