// YAML flows out of their typed model and back: nothing that a flow says is missing in it.
#include <gtest/gtest.h>

#include <filesystem>

#include "delivery/braze/kind.hpp"
#include "delivery/webhook/kind.hpp"
#include "flow/convert.hpp"
#include "flow/yaml_text.hpp"
#include "tests/big_bot.hpp"
#include "tests/made_flow.hpp"
#include "tests/meaning.hpp"

namespace millrace {
namespace {

namespace fs = std::filesystem;
using testing_support::BigBot;
using testing_support::MadeFlow;
using testing_support::meaning_of;
using testing_support::read_folder;

// What only YAML can say, in every way there is to say it.
constexpr std::string_view kOnlyInYaml = R"(# Which is not kept.
nodes:
  hello: Hello!
  wordings: {say: [Well?, 'Now: then?'], tags: [a, 'b, c'], next: age}
  age:
    ask: |-
      How old are you?

      In years.
    type: number
    min: 1.5
    max: 120
    whole: yes
    variable: AGE
    retry: [A number please., 'Digits, such as 42.']
    max_tries: 3
    on_fail: bye
    why: We must not serve children.
    subject: age
    reminders:
      - {after: 90s, say: Still there?}
      - after: 1500ms
    on_silence: bye
    skip_when_known: true
    secure: true
    nlu: false
    nlu_threshold: 0.75
  born: {entity: date, ask: 'When?', type: date, earliest: 1900-01-31, latest: 2020-02-29,
         not_future: true}
  code: {ask: Code?, type: regex, pattern: '[A-Z]{2}\d+', variable: CODE}
  call: {ask: Number?, type: phone, region: PT, variable: PHONE}
  short: {ask: Name?, type: text, length_min: 2, length_max: 40, variable: NAME}
  doc: {ask: Send it., type: file, variable: DOC}
  drink:
    ask: Which?
    type: choice
    choices:
      - Tea
      - label: '<<x>> Coffee'
        synonyms: [espresso, 'a, b']
        description: hot
        image: https://e.org/c.png
    show: list
    fuzzy: 1
    variable: DRINK
  sweet:
    ask: Sugar?
    type: choice
    choices: [Yes, {label: No, synonyms: [nope]}]
    show: none
    variable: SWEET
  page:
    ask: See
    type: choice
    choices: [{label: Web, url: 'https://e.org'}, {label: No, to: who}]
    show: quick_replies
    variable: SEEN
  which:
    ask: Where to?
    buttons:
      - {Out: bye}
      - {label: 'label', to: who, icon: far fa-check}
  who:
    form:
      - FIRST: Your first name?
      - LAST: {ask: And the last?, retry: Letters please., secure: true}
    next: check
  check:
    if:
      - {when: AGE >= 18 and LAST != '', to: sum}
      - {else: bye}
  sum: {say: 'One moment.', set: {TOTAL: = AGE * 2, TEXT: 'so, {AGE}', EMPTY: ''}, next: other}
  other: {call: more, next: pause}
  pause: {wait: 2h}
  send:
    say: Sending.
    do: SendIt
    with: {name: '{NAME}', list: [1, two, {deep: true, none: null}], text: '1'}
    inputs: {file: doc}
    outputs: [success]
    decide: success
    on: {'true': pick, error: bye}
    comment: what it is for
    event: {event_name: Sent, additional_properties: {n: 1, who: '{FIRST}'}}
  pick:
    ask: Pick
    asset: {kind: listpicker, options: [{label: A, dest: bye}, {label: B, dest: raw}]}
  raw:
    say: As a cell
    cells: {Node Tags: 'x, y', Next Nodes: bye}
  bye: {say: Bye, end: true}
)";

TEST(FlowModel, WritesWhatOnlyYamlCanSayAndReadsTheSameOfIt) {
  flow::Files files{{"flows/main.flow.yaml", std::string(kOnlyInYaml)},
                    {"flows/more.flow.yaml", "nodes:\n  a: More\n  back: {return: true}\n"}};
  const std::string meant = meaning_of(files, MadeFlow::facts());
  ASSERT_TRUE(meant.starts_with("start main.hello\n")) << meant;
  for (auto& [path, text] : files) {
    const auto written = flow::flow_from_model(path, text);
    ASSERT_TRUE(written) << path;
    EXPECT_EQ(flow::flow_from_model(path, *written), written) << "it is the identity on itself";
    text = *written;
  }
  EXPECT_EQ(meaning_of(files, MadeFlow::facts()), meant) << files["flows/main.flow.yaml"];
}

// Every YAML flow that there is: what the model writes means the same and is written so again, and
// laying a file out changes nothing of its model.
void expect_whole_in_the_model(flow::Files files, const flow::AppFacts& facts) {
  const std::string meant = meaning_of(files, facts);
  for (auto& [path, text] : files) {
    if (!path.starts_with("flows/")) continue;
    const auto written = flow::flow_from_model(path, text);
    ASSERT_TRUE(written) << path << "\n" << text;
    EXPECT_EQ(flow::flow_from_model(path, *written), written);
    const auto laid_out = flow::format_yaml(text);
    ASSERT_TRUE(laid_out) << path;
    EXPECT_EQ(flow::format_yaml(*laid_out).value(), *laid_out);
    EXPECT_EQ(flow::flow_from_model(path, *laid_out), written) << *laid_out;
    text = *written;
  }
  EXPECT_EQ(meaning_of(files, facts), meant);
}

TEST(FlowModel, HoldsAllOfFiveHundredFlowsMadeAtRandom) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    expect_whole_in_the_model(MadeFlow(seed).files(), MadeFlow::facts());
    if (testing::Test::HasFailure()) FAIL() << seed;
  }
}

TEST(FlowModel, HoldsAllOfTheBigBotInYaml) {
  const BigBot bot(30);
  auto files = bot.files();
  const auto yaml = flow::csv_to_yaml(files["templates/bot.csv"]);
  files.erase("templates/bot.csv");
  files.insert(yaml.files.begin(), yaml.files.end());
  expect_whole_in_the_model(std::move(files), BigBot::facts());
}

TEST(FlowModel, HoldsAllOfEveryExample) {
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(MILLRACE_SOURCE_DIR) / "examples")) {
    auto files = read_folder(entry.path());
    flow::AppFacts facts{{"Example"}, {{"sandbox", {}}, {"live", {}}}, {}};
    static const delivery::Kind* const kKinds[] = {&delivery::braze::kind(),
                                                   &delivery::webhook::kind()};
    facts.kinds = kKinds;
    for (const auto& [path, text] : files) {
      count += path.starts_with("flows/");
      if (path.starts_with("action_nodes/")) facts.scripts.insert(fs::path(path).stem());
    }
    if (!files.contains("templates/bot.csv")) {
      EXPECT_TRUE(meaning_of(files, facts).starts_with("start ")) << entry.path();
    }
    expect_whole_in_the_model(std::move(files), facts);
  }
  EXPECT_GE(count, 5u);
}

}  // namespace
}  // namespace millrace
