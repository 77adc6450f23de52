// A reader for RFC 4180 text: quoted cells, doubled quotes, line breaks inside cells, CR LF or LF,
// an optional byte order mark. Also as spreadsheets write it: divided by ';' or tabs, which the
// first row or a line "sep=;" before it tells.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace millrace::flow {

struct CsvMark {
  int line = 0;    // 1-based
  int column = 0;  // 1-based, in bytes
  int length = 0;  // of the cell as it stands in the file, as far as its first line goes
  bool quoted = false;
};

struct CsvRow {
  int line = 0;  // 1-based line of the file on which the row begins
  std::vector<std::string> cells;
  std::vector<CsvMark> marks;  // where each cell begins
};

struct CsvLimits {
  size_t bytes_max = 16 << 20;
  size_t rows_max = 100'000;
  size_t cells_max = 256;  // in one row
};

// With LF where all lines end in CR alone, as an old spreadsheet wrote them; nullopt: they do not.
// read_csv() reads it so.
std::optional<std::string> with_line_feeds(std::string_view text);

// All rows but the entirely empty ones. The error names the line: a quote that is not closed, text
// behind a closing quote, invalid UTF-8, or a limit exceeded.
base::Result<std::vector<CsvRow>> read_csv(std::string_view text, const CsvLimits& limits = {});

// The rows as text, LF behind each, quoted only where they must be. read_csv gives them back.
std::string write_csv(const std::vector<std::vector<std::string>>& rows);

}  // namespace millrace::flow
