// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_CPU_H_
#define SLEEVE_FEATURE_CPU_H_

// Inner loops are compiled a second time for CPUs with AVX2 and chosen at run time. Both
// versions do the same operations on each element in the same order, without fused
// multiply-add, so the choice never changes a bit of a result.
#if defined(__x86_64__) && defined(__GNUC__)
#define SLEEVE_HAS_AVX2_KERNELS 1
#define SLEEVE_AVX2 __attribute__((target("avx2")))
#define SLEEVE_INLINE inline __attribute__((always_inline))
#else
#define SLEEVE_HAS_AVX2_KERNELS 0
#define SLEEVE_AVX2
#define SLEEVE_INLINE inline
#endif

namespace sleeve {

inline bool cpu_has_avx2() {
#if SLEEVE_HAS_AVX2_KERNELS
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
#else
  return false;
#endif
}

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_CPU_H_
