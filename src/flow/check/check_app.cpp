// What the text of app.py and of the scripts gives away, whether or not Python can read it: keys in
// the repository, environments that are one and the same, calls that cannot end well
// (reference: partner-article.md).
#include <algorithm>

#include "base/text.hpp"
#include "flow/check/app_params.hpp"

namespace millrace::flow {
namespace {

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

void check_sources(const Files& files, Kept<Problems>& kept, Problems& problems) {
  for (const auto& [path, text] : files) {
    const bool is_script = path.starts_with("action_nodes/") && path.ends_with(".py");
    if (path != "app.py" && !is_script) continue;
    const Problems& found = kept.of(path, text, [&] {
      Problems own;
      if (is_script) {
        ScriptScan(path, text, own).run();
      } else {
        check_params(text, own);
      }
      return own;
    });
    problems.add(found, 0);
  }
}

}  // namespace millrace::flow
