// SPDX-License-Identifier: Apache-2.0
#include "learn/split.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/try.h"

namespace sleeve {
namespace {

struct ClassCount {
  size_t label;
  double rows;
};

// The unit that is kept together: a group, with its rows and how many of them each class has.
struct Unit {
  std::vector<size_t> rows;
  std::vector<ClassCount> classes;  // only those it holds
  double unevenness = 0;            // standard deviation of its rows per class, over all classes
};

std::vector<double> rows_per_class(const SplitInput& input) {
  std::vector<double> counts(static_cast<size_t>(input.classes));
  for (const int label : input.labels) {
    assert(label >= 0 && label < input.classes);
    ++counts[static_cast<size_t>(label)];
  }
  return counts;
}

double deviation(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / n);
}

std::vector<Unit> make_units(const SplitInput& input) {
  std::vector<Unit> units;
  std::unordered_map<int, size_t> seen;
  for (size_t row = 0; row < input.labels.size(); ++row) {
    const size_t number =
        input.groups.empty() ? row : seen.try_emplace(input.groups[row], units.size()).first->second;
    if (number == units.size()) units.emplace_back();
    units[number].rows.push_back(row);
  }
  std::vector<double> counts(static_cast<size_t>(input.classes));
  for (Unit& unit : units) {
    std::fill(counts.begin(), counts.end(), 0.0);
    for (const size_t row : unit.rows) ++counts[static_cast<size_t>(input.labels[row])];
    for (size_t c = 0; c < counts.size(); ++c) {
      if (counts[c] > 0) unit.classes.push_back({c, counts[c]});
    }
    unit.unevenness = deviation(counts);
  }
  return units;
}

std::vector<size_t> units_per_class(const std::vector<Unit>& units, int classes) {
  std::vector<size_t> counts(static_cast<size_t>(classes));
  for (const Unit& unit : units) {
    for (const ClassCount& part : unit.classes) ++counts[part.label];
  }
  return counts;
}

// Puts units into parts of stated shares, one after the other, so that every part fills at the
// same pace in every class.
class Distributor {
 public:
  Distributor(std::vector<double> class_rows, std::vector<double> shares)
      : class_rows_(std::move(class_rows)),
        shares_(std::move(shares)),
        filled_(class_rows_.size(), std::vector<double>(shares_.size())),
        rows_(shares_.size()) {}

  // The part where the classes' shares differ least afterwards; the emptier one among equals.
  [[nodiscard]] size_t best_part(const Unit& unit) const {
    size_t best = 0;
    double best_cost = std::numeric_limits<double>::infinity();
    for (size_t part = 0; part < shares_.size(); ++part) {
      const double difference = cost(unit, part);
      const bool equal = std::abs(difference - best_cost) <= 1e-12;
      const bool emptier = rows_[part] / shares_[part] < rows_[best] / shares_[best];
      if (equal ? emptier : difference < best_cost) {
        best = part;
        best_cost = difference;
      }
    }
    return best;
  }

  void put(const Unit& unit, size_t part) {
    for (const ClassCount& count : unit.classes) filled_[count.label][part] += pace(count, part);
    rows_[part] += static_cast<double>(unit.rows.size());
  }
  [[nodiscard]] bool holds(size_t label, size_t part) const { return filled_[label][part] > 0; }

 private:
  [[nodiscard]] double pace(const ClassCount& count, size_t part) const {
    return count.rows / (class_rows_[count.label] * shares_[part]);
  }
  // By how much the unevenness of the parts grows, summed over the classes that the unit touches.
  [[nodiscard]] double cost(const Unit& unit, size_t part) const {
    double sum = 0;
    for (const ClassCount& count : unit.classes) {
      std::vector<double> filled = filled_[count.label];
      sum -= deviation(filled);
      filled[part] += pace(count, part);
      sum += deviation(filled);
    }
    return sum;
  }

  std::vector<double> class_rows_;
  std::vector<double> shares_;
  std::vector<std::vector<double>> filled_;  // class, part: share of what it should get
  std::vector<double> rows_;                 // per part
};

// The order in which units are put: the most uneven first, in an order of chance among equals.
std::vector<size_t> unit_order(const std::vector<Unit>& units, Rng& rng) {
  std::vector<size_t> order(units.size());
  std::iota(order.begin(), order.end(), size_t{0});
  rng.shuffle(std::span(order));
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return units[a].unevenness > units[b].unevenness; });
  return order;
}

std::vector<Fold> folds_from_parts(std::span<const size_t> part_of_row, size_t parts) {
  std::vector<Fold> folds(parts);
  for (size_t row = 0; row < part_of_row.size(); ++row) {
    for (size_t part = 0; part < parts; ++part) {
      (part == part_of_row[row] ? folds[part].test : folds[part].train).push_back(row);
    }
  }
  return folds;
}

