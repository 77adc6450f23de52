// format_yaml(): the document's tree written anew, with the comments of the text put back beside
// the lines they stood at.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "flow/yaml.hpp"
#include "flow/yaml/comments.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

using base::Code;
using base::fail;

constexpr size_t kWidth = 100;
constexpr int kDepthMax = 64;

class Formatter {
 public:
  Formatter(std::vector<Comment> comments, std::vector<bool> blank_before)
      : comments_(std::move(comments)), blank_before_(std::move(blank_before)) {}

  std::string run(const YAML::Node& root) {
    if (root.IsMap() && root.size() > 0) {
      write_map(root, 0, false);
    } else if (root.IsSequence() && root.size() > 0) {
      write_list(root, 0);
    } else if (!root.IsNull()) {
      out_ += one_line(root) + "\n";
    }
    write_comments_before(1 << 30, 0, true);
    return std::move(out_);
  }

 private:
  static int line_of(const YAML::Node& node) { return node.Mark().line; }

  static bool is_quoted(const YAML::Node& node) {
    return node.IsScalar() && node.Tag() == "!" && reads_as_typed(node.Scalar());
  }

  static std::string one_line(const YAML::Node& node) {
    if (node.IsMap()) {
      std::string out = "{";
      for (const auto& pair : node) {
        out += (out.size() > 1 ? ", " : "") + one_line(pair.first) + ": " + one_line(pair.second);
      }
      return out + "}";
    }
    if (node.IsSequence()) {
      std::string out = "[";
      for (const auto& item : node) out += (out.size() > 1 ? ", " : "") + one_line(item);
      return out + "]";
    }
    if (!node.IsScalar()) return "null";
    return yaml_inline(node.Scalar(), is_quoted(node));
  }

  static bool stays_in_line(const YAML::Node& node, size_t used) {
    if (node.IsScalar() || node.IsNull()) return false;
    if (node.size() == 0) return true;
    return node.Style() == YAML::EmitterStyle::Flow &&
           used + base::utf8_length(one_line(node)) <= kWidth;
  }

  void write_comments_before(int line, size_t indent, bool at_end = false) {
    while (next_ < comments_.size() && comments_[next_].line < line) {
      const Comment& comment = comments_[next_++];
      if (comment.blank_before && !out_.empty() && !out_.ends_with("\n\n")) out_ += "\n";
      out_ += std::string(at_end ? 0 : indent, ' ') + comment.text + "\n";
    }
  }

  void begin_entry(int line, size_t indent, bool behind_dash) {
    if (behind_dash) return;
    const bool blank = line > 0 && static_cast<size_t>(line) < blank_before_.size() &&
                       blank_before_[static_cast<size_t>(line)];
    write_comments_before(line, indent);
    if (blank && !out_.empty() && !out_.ends_with("\n\n")) out_ += "\n";
    out_ += std::string(indent, ' ');
  }

  // What stands behind the entry on its line, up to `line`.
  void end_line(int line) {
    if (next_ < comments_.size() && comments_[next_].line <= line && comments_[next_].trailing) {
      out_ += "  " + comments_[next_++].text;
    }
    out_ += "\n";
  }

  void write_value(const YAML::Node& value, size_t indent, size_t used, int line) {
    if (value.IsNull()) {
      out_ += std::string(" ") + "null";
      end_line(line);
    } else if (value.IsScalar()) {
      const std::string text = yaml_scalar(value.Scalar(), indent, is_quoted(value));
      if (text.starts_with("|-\n") && next_ < comments_.size() && comments_[next_].line <= line &&
          comments_[next_].trailing) {
        out_ += " |-  " + comments_[next_++].text + text.substr(2) + "\n";
        return;
      }
      out_ += " " + text;
      end_line(line_of(value));
    } else if (stays_in_line(value, used)) {
      out_ += " " + one_line(value);
      end_line(last_line(value));
    } else if (value.IsMap()) {
      end_line(line);
      write_map(value, indent + 2, false);
    } else {
      end_line(line);
      write_list(value, indent + 2);
    }
  }

