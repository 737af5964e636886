// SPDX-License-Identifier: Apache-2.0
#include "feature/extract.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>

#include <tbb/parallel_pipeline.h>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/text.h"
#include "base/thread_order.h"
#include "base/try.h"
#include "feature/matrix_file.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// One cover on its way through the pipeline; the memory then serves another cover.
struct Job {
  size_t cover = 0;                        // place in the list
  std::vector<size_t> missing;             // places of descriptors in the set
  std::vector<std::vector<float>> values;  // by place in the set; only those of the missing are set
  Status status;
};

// Extractors that wait for a thread: as many as ever worked at once.
class ExtractorPool {
 public:
  ExtractorPool(const FeatureSet& set, Extractor first) : set_(set) {
    idle_.push_back(std::make_unique<Extractor>(std::move(first)));
  }
  Result<std::unique_ptr<Extractor>> take() {
    {
      const std::scoped_lock lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Extractor> extractor = std::move(idle_.back());
        idle_.pop_back();
        return extractor;
      }
    }
    SLEEVE_TRY(Extractor made, Extractor::make(set_));
    return std::make_unique<Extractor>(std::move(made));
  }
  void give_back(std::unique_ptr<Extractor> extractor) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(extractor));
  }

 private:
  const FeatureSet& set_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Extractor>> idle_;
};

// One run of extract_features().
class Extraction {
 public:
  Extraction(std::span<const CoverFile> covers, const FeatureSet& set, const ExtractOptions& options,
             const WorkContext& context, Extractor first)
      : covers_(covers),
        options_(options),
        context_(context),
        sizes_(first.sizes()),
        pool_(set, std::move(first)) {}

  Status open(const FeatureSet& set, const fs::path& folder) {
    SLEEVE_CHECK(find_missing(set, folder));
    for (size_t i = 0; i < sizes_.size(); ++i) {
      const DescriptorId& id = set.descriptors[i];
      SLEEVE_TRY(auto writer, MatrixWriter::open(matrix_path(folder, id, options_.copy),
                                                 matrix_text(id, options_.copy), sizes_[i]));
      writers_.push_back(std::move(writer));
    }
    return {};
  }

  Result<ExtractReport> run() {
    context_.progress().begin("extracting covers", to_do_);
    jobs_.resize(2 * thread_count());
    hand_over();
    const auto feeding = tbb::make_filter<void, Job*>(
        tbb::filter_mode::serial_in_order, [&](tbb::flow_control& control) { return feed(control); });
    const auto working = tbb::make_filter<Job*, Job*>(tbb::filter_mode::parallel, [&](Job* job) {
      work(*job);
      return job;
    });
    const auto keeping =
        tbb::make_filter<Job*, void>(tbb::filter_mode::serial_in_order, [&](Job* job) { keep(*job); });
    tbb::parallel_pipeline(jobs_.size(), feeding & working & keeping);
    hand_over();
    for (MatrixWriter& writer : writers_) note(writer.sync());
    context_.progress().end();
    if (trouble_) return *trouble_;
    return std::move(report_);
  }

 private:
  // Fills lacks_ and counts. The readers are gone again before anything is written.
  Status find_missing(const FeatureSet& set, const fs::path& folder) {
    const size_t width = sizes_.size();
    lacks_.assign(covers_.size() * width, 1);
    for (size_t i = 0; i < sizes_.size(); ++i) {
      const DescriptorId& id = set.descriptors[i];
      const auto reader = MatrixReader::open(matrix_path(folder, id, options_.copy),
                                             matrix_text(id, options_.copy), sizes_[i]);
      if (!reader.ok() && reader.error().code == ErrorCode::kNotFound) continue;
      if (!reader.ok()) return reader.error();
      for (size_t c = 0; c < covers_.size(); ++c) {
        if (reader->contains(covers_[c].sha256)) lacks_[c * width + i] = 0;
      }
    }
    std::unordered_set<Sha256> seen;
    for (size_t c = 0; c < covers_.size(); ++c) {
      if (!seen.insert(covers_[c].sha256).second) std::ranges::fill(lacks(c), uint8_t{0});
      lacks_something(c) ? ++to_do_ : ++report_.skipped;
    }
    return {};
  }

  std::span<uint8_t> lacks(size_t cover) {
    return std::span(lacks_).subspan(cover * sizes_.size(), sizes_.size());
  }
  bool lacks_something(size_t cover) {
    return std::ranges::any_of(lacks(cover), [](uint8_t lack) { return lack != 0; });
  }

  // What one stage wrote, the next may read: the pipeline already orders them, and this shows it
  // to ThreadSanitizer.
  void hand_over() const {
    happens_after(this);
    happens_before(this);
  }

  Job* feed(tbb::flow_control& control) {
    hand_over();
    Job* job = next_job();
    if (job == nullptr) control.stop();
    hand_over();
    return job;
  }

  // Nothing once all covers are done or the run has to end.
  Job* next_job() {
    if (context_.stopping() || halted_) {
      report_.cancelled = remaining();
      return nullptr;
    }
    while (next_ < covers_.size() && !lacks_something(next_)) ++next_;
    if (next_ == covers_.size()) return nullptr;
    // As many jobs as may be in flight, which end in the order in which they began: the next one is free.
    Job& job = jobs_[fed_++ % jobs_.size()];
    job.cover = next_++;
    job.missing.clear();
    for (size_t i = 0; i < sizes_.size(); ++i) {
      if (lacks(job.cover)[i] != 0) job.missing.push_back(i);
    }
    return &job;
  }

  bool remaining() {
    for (size_t c = next_; c < covers_.size(); ++c) {
      if (lacks_something(c)) return true;
    }
    return false;
  }