// Rows of each class in an order of chance.
std::vector<std::vector<size_t>> shuffled_classes(const SplitInput& input, Rng& rng) {
  std::vector<std::vector<size_t>> classes(static_cast<size_t>(input.classes));
  for (size_t row = 0; row < input.labels.size(); ++row) {
    classes[static_cast<size_t>(input.labels[row])].push_back(row);
  }
  for (auto& rows : classes) rng.shuffle(std::span(rows));
  return classes;
}

Status check_k_folds(std::span<const size_t> units_of_class, size_t units, size_t folds,
                     std::string_view unit_name) {
  if (units < folds) {
    return make_error(ErrorCode::kNoData, "{} folds need at least {} {}, there are {}", folds, folds,
                      unit_name, units);
  }
  for (size_t c = 0; c < units_of_class.size(); ++c) {
    if (units_of_class[c] == 1) {
      return make_error(ErrorCode::kNoData,
                        "class {} has 1 of the {} {}, and needs at least 2: one to train on, one to test on",
                        c, units, unit_name);
    }
  }
  return {};
}

Result<std::vector<Fold>> stratified_folds(const SplitInput& input, size_t folds, Rng& rng) {
  const auto classes = shuffled_classes(input, rng);
  std::vector<size_t> sizes;
  sizes.reserve(classes.size());
  for (const auto& rows : classes) sizes.push_back(rows.size());
  SLEEVE_CHECK(check_k_folds(sizes, input.labels.size(), folds, "rows"));
  std::vector<size_t> part(input.labels.size());
  // Dealt like cards, each class going on where the last one stopped: fold sizes then differ by at
  // most one. Which fold is first is chance, so that no fold is always the larger one.
  size_t next = rng.below(folds);
  for (const auto& rows : classes) {
    for (const size_t row : rows) part[row] = next++ % folds;
  }
  return folds_from_parts(part, folds);
}

Result<std::vector<Fold>> grouped_folds(const SplitInput& input, size_t folds, Rng& rng) {
  const std::vector<Unit> units = make_units(input);
  SLEEVE_CHECK(check_k_folds(units_per_class(units, input.classes), units.size(), folds, "groups"));
  Distributor distributor(rows_per_class(input),
                          std::vector<double>(folds, 1.0 / static_cast<double>(folds)));
  std::vector<size_t> part(input.labels.size());
  for (const size_t number : unit_order(units, rng)) {
    const size_t best = distributor.best_part(units[number]);
    distributor.put(units[number], best);
    for (const size_t row : units[number].rows) part[row] = best;
  }
  std::vector<Fold> result = folds_from_parts(part, folds);
  for (const Fold& fold : result) {
    if (fold.test.empty()) {
      return make_error(
          ErrorCode::kNoData,
          "the {} groups are too uneven for {} folds: one would have no test row; ask for fewer folds",
          units.size(), folds);
    }
  }
  return result;
}

Error empty_test_part(double test_size, size_t units, std::string_view unit_name) {
  return make_error(
      ErrorCode::kNoData,
      "a test part of {:g} would be empty: there are {} {}, and every class needs one to train on", test_size,
      units, unit_name);
}

// How many rows of each class go to the test part: whole rows, the largest remainders rounded up.
std::vector<size_t> test_quota(const std::vector<std::vector<size_t>>& classes, double test_size) {
  std::vector<size_t> quota(classes.size());
  std::vector<std::pair<double, size_t>> remainders;
  double wanted = 0;
  size_t given = 0;
  for (size_t c = 0; c < classes.size(); ++c) {
    const double share = test_size * static_cast<double>(classes[c].size());
    wanted += share;
    quota[c] = static_cast<size_t>(share);
    given += quota[c];
    remainders.emplace_back(share - std::floor(share), c);
  }
  std::stable_sort(remainders.begin(), remainders.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [remainder, c] : remainders) {
    const bool keeps_one = quota[c] + 1 < classes[c].size();
    if (given < static_cast<size_t>(std::llround(wanted)) && remainder > 0 && keeps_one) {
      ++quota[c];
      ++given;
    }
  }
  return quota;
}

Result<Fold> stratified_holdout(const SplitInput& input, double test_size, Rng& rng) {
  const auto classes = shuffled_classes(input, rng);
  const std::vector<size_t> quota = test_quota(classes, test_size);
  Fold fold;
  for (size_t c = 0; c < classes.size(); ++c) {
    const auto border = classes[c].begin() + static_cast<std::ptrdiff_t>(quota[c]);
    fold.test.insert(fold.test.end(), classes[c].begin(), border);
    fold.train.insert(fold.train.end(), border, classes[c].end());
  }
  if (fold.test.empty()) return empty_test_part(test_size, input.labels.size(), "rows");
  std::sort(fold.train.begin(), fold.train.end());
  std::sort(fold.test.begin(), fold.test.end());
  return fold;
}

constexpr size_t kTrain = 0, kTest = 1;

