// A large bot made for tests: every rich asset and behaviour of the CSV format, in as many sections
// as wanted.
#pragma once

#include <string>
#include <vector>

#include "flow/csv/csv.hpp"
#include "flow/flow.hpp"

namespace millrace::testing_support {

class BigBot {
 public:
  explicit BigBot(int sections) {
    rows_.push_back({"Node Number",
                     "Node Type",
                     "Node Name",
                     "Intent",
                     "Entity Type",
                     "Entity",
                     "NLU Disabled?",
                     "Next Nodes",
                     "Message",
                     "Rich Asset Type",
                     "Rich Asset Content",
                     "Answer Required?",
                     "Behaviors",
                     "Command",
                     "Description",
                     "Output",
                     "Node Input",
                     "Parameter Input",
                     "Decision Variable",
                     "What Next?",
                     "Node Tags",
                     "Skill Tag",
                     "Variable",
                     "Platform Flag",
                     "Flows",
                     "CSS Classname",
                     "Event"});
    std::string menu;
    for (int i = 1; i <= sections; ++i) {
      menu += "Section " + std::to_string(i) + "~" + std::to_string(10'000 + i * 100) + "|\n";
    }
    add({{"Node Number", "1"},
         {"Node Type", "D"},
         {"Next Nodes", "2"},
         {"Message", "**Hello!** \"Choose\", please:\nwhere to?"},
         {"Flows", "tour_entry"},
         {"Event", R"({"event_name": "Chat Begun", "global_props": {"bot": "big"}})"}});
    add({{"Node Number", "2"},
         {"Node Type", "D"},
         {"Message", "Menu"},
         {"Rich Asset Type", "button"},
         {"Rich Asset Content", menu + "Goodbye~666|Person~999"},
         {"Answer Required?", "1"},
         {"Behaviors", "disable_input"}});
    add({{"Node Number", "666"},
         {"Node Type", "D"},
         {"Message", "Goodbye."},
         {"Flows", "tour_exit"},
         {"Event", R"({"event_name": "Chat Left"})"}});
    add({{"Node Number", "999"},
         {"Node Type", "D"},
         {"Message", "One moment."},
         {"Behaviors", "xfer_to_agent"},
         {"What Next?", "unavailable~666|timeout~2"},
         {"Next Nodes", "2"},
         {"Skill Tag", "sales"}});
    add({{"Node Number", "1800"},
         {"Node Type", "D"},
         {"Intent", "out_of_scope"},
         {"Message", "I did not get that."},
         {"Next Nodes", "2"}});
    add({{"Node Number", "1801"},
         {"Node Type", "D"},
         {"Intent", "price"},
         {"Message", "It is free."},
         {"Next Nodes", "2"}});
    add({{"Node Number", "'-500"},
         {"Node Type", "A"},
         {"Command", "HandleBotError"},
         {"Output", "error_type"},
         {"Decision Variable", "error_type"},
         {"Parameter Input", R"({"save_error_to": "PLATFORM_ERROR"})"},
         {"Variable", "PLATFORM_ERROR"},
         {"What Next?", "bot_error~99990|bot_timeout~99990|other~99990"}});
    add({{"Node Number", "99990"}, {"Node Type", "D"}, {"Message", "Sorry: {PLATFORM_ERROR}"}});
    for (int i = 1; i <= sections; ++i) add_section(10'000 + i * 100);
  }

  std::string csv() const { return flow::write_csv(rows_); }
  size_t nodes() const { return rows_.size() - 1; }
  flow::Files files() const {
    return {
        {"templates/bot.csv", csv()},
        {"templates/intent.csv", "Utterance,Intent\nhow much does it cost,price\nprice,price\n"}};
  }
  static flow::AppFacts facts() {
    return {{"Big"}, {{"sandbox", {"url"}}}, {"SendIt", "MakeList"}};
  }

 private:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  void add(const Fields& fields) {
    std::vector<std::string> row(rows_.front().size());
    for (const auto& [name, value] : fields) {
      for (size_t i = 0; i < row.size(); ++i) {
        if (rows_.front()[i] == name) row[i] = value;
      }
    }
    rows_.push_back(std::move(row));
  }

  void ask(int number, std::string message, std::string variable, int next, Fields more = {}) {
    Fields fields{{"Node Number", std::to_string(number)},
                  {"Node Type", "D"},
                  {"Message", std::move(message)},
                  {"Variable", std::move(variable)},
                  {"Next Nodes", std::to_string(next)},
                  {"Answer Required?", "1"},
                  {"NLU Disabled?", "1"}};
    fields.insert(fields.end(), more.begin(), more.end());
    add(fields);
  }

  void asset(int number, std::string type, std::string content, Fields more) {
    Fields fields{{"Node Number", std::to_string(number)},    {"Node Type", "D"},
                  {"Message", type + " of {NAME}"},           {"Rich Asset Type", type},
                  {"Rich Asset Content", std::move(content)}, {"Answer Required?", "1"}};
    fields.insert(fields.end(), more.begin(), more.end());
    add(fields);
  }

  void add_section(int at) {
    const auto n = [at](int offset) { return std::to_string(at + offset); };
    ask(at, "Name?", "NAME", at + 1);
    ask(at + 1, "E-mail?", "EMAIL", at + 2, {{"Description", "checked next"}});
    add({{"Node Number", n(2)},
         {"Node Type", "A"},
         {"Command", "ValidateEmail"},
         {"Output", "valid"},
         {"Decision Variable", "valid"},
         {"Variable", "EMAIL"},
         {"Parameter Input", R"({"global_vars": "EMAIL"})"},
         {"What Next?", "true~" + n(3) + "|\nfalse~" + n(1)}});
    asset(at + 3, "button", "<<far fa-check>> Go on~" + n(4) + "|Skip~" + n(19),
          {{"Behaviors", "disable_input"}, {"Variable", "GOES_ON"}});
    asset(at + 4, "quick_reply",
          R"({"type": "static", "options": [{"label": "One", "dest": )" + n(5) +
              R"(}, {"label": "Two", "dest": )" + n(6) + "}]}",
          {});
    asset(at + 5, "listpicker",
          R"({"type": "static", "options": [{"label": "Tea", "description": "hot", "dest": ")" +
              n(6) + R"("}, {"label": "Water", "image": "https://example.com/w.png", "dest": ")" +
              n(7) + R"("}]})",
          {{"Behaviors", "disable_input"}});
    asset(
        at + 6, "imagebutton",
        R"({"type":"static","options":[{"label":"Cat","image":"https://example.com/c.png","dest":")" +
            n(7) + R"("}]})",
        {{"Variable", "ANIMAL"}});
    asset(
        at + 7, "carousel",
        R"({"type": "static", "items": [{"title": "Porto", "buttons": [{"label": "Visit", "dest": ")" +
            n(8) +
            R"("}]}, {"title": "Lisbon", "description": "capital", "buttons": [{"label": "See", "dest": ")" +
            n(9) + R"("}]}]})",
        {});
    add({{"Node Number", n(8)},
         {"Node Type", "A"},
         {"Command", "MakeList"},
         {"Output", "list_picker,success"},
         {"Decision Variable", "success"},
         {"Parameter Input",
          R"({"for": "{NAME}", "url": "{env.url}", "nested": {"list": [1, "{EMAIL}"]}})"},
         {"Node Input", "name:" + n(0)},
         {"What Next?", "true~" + n(10)}});
    asset(at + 9, "webview", "Open~https://example.com/form?who={NAME}",
          {{"NLU Disabled?", "1"}, {"Next Nodes", n(12)}});
    asset(at + 10, "selection", "{" + n(8) + "*list_picker}",
          {{"Behaviors", "multiple_choice,disable_input"},
           {"Next Nodes", n(11)},
           {"Variable", "CHOSEN"},
           {"NLU Disabled?", "1"}});
    asset(at + 11, "listpicker",
          R"({"type": "dynamic", "source_node": )" + n(8) + R"(, "source_var": "list_picker"})",
          {{"Behaviors", "disable_input"}, {"Next Nodes", n(12)}, {"NLU Disabled?", "1"}});
    add({{"Node Number", n(12)},
         {"Node Type", "D"},
         {"Next Nodes", n(13)},
         {"Rich Asset Type", "webview"},
         {"Behaviors", "inline"},
         {"Rich Asset Content", "~https://example.com/map?height=130"}});
    asset(
        at + 13, "file_upload",
        R"({"type": "action_node", "upload_label": "Send", "cancel_label": "Later", "action_script": "SendIt"})",
        {{"Next Nodes", n(14)}, {"NLU Disabled?", "1"}});
    add({{"Node Number", n(14)},
         {"Node Type", "A"},
         {"Command", "SendIt"},
         {"Output", "success"},
         {"Decision Variable", "success"},
         {"Node Input", "file_info:" + n(13)},
         {"What Next?", "true~" + n(15) + "|cancel~" + n(15) + "|error~99990|timeout~" + n(16)},
         {"Event",
          R"({"event_name": "File Sent", "conditional_events": {"cancel": {"event_name": "File Kept"}}})"}});
    for (const int offset : {15, 16}) {
      add({{"Node Number", n(offset)},
           {"Node Type", "D"},
           {"Next Nodes", n(offset + 1)},
           {"Rich Asset Type", offset == 15 ? "datepicker" : "timepicker"},
           {"Rich Asset Content", R"({"type": "static", "message": "When?"})"},
           {"Answer Required?", "1"},
           {"NLU Disabled?", "1"},
           {"Variable", offset == 15 ? "DAY" : "HOUR"}});
    }
    asset(at + 17, "star_rating", R"({"type": "static", "stars": 5})",
          {{"Next Nodes", n(18)},
           {"NLU Disabled?", "1"},
           {"Variable", "STARS"},
           {"CSS Classname", "stars"},
           {"Node Tags", "rating"}});
    ask(at + 18, "PIN?", "PIN", at + 19, {{"Behaviors", "secure"}});
    add({{"Node Number", n(19)}, {"Node Type", "D"}, {"Next Nodes", "2"}});
  }

  std::vector<std::vector<std::string>> rows_;
};

}  // namespace millrace::testing_support
