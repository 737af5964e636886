// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_CSV_H_
#define SLEEVE_BASE_CSV_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

namespace sleeve {

struct CsvRow {
  size_t line = 0;  // where the row starts in the file, from 1
  std::vector<std::string> fields;
  std::string problem;  // empty, or why the row can't be used
};

// A whole table with a header row, as RFC 4180 and spreadsheets write it: an optional UTF-8 byte
// order mark, CRLF or LF, fields in double quotes with "" inside, line breaks inside quotes.
// Blank lines are skipped. A row with more or fewer fields than the header keeps its place, with
// `problem` set; a quote that never closes spoils only its own row (reading goes on at the line
// behind that quote).
struct CsvTable {
  std::vector<std::string> columns;
  std::vector<CsvRow> rows;

  [[nodiscard]] std::optional<size_t> column(std::string_view name) const;
};

// kCorrupt if there is no header, a column name stands twice, or the text has
// NUL bytes (a spreadsheet or UTF-16, say).
Result<CsvTable> parse_csv(std::string_view text);

// One line of a CSV file with its line break; fields are quoted where they need to be.
std::string csv_line(std::span<const std::string> fields);

}  // namespace sleeve

#endif  // SLEEVE_BASE_CSV_H_
