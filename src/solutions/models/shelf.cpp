#include "solutions/models/shelf.hpp"

#include <algorithm>

#include "posix/files.hpp"

namespace millrace::solutions {
namespace {

std::optional<TrainingSet> wanted_by(const Loaded& loaded) {
  if (!loaded.program || !loaded.program->understanding.has_model) return std::nullopt;
  TrainingSet set = training_set(loaded.files);
  if (!set.is_enough) return std::nullopt;
  return set;
}

}  // namespace

std::shared_ptr<const std::string> Shelf::find(const std::string& fingerprint) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(kept_, fingerprint, &Kept::fingerprint);
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return found->bytes;
}

std::shared_ptr<const std::string> Shelf::keep(const std::string& fingerprint, std::string bytes) {
  const std::lock_guard lock(mutex_);
  std::erase_if(kept_, [&](const Kept& each) { return each.fingerprint == fingerprint; });
  kept_.push_front({fingerprint, std::make_shared<const std::string>(std::move(bytes))});
  const auto weigh = [&] {
    size_t all = 0;
    for (const Kept& each : kept_) all += each.bytes->size();
    return all;
  };
  while (kept_.size() > 1 && (kept_.size() > kKeptMax || weigh() > kBytesMax)) kept_.pop_back();
  return kept_.front().bytes;
}

std::shared_ptr<const std::string> find_model(Shelf& shelf, const TrainingSet& set,
                                              const std::vector<std::filesystem::path>& folders) {
  if (auto kept = shelf.find(set.fingerprint)) return kept;
  for (const std::filesystem::path& folder : folders) {
    auto bytes = posix::read_file(folder / model_name(set), {.bytes_max = posix::kAnySize});
    if (bytes && nlu::Model::read(std::as_bytes(std::span(*bytes)))) {
      return shelf.keep(set.fingerprint, std::move(*bytes));
    }
  }
  return nullptr;
}

base::Result<std::shared_ptr<const std::string>> model_of_draft(Shelf& shelf,
                                                                const TrainingSet& set,
                                                                const LongWork& work) {
  if (auto enough = check_enough(set); !enough) return std::unexpected(enough.error());
  if (auto kept = shelf.find(set.fingerprint)) return kept;
  auto made = train(set, 1, work.step, work.is_given_up);
  if (!made) return std::unexpected(made.error());
  return shelf.keep(set.fingerprint, std::move(*made));
}

base::Result<ReaderPtr> reader_of_draft(Shelf& shelf, const Loaded& loaded, const LongWork& work) {
  const auto set = wanted_by(loaded);
  if (!set) return ReaderPtr();
  const auto bytes = model_of_draft(shelf, *set, work);
  if (!bytes) return std::unexpected(bytes.error());
  return reader_of(**bytes, *loaded.program);
}

base::Result<ReaderPtr> reader_at_hand(Shelf& shelf, const Loaded& loaded) {
  const auto set = wanted_by(loaded);
  const auto bytes = set ? shelf.find(set->fingerprint) : nullptr;
  if (!bytes) return ReaderPtr();
  return reader_of(*bytes, *loaded.program);
}

}  // namespace millrace::solutions
