// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_THREAD_ORDER_H_
#define SLEEVE_BASE_THREAD_ORDER_H_

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

// oneTBB's library is not instrumented, so ThreadSanitizer sees neither that bodies and stages start after
// what stood before them, nor that they end before what stands behind. These say so; in other builds they do
// nothing. `point` is only an address to meet at.
namespace sleeve {

inline void happens_before([[maybe_unused]] const void* point) {
#if defined(__SANITIZE_THREAD__)
  __tsan_release(const_cast<void*>(point));
#endif
}

inline void happens_after([[maybe_unused]] const void* point) {
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(const_cast<void*>(point));
#endif
}

}  // namespace sleeve

#endif  // SLEEVE_BASE_THREAD_ORDER_H_
