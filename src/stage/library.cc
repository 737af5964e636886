// SPDX-License-Identifier: Apache-2.0
#include "stage/library.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/audio_tags.h"
#include "collect/cover_record.h"
#include "collect/picture_store.h"
#include "stage/cover_paths.h"
#include "stage/enrich.h"
#include "stage/library_album.h"
#include "stage/library_walk.h"
#include "stage/problem_json.h"
#include "store/library_table.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLibraryBatch = 256;   // files looked at between two transactions
constexpr size_t kMostProblems = 1000;  // in a report

Error stopped() { return Error{ErrorCode::kCancelled, "stopped"}; }

// A music file of a batch, and what it said.
struct Item {
  fs::path path;
  fs::path folder;
  FileStamp stamp;
  std::optional<Error> problem;
  AudioTags tags;
  bool known = false;  // as it was: nothing to be read
};

// A picture that was looked at.
struct Look {
  CoverRecord cover;
  fs::path path;  // empty: in the workspace
  FileStamp stamp;
};

// The folder as rows name it.
std::string folder_text(const fs::path& folder) { return (folder / "").native(); }

std::string album_key(const Item& item, const std::string& root) {
  if (!item.tags.release.empty()) return "mb:" + item.tags.release;
  const std::string folder = folder_text(item.folder).substr(root.size());
  // Compilations have many artists and often say no album artist; loose files without an album are told
  // apart by their artists.
  const std::string& artist = item.tags.album.empty() ? item.tags.artist : item.tags.album_artist;
  return "in:" + printable(std::string_view(folder)) + "\t" + artist + "\t" + item.tags.album;
}

LibraryFile library_file(const Item& item, const std::string& root) {
  LibraryFile file;
  file.path = item.path.native();
  file.folder = folder_text(item.folder);
  file.stamp = item.stamp;
  if (item.problem) {
    file.problem_code = std::string(name_of(item.problem->code));
    file.problem = item.problem->message;
    return file;
  }
  file.album = album_key(item, root);
  file.title = item.tags.album;
  file.album_artist = item.tags.album_artist;
  file.artist = item.tags.artist;
  file.artist_id = item.tags.album_artist_id;
  file.release = item.tags.release;
  file.release_group = item.tags.release_group;
  file.genres = item.tags.genres;
  file.year = item.tags.year;
  file.has_picture = item.tags.has_picture;
  return file;
}

Result<Look> look_at_beside(const fs::path& path) {
  const DecodeLimits limits;
  Look look;
  look.path = path;
  SLEEVE_TRY(look.stamp, stamp_of(path));
  SLEEVE_TRY(const Bytes bytes, read_file(path, limits.max_file_bytes));
  auto cover = cover_record(bytes, path, limits);
  if (!cover.ok()) return with_context(std::move(cover).error(), printable(path));
  look.cover = std::move(cover).value();
  return look;
}

// Copies the embedded picture into the workspace.
Result<Look> take_embedded(const fs::path& music, const PictureStore& store) {
  SLEEVE_TRY(const AudioTags tags, read_audio_tags(music, WithPicture::kYes));
  auto cover = cover_record(tags.picture);
  if (!cover.ok()) return with_context(std::move(cover).error(), printable(music) + ": its embedded picture");
  SLEEVE_CHECK(store.place(*cover, tags.picture));
  return Look{std::move(cover).value(), {}, {}};
}

// What an album's files have become of their pictures.
struct Attempt {
  std::string album;
  std::vector<std::string> paths;
  std::vector<std::pair<std::string, Error>> broken;
  std::optional<std::pair<std::string, Look>> taken;
};

void attempt(Attempt& album, const PictureStore& store) {
  for (const std::string& path : album.paths) {
    auto look = take_embedded(path, store);
    if (look.ok()) {
      album.taken = {path, std::move(look).value()};
      return;
    }
    album.broken.emplace_back(path, std::move(look).error());
  }
}

