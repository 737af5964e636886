// SPDX-License-Identifier: Apache-2.0
#include "base/memory.h"

#include <unistd.h>

namespace sleeve {

double memory_bytes() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
}

}  // namespace sleeve