  void work(Job& job) {
    hand_over();
    try {
      job.status = describe(job);
    } catch (const std::exception& failure) {
      job.status =
          make_error(ErrorCode::kTooLarge, "{}: {}", printable(covers_[job.cover].path), failure.what());
    }
    hand_over();
  }

  Status describe(Job& job) {
    const CoverFile& cover = covers_[job.cover];
    SLEEVE_TRY(const Picture picture, read_cover(cover));
    SLEEVE_TRY(auto extractor, pool_.take());
    Status status;
    job.values.resize(sizes_.size());
    for (const size_t i : job.missing) {
      job.values[i].resize(sizes_[i]);
      status = extractor->describe_one(i, picture, job.values[i]);
      if (!status.ok()) break;
    }
    pool_.give_back(std::move(extractor));
    if (!status.ok()) return with_context(std::move(status).error(), printable(cover.path));
    return status;
  }

  Result<Picture> read_cover(const CoverFile& cover) const {
    SLEEVE_TRY(const Bytes bytes, read_file(cover.path, options_.limits.max_file_bytes));
    if (sha256(bytes) != cover.sha256) {
      return make_error(ErrorCode::kConflict, "{}: has changed since it was imported; import it again",
                        printable(cover.path));
    }
    auto picture = decode_picture(bytes, options_.limits);
    if (picture.ok() && options_.copy) picture = augmented(*picture, cover.sha256, *options_.copy);
    if (!picture.ok()) return with_context(std::move(picture).error(), printable(cover.path));
    return picture;
  }

  // In the covers' order, one at a time.
  void keep(const Job& job) {
    hand_over();
    store(job);
    hand_over();
  }

  void store(const Job& job) {
    context_.progress().step();
    if (!job.status.ok()) {
      report_.failed.push_back({covers_[job.cover], job.status.error()});
      return;
    }
    if (halted_) return;
    for (const size_t i : job.missing) {
      note(writers_[i].append(covers_[job.cover].sha256, job.values[i]));
    }
    ++report_.done;
    const auto now = Clock::now();
    if (std::chrono::duration<double>(now - last_sync_).count() < options_.sync_seconds) return;
    for (MatrixWriter& writer : writers_) note(writer.sync());
    last_sync_ = now;
  }

  // The first trouble with the matrix files ends the run.
  void note(const Status& status) {
    if (status.ok() || trouble_) return;
    trouble_ = status.error();
    halted_ = true;
  }

  std::span<const CoverFile> covers_;
  ExtractOptions options_;
  const WorkContext& context_;
  std::vector<size_t> sizes_;
  ExtractorPool pool_;
  std::vector<uint8_t> lacks_;  // 1 where a cover lacks a descriptor: covers × descriptors
  std::vector<MatrixWriter> writers_;
  size_t to_do_ = 0;
  size_t next_ = 0;  // cover
  size_t fed_ = 0;
  std::vector<Job> jobs_;
  ExtractReport report_;
  std::optional<Error> trouble_;
  std::atomic<bool> halted_ = false;
  Clock::time_point last_sync_ = Clock::now();
};

}  // namespace

fs::path matrix_path(const fs::path& folder, const DescriptorId& id,
                     const std::optional<AugmentedCopy>& copy) {
  if (!copy) return folder / (id.file_stem() + ".matrix");
  const std::string how = copy->text();
  const auto mark = static_cast<uint32_t>(checksum64(std::as_bytes(std::span(how.data(), how.size()))));
  return folder / fmt::format("{}-copy{}-{:08x}.matrix", id.file_stem(), copy->number, mark);
}

std::string matrix_text(const DescriptorId& id, const std::optional<AugmentedCopy>& copy) {
  return copy ? id.text() + " of " + copy->text() : id.text();
}

Result<ExtractReport> extract_features(std::span<const CoverFile> covers, const FeatureSet& set,
                                       const fs::path& folder, const ExtractOptions& options,
                                       const WorkContext& context) {
  SLEEVE_TRY(Extractor first, Extractor::make(set));
  try {
    const auto extraction = std::make_unique<Extraction>(covers, set, options, context, std::move(first));
    SLEEVE_CHECK(extraction->open(set, folder));
    return extraction->run();
  } catch (const std::exception& failure) {
    return make_error(ErrorCode::kTooLarge, "extracting: {}", failure.what());
  }
}

Result<FeatureRows> load_features(std::span<const Sha256> covers, const FeatureSet& set,
                                  const fs::path& folder, const std::optional<AugmentedCopy>& copy) {
  FeatureRows rows;
  SLEEVE_TRY(const std::vector<size_t> sizes, descriptor_sizes(set));
  std::vector<MatrixReader> readers;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const DescriptorId& id = set.descriptors[i];
    rows.columns += sizes[i];
    auto reader = MatrixReader::open(matrix_path(folder, id, copy), matrix_text(id, copy), sizes[i]);
    if (reader.ok()) {
      readers.push_back(std::move(reader).value());
    } else if (reader.error().code != ErrorCode::kNotFound) {
      return std::move(reader).error();
    }
  }
  const bool all_files = readers.size() == sizes.size();
  for (size_t c = 0; c < covers.size(); ++c) {
    const bool complete = all_files && std::ranges::all_of(readers, [&](const auto& reader) {
                            return reader.contains(covers[c]);
                          });
    (complete ? rows.present : rows.missing).push_back(c);
  }
  rows.values.reserve(rows.present.size() * rows.columns);
  for (const size_t c : rows.present) {
    for (const MatrixReader& reader : readers) {
      const auto values = *reader.find(covers[c]);
      rows.values.insert(rows.values.end(), values.begin(), values.end());
    }
  }
  return rows;
}

}  // namespace sleeve
