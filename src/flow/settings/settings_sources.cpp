#include "flow/settings/settings_sources.hpp"

#include <algorithm>

#include "flow/settings/settings_keys.hpp"
#include "flow/settings/settings_outside.hpp"

namespace millrace::flow {
namespace {

constexpr size_t kSourcesMax = 100;
constexpr size_t kWriteKeyMin = 8;
constexpr size_t kWriteKeyMax = 100;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 50 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

// What every client can send as it is: in an address, in a header, in JSON.
bool is_write_key(std::string_view text) {
  return text.size() >= kWriteKeyMin && text.size() <= kWriteKeyMax &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

void read_write_key(YamlFile& file, const YamlPair& pair, EventSource& source) {
  source.write_key = file.scalar(pair).value_or("");
  if (!is_write_key(source.write_key)) {
    file.error(pair, "bad_value", "'" + source.write_key + "' cannot be a write key",
               "write 8 to 100 letters, digits, '-' or '_', such as site_4f1c9a2e");
  }
}

void read_addresses(YamlFile& file, const YamlPair& pair, EventSource& source) {
  const std::string word = file.scalar(pair).value_or("");
  if (std::ranges::find(kept_addresses(), word) != kept_addresses().end()) {
    source.addresses = word;
    return;
  }
  const std::string near = did_you_mean(word, kept_addresses());
  file.error(pair, "bad_value", "'" + word + "' does not say what is kept of addresses",
             near.empty() ? "write drop, truncate or keep" : "did you mean '" + near + "'?");
}

EventSource read_source(YamlFile& file, const YamlPair& section) {
  EventSource source{.name = section.key};
  for (const YamlPair& pair : file.pairs(section.value, section.key)) {
    if (pair.key == "write_key") {
      read_write_key(file, pair, source);
    } else if (pair.key == "origins") {
      source.origins = read_origin_list(file, pair);
    } else if (pair.key == "addresses") {
      read_addresses(file, pair, source);
    } else {
      file.unknown_key(pair, names_of(source_keys()));
    }
  }
  return source;
}

}  // namespace

const std::vector<std::string>& kept_addresses() {
  static const std::vector<std::string> kKept{"drop", "truncate", "keep"};
  return kKept;
}

void read_sources(YamlFile& file, const YamlPair& sources, Program& program) {
  for (const YamlPair& pair : file.pairs(sources.value, "sources")) {
    if (!is_name(pair.key)) {
      file.error(pair, "bad_value", "'" + pair.key + "' cannot be the name of a source",
                 "write at most 50 letters, digits, '-' or '_'");
      continue;
    }
    if (program.sources.size() >= kSourcesMax) {
      file.error(pair, "too_many", "more than 100 sources", "let several sites share one");
      return;
    }
    EventSource source = read_source(file, pair);
    if (source.write_key.empty()) {
      file.error(pair, "key_missing", "a source needs 'write_key'",
                 "write write_key: " + pair.key + "_ and some letters and digits of your own");
    } else if (std::ranges::find(program.sources, source.write_key, &EventSource::write_key) !=
               program.sources.end()) {
      file.error(pair, "bad_value", "two sources have the write key '" + source.write_key + "'",
                 "give each a key of its own");
    } else {
      program.sources.push_back(std::move(source));
    }
  }
}

}  // namespace millrace::flow