  static int last_line(const YAML::Node& node) {
    int line = line_of(node);
    if (node.IsMap()) {
      for (const auto& pair : node) line = std::max(line, last_line(pair.second));
    } else if (node.IsSequence()) {
      for (const auto& item : node) line = std::max(line, last_line(item));
    }
    return line;
  }

  void write_map(const YAML::Node& map, size_t indent, bool behind_dash) {
    for (const auto& pair : map) {
      const int line = line_of(pair.first);
      begin_entry(line, indent, behind_dash);
      behind_dash = false;
      const std::string key = yaml_inline(pair.first.Scalar(), is_quoted(pair.first));
      out_ += key + ":";
      write_value(pair.second, indent, indent + base::utf8_length(key) + 2, line);
    }
  }

  void write_list(const YAML::Node& list, size_t indent) {
    for (const auto& item : list) {
      const int line = item.IsNull() ? 0 : line_of(item);
      begin_entry(line, indent, false);
      out_ += "-";
      if (item.IsMap() && item.size() > 0 && !stays_in_line(item, indent + 2)) {
        out_ += " ";
        write_map(item, indent + 2, true);
      } else if (item.IsSequence() && item.size() > 0 && !stays_in_line(item, indent + 2)) {
        end_line(line);
        write_list(item, indent + 2);
      } else {
        write_value(item, indent, indent + 2, line);
      }
    }
  }

  std::vector<Comment> comments_;
  std::vector<bool> blank_before_;
  size_t next_ = 0;
  std::string out_;
};

// Whether the line above each line is blank.
std::vector<bool> blank_before(std::string_view text) {
  const auto lines = base::split(text, '\n');
  std::vector<bool> out(lines.size() + 1);
  for (size_t i = 1; i < lines.size(); ++i) out[i] = base::trim(lines[i - 1]).empty();
  return out;
}

bool too_deep(const YAML::Node& node, int depth) {
  if (depth > kDepthMax) return true;
  if (node.IsMap()) {
    return std::any_of(node.begin(), node.end(), [&](const auto& pair) {
      return !pair.first.IsScalar() || too_deep(pair.second, depth + 1);
    });
  }
  if (node.IsSequence()) {
    return std::any_of(node.begin(), node.end(),
                       [&](const auto& item) { return too_deep(item, depth + 1); });
  }
  return false;
}

// What a document says, whatever its layout: equal texts for equal meanings.
std::string meaning_of(const YAML::Node& node) {
  std::string out;
  if (node.IsMap()) {
    for (const auto& pair : node) out += meaning_of(pair.first) + ":" + meaning_of(pair.second);
    return "{" + out + "}";
  }
  if (node.IsSequence()) {
    for (const auto& item : node) out += meaning_of(item) + ",";
    return "[" + out + "]";
  }
  if (!node.IsScalar()) return "null";
  const std::string text = node.Scalar();
  const bool is_text = node.Tag() == "!" || !reads_as_typed(text);
  return (is_text ? "t" : "p") + std::to_string(text.size()) + ":" + text;
}

}  // namespace

base::Result<std::string> format_yaml(const std::string& text) {
  std::string unix_text;
  for (const char c : text) {
    if (c != '\r') unix_text.push_back(c);
  }
  try {
    if (!is_one_document(unix_text)) {
      return fail(Code::invalid_argument,
                  "text that belongs to nothing, or several documents in one file; keep one");
    }
    const YAML::Node root = load_yaml(unix_text);
    if (too_deep(root, 0)) {
      return fail(Code::invalid_argument, "nested too deep, or a key that is not plain text");
    }
    std::string out = Formatter(comments_in(unix_text), blank_before(unix_text)).run(root);
    // Whatever the layout, the file must say what it said.
    if (meaning_of(load_yaml(out)) != meaning_of(root)) {
      return fail(Code::unimplemented, "uses YAML that cannot be laid out: anchors or tags");
    }
    return out;
  } catch (const YAML::Exception& problem) {
    return fail(Code::invalid_argument, problem.msg,
                problem.mark.is_null() ? "" : "line " + std::to_string(problem.mark.line + 1));
  } catch (const std::exception& problem) {
    return fail(Code::invalid_argument, problem.what());
  }
}

}  // namespace millrace::flow
