// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_PICK_H_
#define SLEEVE_BASE_PICK_H_

#include <cstddef>
#include <span>
#include <vector>

namespace sleeve {

// The values at the given places, in that order. REQUIRES: places are below the number of values.
template <class Values>
auto pick(const Values& values, std::span<const size_t> places) {
  std::vector<typename Values::value_type> picked;
  picked.reserve(places.size());
  for (const size_t place : places) picked.push_back(values[place]);
  return picked;
}

}  // namespace sleeve

#endif  // SLEEVE_BASE_PICK_H_
