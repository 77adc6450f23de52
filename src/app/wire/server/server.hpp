// The whole server, wired by hand in the order things need each other: data folder, journal,
// versions, workers, runtime, edges, sandbox. Nothing here decides anything.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/wire/options.hpp"
#include "base/json.hpp"
#include "runtime/runtime.hpp"

namespace millrace::app {

class Listeners;

// Where everything is, once it listens; the `ready` line of `millrace serve`.
struct Ready {
  std::string base_url;  // of the main listener
  std::string rest_url;  // "" where it is off; likewise:
  std::string engagement_url;
  std::string chat_url;  // of the first solution's page, as people reach it
  std::string app_id;    // likewise where nothing is deployed yet
  std::string pype_id;
  std::string stream_id;
  std::string braze_sandbox_url;  // "" when there is none
  std::string braze_api_key;      // of the sandbox
  std::string metrics_url;        // "" when they are not shown
  std::string api_url;            // of the operator's API; "" when it is not served
  std::string owner_link;         // works once, for the first owner; "" where there are users
  std::string rest;               // of the first solution: "open", "key" or "off"
  json::array solutions;  // {"name", "app_id", "pype_id", "stream_id", "chat_url", "rest"} of each

  // Fills in what can be said once everything listens, and logs who may ask the REST channel.
  void describe(const ServeOptions& options, const Listeners& listeners,
                const runtime::Solutions& served, base::Log& log);
  json::object to_json() const;
  // Without what lets somebody in: the owner's link and the sandbox's key.
  Ready without_keys() const;
};

// That there is nothing to serve in that folder, and what to do.
base::Error nothing_deployed(const std::filesystem::path& data);

class Server {
 public:
  // Starts everything and listens. Problems of a solution are written to standard error, and any
  // error among them refuses the start.
  static base::Result<std::unique_ptr<Server>> start(const ServeOptions& options, ServerLog& log);
  // As stop().
  ~Server();

  const Ready& ready() const;
  runtime::Runtime& runtime();
  const runtime::Solutions& solutions() const;

  // Tells, from another thread, whether its threads turn: what a watchdog wants to know.
  void ask_whether_it_turns(std::move_only_function<void(bool)> told);

  // Puts its clock forward, and takes up what is due by then.
  void skip(std::chrono::milliseconds time);

  // Refuses what is new, finishes what has begun (at most about ten seconds), and closes. Safe to
  // call twice.
  void stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace::app
