#include "python/sources.hpp"

#include <string_view>
#include <utility>

#include "base/json.hpp"

namespace millrace::python {

extern const std::string_view kWorker___init__;
extern const std::string_view kWorker_carried;
extern const std::string_view kWorker_common;
extern const std::string_view kWorker_confine;
extern const std::string_view kWorker_names;
extern const std::string_view kWorker_net;
extern const std::string_view kWorker_kept;
extern const std::string_view kWorker_contract;
extern const std::string_view kWorker_preload;
extern const std::string_view kWorker_allowed;
extern const std::string_view kWorker_proof;
extern const std::string_view kWorker_bindings;
extern const std::string_view kWorker_bodies;
extern const std::string_view kWorker_proofs;
extern const std::string_view kWorker_serve;
extern const std::string_view kWorker_slots;
extern const std::string_view kWorker_zygote;
extern const std::string_view kWorker_checks;
extern const std::string_view kWorker_describe;
extern const std::string_view kWorker_picture;

namespace {

std::string_view name_of(WorkerProgram program) {
  switch (program) {
    case WorkerProgram::zygote: return "zygote";
    case WorkerProgram::describe: return "describe";
    case WorkerProgram::picture: break;
  }
  return "picture";
}

}  // namespace

std::string worker_source(WorkerProgram program) {
  const std::pair<std::string_view, std::string_view> modules[] = {
      {"__init__", kWorker___init__}, {"carried", kWorker_carried},
      {"common", kWorker_common},     {"confine", kWorker_confine},
      {"names", kWorker_names},       {"net", kWorker_net},
      {"kept", kWorker_kept},         {"contract", kWorker_contract},
      {"preload", kWorker_preload},   {"allowed", kWorker_allowed},
      {"proof", kWorker_proof},       {"bindings", kWorker_bindings},
      {"bodies", kWorker_bodies},     {"proofs", kWorker_proofs},
      {"serve", kWorker_serve},       {"slots", kWorker_slots},
      {"zygote", kWorker_zygote},     {"checks", kWorker_checks},
      {"describe", kWorker_describe}, {"picture", kWorker_picture},
  };
  json::object source;
  json::object& texts = source["modules"].emplace_object();
  for (const auto& [name, text] : modules) texts[name] = text;
  source["program"] = name_of(program);
  return json::serialize(source);
}

}  // namespace millrace::python
