// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_LANES_H_
#define SLEEVE_LEARN_LANES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

// Vectors of 64 bytes, for functions compiled for several machines (widest.h): the compiler uses one register
// of 64 bytes, two of 32 or four of 16, with the same bits in every lane. For this room's .cc files only,
// which are compiled with -Wno-psabi: no such vector crosses a call.
namespace sleeve {

inline constexpr size_t kLanes = 8;        // of 8 bytes
inline constexpr size_t kShortLanes = 32;  // of 2 bytes

using Doubles [[gnu::vector_size(64)]] = double;
using EightFloats [[gnu::vector_size(32)]] = float;
using Words [[gnu::vector_size(64)]] = uint64_t;
using Shorts [[gnu::vector_size(64)]] = int16_t;
using EightShorts [[gnu::vector_size(16)]] = int16_t;
using EightInts [[gnu::vector_size(32)]] = int32_t;
using EightUints [[gnu::vector_size(32)]] = uint32_t;

template <class Vector, class T>
[[gnu::always_inline]] inline Vector load_lanes(const T* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof(vector));
  return vector;
}

template <class Vector, class T>
[[gnu::always_inline]] inline void store_lanes(const Vector& vector, T* to) {
  std::memcpy(to, &vector, sizeof(vector));
}

[[gnu::always_inline]] inline double largest_lane(const Doubles& values) {
  double largest = values[0];
  for (size_t lane = 1; lane < kLanes; ++lane) largest = values[lane] > largest ? values[lane] : largest;
  return largest;
}

}  // namespace sleeve

#endif  // SLEEVE_LEARN_LANES_H_
