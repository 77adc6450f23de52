// Models of drafts, as JSON: made and judged in runs, and tried.
#include "app/operators/studio.hpp"
#include "app/wire/data/data_reading.hpp"
#include "base/hash.hpp"
#include "nlu/judge/judge.hpp"
#include "solutions/models/evaluation.hpp"
#include "solutions/models/parsing.hpp"

namespace millrace::app {
namespace {

using base::Code;
using base::fail;

json::array shown(const std::vector<nlu::Evidence>& evidence) {
  json::array out;
  for (const nlu::Evidence& one : evidence) {
    out.emplace_back(
        json::object{{"kind", one.kind}, {"spelling", one.spelling}, {"weight", one.weight}});
  }
  return out;
}

json::array shown(const std::vector<solutions::NearExample>& nearest) {
  json::array out;
  for (const solutions::NearExample& one : nearest) {
    out.emplace_back(
        json::object{{"text", one.text}, {"intent", one.intent}, {"likeness", one.likeness}});
  }
  return out;
}

json::array entities_of(const std::string& text, const solutions::Parsed& parsed) {
  json::array out;
  for (const nlu::Span& span : parsed.slots) {
    const std::string value = text.substr(span.begin, span.end - span.begin);
    out.emplace_back(
        json::object{{"name", span.slot}, {"value", value}, {"span", {span.begin, span.end}}});
  }
  for (const nlu::Entity& entity : parsed.entities) {
    out.emplace_back(json::object{{"name", nlu::to_string(entity.kind)},
                                  {"value", entity.value},
                                  {"span", {entity.begin, entity.end}}});
  }
  return out;
}

json::object shown(const std::string& text, const solutions::Parsed& parsed) {
  json::array guesses;
  for (const auto& [intent, probability] : parsed.guesses) {
    guesses.emplace_back(json::object{{"intent", intent}, {"probability", probability}});
  }
  return {{"text", text},
          {"in_scope", parsed.is_in_scope},
          {"close", parsed.is_close},
          {"known", parsed.known},
          {"threshold", parsed.threshold},
          {"guesses", std::move(guesses)},
          {"evidence", shown(parsed.evidence)},
          {"entities", entities_of(text, parsed)},
          {"nearest", shown(parsed.nearest)}};
}

base::Result<json::object> train_in_run(solutions::Shelf& shelf, const solutions::TrainingSet& set,
                                        const solutions::LongWork& work) {
  const auto bytes = solutions::model_of_draft(shelf, set, work);
  if (!bytes) return std::unexpected(bytes.error());
  return json::object{{"fingerprint", set.fingerprint},
                      {"examples", set.examples.size()},
                      {"bytes", (*bytes)->size()}};
}

// Each part's model is made for this alone.
base::Result<json::object> evaluate_in_run(const solutions::TrainingSet& set, size_t folds,
                                           const solutions::LongWork& work) {
  solutions::EvaluationChoice choice;
  choice.folds = folds;
  choice.begins = [&](size_t part, size_t parts) {
    work.step("part " + std::to_string(part) + " of " + std::to_string(parts));
  };
  const auto outcomes =
      solutions::cross_validate(set.examples, choice, [&](const std::vector<nlu::Example>& rest) {
        solutions::TrainingSet part;
        part.examples = rest;
        return solutions::train(part, 1, {}, work.is_given_up);
      });
  if (!outcomes) return std::unexpected(outcomes.error());
  json::object report = solutions::to_json(nlu::make_report(*outcomes));
  report["fingerprint"] = set.fingerprint;
  return report;
}

}  // namespace

base::Result<solutions::TrainingSet> OperatorStudio::examples_of(const Place& place,
                                                                 const json::object& order) {
  const auto files = draft_of(place, order);
  if (!files) return std::unexpected(files.error());
  auto set = solutions::training_set(*files);
  if (auto enough = solutions::check_enough(set); !enough) return std::unexpected(enough.error());
  return set;
}

std::shared_ptr<const std::string> OperatorStudio::model_at_hand(
    const Place& place, const solutions::TrainingSet& set) {
  std::vector<std::filesystem::path> folders;
  if (const auto turn = workspaces_.open(place.solution, place.workspace)) {
    folders.push_back(solutions::models_folder(turn->workspace.folder()));
  }
  const auto deployments = deployments_of(options_.data);
  const auto* current = deployments ? deployments->current(place.solution) : nullptr;
  if (current != nullptr) folders.push_back(deployments->folder_of(current->hash));
  return solutions::find_model(shelf_, set, folders);
}

base::Result<json::object> OperatorStudio::begin_run(solutions::RunKind kind, const Place& place,
                                                     solutions::Runs::Work work) {
  const auto id = runs_.begin(kind, std::string(place.solution), std::move(work));
  if (!id) return std::unexpected(id.error());
  return json::object{{"run", *id}};
}

api::Studio::Object OperatorStudio::train_model(const Place& place, const json::object& order) {
  auto set = examples_of(place, order);
  if (!set) return std::unexpected(set.error());
  // One that was made before is on the shelf then, and not made again.
  (void)model_at_hand(place, *set);
  return begin_run(solutions::RunKind::training, place,
                   [this, set = std::move(*set)](const solutions::LongWork& work) {
                     return train_in_run(shelf_, set, work);
                   });
}

api::Studio::Object OperatorStudio::evaluate_model(const Place& place, const json::object& order) {
  auto set = examples_of(place, order);
  if (!set) return std::unexpected(set.error());
  const auto folds = static_cast<size_t>(json::get_integer(order, "folds").value_or(5));
  return begin_run(solutions::RunKind::evaluation, place,
                   [folds, set = std::move(*set)](const solutions::LongWork& work) {
                     return evaluate_in_run(set, folds, work);
                   });
}

api::Studio::Object OperatorStudio::parse_texts(const Place& place, const json::object& order) {
  const auto set = examples_of(place, order);
  if (!set) return std::unexpected(set.error());
  const auto model = model_at_hand(place, *set);
  if (!model) {
    return fail(Code::failed_precondition,
                "no model was made of these examples yet; train one (nlu/train)");
  }
  std::vector<std::string> texts;
  for (const json::value& text : order.at("texts").as_array()) {
    texts.emplace_back(text.get_string());
  }
  solutions::ParseChoice choice;
  choice.locale = json::get_string(order, "locale").value_or("en");
  choice.today = base::utc_date(ports_.clock.now());
  const auto parsed = solutions::parse(*model, set->examples, texts, choice);
  if (!parsed) return std::unexpected(parsed.error());
  json::array shown_texts;
  for (size_t i = 0; i < parsed->size(); ++i) {
    shown_texts.emplace_back(shown(texts[i], (*parsed)[i]));
  }
  return json::object{{"fingerprint", set->fingerprint}, {"texts", std::move(shown_texts)}};
}

}  // namespace millrace::app
