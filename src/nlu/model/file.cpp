#include "nlu/model/file.hpp"

#include <algorithm>
#include <bit>

#include "base/hash.hpp"

namespace millrace::nlu {
namespace {

static_assert(std::endian::native == std::endian::little, "models are little-endian");

constexpr std::string_view kMagic = "MILLNLU\n";
constexpr size_t kHeader = 64, kRow = 24, kAlign = 64, kSectionsMax = 64;
constexpr size_t kHashAt = 32;  // of the header: magic, version, kind, sections, size, hash

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t kind;
  uint64_t size;
  uint64_t sections;
  unsigned char hash[32];
};
static_assert(sizeof(Header) == kHeader && offsetof(Header, hash) == kHashAt);

struct Row {
  uint32_t section;
  uint32_t zero;
  uint64_t offset;
  uint64_t size;
};
static_assert(sizeof(Row) == kRow);

size_t aligned(size_t at) {
  return (at + kAlign - 1) / kAlign * kAlign;
}

std::unexpected<base::Error> refuse(std::string why) {
  return base::fail(base::Code::data_loss,
                    "This is no usable NLU model: " + why + ". Train it again with `nlu train`.");
}

}  // namespace

std::string FileWriter::finish(FileKind kind) const {
  std::string out(aligned(kHeader + sections_.size() * kRow), '\0');
  size_t index = 0;
  for (const auto& [section, bytes] : sections_) {
    const Row row{section, 0, out.size(), bytes.size()};
    std::memcpy(out.data() + kHeader + index++ * kRow, &row, sizeof row);
    out += bytes;
    out.resize(aligned(out.size()), '\0');
  }
  Header header{};
  std::ranges::copy(kMagic, header.magic);
  header.version = kFileVersion;
  header.kind = static_cast<uint32_t>(kind);
  header.size = out.size();
  header.sections = sections_.size();
  const std::string hash = base::sha256(std::string_view(out).substr(kHeader));
  std::memcpy(header.hash, hash.data(), sizeof header.hash);
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

base::Result<FileReader> FileReader::open(std::span<const std::byte> bytes, FileKind kind) {
  if (bytes.size() < kHeader || bytes.size() > kFileMax) return refuse("it has a wrong size");
  if (reinterpret_cast<uintptr_t>(bytes.data()) % 8 != 0) return refuse("it lies askew in memory");
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::string_view(header.magic, sizeof header.magic) != kMagic) {
    return refuse("it does not begin as one");
  }
  if (header.version != kFileVersion) {
    return refuse("its version is " + std::to_string(header.version) + ", and this program reads " +
                  std::to_string(kFileVersion));
  }
  if (header.kind != static_cast<uint32_t>(kind)) return refuse("it is a file of another kind");
  if (header.size != bytes.size()) return refuse("a part of it is missing");
  if (header.sections > kSectionsMax || kHeader + header.sections * kRow > bytes.size()) {
    return refuse("its table of sections is damaged");
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string hash = base::sha256(text.substr(kHeader));
  if (std::memcmp(hash.data(), header.hash, sizeof header.hash) != 0) {
    return refuse("its content does not have its hash");
  }
  FileReader reader;
  for (size_t i = 0; i < header.sections; ++i) {
    Row row;
    std::memcpy(&row, bytes.data() + kHeader + i * kRow, sizeof row);
    if (row.offset % kAlign != 0 || row.offset > bytes.size() ||
        row.size > bytes.size() - row.offset) {
      return refuse("section " + std::to_string(row.section) + " lies outside of it");
    }
    reader.sections_[row.section] = bytes.subspan(row.offset, row.size);
  }
  return reader;
}

std::unexpected<base::Error> FileReader::missing(Section section) {
  return refuse("section " + std::to_string(static_cast<uint32_t>(section)) +
                " is missing or damaged");
}

}  // namespace millrace::nlu
