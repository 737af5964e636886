// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STORE_LIBRARY_TABLE_H_
#define SLEEVE_STORE_LIBRARY_TABLE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "store/catalogue.h"

namespace sleeve {

// What a music file said when it was last read.
struct LibraryFile {
  std::string path;    // absolute
  std::string folder;  // with '/' at the end
  FileStamp stamp;
  std::string album;  // the album's key; empty: it can't be read
  std::string title;  // of the album
  std::string album_artist;
  std::string artist;
  std::string artist_id;
  std::string release;
  std::string release_group;
  std::vector<std::string> genres;
  std::optional<int> year;
  std::optional<int64_t> cover_id;  // its embedded cover, if that was taken
  bool has_picture = false;
  std::string problem_code;  // empty: none
  std::string problem;
};

// The catalogue's tables about music libraries, one root at a time. Rows are read and written one by one:
// the memory doesn't depend on how many there are.
class LibraryTable {
 public:
  // `root` ends with '/'. REQUIRES: the catalogue lives as long as this.
  static Result<LibraryTable> open(Catalogue& catalogue, const std::string& root);

  [[nodiscard]] int64_t run() const { return run_; }  // of this walk: larger than all before
  Result<size_t> file_count();

  // A known file whose size and time are as they were counts as seen in this walk: its problem's code (empty:
  // none). Nothing: it has to be read.
  struct Known {
    bool readable = true;
    std::string problem_code;
    std::string problem;
  };
  Result<std::optional<Known>> see_file(const std::string& path, const FileStamp& stamp);
  Status put_file(const LibraryFile& file);
  // The files of an album that have an embedded picture, and whether one of them gave the album its cover,
  // and that is still there.
  struct Candidates {
    bool covered = false;
    std::vector<std::string> paths;  // in order
  };
  Result<Candidates> candidates(const std::string& album);
  // Albums whose cover went: nothing in the catalogue used it any more, or its file is gone.
  Result<std::vector<std::string>> uncovered_albums();
  // What became of a file's embedded picture: taken, or broken (nothing).
  Status put_picture(const std::string& path, std::optional<int64_t> cover_id);
  Status put_problem(const std::string& path, const std::string& code, const std::string& problem);

  Status put_folder_cover(const std::string& folder, int64_t cover_id);
  Result<std::optional<int64_t>> folder_cover(const std::string& folder);

  // Forgets what this walk didn't see, but for what lies below the folders in `unread`.
  Status forget_unseen(const std::vector<std::string>& unread);

  // Calls `take` with the files of each album in turn, albums by key, files by path.
  Status each_album(const std::function<Status(const std::vector<LibraryFile>&)>& take);
  // Calls `take` with the problem of each file that has one.
  Status each_problem(const std::function<Status(const Problem&)>& take);
  // Removes the root's albums that have no files any more: how many.
  Result<size_t> remove_albums_without_files();

 private:
  LibraryTable(Database& database, std::string root) : database_(&database), root_(std::move(root)) {}
  Result<Statement*> statement(const char* sql);

  Database* database_;
  std::string root_;
  int64_t run_ = 0;
  std::map<std::string, Statement> statements_;
};

// By what other services know an album ("mb_release_group").
Status put_album_id(Catalogue& catalogue, const std::string& source, const std::string& key,
                    const std::string& kind, const std::string& value);
// All ids of a kind, by "SOURCE\nKEY" of their albums.
Result<std::map<std::string, std::string>> album_ids(Catalogue& catalogue, const std::string& kind);

}  // namespace sleeve

#endif  // SLEEVE_STORE_LIBRARY_TABLE_H_
