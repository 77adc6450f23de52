#include "flow/csv/csv.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::flow {
namespace {

using base::Code;
using base::fail;

class Reader {
 public:
  Reader(std::string_view text, const CsvLimits& limits) : rest_(text), limits_(limits) {
    find_separator();
  }

  base::Result<std::vector<CsvRow>> read() {
    std::vector<CsvRow> rows;
    while (!rest_.empty()) {
      auto row = read_row();
      if (!row) return std::unexpected(row.error());
      const bool blank = std::ranges::all_of(
          row->cells, [](const std::string& cell) { return base::trim(cell).empty(); });
      if (blank) continue;
      if (rows.size() == limits_.rows_max) {
        return fail(Code::resource_exhausted,
                    "more than " + std::to_string(limits_.rows_max) + " rows",
                    "line " + std::to_string(row->line));
      }
      rows.push_back(std::move(*row));
    }
    return rows;
  }

 private:
  // Spreadsheets of countries whose decimals have a comma divide by ';' or tabs, and some say so in
  // a first line "sep=;". The row of headers tells.
  void find_separator() {
    constexpr std::string_view kSaid = "sep=";
    const auto line = rest_.substr(0, rest_.find_first_of("\r\n"));
    if (base::to_ascii_lower(line).starts_with(kSaid) && line.size() == kSaid.size() + 1) {
      separator_ = line.back();
      rest_.remove_prefix(line.size());
      end_of_line();
      return;
    }
    if (line.contains(',')) return;
    for (const char other : {';', '\t'}) {
      if (line.contains(other)) separator_ = other;
    }
  }

  base::Result<CsvRow> read_row() {
    CsvRow row{line_, {}, {}};
    for (;;) {
      const std::string_view before = rest_;
      row.marks.push_back({line_, column(), 0, before.starts_with('"')});
      auto cell = read_cell();
      if (!cell) return std::unexpected(cell.error());
      const auto written = before.substr(0, before.size() - rest_.size());
      row.marks.back().length =
          static_cast<int>(std::min(written.find_first_of("\r\n"), written.size()));
      if (row.cells.size() == limits_.cells_max) {
        return fail(Code::resource_exhausted,
                    "more than " + std::to_string(limits_.cells_max) + " cells in a row",
                    "line " + std::to_string(row.line));
      }
      row.cells.push_back(std::move(*cell));
      if (rest_.empty() || end_of_line()) return row;
      rest_.remove_prefix(1);  // the separator
    }
  }

  base::Result<std::string> read_cell() {
    if (!rest_.starts_with('"')) {
      const char ends[] = {separator_, '\n'};
      const auto end = std::min(rest_.find_first_of({ends, std::size(ends)}), rest_.size());
      std::string_view cell = rest_.substr(0, end);
      // A carriage return belongs to the end of the line, or it is text.
      const bool line_ends = end < rest_.size() && rest_[end] == '\n' && cell.ends_with('\r');
      if (line_ends) cell.remove_suffix(1);
      rest_.remove_prefix(end);
      return std::string(cell);
    }
    return read_quoted_cell();
  }

  base::Result<std::string> read_quoted_cell() {
    const int opened_on = line_;
    rest_.remove_prefix(1);
    std::string cell;
    for (;;) {
      const auto quote = rest_.find('"');
      if (quote == std::string_view::npos) {
        return fail(
            Code::invalid_argument,
            "the quote opened here is never closed; double a quote that belongs to the text",
            "line " + std::to_string(opened_on));
      }
      const auto inside = rest_.substr(0, quote);
      line_ += static_cast<int>(std::ranges::count(inside, '\n'));
      if (const auto last = inside.rfind('\n'); last != std::string_view::npos) {
        line_begin_left_ = rest_.size() - last - 1;
      }
      cell.append(rest_.substr(0, quote));
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) break;
      cell.push_back('"');
      rest_.remove_prefix(1);
    }
    const bool ended = rest_.empty() || rest_.starts_with(separator_) || rest_.starts_with('\n') ||
                       rest_.starts_with("\r\n");
    if (!ended) {
      return fail(Code::invalid_argument,
                  "text after a closing quote; quote the whole cell and double the quotes inside",
                  "line " + std::to_string(line_));
    }
    return cell;
  }

  int column() const { return static_cast<int>(line_begin_left_ - rest_.size()) + 1; }

  bool end_of_line() {
    const size_t length = rest_.starts_with("\r\n") ? 2 : rest_.starts_with('\n') ? 1 : 0;
    if (length == 0) return false;
    rest_.remove_prefix(length);
    ++line_;
    line_begin_left_ = rest_.size();
    return true;
  }

  std::string_view rest_;
  const CsvLimits& limits_;
  char separator_ = ',';
  int line_ = 1;
  size_t line_begin_left_ = rest_.size();  // what was left of the text where the line begins
};

bool needs_quotes(std::string_view cell) {
  return cell.find_first_of(",\"\r\n") != std::string_view::npos;
}

}  // namespace

std::optional<std::string> with_line_feeds(std::string_view text) {
  if (text.contains('\n') || !text.contains('\r')) return std::nullopt;
  std::string changed(text);
  std::ranges::replace(changed, '\r', '\n');
  return changed;
}

base::Result<std::vector<CsvRow>> read_csv(std::string_view text, const CsvLimits& limits) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.size() > limits.bytes_max) {
    return fail(Code::resource_exhausted,
                "the file is larger than " + std::to_string(limits.bytes_max) + " bytes");
  }
  if (!base::is_valid_utf8(text)) {
    return fail(Code::invalid_argument, "the file is not UTF-8; save it as CSV UTF-8");
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const auto changed = with_line_feeds(text);
  return Reader(changed ? std::string_view(*changed) : text, limits).read();
}

std::string write_csv(const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out.push_back(',');
      if (!needs_quotes(row[i])) {
        out += row[i];
        continue;
      }
      out.push_back('"');
      for (const char c : row[i]) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
      }
      out.push_back('"');
    }
    out.push_back('\n');
  }
  return out;
}

}  // namespace millrace::flow