class Collector {
 public:
  Collector(Workspace& workspace, LibraryTable table, std::string root, const WorkContext& context)
      : workspace_(workspace), table_(std::move(table)), root_(std::move(root)), context_(context) {}

  Status collect() {
    // Covers that went from the workspace are taken out of the music again.
    SLEEVE_CHECK(PictureStore(workspace_.folder()).recover(workspace_.catalogue()));
    SLEEVE_TRY(const size_t expected, table_.file_count());
    context_.progress().begin("reading music files", expected);
    Status walked = walk_music(root_, findings_, [&](const MusicFolder& folder) { return take(folder); });
    if (walked.ok()) walked = flush();
    context_.progress().end();
    if (!walked.ok() && walked.error().code == ErrorCode::kCancelled) report_.cancelled = true;
    if (!walked.ok() && !report_.cancelled) return walked;
    if (!report_.cancelled) SLEEVE_CHECK(finish());
    return {};
  }

  LibraryReport& report() { return report_; }
  [[nodiscard]] const WalkFindings& findings() const { return findings_; }

 private:
  Status take(const MusicFolder& folder) {
    if (!folder.picture.empty()) pictures_.emplace_back(folder.path, folder.picture);
    for (const fs::path& path : folder.music) {
      Item& item = items_.emplace_back();
      item.path = path;
      item.folder = folder.path;
      if (items_.size() >= kLibraryBatch) SLEEVE_CHECK(flush());
    }
    return {};
  }

  // A batch: tags on all threads, then rows; then the pictures of albums that lack one, then their rows.
  Status flush() {
    if (context_.stopping()) return stopped();
    SLEEVE_TRY(Transaction transaction, workspace_.catalogue().begin());
    for (Item& item : items_) SLEEVE_CHECK(recognise(item));
    parallel_for(items_.size(), [&](size_t i) { read(items_[i]); });
    std::set<std::string> touched;
    for (const Item& item : items_) {
      if (item.known) continue;
      ++report_.read;
      const LibraryFile file = library_file(item, root_);
      SLEEVE_CHECK(table_.put_file(file));
      if (item.problem) {
        SLEEVE_CHECK(note(file.path, file.problem_code, file.problem));
        ++report_.unreadable;
      } else {
        touched.insert(file.album);
      }
    }
    SLEEVE_CHECK(take_pictures(touched));
    SLEEVE_CHECK(look_beside());
    SLEEVE_CHECK(transaction.commit());
    report_.files += items_.size();
    context_.progress().step(items_.size());
    items_.clear();
    return {};
  }

  Status recognise(Item& item) {
    const auto stamp = stamp_of(item.path);
    if (!stamp.ok()) {
      item.problem = stamp.error();
      return {};
    }
    item.stamp = *stamp;
    SLEEVE_TRY(const auto known, table_.see_file(item.path.native(), item.stamp));
    item.known = known.has_value();
    if (!known || known->problem_code.empty()) return {};
    if (!known->readable) ++report_.unreadable;
    return note(item.path.native(), known->problem_code, known->problem);
  }

  static void read(Item& item) {
    if (item.known || item.problem) return;
    auto tags = read_audio_tags(item.path, WithPicture::kNo);
    if (tags.ok()) {
      item.tags = std::move(tags).value();
    } else {
      item.problem = std::move(tags).error();
    }
  }

