// What the text of app.py and of the scripts gives away, whether or not Python can read it: keys in
// the repository, environments that are one and the same, calls that cannot end well
// (reference: partner-article.md).
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "flow/parts.hpp"

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

// Places in a script, told by its text alone.
class ScriptScan {
 public:
  ScriptScan(const std::string& file, std::string_view text, Problems& problems)
      : file_(file), text_(text), problems_(problems) {}

  void run() {
    const auto lines = base::split(text_, '\n');
    for (size_t i = 0; i < lines.size(); ++i) {
      line_ = static_cast<int>(i) + 1;
      const auto line = lines[i].substr(0, comment_begin(lines[i]));
      check_placeholder(line);
      check_external_id(line);
      check_logged_answer(line);
      check_status(line);
      if (const auto at = call_in(line); at != std::string_view::npos) check_call(at, lines, i);
    }
  }

 private:
  static size_t comment_begin(std::string_view line) {
    char quote = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      if (quote != 0) {
        if (line[i] == quote) quote = 0;
      } else if (line[i] == '"' || line[i] == '\'') {
        quote = line[i];
      } else if (line[i] == '#') {
        return i;
      }
    }
    return line.size();
  }

  void warn(size_t at, std::string code, std::string message, std::string remedy) {
    problems_.warning({.file = file_,
                       .line = line_,
                       .position = static_cast<int>(at) + 1,
                       .code = std::move(code),
                       .message = std::move(message),
                       .remedy = std::move(remedy)});
  }

  void check_placeholder(std::string_view line) {
    for (const char quote : {'"', '\''}) {
      size_t at = 0;
      while ((at = line.find(std::string(1, quote) + "{ ", at)) != std::string_view::npos) {
        const auto end = line.find(quote, at + 1);
        if (end == std::string_view::npos) break;
        if (is_unreplaced(line.substr(at + 1, end - at - 1))) {
          warn(at, "placeholder",
               "the placeholder " + std::string(line.substr(at, end - at + 1)) +
                   " would be sent as it is",
               "take the value from payload");
        }
        at = end + 1;
      }
    }
  }

  void check_external_id(std::string_view line) {
    const auto key = line.find("external_id");
    if (key == std::string_view::npos) return;
    const auto value = line.substr(key + 11);
    const auto mail = base::to_ascii_lower(value).find("email");
    if (mail == std::string::npos || value.find(',') < mail) return;
    warn(key, "email_as_external_id", "an e-mail address is used as external_id",
         "use an id that stays, and send the address as email");
  }

  void check_logged_answer(std::string_view line) {
    const auto log = line.find("log(");
    if (log == std::string_view::npos) return;
    for (const std::string_view body : {".text", ".content", ".json()"}) {
      if (!line.substr(log).contains(body)) continue;
      warn(log, "answer_logged", "the whole answer is logged, and an answer may echo the key",
           "log the status and the message alone");
      return;
    }
  }

  void check_status(std::string_view line) {
    const auto at = line.find("status_code == 400");
    if (at == std::string_view::npos) return;
    warn(at, "status_unchecked",
         "only 400 counts as a failure; 401, 413, 429 and 5xx pass for "
         "success",
         "check for the codes that mean success: if not resp.ok");
  }

  static size_t call_in(std::string_view line) {
    for (const std::string_view verb :
         {"requests.post(", "requests.get(", "requests.put(", "requests.patch(", "requests.delete(",
          "requests.request("}) {
      if (const auto at = line.find(verb); at != std::string_view::npos) return at;
    }
    return std::string_view::npos;
  }

  void check_call(size_t at, const std::vector<std::string_view>& lines, size_t from) {
    int depth = 0;
    std::string call;
    for (size_t i = from; i < lines.size() && i < from + 40; ++i) {
      const auto part = i == from ? lines[i].substr(at) : lines[i];
      for (const char c : part.substr(0, comment_begin(part))) {
        if (c == '(') ++depth;
        if (c == ')' && --depth == 0) {
          finish_call(at, call);
          return;
        }
        call.push_back(c);
      }
    }
  }

  void finish_call(size_t at, std::string_view call) {
    if (call.contains("timeout")) return;
    warn(at, "no_timeout",
         "the request has no timeout: the conversation waits as long as the "
         "other side likes",
         "add timeout=8");
  }

  const std::string& file_;
  std::string_view text_;
  Problems& problems_;
  int line_ = 0;
};

}  // namespace

void check_sources(const Files& files, Problems& problems) {
  if (const auto app = files.find("app.py"); app != files.end()) {
    check_params(app->second, problems);
  }
  for (const auto& [path, text] : files) {
    if (!path.starts_with("action_nodes/") || !path.ends_with(".py")) continue;
    ScriptScan(path, text, problems).run();
  }
}

}  // namespace millrace::flow
