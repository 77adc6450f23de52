#include "solutions/versions.hpp"

#include "posix/files.hpp"
#include "solutions/facts.hpp"
#include "solutions/folder.hpp"

namespace millrace::solutions {

namespace fs = std::filesystem;

base::Result<flow::Program> read_version(const fs::path& versions, const std::string& hash,
                                         delivery::Kinds kinds) {
  const auto files = read_folder(versions / hash);
  if (!files) return std::unexpected(files.error());
  const auto text = posix::read_file(versions / hash / kFactsFile);
  if (!text) return std::unexpected(text.error());
  auto facts = read_facts(*text);
  if (!facts) return std::unexpected(facts.error());
  facts->kinds = kinds;
  auto compiled = flow::compile(*files, *facts);
  if (!compiled.program || compiled.program->hash != hash) {
    return base::fail(base::Code::data_loss, "version " + hash + " can no longer be read",
                      (versions / hash).string());
  }
  return std::move(*compiled.program);
}

base::Result<Versions::ProgramPtr> Versions::program(const std::string& hash) {
  const auto known = programs_.find(hash);
  if (known != programs_.end()) return known->second;
  auto read = read_version(folder_, hash, kinds_);
  base::Result<ProgramPtr> program =
      read ? base::Result<ProgramPtr>(std::make_shared<const flow::Program>(std::move(*read)))
           : std::unexpected(read.error());
  return programs_.emplace(hash, std::move(program)).first->second;
}

const std::map<std::string, std::string>& Versions::node_sources(const std::string& hash) {
  const auto [known, is_new] = sources_.try_emplace(hash);
  if (is_new) {
    if (const auto files = read_folder(folder_ / hash)) known->second = flow::node_sources(*files);
  }
  return known->second;
}

}  // namespace millrace::solutions
