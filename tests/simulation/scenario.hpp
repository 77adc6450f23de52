// One run of the simulation: a dozen people hold a conversation at once with a server that crashes,
// on a disk that fails, and what they bring about is owed to two receivers, one of which may be
// ill.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/owed.hpp"
#include "tests/simulation/world.hpp"

namespace millrace::simulation {

struct Person {
  base::Id consumer;
  base::Id chat;            // the last that they know of
  int by_agents = 0;        // messages that agents have sent, each under its own id
  int said = 0;             // messages sent, each under its own id
  std::string text = "hi";  // of the message under way
  std::string city;
  bool finished = false;
  std::map<std::string, std::string> answers;  // by message id, as first told

  std::string message_id() const { return "m" + std::to_string(said); }
};

class Scenario {
 public:
  Scenario(uint64_t seed, std::shared_ptr<const flow::Program> program);
  ~Scenario();
  Scenario(const Scenario&) = delete;

  void play();
  // Of all that was played: gtest's failures say what is wrong.
  void check();

 private:
  struct Server;  // all that a crash ends

  void start_server();
  void crash_server();
  void deploy();
  // Whatever an agent may do, at any moment: what does not fit is refused.
  void act_as_agent(Person& person);
  void leave(const Person& person);
  // Until nothing waits for them ("" = anybody); within so long.
  void drain(std::string_view receiver, int64_t longest_ms);

  // From inside the call that answered the last message: no turn begins before that returns.
  void say_at_once(Person& person);
  void say(Person& person);
  void send(Person& person, const std::string& id, const std::string& text);
  void told(Person& person, const std::string& id, const runtime::Answer& answer);
  bool all_finished() const;

  // scenario_checks.cpp
  void check_durable(const Person& person, const runtime::Answer& answer);
  void check_journal(const Person& person);
  void check_replay(const std::vector<runtime::JournalRecord>& records);
  void check_owed();
  void check_at_webhook(const runtime::StoredDelivery& owed);
  void check_at_braze(const runtime::StoredDelivery& owed);
  void check_order();

  Schedule schedule_;
  const uint64_t seed_;
  Dice dice_;
  Disk disk_;
  BackEnd back_end_;
  Ledger ledger_;
  Receivers receivers_;
  Clock clock_;
  Random random_;
  Log log_;
  base::NoMeter meter_;
  runtime::Solutions solutions_;
  std::vector<std::shared_ptr<const flow::Program>> versions_;
  std::vector<Person> people_;
  bool is_inside_ = false;
  std::unique_ptr<Server> server_;
};

}  // namespace millrace::simulation
