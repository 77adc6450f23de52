// Solutions as they are being written: compiled from memory, whatever is on the disk. What Python
// has to look at is looked at when it has changed, in a folder of its own, and remembered.
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "solutions/solutions.hpp"

namespace millrace::solutions {

// Path to text; nullopt: the file is gone.
using Overlay = std::map<std::string, std::optional<std::string>>;
// invalid_argument: a path that is none, too many, too large.
base::Result<flow::Files> with_overlay(flow::Files files, const Overlay& overlay);

// Makes a folder with these files, calls, and takes it away.
using InFolder = std::function<base::Result<void>(
    const flow::Files& files,
    const std::function<base::Result<void>(const std::filesystem::path& folder)>& call)>;

// Thread-safe.
class Drafts {
 public:
  Drafts(Inspector& inspector, delivery::Kinds kinds, InFolder in_folder)
      : inspector_(inspector), kinds_(kinds), in_folder_(std::move(in_folder)) {}

  // As solutions::load() of a folder with these files.
  base::Result<Loaded> load(flow::Files files);

 private:
  static constexpr size_t kKeptMax = 64;
  static constexpr size_t kCompilersMax = 8;

  // What was compiled last of a solution: whoever edits it asks again after every change.
  struct Writing {
    std::mutex mutex;
    flow::Compiler compiler;
  };
  std::shared_ptr<Writing> writing(const std::string& solution);
  base::Result<Inspected> inspected(const flow::Files& files);

  Inspector& inspector_;
  const delivery::Kinds kinds_;
  const InFolder in_folder_;
  std::mutex mutex_;
  std::list<std::pair<std::string, Inspected>> kept_;  // by hash, the latest first
  std::mutex writing_mutex_;
  std::list<std::pair<std::string, std::shared_ptr<Writing>>> writing_;  // likewise, by name
};

}  // namespace millrace::solutions
