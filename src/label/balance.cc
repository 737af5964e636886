// SPDX-License-Identifier: Apache-2.0
#include "label/balance.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/rng.h"
#include "base/try.h"

namespace sleeve {
namespace {

Status check(const BalanceOptions& options) {
  if (!options.max_per_artist && !options.min_per_class && !options.max_per_class && !options.to_smallest) {
    return make_error(ErrorCode::kUsage,
                      "name a limit: a maximum per artist, or a minimum or maximum per class");
  }
  if (options.max_per_class && options.to_smallest) {
    return make_error(ErrorCode::kUsage, "the maximum per class is either a number or the smallest class");
  }
  if (options.max_per_artist == size_t{0} || options.max_per_class == size_t{0}) {
    return make_error(ErrorCode::kUsage, "a maximum of 0 would leave nothing");
  }
  return {};
}

class Balancer {
 public:
  Balancer(std::span<const BalanceItem> items, const BalanceOptions& options)
      : items_(items), options_(options) {
    result_.out.resize(items.size());
    order_.resize(items.size());
    for (size_t i = 0; i < order_.size(); ++i) order_[i] = i;
    Rng rng(options.seed);
    rng.shuffle(std::span(order_));
    result_.before = class_sizes();
  }

  Balance run() {
    if (options_.max_per_artist) cap_artists(*options_.max_per_artist);
    if (options_.min_per_class) drop_small_classes(*options_.min_per_class);
    if (options_.max_per_class) cap_classes(*options_.max_per_class);
    if (options_.to_smallest) cap_classes(smallest());
    result_.after = class_sizes();
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool stays(size_t item) const { return result_.out[item].empty(); }

  [[nodiscard]] std::map<std::string, size_t> class_sizes() const {
    std::map<std::string, size_t> sizes;
    for (size_t i = 0; i < items_.size(); ++i) {
      for (const std::string& label : items_[i].labels) sizes[label] += stays(i) ? 1 : 0;
    }
    return sizes;
  }

  [[nodiscard]] size_t smallest() const {
    size_t least = items_.size();
    for (const auto& [label, size] : class_sizes()) {
      if (size > 0) least = std::min(least, size);
    }
    return least;
  }

  // Keeps items in the drawn order while each of their keys has room.
  template <class Keys, class Reason>
  size_t cap(size_t room, Keys keys_of, Reason reason_of) {
    std::map<std::string, size_t> used;
    size_t dropped = 0;
    for (const size_t item : order_) {
      if (!stays(item)) continue;
      const std::vector<std::string>& keys = keys_of(items_[item]);
      const auto full = std::ranges::find_if(keys, [&](const std::string& key) { return used[key] >= room; });
      if (full == keys.end()) {
        for (const std::string& key : keys) ++used[key];
      } else {
        result_.out[item] = reason_of(*full);
        ++dropped;
      }
    }
    return dropped;
  }

  void cap_artists(size_t room) {
    result_.by_artist = cap(
        room, [](const BalanceItem& item) -> const std::vector<std::string>& { return item.artists; },
        [&](const std::string& artist) { return fmt::format("{} covers of {} are enough", room, artist); });
  }

  void cap_classes(size_t room) {
    result_.by_max = cap(
        room, [](const BalanceItem& item) -> const std::vector<std::string>& { return item.labels; },
        [&](const std::string& label) { return fmt::format("{} covers of {} are enough", room, label); });
  }

  void drop_small_classes(size_t least) {
    const auto sizes = class_sizes();
    for (size_t i = 0; i < items_.size(); ++i) {
      if (!stays(i)) continue;
      for (const std::string& label : items_[i].labels) {
        if (sizes.at(label) >= least || !stays(i)) continue;
        result_.out[i] = fmt::format("{} has {} covers, fewer than {}", label, sizes.at(label), least);
        ++result_.by_min;
      }
    }
  }

  std::span<const BalanceItem> items_;
  const BalanceOptions& options_;
  std::vector<size_t> order_;  // drawn
  Balance result_;
};

}  // namespace

Result<Balance> balance(std::span<const BalanceItem> items, const BalanceOptions& options) {
  SLEEVE_CHECK(check(options));
  Balance result = Balancer(items, options).run();
  if (std::ranges::none_of(result.out, [](const std::string& why) { return why.empty(); })) {
    return make_error(ErrorCode::kNoData, "with these limits no cover would stay");
  }
  return result;
}

}  // namespace sleeve
