// The text of a YAML file -> the parser's tree, or what is wrong with it.
#include <yaml-cpp/eventhandler.h>

#include <sstream>

#include "base/text.hpp"
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
    YAML::Node root = YAML::Load(out.text);
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
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Deaf deaf;
  return !parser.HandleNextDocument(deaf) || !parser.HandleNextDocument(deaf);
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
