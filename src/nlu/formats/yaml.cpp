#include "nlu/formats/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include "base/text.hpp"

namespace millrace::nlu {
namespace {

constexpr size_t kBytesMax = 16 << 20;

int line_of(const YAML::Node& node) {
  return node.Mark().line + 1;
}

std::string scalar(const YAML::Node& node) {
  return node && node.IsScalar() ? node.Scalar() : std::string();
}

class Reader {
 public:
  explicit Reader(ReadExamples& out) : out_(out) {}

  void read(const YAML::Node& root) {
    if (!root.IsMap()) {
      wrong(root, "The file has to be a map with `intents:`, or with `nlu:` as Rasa has it.");
      return;
    }
    for (const auto& pair : root) {
      const std::string key = scalar(pair.first);
      if (key == "nlu") {
        read_rasa(pair.second);
      } else if (key == "intents") {
        read_intents(pair.second);
      } else if (key == "out_of_scope") {
        read_texts(pair.second, "");
      } else if (key == "synonyms" || key == "lookups") {
        read_lists(pair.second, key == "synonyms" ? out_.synonyms : out_.lookups);
      } else if (key == "regexes") {
        read_regexes(pair.second);
      } else if (key != "version" && key != "priorities") {
        wrong(pair.first, "`" + key +
                              "` is no key of this file. There are intents, out_of_scope, "
                              "synonyms, lookups and regexes.");
      }
    }
  }

 private:
  void wrong(const YAML::Node& at, std::string message) {
    out_.problems.push_back({line_of(at), std::move(message)});
  }

  void read_intents(const YAML::Node& intents) {
    if (!intents.IsMap()) return wrong(intents, "`intents:` has to be a map of lists.");
    for (const auto& pair : intents) read_texts(pair.second, scalar(pair.first));
  }

  void read_texts(const YAML::Node& texts, const std::string& intent) {
    if (!texts.IsSequence()) return wrong(texts, "`" + intent + "` has to be a list of texts.");
    for (const auto& text : texts) {
      if (!text.IsScalar()) {
        wrong(text, "An example has to be a text. Put it in quotes.");
        continue;
      }
      out_.examples.push_back(unmarked(text.Scalar(), intent));
      out_.lines.push_back(line_of(text));
    }
  }

  void read_lists(const YAML::Node& lists,
                  std::vector<std::pair<std::string, std::vector<std::string>>>& into) {
    if (!lists.IsMap()) return wrong(lists, "A map of lists has to stand here.");
    for (const auto& pair : lists) {
      std::vector<std::string> words;
      if (!pair.second.IsSequence()) wrong(pair.second, "A list of texts has to stand here.");
      for (const auto& word : pair.second) words.push_back(scalar(word));
      into.emplace_back(scalar(pair.first), std::move(words));
    }
  }

  void read_regexes(const YAML::Node& regexes) {
    if (!regexes.IsMap()) return wrong(regexes, "`regexes:` has to be a map of patterns.");
    for (const auto& pair : regexes) {
      out_.regexes.emplace_back(scalar(pair.first), scalar(pair.second));
    }
  }

  // Rasa writes its examples as the lines of one text, each behind a dash.
  std::vector<std::pair<std::string, int>> lines_of(const YAML::Node& examples) {
    std::vector<std::pair<std::string, int>> out;
    if (examples.IsSequence()) {
      for (const auto& one : examples) {
        out.emplace_back(scalar(one.IsMap() ? one["text"] : one), line_of(one));
      }
      return out;
    }
    const std::string text = scalar(examples);
    int line = line_of(examples) + 1;
    for (const std::string_view row : base::split(text, '\n')) {
      std::string_view said = base::trim(row);
      if (said.starts_with("- ")) said = base::trim(said.substr(2));
      if (!said.empty()) out.emplace_back(said, line);
      ++line;
    }
    return out;
  }

  void read_rasa(const YAML::Node& groups) {
    if (!groups.IsSequence()) return wrong(groups, "`nlu:` has to be a list.");
    for (const auto& group : groups) {
      if (!group.IsMap() || !group["examples"]) {
        wrong(group, "Each part of `nlu:` needs examples.");
        continue;
      }
      const auto lines = lines_of(group["examples"]);
      std::vector<std::string> words;
      for (const auto& [word, line] : lines) words.push_back(word);
      if (group["intent"]) {
        for (const auto& [text, line] : lines) {
          out_.examples.push_back(unmarked(text, scalar(group["intent"])));
          out_.lines.push_back(line);
        }
      } else if (group["synonym"]) {
        out_.synonyms.emplace_back(scalar(group["synonym"]), std::move(words));
      } else if (group["lookup"]) {
        out_.lookups.emplace_back(scalar(group["lookup"]), std::move(words));
      } else if (group["regex"]) {
        for (const std::string& word : words) {
          out_.regexes.emplace_back(scalar(group["regex"]), word);
        }
      }
    }
  }

  ReadExamples& out_;
};

}  // namespace

void read_yaml(std::string_view text, ReadExamples& out) {
  if (text.size() > kBytesMax) {
    out.problems.push_back({0, "The file is larger than 16 MB. Divide it."});
    return;
  }
  try {
    Reader(out).read(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& exception) {
    out.problems.push_back({exception.mark.line + 1, "This is not YAML: " + exception.msg + "."});
  }
}

}  // namespace millrace::nlu
