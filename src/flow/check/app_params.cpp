#include "flow/check/app_params.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::flow {
namespace {

struct Literal {
  std::string environment;
  std::string key;
  std::string value;
  int line = 0;
  int position = 0;
};

// Reads PARAMS = {environment: {key: 'literal', ...}, ...}; whatever is not a literal is passed
// over.
class ParamsReader {
 public:
  explicit ParamsReader(std::string_view text) : text_(text) {}

  std::vector<Literal> read() {
    size_t at = 0;
    while ((at = text_.find("PARAMS", at)) != std::string_view::npos) {
      const bool begins_line = at == 0 || text_[at - 1] == '\n';
      at_ = at + 6;
      at = at_;
      skip_blanks();
      if (!begins_line || peek() != '=') continue;
      ++at_;
      skip_blanks();
      if (peek() == '{') read_environments();
      break;
    }
    return std::move(out_);
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (std::string_view(" \t\r\n").contains(text_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }

  std::optional<std::string> read_text() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return std::nullopt;
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out.push_back(text_[at_]);
    }
    if (at_ < text_.size()) ++at_;
    return out;
  }

  // Up to the ',' or '}' that ends a value, brackets and texts passed over.
  void skip_value() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = peek();
      if (c == '\'' || c == '"') {
        read_text();
        continue;
      }
      if (c == '#') {
        skip_blanks();
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}')) return;
      if (c == '(' || c == '[' || c == '{') ++depth;
      if (c == ')' || c == ']' || c == '}') --depth;
      ++at_;
    }
  }

  template <typename Entry>
  void read_dict(Entry entry) {
    ++at_;  // the brace
    for (skip_blanks(); at_ < text_.size() && peek() != '}'; skip_blanks()) {
      const auto key = read_text();
      skip_blanks();
      if (!key || peek() != ':') {
        skip_value();
      } else {
        ++at_;
        skip_blanks();
        entry(*key);
      }
      skip_blanks();
      if (peek() == ',') ++at_;
    }
    if (at_ < text_.size()) ++at_;
  }

  void read_environments() {
    read_dict([this](const std::string& environment) {
      if (peek() != '{') {
        skip_value();
        return;
      }
      read_dict([&](const std::string& key) {
        const size_t begin = at_;
        auto value = read_text();
        skip_blanks();
        if (value && (peek() == ',' || peek() == '}')) {
          const auto before = text_.substr(0, begin);
          const auto line_begin = before.rfind('\n');
          out_.push_back(
              {environment, key, std::move(*value),
               static_cast<int>(std::ranges::count(before, '\n')) + 1,
               static_cast<int>(line_begin == std::string_view::npos ? begin + 1
                                                                     : begin - line_begin)});
        } else {
          skip_value();
        }
      });
    });
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Literal> out_;
};

bool names_secret(std::string_view key) {
  const std::string lower = base::to_ascii_lower(key);
  for (const std::string_view word : {"api_key", "apikey", "secret", "token", "password", "passwd",
                                      "private_key", "access_key", "authorization"}) {
    if (lower.contains(word)) return true;
  }
  return lower == "key";
}

// "{ API KEY }", "<key>", "YOUR_KEY", "": not a value yet.
bool is_placeholder(std::string_view value) {
  value = base::trim(value);
  if (value.empty() || value.starts_with("${")) return true;
  if (value.starts_with('{') && value.ends_with('}')) return true;
  if (value.starts_with('<') && value.ends_with('>')) return true;
  const std::string lower = base::to_ascii_lower(value);
  return lower.starts_with("your") || lower == "changeme" || lower.starts_with("xxx");
}

}  // namespace

bool is_unreplaced(std::string_view value) {
  value = base::trim(value);
  if (!value.starts_with("{ ") || !value.ends_with(" }")) return false;
  return std::ranges::all_of(value.substr(1, value.size() - 2), [](char c) {
    return c == ' ' || c == '_' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

void check_params(const std::string& text, Problems& problems) {
  const auto literals = ParamsReader(text).read();
  const auto at = [](const Literal& literal, std::string code, std::string message,
                     std::string remedy) {
    return Problem{.file = "app.py",
                   .line = literal.line,
                   .position = literal.position,
                   .column = "PARAMS['" + literal.environment + "']['" + literal.key + "']",
                   .code = std::move(code),
                   .message = std::move(message),
                   .remedy = std::move(remedy)};
  };
  for (const Literal& literal : literals) {
    if (is_unreplaced(literal.value)) {
      problems.error(at(literal, "placeholder", "the placeholder has not been replaced",
                        "write the value, or read it with os.environ.get"));
    } else if (names_secret(literal.key) && !is_placeholder(literal.value)) {
      problems.error(at(literal, "secret_in_repository", "a secret stands in the repository",
                        "read it with os.environ.get, and name the variable under environment in "
                        "solution.yaml"));
    }
  }
  for (size_t i = 0; i < literals.size(); ++i) {
    if (!names_secret(literals[i].key) || literals[i].value.empty()) continue;
    for (size_t j = 0; j < i; ++j) {
      if (literals[j].key != literals[i].key || literals[j].value != literals[i].value) continue;
      problems.error(at(literals[i], "environments_identical",
                        "the same value as in '" + literals[j].environment +
                            "': a test would write to the other's profiles",
                        "give each environment its own key"));
      break;
    }
  }
}

}  // namespace millrace::flow
