// Bytes as what a person typed, for a model and for the entities of each language.
#include <string>
#include <string_view>

#include "nlu/entities/entities.hpp"
#include "nlu/nlu.hpp"

namespace {

using namespace millrace;

const std::string& model_bytes() {
  static const std::string bytes = [] {
    const nlu::Example examples[] = {{"where is my order", "order", {}},
                                     {"track my parcel", "order", {}},
                                     {"quero falar com uma pessoa", "human", {}},
                                     {"let me talk to someone", "human", {}},
                                     {"tell me a joke", "", {}}};
    return nlu::train(examples, {}).value();
  }();
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto model = nlu::Model::read(std::as_bytes(std::span(model_bytes()))).value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)model.understand(text);
  if (size < 200) (void)model.explain(text);
  for (const char* locale : {"en", "en-US", "pt-PT", "pt-BR", "es", "fr", "de"}) {
    for (const auto& entity : nlu::find_entities(text, locale, base::Date{2026, 1, 7})) {
      if (entity.begin >= entity.end || entity.end > size) __builtin_trap();
    }
  }
  return 0;
}
