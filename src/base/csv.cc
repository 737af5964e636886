// SPDX-License-Identifier: Apache-2.0
#include "base/csv.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace sleeve {
namespace {

// Cuts a text into rows, keeping count of lines.
class CsvScanner {
 public:
  explicit CsvScanner(std::string_view text) : text_(text) {}

  // The next row that is not blank, or nothing at the end.
  std::optional<CsvRow> next() {
    while (position_ < text_.size()) {
      if (at_line_end()) {
        skip_line_end();
        continue;
      }
      return scan_row();
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool at_line_end() const {
    return position_ >= text_.size() || text_[position_] == '\n' || text_[position_] == '\r';
  }

  void skip_line_end() {
    if (position_ < text_.size() && text_[position_] == '\r') ++position_;
    if (position_ < text_.size() && text_[position_] == '\n') ++position_;
    ++line_;
  }

  CsvRow scan_row() {
    CsvRow row{line_, {}, ""};
    for (;;) {
      if (!scan_field(row)) return recover(std::move(row));
      if (position_ < text_.size() && text_[position_] == ',') {
        ++position_;
        continue;
      }
      skip_line_end();
      return row;
    }
  }

  // False if a quote never closes.
  bool scan_field(CsvRow& row) {
    std::string field;
    if (position_ < text_.size() && text_[position_] == '"') {
      quote_ = position_++;
      quote_line_ = line_;
      if (!scan_quoted(field)) return false;
      if (!at_line_end() && text_[position_] != ',') row.problem = "text after a closing quote";
    }
    while (!at_line_end() && text_[position_] != ',') field.push_back(text_[position_++]);
    row.fields.push_back(std::move(field));
    return true;
  }

  bool scan_quoted(std::string& field) {
    while (position_ < text_.size()) {
      const char c = text_[position_++];
      if (c == '"') {
        if (position_ >= text_.size() || text_[position_] != '"') return true;
        ++position_;
      } else if (c == '\n') {
        ++line_;
      }
      field.push_back(c);
    }
    return false;
  }

  // A quote without an end: the row is given up, and reading goes on behind the line on which that
  // quote stands. So this happens once at most and the work stays linear: behind a quote that
  // never closes all runs of quotes are of even length, and a field that begins with such a run
  // closes in it.
  CsvRow recover(CsvRow row) {
    line_ = quote_line_;
    position_ = std::min(text_.find_first_of("\r\n", quote_), text_.size());
    skip_line_end();
    row.fields.clear();
    row.problem = "a quote that never closes";
    return row;
  }

  std::string_view text_;
  size_t position_ = 0;
  size_t line_ = 1;
  size_t quote_ = 0;       // where the last quoted field began
  size_t quote_line_ = 1;  // and its line
};

Status check_columns(const std::vector<std::string>& columns) {
  std::vector<std::string_view> sorted(columns.begin(), columns.end());
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice == sorted.end()) return {};
  return make_error(ErrorCode::kCorrupt, "column '{}' stands twice in the header", printable(*twice));
}

}  // namespace

std::optional<size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::ranges::find(columns, name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<size_t>(found - columns.begin());
}

Result<CsvTable> parse_csv(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.find('\0') != std::string_view::npos) {
    return make_error(ErrorCode::kCorrupt,
                      "has NUL bytes: not a CSV text in UTF-8 (a spreadsheet or UTF-16 file?)");
  }
  CsvScanner scanner(text);
  CsvTable table;
  auto header = scanner.next();
  if (!header || !header->problem.empty()) {
    return make_error(ErrorCode::kCorrupt, "no header row{}", header ? ": " + header->problem : "");
  }
  for (std::string& name : header->fields) table.columns.emplace_back(trim(name));
  if (Status status = check_columns(table.columns); !status.ok()) return std::move(status).error();
  while (auto row = scanner.next()) {
    if (row->problem.empty() && row->fields.size() != table.columns.size()) {
      row->problem =
          fmt::format("{} fields where the header has {}", row->fields.size(), table.columns.size());
    }
    table.rows.push_back(std::move(*row));
  }
  return table;
}

std::string csv_line(std::span<const std::string> fields) {
  if (fields.size() == 1 && fields[0].empty()) return "\"\"\n";  // a blank line would be skipped
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line.push_back(',');
    if (fields[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += fields[i];
      continue;
    }
    line.push_back('"');
    for (const char c : fields[i]) {
      if (c == '"') line.push_back('"');
      line.push_back(c);
    }
    line.push_back('"');
  }
  line.push_back('\n');
  return line;
}

}  // namespace sleeve