  Status take_pictures(const std::set<std::string>& albums) {
    std::vector<Attempt> attempts;
    for (const std::string& album : albums) {
      SLEEVE_TRY(auto candidates, table_.candidates(album));
      if (!candidates.covered && !candidates.paths.empty())
        attempts.push_back({album, std::move(candidates.paths), {}, {}});
    }
    const PictureStore store(workspace_.folder());
    parallel_for(attempts.size(), [&](size_t i) { attempt(attempts[i], store); });
    for (const Attempt& done : attempts) {
      for (const auto& [path, error] : done.broken) {
        SLEEVE_CHECK(table_.put_picture(path, std::nullopt));
        SLEEVE_CHECK(table_.put_problem(path, std::string(name_of(error.code)), error.message));
        SLEEVE_CHECK(note(path, std::string(name_of(error.code)), error.message));
      }
      if (!done.taken) continue;
      SLEEVE_TRY(const int64_t cover, put_cover(done.taken->second));
      SLEEVE_CHECK(table_.put_picture(done.taken->first, cover));
    }
    return {};
  }

  Result<int64_t> put_cover(const Look& look) {
    SLEEVE_TRY(const auto known, workspace_.catalogue().find_cover(look.cover.sha256));
    if (!known) ++report_.new_covers;
    if (look.path.empty())
      return PictureStore(workspace_.folder()).catalogue(workspace_.catalogue(), look.cover);
    SLEEVE_TRY(const int64_t id, workspace_.catalogue().add_cover(look.cover));
    SLEEVE_CHECK(workspace_.catalogue().put_file({look.path.native(), id, look.stamp, {}}));
    return id;
  }

  // The pictures beside the music of this batch's folders; one that is as it was isn't read again.
  Status look_beside() {
    std::vector<std::optional<Result<Look>>> looks(pictures_.size());
    std::vector<std::optional<int64_t>> known(pictures_.size());
    for (size_t i = 0; i < pictures_.size(); ++i) {
      SLEEVE_TRY(const auto file, workspace_.catalogue().find_file(pictures_[i].second.native()));
      const auto stamp = stamp_of(pictures_[i].second);
      if (file && stamp.ok() && *stamp == file->stamp) known[i] = file->cover_id;
    }
    parallel_for(pictures_.size(), [&](size_t i) {
      if (!known[i]) looks[i] = look_at_beside(pictures_[i].second);
    });
    for (size_t i = 0; i < pictures_.size(); ++i) {
      if (looks[i] && !looks[i]->ok()) {
        const Error& error = looks[i]->error();
        SLEEVE_CHECK(note(pictures_[i].second.native(), std::string(name_of(error.code)), error.message));
        continue;
      }
      if (looks[i]) {
        SLEEVE_TRY(known[i], put_cover(looks[i]->value()));
      }
      SLEEVE_CHECK(table_.put_folder_cover(folder_text(pictures_[i].first), *known[i]));
    }
    pictures_.clear();
    return {};
  }

  Status note(const std::string& path, const std::string& code, const std::string& reason) {
    ++report_.problem_count;
    if (report_.problems.size() < kMostProblems) report_.problems.push_back({path, code, reason});
    return {};
  }

  // Albums are written only after all files were seen, in one transaction.
  Status finish() {
    if (report_.files == 0) {
      return make_error(ErrorCode::kNoData, "{}: holds no music file (mp3, flac, m4a, ogg, opus, wav)",
                        printable(std::string_view(root_)));
    }
    SLEEVE_TRY(Transaction transaction, workspace_.catalogue().begin());
    std::vector<std::string> unread;
    for (const auto& [folder, error] : findings_.unread) {
      unread.push_back(folder_text(folder));
      SLEEVE_CHECK(note(folder.native(), std::string(name_of(error.code)), error.message));
    }
    SLEEVE_CHECK(table_.forget_unseen(unread));
    SLEEVE_TRY(const auto uncovered, table_.uncovered_albums());
    SLEEVE_CHECK(take_pictures({uncovered.begin(), uncovered.end()}));
    SLEEVE_CHECK(table_.each_album([&](const std::vector<LibraryFile>& files) { return put_album(files); }));
    SLEEVE_TRY(report_.removed, table_.remove_albums_without_files());
    SLEEVE_CHECK(write_problems());
    return transaction.commit();
  }

