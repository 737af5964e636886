// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_EXTRACT_H_
#define SLEEVE_FEATURE_EXTRACT_H_

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/hash.h"
#include "base/progress.h"
#include "feature/feature_set.h"
#include "image/augment.h"
#include "image/picture.h"

namespace sleeve {

// A cover: the SHA-256 of its file, and where the file is.
struct CoverFile {
  Sha256 sha256;
  std::filesystem::path path;
};

struct ExtractFailure {
  CoverFile cover;
  Error reason;
};

struct ExtractReport {
  size_t done = 0;                     // covers of which something was computed
  size_t skipped = 0;                  // covers that had all values already, or stand twice in the list
  std::vector<ExtractFailure> failed;  // in the order of the list; done next time if mended
  bool cancelled = false;              // what was done until then is kept
};

struct ExtractOptions {
  DecodeLimits limits;
  double sync_seconds = 5.0;  // how often what is computed is forced to disk
  // Set: not the covers are described but this copy of each, in matrix files of its own.
  std::optional<AugmentedCopy> copy = {};
};

// Where a descriptor's matrix file is, and what it says it holds; of the covers, or of their copies.
std::filesystem::path matrix_path(const std::filesystem::path& folder, const DescriptorId& id,
                                  const std::optional<AugmentedCopy>& copy = {});
std::string matrix_text(const DescriptorId& id, const std::optional<AugmentedCopy>& copy = {});

// Computes what the covers lack of the set's descriptors and appends it to the matrix files in
// `folder`, one per descriptor. Each cover is read and decoded once, whatever it lacks. Works on as
// many threads as ThreadLimit allows; the files' bytes don't depend on how many, and the memory
// doesn't depend on how many covers there are. A cover that fails is reported and the run goes on:
// kConflict if the file isn't the one that was imported, else read_picture()'s and
// describe()'s errors. The whole fails only for a reason that concerns all: a descriptor that can't be made,
// a matrix file that can't be read or written.
Result<ExtractReport> extract_features(std::span<const CoverFile> covers, const FeatureSet& set,
                                       const std::filesystem::path& folder,
                                       const ExtractOptions& options = {}, const WorkContext& context = {});

// Rows of values from the matrix files, joined in the set's order.
struct FeatureRows {
  size_t columns = 0;
  std::vector<float> values;    // present.size() × columns, row-major
  std::vector<size_t> present;  // places in the list of covers of those that have a row, ascending
  std::vector<size_t> missing;  // places of those that lack at least one descriptor, ascending
};

// A cover without values is listed as missing, never invented. Errors as MatrixReader::open, but
// for kNotFound: a matrix file that isn't there lacks all covers.
Result<FeatureRows> load_features(std::span<const Sha256> covers, const FeatureSet& set,
                                  const std::filesystem::path& folder,
                                  const std::optional<AugmentedCopy>& copy = {});

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_EXTRACT_H_
