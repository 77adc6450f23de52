// Drafts -> nodes of the program, for the files of this room only. Names of nodes become numbers,
// texts become templates; what is wrong is filed at its place, in the author's notation.
#pragma once

#include <functional>

#include "flow/language/reading.hpp"

namespace millrace::flow {

// One draft being linked.
class Link {
 public:
  // `is_sound`: nothing is wrong with it so far. What it asks of the others is kept in `asked`.
  Link(const Draft& draft, const Targets& targets, const AppFacts& facts, bool is_sound,
       std::vector<Question>& asked, Problems& problems)
      : draft_(draft),
        targets_(targets, draft.flow, asked),
        facts_(facts),
        problems_(problems),
        sound_(is_sound) {}

  // nullopt when it is too wrong to be a node.
  std::optional<Node> run();

 private:
  struct Behaviours {
    bool disable_input = false;
    bool embedded = false;  // "inline"
    bool xfer_to_agent = false;
    bool multiple_choice = false;
    bool secure = false;
  };

  void link_labels(Node& node);
  DialogNode link_dialog();
  ActionNode link_action();
  std::optional<EventSpec> link_event();
  EventSpec read_event(const Tree& object, bool nested);
  void read_retention(const Tree& object, EventSpec& event);
  BranchNode link_branch();
  SetNode link_set();
  CallNode link_call();

  Behaviours read_behaviours();
  RichAsset link_asset(const Behaviours& behaviours);
  void link_options(const AssetDraft& draft, const std::vector<OptionDraft>& options,
                    std::vector<Option>& into);
  void link_webview(const AssetDraft& draft, const Behaviours& behaviours, RichAsset& asset);
  std::optional<Ask> link_ask();
  void link_hand_over(DialogNode& node);
  void check_dialog(const DialogNode& node, const Behaviours& behaviours);
  void check_waiting(const DialogNode& node);
  void check_dynamic(const DialogNode& node);
  void check_roads(const DialogNode& node);
  void check_one_child(const DialogNode& node);
  void check_command(ActionNode& node);
  void link_payload(ActionNode& node);
  void link_action_roads(ActionNode& node);
  // What belongs to a node of another type.
  void refuse_action_fields();
  void refuse_dialog_fields();
  void warn_of_unused();

  std::optional<NodeNumber> next();
  std::vector<std::string> variables();
  std::optional<NodeNumber> target(const Text& text, Column column);
  std::optional<NodeNumber> target(const PairDraft& pair, Column column);
  std::optional<NodeNumber> known(NodeNumber number, const Place& at);

  bool is_yaml() const { return draft_.is_yaml; }
  // The one in the CSV format's words or the other in YAML's.
  const char* either(const char* csv, const char* yaml) const { return is_yaml() ? yaml : csv; }
  Place at(Column column, const Place& written = {}) const {
    return place_of(draft_, column, written);
  }
  void error(const Place& place, std::string code, std::string message, std::string remedy = {});
  void warning(const Place& place, std::string code, std::string message, std::string remedy = {});

  const Draft& draft_;
  NamesAsked targets_;
  const AppFacts& facts_;
  Problems& problems_;
  bool sound_;  // nothing is wrong with the node so far: what follows from it is worth saying
};

// Every text a draft shows to people in the default locale, and every one that it hands on with
// places to fill; for the checks.
void for_each_shown(const Draft& draft, const std::function<void(const Text&)>& visit);
void for_each_handed_on(const Tree& payload,
                        const std::function<void(const std::string&, const Place&)>& visit);

}  // namespace millrace::flow
