// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <fstream>
#include <numeric>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "base/csv.h"
#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/try.h"
#include "image/byte_view.h"
#include "image/encode.h"
#include "image/jpeg_decoder.h"
#include "synth/synth.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kDirtStream = 4;
constexpr int kQuality = 92;
constexpr int kReissueQuality = 75;
constexpr std::string_view kReadmeTitle = "Synthetic covers, drawn by sleeve";
constexpr std::string_view kManifestHeader = "file,genre,artist,title,popularity,habits";

// What may stop the writing: the first error of any thread is kept.
class FirstError {
 public:
  void set(Error error) {
    if (!taken_.exchange(true)) error_ = std::move(error);
  }
  // Only after the parallel part.
  [[nodiscard]] Status status() const { return error_ ? Status(*error_) : Status(); }

 private:
  std::atomic<bool> taken_{false};
  std::optional<Error> error_;
};

// Fails only for want of memory, of which write_synth_dataset() makes an error.
template <class T>
T or_throw(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

Bytes encode(const cv::Mat& picture, int quality = kQuality) {
  return or_throw(encode_jpeg(picture, quality));
}

cv::Mat to_grey(const cv::Mat& picture) {
  cv::Mat grey;
  cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
  return grey;
}

cv::Mat resized(const cv::Mat& picture, int side) {
  cv::Mat result;
  cv::resize(picture, result, {side, side}, 0, 0, cv::INTER_AREA);
  return result;
}

// Not atomic and not synced, unlike write_file_atomic(): hundreds of pictures that can be drawn again
// at any time. The manifest, written last and in one step, says that they are all there.
Status write_picture(const fs::path& path, std::span<const std::byte> bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  const auto* data = reinterpret_cast<const char*>(bytes.data());  // NOLINT: that is what write() takes
  out.write(data, static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) return error_from_errno(errno, printable(path));
  return {};
}

// One file of dirt: what it is made of, and its row.
struct DirtFile {
  SynthAlbum row;
  Bytes bytes;
};

struct Plan {
  std::vector<SynthAlbum> albums;
  std::vector<bool> grey;  // per album
  std::vector<DirtFile> dirt;
  std::vector<SynthAlbum> rows;  // of the manifest
  SynthSummary summary;
};

class DirtMaker {
 public:
  DirtMaker(const SynthOptions& options, Plan& plan)
      : options_(options),
        plan_(plan),
        rng_(mix_seed(options.seed, kDirtStream), 0),
        order_(plan.albums.size()) {
    std::iota(order_.begin(), order_.end(), size_t{0});
    rng_.shuffle(std::span(order_));
    share_ = std::max<size_t>(std::min<size_t>(2, order_.size()), order_.size() * 3 / 100);
  }

  void make() {
    for (size_t i = 0; i < share_; ++i) plan_.grey[next()] = true;
    plan_.summary.grey = share_;
    for (size_t i = 0; i < share_; ++i) cross_genre_copy(next());
    for (size_t i = 0; i < share_; ++i) near_copy(next());
    for (const int side : {1, 2, 4, 8, 16}) tiny(next(), side);
    corrupt();
    bad_rows();
  }

 private:
  // Albums in an order of chance: in small data sets one album may serve twice.
  size_t next() { return order_[taken_++ % order_.size()]; }
  [[nodiscard]] Bytes jpeg_of(size_t album) const {
    const cv::Mat picture = draw_synth_cover(options_, plan_.albums, album);
    return encode(plan_.grey[album] ? to_grey(picture) : picture);
  }
  void add(SynthAlbum row, const std::string& name, Bytes bytes) {
    row.file = fmt::format("images/{}.jpg", name);
    plan_.rows.push_back(row);
    plan_.dirt.push_back({std::move(row), std::move(bytes)});
  }
  // An album by somebody else, of another genre or of the same.
  const SynthAlbum& somebody_else(const SynthAlbum& album, bool same_genre) {
    for (;;) {
      const SynthAlbum& other = plan_.albums[rng_.below(plan_.albums.size())];
      if (other.artist != album.artist && (other.genre == album.genre) == same_genre) return other;
    }
  }

  void cross_genre_copy(size_t source) {
    const SynthAlbum& album = plan_.albums[source];
    const SynthAlbum& other = somebody_else(album, false);
    SynthAlbum row = album;
    row.genre = other.genre;
    row.artist = other.artist;
    add(row, fmt::format("{}-copy-{}", row.artist, ++plan_.summary.cross_genre_copies), jpeg_of(source));
  }

  void near_copy(size_t source) {
    const SynthAlbum& album = plan_.albums[source];
    const SynthAlbum& other = somebody_else(album, options_.artists > 1);
    SynthAlbum row = album;
    row.genre = other.genre;
    row.artist = other.artist;
    const cv::Mat colours = or_throw(decode_jpeg(ByteView(jpeg_of(source)))).pixels;
    const cv::Mat picture = plan_.grey[source] ? to_grey(colours) : colours;
    add(row, fmt::format("{}-reissue-{}", row.artist, ++plan_.summary.near_copies),
        encode(resized(picture, options_.side * 4 / 5), kReissueQuality));
  }

  void tiny(size_t source, int side) {
    const cv::Mat picture = draw_synth_cover(options_, plan_.albums, source);
    add(plan_.albums[source], fmt::format("{}-tiny-{}", plan_.albums[source].artist, side),
        encode(resized(picture, side)));
    ++plan_.summary.tiny;
  }

  void corrupt() {
    constexpr std::string_view kPage = "<html><body>404: this cover is gone</body></html>\n";
    const auto letters = std::as_bytes(std::span(kPage));
    const Bytes page(letters.begin(), letters.end());
    const auto add_broken = [&](std::string_view how, size_t source, Bytes bytes) {
      add(plan_.albums[source], fmt::format("{}-{}", plan_.albums[source].artist, how), std::move(bytes));
      ++plan_.summary.corrupt;
    };
    const size_t half = next(), head = next(), empty = next(), text = next();
    Bytes bytes = jpeg_of(half);
    bytes.resize(bytes.size() / 2);
    add_broken("truncated", half, std::move(bytes));
    bytes = jpeg_of(head);
    bytes.resize(20);
    add_broken("header-only", head, std::move(bytes));
    add_broken("empty", empty, {});
    add_broken("text", text, page);
  }

  void bad_rows() {
    plan_.rows[next()].popularity = 140;  // rows start with the albums, in order
    plan_.summary.bad_popularities = 1;
    SynthAlbum row = plan_.albums[next()];
    row.file = fmt::format("images/{}-missing.jpg", row.artist);
    plan_.rows.push_back(row);
    plan_.summary.missing_files = 1;
  }

  const SynthOptions& options_;
  Plan& plan_;
  Rng rng_;
  std::vector<size_t> order_;
  size_t share_ = 0;
  size_t taken_ = 0;
};

Plan make_plan(const SynthOptions& options) {
  Plan plan;
  plan.albums = synth_albums(options);
  plan.grey.resize(plan.albums.size());
  plan.rows = plan.albums;
  plan.summary.covers = plan.albums.size();
  if (options.dirt) DirtMaker(options, plan).make();
  plan.summary.rows = plan.rows.size();
  return plan;
}

std::string manifest_text(const Plan& plan) {
  std::string text = fmt::format("{}\n", kManifestHeader);
  for (const SynthAlbum& row : plan.rows) {
    text += fmt::format("{},{},{},{},{:.1f},{}\n", row.file, row.genre, row.artist, row.title, row.popularity,
                        row.habits);
  }
  return text;
}

std::string readme_text(const SynthOptions& options) {
  return fmt::format(
      "{}\n\n"
      "Nothing here is a real cover, artist, album or genre. A program drew the pictures, with\n"
      "signals of known strength in them, to show and to test how albums are told apart by their covers.\n\n"
      "images/       the covers\n"
      "manifest.csv  one row per cover: file, genre (the label), artist, title, popularity (0 to 100),\n"
      "              habits (the genre in whose habits the cover was drawn: the truth behind the label)\n\n"
      "Drawn with {}\n"
      "The best accuracy that can be expected from the covers alone: {:.3f}\n",
      kReadmeTitle, dump_json(options_to_json(options)), accuracy_ceiling(options));
}

bool is_our_readme(const fs::path& path) {
  const auto text = read_text_file(path, 1 << 16);
  return text.ok() && text->starts_with(kReadmeTitle);
}

// Removes the pictures that an earlier data set's manifest names, and that manifest.
Status remove_earlier(const fs::path& folder) {
  const fs::path manifest = folder / "manifest.csv";
  std::error_code code;
  if (const auto text = read_text_file(manifest); text.ok() && text->starts_with(kManifestHeader)) {
    SLEEVE_TRY(const CsvTable table, parse_csv(*text));
    for (const CsvRow& row : table.rows) {
      // Only plain names in images/: a manifest that was tampered with must not remove anything else.
      const fs::path file = row.fields.empty() ? fs::path() : fs::path(row.fields[0]);
      const bool plain = file.parent_path() == "images" && file.extension() == ".jpg";
      if (row.problem.empty() && plain) fs::remove(folder / file, code);
    }
  }
  fs::remove(manifest, code);
  if (code) return error_from_errno(code.value(), printable(manifest));
  return {};
}

Status prepare_folder(const SynthOptions& options, const fs::path& folder) {
  std::error_code code;
  const auto kind = fs::status(folder, code).type();
  if (kind != fs::file_type::not_found && kind != fs::file_type::directory) {
    return make_error(ErrorCode::kConflict, "{}: is not a folder; name a new one", printable(folder));
  }
  if (kind == fs::file_type::directory) {
    const bool empty = fs::is_empty(folder, code);
    if (code) return error_from_errno(code.value(), printable(folder));
    if (!empty && !is_our_readme(folder / "README.txt")) {
      return make_error(ErrorCode::kConflict,
                        "{}: holds something other than synthetic covers; name an empty or a new folder",
                        printable(folder));
    }
    if (!empty) SLEEVE_CHECK(remove_earlier(folder));
  }
  // The README comes first: a data set that was stopped half-way can then be told from other folders.
  SLEEVE_CHECK(write_file_atomic(folder / "README.txt", readme_text(options)));
  return make_folders(folder / "images");
}

Status write_pictures(const SynthOptions& options, const Plan& plan, const fs::path& folder,
                      const WorkContext& context) {
  FirstError first;
  context.progress().begin("drawing synthetic covers", plan.albums.size());
  parallel_for(plan.albums.size(), [&](size_t i) {
    if (context.stopping()) return first.set({ErrorCode::kCancelled, "drawing of covers was stopped"});
    const cv::Mat picture = draw_synth_cover(options, plan.albums, i);
    const Bytes bytes = encode(plan.grey[i] ? to_grey(picture) : picture);
    if (Status status = write_picture(folder / plan.albums[i].file, bytes); !status.ok()) {
      return first.set(status.error());
    }
    context.progress().step();
  });
  context.progress().end();
  SLEEVE_CHECK(first.status());
  for (const DirtFile& file : plan.dirt) SLEEVE_CHECK(write_picture(folder / file.row.file, file.bytes));
  return {};
}

Result<SynthSummary> write_dataset(const SynthOptions& options, const fs::path& folder,
                                   const WorkContext& context) {
  SLEEVE_CHECK(options_from_json<SynthOptions>(options_to_json(options), "synthetic covers"));
  SLEEVE_CHECK(prepare_folder(options, folder));
  const Plan plan = make_plan(options);
  SLEEVE_CHECK(write_pictures(options, plan, folder, context));
  SLEEVE_CHECK(write_file_atomic(folder / "manifest.csv", manifest_text(plan)));
  return plan.summary;
}

}  // namespace

Result<SynthSummary> write_synth_dataset(const SynthOptions& options, const fs::path& folder,
                                         const WorkContext& context) {
  try {
    return write_dataset(options, folder, context);
  } catch (const std::exception& exception) {  // OpenCV, memory
    return make_error(ErrorCode::kIo, "{}: the covers could not be drawn: {}", printable(folder),
                      exception.what());
  }
}

}  // namespace sleeve
