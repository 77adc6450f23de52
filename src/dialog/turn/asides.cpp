#include "dialog/turn/asides.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "dialog/turn/payload.hpp"

namespace millrace::dialog {

using ask::Command;

namespace {

// How people call what has a type, whatever the author called it.
struct TypeWords {
  ask::Type type;
  std::vector<std::string_view> words;
};
const std::vector<TypeWords>& type_words() {
  static const std::vector<TypeWords> kWords{
      {ask::Type::email,
       {"email", "mail", "emailaddress", "mailaddress", "correo", "correoelectronico",
        "correoelectrónico", "courriel", "adressemail", "mailadresse", "emailadresse",
        "endereçodeemail"}},
      {ask::Type::phone,
       {"phone", "phonenumber", "number", "mobile", "telefone", "telefono", "teléfono", "telephone",
        "téléphone", "telefon", "telefonnummer", "handynummer", "celular", "móvil"}},
      {ask::Type::date,
       {"date", "birthday", "dateofbirth", "data", "datadenascimento", "fecha", "fechadenacimiento",
        "datedenaissance", "geburtsdatum", "datum"}},
      {ask::Type::address,
       {"address", "endereço", "dirección", "direccion", "adresse", "anschrift"}}};
  return kWords;
}

bool is_email_check(const flow::Program& program, std::string_view variable) {
  return std::ranges::any_of(program.nodes, [&](const auto& entry) {
    const auto* action = std::get_if<flow::ActionNode>(&entry.second.does);
    return action != nullptr && action->command == "ValidateEmail" &&
           json::get_string(action->payload, "global_vars") == variable;
  });
}

}  // namespace

bool Asides::take(const std::string& text) {
  const auto aside = ask::find_aside(text, program().locales[draft_.locale()],
                                     program().asides.own[draft_.locale()]);
  if (!aside || program().asides.off.contains(aside->command)) return false;
  if (questions_.takes_anything() && !can_apply(*aside)) return false;
  const bool leaves = aside->command != Command::why && aside->command != Command::change;
  if (leaves) state().again.clear();
  const auto node = program().asides.nodes.find(aside->command);
  if (node != program().asides.nodes.end()) {
    walk_.interrupt_for(node->second);
    return true;
  }
  switch (aside->command) {
    case Command::back: go_back(); break;
    case Command::change: change(*aside); break;
    case Command::cancel: cancel(); break;
    case Command::restart: restart(); break;
    case Command::why: explain(); break;
    case Command::human: find_person(); break;
  }
  return true;
}

// Where nothing would come of it, it was an answer.
bool Asides::can_apply(const ask::Aside& aside) {
  if (program().asides.nodes.contains(aside.command)) return true;
  switch (aside.command) {
    case Command::back: return !state().history.empty();
    case Command::change: return aside.subject.empty() || find_answered(aside.subject).has_value();
    case Command::human: return find_desk() != nullptr;
    case Command::cancel:
    case Command::restart:
    case Command::why: return true;
  }
  return true;
}

// Takes the answers from there on back, the last one first.
void Asides::undo_from(size_t index) {
  auto& history = state().history;
  while (history.size() > index) {
    const Answered answered = std::move(history.back());
    history.pop_back();
    const auto& node = std::get<flow::DialogNode>(program().find(answered.node)->does);
    if (!node.variable.empty()) {
      state().secrets.erase(node.variable);
      if (answered.before) {
        state().variables[node.variable] = *answered.before;
      } else {
        state().variables.erase(node.variable);
      }
    }
    if (state().frames.size() > answered.frames) state().frames.resize(answered.frames);
  }
}

void Asides::go_back() {
  if (state().history.empty()) {
    voice_.say_text("back.none");
    questions_.ask_again();
    return;
  }
  const flow::NodeNumber node = state().history.back().node;
  undo_from(state().history.size() - 1);
  walk_.enter(node);
}

// The answer that "my e-mail" means, the latest first.
std::optional<size_t> Asides::find_answered(const std::string& subject) {
  const std::string wanted = base::squash(subject);
  if (wanted.empty()) return std::nullopt;
  const auto& history = state().history;
  const auto named = [&](size_t i) {
    const flow::Node& node = *program().find(history[i].node);
    const auto& dialog = std::get<flow::DialogNode>(node.does);
    std::vector<std::string> names{base::squash(node.name), base::squash(dialog.variable)};
    if (dialog.ask) {
      for (const flow::Template& text : dialog.ask->subject) {
        names.push_back(base::squash(fill(text, state())));
      }
    }
    // Endings change with the sentence: "meinen Namen", "Name".
    const bool meant = std::ranges::any_of(names, [&](const std::string& name) {
      constexpr size_t kEndingMax = 2;
      const size_t shorter = std::min(name.size(), wanted.size());
      const size_t longer = std::max(name.size(), wanted.size());
      return shorter >= 3 && longer - shorter <= kEndingMax &&
             name.substr(0, shorter) == wanted.substr(0, shorter);
    });
    if (meant) return true;
    const auto type = dialog.ask                                   ? dialog.ask->rules.type
                      : is_email_check(program(), dialog.variable) ? ask::Type::email
                                                                   : ask::Type::text;
    return std::ranges::any_of(type_words(), [&](const TypeWords& known) {
      return known.type == type && std::ranges::find(known.words, wanted) != known.words.end();
    });
  };
  for (size_t i = history.size(); i-- > 0;) {
    if (named(i)) return i;
  }
  return std::nullopt;
}

void Asides::change(const ask::Aside& aside) {
  const auto index = find_answered(aside.subject);
  if (!index) {
    voice_.say_text(aside.subject.empty() ? "change.what" : "change.unknown");
    questions_.ask_again();
    return;
  }
  std::vector<Answered> later(state().history.begin() + static_cast<ptrdiff_t>(*index) + 1,
                              state().history.end());
  later.insert(later.end(), state().again.begin(), state().again.end());
  const flow::NodeNumber node = state().history[*index].node;
  const auto& question = std::get<flow::DialogNode>(program().find(node)->does);
  undo_from(*index);
  state().again.clear();
  // "My e-mail is none of your business" says that it is to be asked, and not what it is.
  if (aside.value.empty() || !questions_.could_answer(question, aside.value)) {
    walk_.enter(node);
    questions_.stands_open();
    state().again = std::move(later);
    return;
  }
  state().node = node;
  state().again = std::move(later);
  questions_.change_to(aside.value);
}

void Asides::cancel() {
  voice_.say_text("cancelled");
  walk_.end(std::string(kEndByConsumer));
}

void Asides::restart() {
  voice_.say_text("restarted");
  state().variables.clear();
  state().secrets.clear();
  state().kept.clear();
  state().frames.clear();
  state().history.clear();
  state().again.clear();
  state().ahead.clear();
  state().error.clear();
  walk_.begin();
}

void Asides::explain() {
  const flow::DialogNode& node = draft_.question();
  if (node.ask && !node.ask->why.empty()) {
    voice_.say({.text = voice_.worded(node.ask->why)});
  } else {
    voice_.say_text("why");
  }
  questions_.ask_again();
}

const flow::Node* Asides::find_desk() const {
  const flow::Node* desk = nullptr;
  for (const auto& [number, node] : program().nodes) {
    const auto* dialog = std::get_if<flow::DialogNode>(&node.does);
    if (dialog == nullptr || !dialog->transfers) continue;
    if (desk == nullptr || node.number < desk->number) desk = &node;
  }
  return desk;
}

void Asides::find_person() {
  if (const flow::Node* desk = find_desk()) {
    walk_.interrupt_for(desk->number);
    return;
  }
  voice_.say_text("human.none");
  questions_.ask_again();
}

}  // namespace millrace::dialog
