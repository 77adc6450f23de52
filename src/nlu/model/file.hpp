// The container of models: numbered sections of plain numbers behind a header with a version and
// the hash of everything after it. It is read where it lies (a memory map), wherever that is.
// Foreign bytes are refused with a sentence that says what is wrong with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.hpp"

namespace millrace::nlu {

enum class FileKind : uint32_t { model = 1, base = 2 };

// Numbers never change their meaning; a new meaning gets a new number.
enum class Section : uint32_t {
  label_ends = 1,
  label_bytes = 2,
  own_slots = 3,
  own_rarity = 4,
  own_groups = 5,
  linear_rows = 6,
  linear_scales = 7,
  in_rows = 8,
  in_scales = 9,
  in_bias = 10,
  out_rows = 11,
  out_bias = 12,
  calibration = 13,
  base_slots = 14,
  base_rarity = 15,
  base_groups = 16,
  base_rows = 17,
  base_scales = 18,
  base_bias = 19,
  slot_names = 20,
  slot_slots = 21,
  slot_rows = 22,
  slot_scales = 23,
  slot_moves = 24,
  slot_phrases = 25,
  slot_bias = 26,
};

inline constexpr uint32_t kFileVersion = 1;
inline constexpr size_t kFileMax = size_t{1} << 30;

class FileWriter {
 public:
  template <typename T>
  void add(Section section, std::span<const T> numbers) {
    static_assert(std::is_arithmetic_v<T>);
    sections_[static_cast<uint32_t>(section)] =
        std::string(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes());
  }
  void add_bytes(Section section, std::string bytes) {
    sections_[static_cast<uint32_t>(section)] = std::move(bytes);
  }
  std::string finish(FileKind kind) const;

 private:
  std::map<uint32_t, std::string> sections_;
};

class FileReader {
 public:
  // The bytes must outlive the reader and whatever it gives, and begin at a multiple of 8.
  static base::Result<FileReader> open(std::span<const std::byte> bytes, FileKind kind);

  bool has(Section section) const { return sections_.contains(static_cast<uint32_t>(section)); }

  // The numbers of a section; data_loss unless it is there and made of whole ones.
  template <typename T>
  base::Result<std::span<const T>> get(Section section) const {
    const auto at = sections_.find(static_cast<uint32_t>(section));
    if (at == sections_.end()) return missing(section);
    if (at->second.size() % sizeof(T) != 0) return missing(section);
    return std::span(reinterpret_cast<const T*>(at->second.data()), at->second.size() / sizeof(T));
  }

 private:
  static std::unexpected<base::Error> missing(Section section);
  std::map<uint32_t, std::span<const std::byte>> sections_;
};

}  // namespace millrace::nlu
