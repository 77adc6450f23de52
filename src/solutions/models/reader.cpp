// A model that is asked what a message says, for one version of a solution.
#include <algorithm>
#include <cmath>
#include <set>

#include "nlu/entities/entities.hpp"
#include "posix/mapped.hpp"
#include "solutions/models/models.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;

// In a text that may be out of scope slots are looked for when so much of it is known.
constexpr float kKnownForSlots = 0.5F;

int permille(float share) {
  return static_cast<int>(std::lround(std::clamp(share, 0.0F, 1.0F) * 1'000));
}

// What the questions of a program may be answered with.
std::set<std::string, std::less<>> entities_asked_for(const flow::Program& program) {
  std::set<std::string, std::less<>> out;
  for (const auto& [number, node] : program.nodes) {
    const auto* question = std::get_if<flow::DialogNode>(&node.does);
    if (question != nullptr && !question->entity.empty()) out.insert(question->entity);
  }
  return out;
}

struct Found {
  uint32_t begin = 0, end = 0;
  dialog::Entity entity;
};

class ModelReader : public dialog::Reader {
 public:
  using Keeper = std::shared_ptr<const void>;
  ModelReader(Keeper bytes, nlu::Model model, const flow::Program& program)
      : bytes_(std::move(bytes)),
        model_(std::move(model)),
        lists_(program.lexicon),
        asked_for_(entities_asked_for(program)) {}

  std::optional<dialog::Understood> read(std::string_view text, std::string_view locale,
                                         base::Date today) const noexcept override {
    try {
      return understood(text, locale, today);
    } catch (const std::exception&) {  // of memory: a message is answered without it
      return std::nullopt;
    }
  }

 private:
  dialog::Understood understood(std::string_view text, std::string_view locale,
                                base::Date today) const {
    const nlu::Understanding read = model_.understand(text, dialog::kGuessesMax);
    dialog::Understood out;
    for (const nlu::Guess& guess : read.guesses) {
      out.guesses.push_back({std::string(guess.intent), permille(guess.probability)});
    }
    out.is_in_scope = read.is_in_scope;
    out.is_close = read.is_close;
    out.known_permille = permille(read.known);
    if (!asked_for_.empty()) add_entities(text, locale, today, out);
    return out;
  }

  void add_entities(std::string_view text, std::string_view locale, base::Date today,
                    dialog::Understood& out) const {
    const auto kinds = nlu::find_entities(text, locale, today);
    std::vector<Found> all;
    const bool has_slots =
        !out.guesses.empty() && (out.is_in_scope || out.known_permille >= permille(kKnownForSlots));
    if (has_slots) {
      for (const nlu::Span& span : model_.find_slots(text, out.guesses[0].intent)) {
        if (!asked_for_.contains(span.slot)) continue;
        all.push_back({span.begin, span.end, {span.slot, values_of(text, span, kinds)}});
      }
    }
    for (nlu::Listed& listed : lists_.find(text)) {
      const bool is_there = std::ranges::any_of(all, [&](const Found& found) {
        return found.entity.name == listed.slot && found.begin < listed.end &&
               found.end > listed.begin;
      });
      if (is_there || !asked_for_.contains(listed.slot)) continue;
      all.push_back({listed.begin, listed.end, {listed.slot, {std::move(listed.value)}}});
    }
    for (const nlu::Entity& kind : kinds) {
      const std::string_view name = nlu::to_string(kind.kind);
      if (!asked_for_.contains(name)) continue;
      all.push_back({kind.begin, kind.end, {std::string(name), readings_of(kind)}});
    }
    std::ranges::stable_sort(all, {}, &Found::begin);
    for (Found& found : all) {
      const bool is_small = std::ranges::all_of(found.entity.values, [](const std::string& value) {
        return !value.empty() && value.size() <= dialog::kEntityBytesMax;
      });
      if (out.entities.size() < dialog::kEntitiesMax && is_small) {
        out.entities.push_back(std::move(found.entity));
      }
    }
  }

  static std::vector<std::string> readings_of(const nlu::Entity& kind) {
    std::vector<std::string> out{kind.value};
    for (const std::string& other : kind.others) {
      if (out.size() < dialog::kEntityReadingsMax) out.push_back(other);
    }
    return out;
  }

  // A day, an amount and the like within a slot is its value; else what was said is.
  std::vector<std::string> values_of(std::string_view text, const nlu::Span& span,
                                     const std::vector<nlu::Entity>& kinds) const {
    for (const nlu::Entity& kind : kinds) {
      if (kind.begin <= span.begin && kind.end >= span.end) return readings_of(kind);
    }
    return {lists_.canonical(text.substr(span.begin, span.end - span.begin))};
  }

  const Keeper bytes_;  // that the model looks at
  const nlu::Model model_;
  const nlu::Lists lists_;
  const std::set<std::string, std::less<>> asked_for_;
};

base::Result<ReaderPtr> make_reader(ModelReader::Keeper keeper, std::span<const std::byte> bytes,
                                    const flow::Program& program) {
  auto model = nlu::Model::read(bytes);
  if (!model) return std::unexpected(model.error());
  return std::make_shared<const ModelReader>(std::move(keeper), std::move(*model), program);
}

}  // namespace

base::Result<ReaderPtr> reader_of(std::string bytes, const flow::Program& program) {
  // Of whole words, as a model's bytes have to lie.
  auto kept = std::make_shared<std::vector<uint64_t>>((bytes.size() + 7) / 8);
  const auto into = std::as_writable_bytes(std::span(*kept)).first(bytes.size());
  std::ranges::copy(std::as_bytes(std::span(bytes)), into.begin());
  return make_reader(kept, into, program);
}

base::Result<ReaderPtr> reader_in(const fs::path& folder, const flow::Program& program) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (!is_model_name(entry.path().filename().string())) continue;
    auto mapped = posix::MappedFile::open(entry.path());
    if (!mapped) return std::unexpected(mapped.error());
    const std::shared_ptr<const posix::MappedFile> file = std::move(*mapped);
    auto reader = make_reader(file, file->bytes(), program);
    if (!reader) reader.error().where = entry.path().string();
    return reader;
  }
  return ReaderPtr();
}

}  // namespace millrace::solutions
