// What is read of the files of flows, kept so that what has not changed is not read again: a piece
// for each node of a YAML flow and each row of a CSV file, by its text. For the files of this room
// only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "flow/language/draft.hpp"
#include "flow/language/questions.hpp"

namespace millrace::flow {

// What was made of a draft, and what that depended on.
struct Made {
  // Of linking it to a node.
  bool is_linked = false;
  NodeNumber number = 0;
  std::optional<NodeNumber> behind;
  bool was_sound = false;  // nothing was wrong with it before
  bool is_node = false;    // it is in the program under its number
  std::vector<Question> asked_of_names;
  Problems in_linking;
  int lines_before = 0;  // the draft's, when these were filed
  // Of checking that node within its program.
  bool is_checked = false;
  std::vector<Question> asked_of_program;
  Problems in_checking;
  int lines_before_check = 0;
  std::vector<std::string> unknown_variables;  // complained about
};

// One entry of a file: a node of a YAML flow with what it does besides, all asks of a form, or a
// row. Lines count within it, numbers of nodes without one of their own from kFirstYamlNumber;
// where it stands among the others is laid down by place_piece().
struct Piece {
  std::string text;
  std::string key;  // of a YAML flow
  Place at;         // of the key
  int lines_before = 0;
  std::vector<Draft> drafts;
  std::vector<Made> made;     // of each draft
  std::vector<bool> goes_on;  // says nothing about where it leads: what stands behind follows
  std::vector<std::pair<std::string, NodeNumber>> names;  // "flow.form" -> first question
  int numbers = 0;                                        // how many were given
  NodeNumber first_number = kFirstYamlNumber;
  bool is_beyond_limit = false;  // it stands for all that follow, which were not read
  bool is_last_well = false;     // a YAML file may end behind it
  Problems problems;
  Problems in_cells;  // what is wrong with the form of cells; they can be converted all the same
};
using PieceList = std::vector<std::shared_ptr<Piece>>;

// One file as it was read the last time.
struct SourceFile {
  std::string text;
  std::string head;  // the header row of a CSV file
  PieceList pieces;
  PieceList spare;         // of the reading before, while the file cannot be read
  Problems problems;       // of the file as a whole
  size_t pieces_read = 0;  // the others were there already
};

// Pieces that were read before, each given back once.
class Pieces {
 public:
  explicit Pieces(const SourceFile* before);
  // One of that text; null when there is none.
  std::shared_ptr<Piece> take(std::string_view text);

 private:
  std::unordered_multimap<std::string_view, std::shared_ptr<Piece>> pieces_;
};

inline constexpr size_t kNodesMax = 100'000;

// `before`: the file as it was read before, nullptr to read it from nothing and whole.
SourceFile read_bot_file(const std::string& text, const SourceFile* before);
SourceFile read_flow_file(const std::string& path, const std::string& text,
                          const SourceFile* before);

// Everything read by path; what is there of a path and a text is not read again.
struct Sources {
  std::map<std::string, SourceFile> files;
  bool reads_whole = false;  // files are read as one, not piece by piece
  size_t pieces_read = 0;    // in the last reading
};

// templates/bot.csv and flows/*.flow.yaml -> drafts, in the order of files and rows. They stay
// those of `sources`. `names` gets what else names a node: a form stands for its first question.
struct Drafts {
  std::vector<std::reference_wrapper<Draft>> nodes;
  std::vector<Made*> made;  // of each of them
  std::vector<std::pair<std::string, NodeNumber>> names;
  std::vector<std::string> flows;  // the files that were read
  Problems in_cells;
};
Drafts read_drafts(const Files& files, Sources& sources, Problems& problems);
Targets targets_of(const Drafts& drafts);

}  // namespace millrace::flow
