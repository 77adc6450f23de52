// flows/<name>.flow.yaml -> drafts, a piece for each node. The language is described in
// docs/flows.md.
#include <unordered_set>

#include "flow/language/reading.hpp"
#include "flow/yaml/split_nodes.hpp"
#include "flow/yaml/yaml_entry.hpp"
#include "flow/yaml/yaml_keys.hpp"

namespace millrace::flow {
namespace {

// One flow file, whole or piece by piece.
class FlowReader {
 public:
  FlowReader(const std::string& path, std::string flow) : path_(path), flow_(std::move(flow)) {}

  SourceFile read_whole(const std::string& text) {
    YamlFile file(path_, file_.problems);
    const auto root = file.parse(text);
    if (root) read_root(file, *root);
    return std::move(file_);
  }

  // nullopt when its pieces cannot be told from each other.
  std::optional<SourceFile> read_pieces(const std::string& text, const SourceFile& before) {
    const auto split = split_nodes(text);
    if (!split || !read_head(split->head)) return std::nullopt;
    Pieces known(&before);
    std::unordered_set<std::string> keys;
    for (const NodeText& node : split->nodes) {
      auto piece = known.take(node.text);
      if (!piece) {
        piece = read_piece(node.text, split->depth);
        if (!piece) return read_broken(text, node);
        ++file_.pieces_read;
      }
      if (&node == &split->nodes.back() && !may_be_last(*piece)) return read_broken(text, node);
      piece->lines_before = node.lines_before - 1;  // the line of `nodes`
      if (!keys.insert(piece->key).second) {
        complain_of_repeated(*piece);
      } else {
        counted_ += piece->drafts.size();
        file_.pieces.push_back(std::move(piece));
        if (counted_ > kNodesMax) return std::nullopt;
      }
    }
    return std::move(file_);
  }

 private:
  void read_root(YamlFile& file, const YAML::Node& root) {
    bool any = false;
    for (const YamlPair& section : file.pairs(root, path_)) {
      if (section.key == "nodes") {
        any = true;
        read_nodes(file, section);
      } else if (section.key != "csv_columns" && section.key != "description") {
        file.unknown_key(section, names_of(flow_keys()));
      }
    }
    if (!any && root.IsMap()) {
      file.error(1, "nodes", "key_missing", "a flow needs 'nodes'", "write nodes: {...}");
    }
  }

  void read_nodes(YamlFile& file, const YamlPair& section) {
    for (const YamlPair& entry : file.pairs(section.value, "nodes")) {
      auto piece = std::make_shared<Piece>();
      if (counted_ >= kNodesMax) {
        piece->is_beyond_limit = true;
        piece->key = entry.key;
        piece->at = file.place(entry, "");
        file_.pieces.push_back(std::move(piece));
        return;
      }
      read_entry(entry, file, *piece);
      counted_ += piece->drafts.size();
      file_.pieces.push_back(std::move(piece));
      ++file_.pieces_read;
    }
  }

  // The piece's own problems go into the piece.
  void read_entry(const YamlPair& entry, YamlFile& file, Piece& piece) {
    YamlFile its_own(file, piece.problems);
    flow::read_entry(entry, its_own, flow_, piece);
  }

  // What stands above the nodes.
  bool read_head(const std::string& head) {
    YamlFile file(path_, file_.problems);
    const auto root = file.parse(head);
    if (!root || !root->IsMap()) return false;
    for (const auto& pair : *root) {
      if (pair.first.IsScalar() && pair.first.Scalar() == "nodes" && !pair.second.IsNull()) {
        return false;
      }
    }
    read_root(file, *root);
    return true;
  }

  static constexpr std::string_view kNodes = "nodes:\n";

  // The entries of `nodes`, when the text has nothing else and so many of them.
  std::vector<YamlPair> entries_in(YamlFile& file, const std::string& text, size_t count) {
    const auto root = file.parse(text);
    if (!root || !root->IsMap() || root->size() != 1) return {};
    const YAML::Node nodes = root->begin()->second;
    if (!nodes.IsMap() || nodes.size() != count) return {};
    auto entries = file.pairs(nodes, "nodes");
    if (entries.size() != count) entries.clear();
    return entries;
  }

  // Null when the text is not one entry, or reaches into what stands behind it.
  std::shared_ptr<Piece> read_piece(std::string_view text, size_t depth) {
    constexpr std::string_view kBehind = "what is behind: 0\n";  // no node has such a name
    auto piece = std::make_shared<Piece>();
    piece->text = text;
    std::string all = std::string(kNodes) + piece->text;
    if (!all.ends_with('\n')) all.push_back('\n');
    all.append(depth, ' ').append(kBehind);
    YamlFile file(path_, piece->problems);
    const auto entries = entries_in(file, all, 2);
    if (entries.empty() || entries.back().key != "what is behind") return nullptr;
    flow::read_entry(entries.front(), file, flow_, *piece);
    return piece;
  }

  bool may_be_last(Piece& piece) {
    Problems unsaid;
    YamlFile file(path_, unsaid);
    piece.is_last_well =
        piece.is_last_well || !entries_in(file, std::string(kNodes) + piece.text, 1).empty();
    return piece.is_last_well;
  }

  // The syntax ends within that node. What stands before it has been read and is sound, so the
  // parser comes to the same end when it begins there.
  std::optional<SourceFile> read_broken(const std::string& text, const NodeText& node) {
    const size_t at = static_cast<size_t>(node.text.data() - text.data());
    Problems problems;
    YamlFile file(path_, problems);
    if (file.parse(std::string(kNodes) + text.substr(at))) return std::nullopt;
    SourceFile broken;
    broken.problems.add(problems, node.lines_before - 1);
    return broken;
  }

  void complain_of_repeated(const Piece& piece) {
    file_.problems.error({.file = path_,
                          .line = piece.lines_before + piece.at.line,
                          .position = piece.at.position,
                          .length = piece.at.length,
                          .column = piece.key,
                          .code = "duplicate_key",
                          .message = "the key '" + piece.key + "' is given twice",
                          .remedy = "keep one of the two"});
  }

  const std::string& path_;
  std::string flow_;
  SourceFile file_;
  size_t counted_ = 0;
};

}  // namespace

SourceFile read_flow_file(const std::string& path, const std::string& text,
                          const SourceFile* before) {
  constexpr std::string_view kFolder = "flows/";
  constexpr std::string_view kEnding = ".flow.yaml";
  const std::string flow =
      path.substr(kFolder.size(), path.size() - kFolder.size() - kEnding.size());
  if (!is_node_name(flow) || flow == Targets::kCsvFlow) {
    SourceFile unread;
    YamlFile(path, unread.problems)
        .error(0, "", "bad_name", "'" + flow + "' cannot be a flow's name",
               flow == Targets::kCsvFlow ? "'bot' is the flow of templates/bot.csv"
                                         : "use letters, digits, _ and -");
    return unread;
  }
  if (before != nullptr) {
    if (auto file = FlowReader(path, flow).read_pieces(text, *before)) return std::move(*file);
  }
  return FlowReader(path, flow).read_whole(text);
}

}  // namespace millrace::flow
