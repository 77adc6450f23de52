// Conversations as files: each tests/conversations/*.chat says what people type and what actions
// answer, and holds what the engine said. The engine is run over the lines that go in, and the
// whole file must come out again byte for byte. MILLRACE_GOLDEN=1 writes what came out instead
// (make golden), to be read as a diff.
//
//   solution: examples/braze-profile        header lines: solution, locale, at
//   > text                                  the consumer says
//   ! returned {"success": "true"}          the awaited action ends (raised, timed_out, crashed,
//                                           refused, unknown; a result only with returned)
//   ! start / ! due / ! end                 the chat is started, its opening is due, it is ended
//   ! offered, ! joined agent-1 Ada, ! said agent-1 text, ! left agent-1 [node], ! nobody
//                                           what happens on the side of the agents
//   >+ text, !+ ...                         in the same millisecond as the line before
//   < text [A | B]                          the bot said, with buttons; (off) = input disabled
//   = call Command {...}                    the engine asked for this action, with this payload
//   = refused code                          the input was refused
//   = ended reason
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/text.hpp"
#include "dialog/dialog.hpp"
#include "solutions/models/models.hpp"
#include "tests/conversations/line.hpp"
#include "tests/example.hpp"

namespace millrace {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class Player {
 public:
  Player(const flow::Program& program, std::string locale, base::Timestamp at,
         const dialog::Reader* reader)
      : program_(program), at_(at), reader_(reader) {
    const base::Id chat = base::Id::derived("chat", "test");
    state_ = dialog::open_chat(program, {.chat = chat,
                                         .consumer = base::Id::derived("consumer", "test"),
                                         .locale = std::move(locale),
                                         .at = at});
  }

  // What the engine says to one input line.
  std::string play(std::string_view line) {
    const bool at_once = line.size() > 1 && line[1] == '+';
    if (!at_once) at_.ms += 1000;
    auto input = parse(std::string(1, line[0]) + std::string(line.substr(at_once ? 2 : 1)));
    if (auto* said = std::get_if<dialog::Said>(&input.what)) {
      said->understood = dialog::understand(program_, state_, said->text, at_, reader_);
    }
    auto turn = dialog::advance(program_, state_, input);
    if (!turn) return "= refused " + std::string(base::to_string(turn.error().code)) + "\n";
    // What is stored must be all there is: every turn goes on from what can be read back.
    auto stored = dialog::state_from_json(dialog::to_json(turn->state));
    EXPECT_TRUE(stored);
    EXPECT_TRUE(dialog::restore_sealed(*stored, dialog::sealed_part(turn->state)));
    state_ = std::move(*stored);
    std::string out;
    for (const dialog::Effect& effect : turn->effects) out += std::visit(Show{}, effect);
    return out;
  }

 private:
  struct Show {
    std::string operator()(const dialog::Say& say) const {
      std::string out = "< " + (say.agent.empty() ? "" : say.agent_name + ": ") + say.message.text;
      for (size_t i = 0; i < say.message.asset.options.size(); ++i) {
        out += (i == 0 ? " [" : " | ") + say.message.asset.options[i].label;
      }
      if (!say.message.asset.options.empty()) out += "]";
      return out + (say.message.input_disabled ? " (off)\n" : "\n");
    }
    std::string operator()(const dialog::Owe& owe) const {
      return "= owes " + owe.kind + " " + json::serialize(owe.body) + "\n";
    }
    std::string operator()(const dialog::AwaitDelivery&) const { return "= awaits delivery\n"; }
    std::string operator()(const dialog::Call& call) const {
      return "= call " + call.command + " " + json::serialize(call.payload) + "\n";
    }
    std::string operator()(const dialog::SetTimer&) const { return "= timer\n"; }
    std::string operator()(const dialog::HandOver& step) const {
      switch (step.step) {
        case dialog::HandOver::Step::asked: return "= asks for an agent " + step.skill + "\n";
        case dialog::HandOver::Step::joined: return "= joined by " + step.name + "\n";
        case dialog::HandOver::Step::left: return "= back to the bot\n";
        case dialog::HandOver::Step::unanswered: return "= nobody came: " + step.why + "\n";
        case dialog::HandOver::Step::ended: return "= ended with the chat\n";
      }
      return "";
    }
    std::string operator()(const dialog::TellAgent& said) const {
      return "= to the agent: " + said.text + "\n";
    }
    std::string operator()(const dialog::Track& track) const {
      return "= track " + track.name + " " + json::serialize(track.properties) + "\n";
    }
    std::string operator()(const dialog::Ended& ended) const {
      return "= ended " + ended.reason + "\n";
    }
  };

  dialog::Input parse(const std::string& line) {
    auto what = testing_support::input_of(line, state_, said_);
    EXPECT_TRUE(what) << "unknown line: " << line;
    return {at_, what ? std::move(*what) : dialog::Started{}};
  }

  const flow::Program& program_;
  base::Timestamp at_;
  const dialog::Reader* reader_;
  dialog::State state_;
  int said_ = 0;
};

// Of a solution that has examples enough.
solutions::ReaderPtr reader_of(const fs::path& folder, const flow::Program& program) {
  const auto files = solutions::read_folder(folder);
  if (!files) return nullptr;
  auto reader = solutions::reader_for({}, *files, program, solutions::Training::may);
  EXPECT_TRUE(reader);
  return reader ? std::move(*reader) : nullptr;
}

// The file with every output line made anew.
std::string replay(const std::string& text) {
  const fs::path root = MILLRACE_SOURCE_DIR;
  std::string locale;
  std::optional<flow::Program> program;
  solutions::ReaderPtr reader;
  std::optional<Player> player;
  base::Timestamp at = *base::parse_iso8601("2026-01-02T03:04:05Z");
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("solution: ")) {
      program = testing_support::load_solution(root / line.substr(10));
      reader = reader_of(root / line.substr(10), *program);
    }
    if (line.starts_with("locale: ")) locale = line.substr(8);
    if (line.starts_with("< ") || line.starts_with("= ")) continue;
    out += line + "\n";
    if (!line.starts_with(">") && !line.starts_with("!")) continue;
    if (!program || program->nodes.empty()) return out;
    if (!player) player.emplace(*program, locale, at, reader.get());
    out += player->play(line);
  }
  return out;
}

class ConversationFile : public testing::TestWithParam<fs::path> {};

TEST_P(ConversationFile, GoesAsWritten) {
  const std::string written = read_text(GetParam());
  const std::string played = replay(written);
  if (std::getenv("MILLRACE_GOLDEN") != nullptr) {
    std::ofstream(GetParam(), std::ios::binary) << played;
    return;
  }
  EXPECT_EQ(played, written) << "run `make golden` and read the diff";
  EXPECT_EQ(replay(written), played) << "the same inputs must give the same bytes";
}

std::vector<fs::path> chat_files() {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::directory_iterator(fs::path(MILLRACE_SOURCE_DIR) / "tests" / "conversations")) {
    if (entry.path().extension() == ".chat") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

INSTANTIATE_TEST_SUITE_P(All, ConversationFile, testing::ValuesIn(chat_files()),
                         [](const auto& info) {
                           std::string name = info.param.stem().string();
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace millrace