// The smallest group that may leave the training part without taking a class's last group from it.
std::optional<size_t> smallest_spare(const std::vector<Unit>& units, std::span<const size_t> order,
                                     std::span<const size_t> units_of_class) {
  std::optional<size_t> smallest;
  for (const size_t number : order) {
    const bool spare = std::all_of(units[number].classes.begin(), units[number].classes.end(),
                                   [&](const ClassCount& part) { return units_of_class[part.label] > 1; });
    if (spare && (!smallest || units[number].rows.size() < units[*smallest].rows.size())) smallest = number;
  }
  return smallest;
}

Result<Fold> grouped_holdout(const SplitInput& input, double test_size, Rng& rng) {
  const std::vector<Unit> units = make_units(input);
  const std::vector<size_t> in_all = units_per_class(units, input.classes);
  std::vector<size_t> to_come = in_all;
  Distributor distributor(rows_per_class(input), {1 - test_size, test_size});
  const std::vector<size_t> order = unit_order(units, rng);
  std::vector<size_t> part(units.size());
  bool any_test = false;
  for (const size_t number : order) {
    const Unit& unit = units[number];
    // A class whose last group this is, and that has nothing to train on yet, keeps it.
    const bool needed = std::any_of(unit.classes.begin(), unit.classes.end(), [&](const ClassCount& count) {
      return to_come[count.label] == 1 && !distributor.holds(count.label, kTrain);
    });
    part[number] = needed ? kTrain : distributor.best_part(unit);
    distributor.put(unit, part[number]);
    any_test = any_test || part[number] == kTest;
    for (const ClassCount& count : unit.classes) --to_come[count.label];
  }
  if (!any_test) {
    const auto spare = smallest_spare(units, order, in_all);
    if (!spare) return empty_test_part(test_size, units.size(), "groups");
    part[*spare] = kTest;
  }
  std::vector<size_t> part_of_row(input.labels.size());
  for (size_t number = 0; number < units.size(); ++number) {
    for (const size_t row : units[number].rows) part_of_row[row] = part[number];
  }
  return folds_from_parts(part_of_row, 2)[kTest];
}

}  // namespace

Result<Fold> holdout(SplitKind kind, const SplitInput& input, double test_size, uint64_t seed) {
  assert(input.groups.empty() || input.groups.size() == input.labels.size());
  if (!(test_size > 0 && test_size < 1)) {
    return make_error(ErrorCode::kUsage, "the test size has to lie between 0 and 1, it is {:g}", test_size);
  }
  Rng rng(seed);
  return kind == SplitKind::kStratified ? stratified_holdout(input, test_size, rng)
                                        : grouped_holdout(input, test_size, rng);
}

Result<std::vector<Fold>> k_folds(SplitKind kind, const SplitInput& input, int folds, uint64_t seed) {
  assert(input.groups.empty() || input.groups.size() == input.labels.size());
  if (folds < 2) {
    return make_error(ErrorCode::kUsage, "cross-validation needs at least 2 folds, {} asked for", folds);
  }
  Rng rng(seed);
  const auto count = static_cast<size_t>(folds);
  return kind == SplitKind::kStratified ? stratified_folds(input, count, rng)
                                        : grouped_folds(input, count, rng);
}

Result<std::vector<Fold>> repeated_k_folds(SplitKind kind, const SplitInput& input, int folds, int repeats,
                                           uint64_t seed) {
  if (repeats < 1) {
    return make_error(ErrorCode::kUsage, "cross-validation is repeated at least once, {} asked for", repeats);
  }
  std::vector<Fold> result;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    SLEEVE_TRY(std::vector<Fold> once,
               k_folds(kind, input, folds, mix_seed(seed, static_cast<uint64_t>(repeat))));
    std::move(once.begin(), once.end(), std::back_inserter(result));
  }
  return result;
}

std::string fingerprint(std::span<const Fold> folds) {
  std::string bytes;
  const auto add = [&](uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(value >> shift & 0xFF));
  };
  add(folds.size());
  for (const Fold& fold : folds) {
    for (const auto* rows : {&fold.train, &fold.test}) {
      add(rows->size());
      for (const size_t row : *rows) add(row);
    }
  }
  return sha256(bytes).hex();
}

GroupBuilder::GroupBuilder(size_t rows) : parent_(rows) {
  std::iota(parent_.begin(), parent_.end(), size_t{0});
}

size_t GroupBuilder::root(size_t row) {
  while (parent_[row] != row) {
    parent_[row] = parent_[parent_[row]];  // halves the way for the next search
    row = parent_[row];
  }
  return row;
}

void GroupBuilder::join(size_t row_a, size_t row_b) {
  assert(row_a < parent_.size() && row_b < parent_.size());
  const auto [first, second] = std::minmax({root(row_a), root(row_b)});
  parent_[second] = first;
}

std::vector<int> GroupBuilder::groups() const {
  std::vector<int> numbers(parent_.size());
  int next = 0;
  // A parent is never later than its row, so its number is known.
  for (size_t row = 0; row < parent_.size(); ++row) {
    numbers[row] = parent_[row] == row ? next++ : numbers[parent_[row]];
  }
  return numbers;
}

}  // namespace sleeve
