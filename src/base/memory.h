// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_MEMORY_H_
#define SLEEVE_BASE_MEMORY_H_

namespace sleeve {

// How much memory the machine has, in bytes: for refusing what can't fit before it is allocated.
double memory_bytes();

}  // namespace sleeve

#endif  // SLEEVE_BASE_MEMORY_H_
