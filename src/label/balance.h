// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_BALANCE_H_
#define SLEEVE_LABEL_BALANCE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

namespace sleeve {

struct BalanceItem {
  std::vector<std::string> labels;   // a cover may have several
  std::vector<std::string> artists;  // none: not known, never capped
};

struct BalanceOptions {
  std::optional<size_t> max_per_artist;
  std::optional<size_t> min_per_class;  // smaller classes are left out whole
  std::optional<size_t> max_per_class;
  bool to_smallest = false;  // the cap per class is the smallest class's size
  uint64_t seed = 22;
};

struct Balance {
  std::vector<std::string> out;          // one per item: why it is left out; empty: it stays
  std::map<std::string, size_t> before;  // items per class
  std::map<std::string, size_t> after;
  size_t by_artist = 0;  // left out because of their artist
  size_t by_min = 0;     // because their class is too small
  size_t by_max = 0;     // because their class is too large
};

// Artists are capped first, then small classes go, then large ones are capped; of an artist's or a class's
// items chance decides which stay, by `seed` and the items' order. An item of several classes stays if each
// of its classes still has room. kUsage without any limit, or with a cap of 0; kNoData if nothing would stay.
Result<Balance> balance(std::span<const BalanceItem> items, const BalanceOptions& options);

}  // namespace sleeve

#endif  // SLEEVE_LABEL_BALANCE_H_
