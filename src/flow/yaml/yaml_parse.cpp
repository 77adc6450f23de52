// The text of a YAML file -> the parser's tree, or what is wrong with it.
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <sstream>

#include "base/text.hpp"
#include "base/utf16.hpp"
#include "flow/yaml.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

// Reads a document without keeping it.
class Deaf : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// What the parser does not know of YAML, written as it does. Lines and columns stay what they were,
// but behind an escaped pair on its own line.
class Mending {
 public:
  // Stands for a question mark meanwhile; a text that has it is left as it is.
  static constexpr char kMark = '\x7f';

  explicit Mending(const std::string& text) : text_(text) {}

  // "" when there is nothing to mend.
  std::string run() {
    if (text_.contains(kMark)) return {};
    while (at_ < text_.size()) step();
    return has_mended_ ? out_ : std::string();
  }

 private:
  void step() {
    const char c = text_[at_];
    const bool begins_word = at_ == 0 || std::string_view(" \t\n,[{:-").contains(text_[at_ - 1]);
    if (c == '#' && (at_ == 0 || std::string_view(" \t\n").contains(text_[at_ - 1]))) {
      copy(text_.find('\n', at_));
    } else if (c == '\'' && begins_word) {
      copy(text_.find('\'', at_ + 1) + 1);
    } else if (c == '"' && begins_word) {
      quoted();
    } else {
      if (c == '[' || c == '{') ++depth_;
      if (depth_ > 0 && (c == ']' || c == '}')) --depth_;
      // In a flow of values a plain text may end with a question mark, which only begins a key.
      const bool in_word = c == '?' && depth_ > 0 && !begins_word;
      has_mended_ |= in_word;
      out_ += in_word ? kMark : c;
      ++at_;
    }
  }

  void copy(size_t end) {
    end = std::max(std::min(end, text_.size()), at_ + 1);
    out_.append(text_, at_, end - at_);
    at_ = end;
  }

  // JSON writes an emoji as two escapes, which are one character.
  void quoted() {
    out_ += text_[at_++];
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] != '\\') {
        out_ += text_[at_++];
        continue;
      }
      const std::string_view rest = std::string_view(text_).substr(at_);
      const auto first = base::escaped_utf16_unit(rest);
      const auto second = base::is_high_surrogate(first)
                              ? base::escaped_utf16_unit(rest.substr(base::kUtf16EscapeBytes))
                              : std::nullopt;
      if (base::is_low_surrogate(second)) {
        base::append_utf16_pair(out_, *first, *second);
        at_ += 2 * base::kUtf16EscapeBytes;
        has_mended_ = true;
      } else {
        copy(at_ + 2);
      }
    }
    if (at_ < text_.size()) out_ += text_[at_++];
  }

  const std::string& text_;
  std::string out_;
  size_t at_ = 0;
  int depth_ = 0;
  bool has_mended_ = false;
};

// Question marks again for what stood for them.
void restore(YAML::Node node) {
  if (node.IsScalar() && node.Scalar().contains(Mending::kMark)) {
    std::string text = node.Scalar();
    std::ranges::replace(text, Mending::kMark, '?');
    node = text;
  } else if (node.IsSequence()) {
    for (YAML::Node item : node) restore(item);
  } else if (node.IsMap()) {
    for (auto pair : node) {
      restore(pair.first);
      restore(pair.second);
    }
  }
}

// What `read` gives of the text or, where the parser does not read that, of the text mended.
template <typename Read>
auto read_mended(const std::string& text, Read read) {
  try {
    return read(text);
  } catch (const YAML::Exception&) {
    const std::string mended = Mending(text).run();
    if (mended.empty()) throw;
    return read(mended);
  }
}

}  // namespace

YAML::Node load_yaml(const std::string& text) {
  return read_mended(text, [&](const std::string& readable) {
    YAML::Node root = YAML::Load(readable);
    if (&readable != &text) restore(root);
    return root;
  });
}

namespace {

void parse_into(ParsedYaml& out, const std::string& name) {
  constexpr size_t kBytesMax = 4 << 20;
  const auto wrong = [&](std::string message, std::string remedy, YamlSpot spot = {}) {
    out.problems.error({.file = name,
                        .line = spot.line,
                        .position = spot.position,
                        .code = "yaml_syntax",
                        .message = std::move(message),
                        .remedy = std::move(remedy)});
  };
  if (out.text.size() > kBytesMax) {
    out.problems.error(
        {.file = name, .code = "file_too_large", .message = "the file is larger than 4 MiB"});
    return;
  }
  try {
    YAML::Node root = load_yaml(out.text);
    if (is_one_document(out.text)) {
      out.root = std::move(root);
    } else {
      wrong("text that belongs to nothing, or several documents in one file",
            "keep one document, and put texts that begin with , ] or } in quotes");
    }
  } catch (const YAML::Exception& problem) {
    const bool known = !problem.mark.is_null();
    wrong(problem.msg, "check the indentation, and put texts with : ? # [ { in quotes",
          known ? YamlSpot{problem.mark.line + 1, problem.mark.column + 1} : YamlSpot{});
  } catch (const std::exception& problem) {
    wrong(problem.what(), "");
  }
}

}  // namespace

// YAML::LoadAll() would not end where a text begins with a comma: the parser leaves it unread.
bool is_one_document(const std::string& text) {
  return read_mended(text, [](const std::string& readable) {
    std::istringstream stream(readable);
    YAML::Parser parser(stream);
    Deaf deaf;
    return !parser.HandleNextDocument(deaf) || !parser.HandleNextDocument(deaf);
  });
}

std::optional<YAML::Node> YamlFile::parse(const std::string& text) {
  const auto known = memory_ == nullptr ? YamlMemory::iterator{} : memory_->find(name_);
  if (memory_ != nullptr && known != memory_->end() && known->second->text == text) {
    parsed_ = known->second;
  } else {
    auto parsed = std::make_shared<ParsedYaml>();
    parsed->text = text;
    parsed->lines = base::split(parsed->text, '\n');
    parse_into(*parsed, name_);
    parsed_ = std::move(parsed);
    if (memory_ != nullptr) (*memory_)[name_] = parsed_;
  }
  problems_.add(parsed_->problems, 0);
  return parsed_->root;
}

}  // namespace millrace::flow
