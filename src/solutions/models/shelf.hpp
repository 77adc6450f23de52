// The models of drafts: made when somebody asks for it, and kept in memory, apart from those of
// folders and of deployed versions, which nothing here changes.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "solutions/models/models.hpp"
#include "solutions/solutions.hpp"

namespace millrace::solutions {

// Thread-safe.
class Shelf {
 public:
  // Of these examples; null when none is kept. One that was used stays longer.
  std::shared_ptr<const std::string> find(const std::string& fingerprint);
  // The one that was used longest ago goes where there are too many.
  std::shared_ptr<const std::string> keep(const std::string& fingerprint, std::string bytes);

 private:
  static constexpr size_t kKeptMax = 8;
  static constexpr size_t kBytesMax = size_t{256} << 20;  // of all

  struct Kept {
    std::string fingerprint;
    std::shared_ptr<const std::string> bytes;
  };
  std::mutex mutex_;
  std::list<Kept> kept_;  // the latest used first
};

// The same; else that of one of these folders, which is kept then. Null where there is none.
std::shared_ptr<const std::string> find_model(Shelf& shelf, const TrainingSet& set,
                                              const std::vector<std::filesystem::path>& folders);

// How long work goes on and what it tells.
struct LongWork {
  nlu::Progress step = {};
  std::function<bool()> is_given_up = {};
};

// The bytes of the model of those examples: kept, or made now, by one thread, and kept.
// failed_precondition where there are too few.
base::Result<std::shared_ptr<const std::string>> model_of_draft(Shelf& shelf,
                                                                const TrainingSet& set,
                                                                const LongWork& work);
// Who reads for a draft; null where the solution wants no model or has too few examples.
base::Result<ReaderPtr> reader_of_draft(Shelf& shelf, const Loaded& loaded, const LongWork& work);
// The same where its model was made before; else null.
base::Result<ReaderPtr> reader_at_hand(Shelf& shelf, const Loaded& loaded);

}  // namespace millrace::solutions