  Status put_album(const std::vector<LibraryFile>& files) {
    AlbumRecord album = library_album(files, root_);
    SLEEVE_TRY(album.cover_id, choose_cover(files));
    SLEEVE_CHECK(keep_enriched(workspace_.catalogue(), album));
    SLEEVE_TRY(const Change change, workspace_.catalogue().put_album(album));
    ++report_.albums;
    ++(change == Change::kNew       ? report_.added
       : change == Change::kUpdated ? report_.updated
                                    : report_.unchanged);
    // Ids that the files don't say stay: enrich() may have found them.
    SLEEVE_CHECK(put_id(album, "mb_release", files.front().release));
    return put_id(album, "mb_release_group", release_group_of(files));
  }

  Status put_id(const AlbumRecord& album, const char* kind, const std::string& id) {
    return id.empty() ? Status() : put_album_id(workspace_.catalogue(), album.source, album.key, kind, id);
  }

  Result<std::optional<int64_t>> choose_cover(const std::vector<LibraryFile>& files) {
    for (const LibraryFile& file : files) {
      if (!file.cover_id) continue;
      ++report_.embedded;
      return file.cover_id;
    }
    for (size_t i = 0; i < files.size(); ++i) {
      if (i > 0 && files[i].folder == files[i - 1].folder) continue;
      SLEEVE_TRY(const auto cover, table_.folder_cover(files[i].folder));
      if (!cover) continue;
      ++report_.beside;
      return cover;
    }
    ++report_.without_picture;
    return std::optional<int64_t>();
  }

  Status write_problems() {
    Catalogue& catalogue = workspace_.catalogue();
    SLEEVE_CHECK(catalogue.clear_problems_below(root_));
    for (const Problem& problem : report_.problems) SLEEVE_CHECK(catalogue.put_problem(problem));
    // The report holds the first only.
    return table_.each_problem([&](const Problem& problem) { return catalogue.put_problem(problem); });
  }

  Workspace& workspace_;
  LibraryTable table_;
  std::string root_;
  const WorkContext& context_;
  WalkFindings findings_;
  std::vector<Item> items_;
  std::vector<std::pair<fs::path, fs::path>> pictures_;  // folder, picture
  LibraryReport report_;
};

}  // namespace

Result<LibraryReport> collect_library(Workspace& workspace, const fs::path& folder,
                                      const WorkContext& context) {
  const auto begin = std::chrono::steady_clock::now();
  std::error_code code;
  if (!fs::is_directory(folder, code)) {
    return make_error(ErrorCode::kNotFound, "{}: there is no such folder", printable(folder));
  }
  fs::path root = fs::absolute(folder).lexically_normal();
  if (!root.has_filename()) root = root.parent_path();
  const std::string root_text = folder_text(root);
  SLEEVE_TRY(const FileLock lock, workspace.lock());
  SLEEVE_TRY(LibraryTable table, LibraryTable::open(workspace.catalogue(), root_text));
  Collector collector(workspace, std::move(table), root_text, context);
  SLEEVE_CHECK(collector.collect());
  LibraryReport report = std::move(collector.report());
  report.folder = root_text;
  report.other_formats = collector.findings().other_formats;
  report.links = collector.findings().links;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

Json to_json(const LibraryReport& report) {
  return Json{{"folder", printable(std::string_view(report.folder))},
              {"files", report.files},
              {"read", report.read},
              {"unreadable", report.unreadable},
              {"albums", report.albums},
              {"added", report.added},
              {"updated", report.updated},
              {"unchanged", report.unchanged},
              {"removed", report.removed},
              {"embedded", report.embedded},
              {"beside", report.beside},
              {"without_picture", report.without_picture},
              {"new_covers", report.new_covers},
              {"other_formats", report.other_formats},
              {"links", report.links},
              {"problem_count", report.problem_count},
              {"problems", to_json(report.problems)},
              {"seconds", report.seconds},
              {"cancelled", report.cancelled}};
}

}  // namespace sleeve
