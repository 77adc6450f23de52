#include "braze/endpoints/archive.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace millrace::braze {
namespace {

constexpr std::array<uint32_t, 256> kRemainders = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1) != 0 ? 0xEDB88320U ^ (value >> 1) : value >> 1;
    }
    table[i] = value;
  }
  return table;
}();

uint32_t crc32(std::string_view bytes) {
  uint32_t value = 0xFFFFFFFFU;
  for (const char c : bytes) {
    value = kRemainders[(value ^ static_cast<uint8_t>(c)) & 0xFF] ^ (value >> 8);
  }
  return ~value;
}

// Little-endian.
void append(std::string& out, uint32_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i));
}

// What the two headers of a file in a zip have in common: version 2.0, names in UTF-8, stored.
void append_entry(std::string& out, const ArchivedFile& file, uint32_t crc) {
  constexpr uint32_t kVersion = 20;
  constexpr uint32_t kUtf8Names = 0x0800;
  constexpr uint32_t kDay = 0x0021;  // 1980-01-01: when it was made is nobody's business
  append(out, kVersion, 2);
  append(out, kUtf8Names, 2);
  append(out, 0, 2);
  append(out, 0, 2);
  append(out, kDay, 2);
  append(out, crc, 4);
  append(out, static_cast<uint32_t>(file.bytes.size()), 4);
  append(out, static_cast<uint32_t>(file.bytes.size()), 4);
  append(out, static_cast<uint32_t>(file.name.size()), 2);
  append(out, 0, 2);
}

}  // namespace

std::string zipped(std::span<const ArchivedFile> files) {
  std::string out;
  std::string directory;
  for (const ArchivedFile& file : files) {
    const uint32_t crc = crc32(file.bytes);
    const auto at = static_cast<uint32_t>(out.size());
    out += "PK\x03\x04";
    append_entry(out, file, crc);
    out += file.name;
    out += file.bytes;
    directory += "PK\x01\x02";
    append(directory, 20, 2);
    append_entry(directory, file, crc);
    append(directory, 0, 2);  // comment, disk, attributes
    append(directory, 0, 2);
    append(directory, 0, 2);
    append(directory, 0, 4);
    append(directory, at, 4);
    directory += file.name;
  }
  const auto begin = static_cast<uint32_t>(out.size());
  out += directory;
  out += "PK\x05\x06";
  append(out, 0, 4);
  append(out, static_cast<uint32_t>(files.size()), 2);
  append(out, static_cast<uint32_t>(files.size()), 2);
  append(out, static_cast<uint32_t>(directory.size()), 4);
  append(out, begin, 4);
  append(out, 0, 2);
  return out;
}

std::string gzipped(std::string_view bytes) {
  constexpr size_t kBlockMax = 0xFFFF;
  constexpr char kHeader[] = {'\x1f', '\x8b', 8, 0, 0, 0, 0, 0, 0, '\xff'};
  std::string out(kHeader, sizeof kHeader);
  size_t at = 0;
  do {
    const size_t size = std::min(kBlockMax, bytes.size() - at);
    out += at + size == bytes.size() ? '\x01' : '\x00';  // the last block?
    append(out, static_cast<uint32_t>(size), 2);
    append(out, ~static_cast<uint32_t>(size) & 0xFFFF, 2);
    out += bytes.substr(at, size);
    at += size;
  } while (at < bytes.size());
  append(out, crc32(bytes), 4);
  append(out, static_cast<uint32_t>(bytes.size()), 4);
  return out;
}

}  // namespace millrace::braze
