#include "flow/language/reading.hpp"

namespace millrace::flow {
namespace {

constexpr std::string_view kFlowsFolder = "flows/";
constexpr std::string_view kFlowEnding = ".flow.yaml";

// Numbers and lines as they are behind all that was placed before.
void place_piece(Piece& piece, NodeNumber first_number) {
  const NodeNumber moved = first_number - piece.first_number;
  piece.first_number = first_number;
  for (Draft& draft : piece.drafts) {
    draft.lines_before = piece.lines_before;
    draft.behind.reset();
    if (draft.number >= kFirstYamlNumber) draft.number += moved;
  }
  for (auto& [name, number] : piece.names) number += moved;
}

// Puts what was read of all files together.
class Assembly {
 public:
  Assembly(Drafts& drafts, Problems& problems) : drafts_(drafts), problems_(problems) {}

  void add(SourceFile& file) {
    problems_.add(file.problems, 0);
    const size_t first = drafts_.nodes.size();
    goes_on_.clear();
    for (size_t i = 0; i < file.pieces.size(); ++i) {
      if (!add_piece(*file.pieces[i])) {
        file.pieces.resize(i);
        break;
      }
    }
    lead_on(first);
  }

 private:
  // False when there are too many.
  bool add_piece(Piece& piece) {
    if (piece.is_beyond_limit || (drafts_.nodes.size() >= kNodesMax && !piece.drafts.empty())) {
      problems_.error({.file = piece.drafts.empty() ? file_name_ : piece.drafts.front().file,
                       .line = piece.lines_before + piece.at.line,
                       .position = piece.at.position,
                       .length = piece.at.length,
                       .column = piece.key,
                       .code = "too_many_nodes",
                       .message = "more than " + std::to_string(kNodesMax) + " nodes"});
      return false;
    }
    place_piece(piece, next_number_);
    const NodeNumber moved = piece.first_number - kFirstYamlNumber;
    next_number_ += piece.numbers;
    problems_.add(piece.problems, piece.lines_before, moved);
    drafts_.in_cells.add(piece.in_cells, piece.lines_before, moved);
    piece.made.resize(piece.drafts.size());
    for (size_t i = 0; i < piece.drafts.size(); ++i) {
      file_name_ = piece.drafts[i].file;
      drafts_.nodes.emplace_back(piece.drafts[i]);
      drafts_.made.push_back(&piece.made[i]);
      goes_on_.push_back(piece.goes_on[i]);
    }
    drafts_.names.insert(drafts_.names.end(), piece.names.begin(), piece.names.end());
    return true;
  }

  // What says nothing about where it leads goes on to the node behind it.
  void lead_on(size_t first) {
    for (size_t i = first; i < drafts_.nodes.size(); ++i) {
      Draft& draft = drafts_.nodes[i];
      if (!goes_on_[i - first]) continue;
      if (i + 1 < drafts_.nodes.size()) {
        draft.behind = drafts_.nodes[i + 1].get().number;
      } else if (draft.kind == Draft::Kind::call) {
        problems_.error({.file = draft.file,
                         .line = draft.line(),
                         .column = "next",
                         .code = "road_missing",
                         .message = "nothing follows the last node",
                         .remedy = "add a node behind it, or write next"});
      }
    }
  }

  Drafts& drafts_;
  Problems& problems_;
  NodeNumber next_number_ = kFirstYamlNumber;
  std::vector<bool> goes_on_;  // by draft of one file
  std::string file_name_;
};

// While a file cannot be read piece by piece, those of before wait for when it can.
void keep_spare(const SourceFile& before, SourceFile& file) {
  for (const PieceList* list : {&before.pieces, &before.spare}) {
    for (const auto& piece : *list) {
      if (piece->text.empty()) continue;
      piece->made.assign(piece->drafts.size(), {});
      file.spare.push_back(piece);
    }
  }
  if (file.head.empty()) file.head = before.head;
}

// The file as it was read before where its text is the same; it is taken out of `before`.
SourceFile read_file(const std::string& path, const std::string& text, Sources& before) {
  const auto known = before.files.find(path);
  const bool is_known = known != before.files.end();
  if (is_known && known->second.text == text) {
    SourceFile same = std::move(known->second);
    same.pieces_read = 0;
    return same;
  }
  const SourceFile nothing;
  const SourceFile* earlier = before.reads_whole ? nullptr : is_known ? &known->second : &nothing;
  SourceFile file =
      path == kBotFile ? read_bot_file(text, earlier) : read_flow_file(path, text, earlier);
  file.text = text;
  const bool has_texts = !file.pieces.empty() && !file.pieces.front()->text.empty();
  if (is_known && !has_texts) keep_spare(known->second, file);
  return file;
}

}  // namespace

Pieces::Pieces(const SourceFile* before) {
  if (before == nullptr) return;
  for (const PieceList* list : {&before->pieces, &before->spare}) {
    for (const auto& piece : *list) pieces_.emplace(piece->text, piece);
  }
}

std::shared_ptr<Piece> Pieces::take(std::string_view text) {
  const auto found = pieces_.find(text);
  if (found == pieces_.end()) return nullptr;
  auto piece = std::move(found->second);
  pieces_.erase(found);
  return piece;
}

Drafts read_drafts(const Files& files, Sources& sources, Problems& problems) {
  Drafts drafts;
  Assembly assembly(drafts, problems);
  std::map<std::string, SourceFile> read;
  const auto add = [&](const std::string& path, const std::string& text) {
    SourceFile& file = read[path] = read_file(path, text, sources);
    assembly.add(file);
    sources.pieces_read += file.pieces_read;
  };
  sources.pieces_read = 0;
  if (const auto found = files.find(std::string(kBotFile)); found != files.end()) {
    drafts.flows.push_back(found->first);
    add(found->first, found->second);
  }
  for (const auto& [path, text] : files) {
    if (!path.starts_with(kFlowsFolder)) continue;
    if (!path.ends_with(kFlowEnding)) {
      problems.warning({.file = path,
                        .code = "not_a_flow",
                        .message = "this file is not read",
                        .remedy = "a flow's file name ends with .flow.yaml"});
      continue;
    }
    drafts.flows.push_back(path);
    add(path, text);
  }
  if (drafts.flows.empty()) {
    problems.error({.file = "flows/main.flow.yaml",
                    .code = "file_missing",
                    .message = "the solution has no flow",
                    .remedy = "add this file, or templates/bot.csv"});
  }
  sources.files = std::move(read);
  return drafts;
}

Targets targets_of(const Drafts& drafts) {
  Targets targets;
  for (const Draft& draft : drafts.nodes) targets.add(draft);
  for (const auto& [name, number] : drafts.names) targets.add(name, number);
  return targets;
}

}  // namespace millrace::flow
