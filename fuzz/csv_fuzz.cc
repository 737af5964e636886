// SPDX-License-Identifier: Apache-2.0
// Any bytes as a CSV file: an error, or rows that each fit the header or say why they don't.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto table = sleeve::parse_csv(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!table.ok()) {
    if (table.error().message.empty()) std::abort();
    return 0;
  }
  size_t line = 0;
  for (const sleeve::CsvRow& row : table->rows) {
    if (row.line <= line) std::abort();
    line = row.line;
    if (row.problem.empty() && row.fields.size() != table->columns.size()) std::abort();
  }
  return 0;
}
