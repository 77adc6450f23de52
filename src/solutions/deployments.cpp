#include "solutions/deployments.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "posix/files.hpp"
#include "posix/locks.hpp"
#include "solutions/facts.hpp"
#include "solutions/folder.hpp"
#include "solutions/models/models.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr const char* kRecord = "deployments.json";
constexpr std::string_view kRemedy =
    "Put it back from a backup. If there is none, remove it and start once with --make-anew "
    "deployments.json and --solution DIR for each solution: versions are numbered from 1 again, "
    "and "
    "chats under way stay on theirs";

std::unexpected<base::Error> damaged(const fs::path& file) {
  return fail(Code::data_loss,
              "this is not the record of what was deployed. " + std::string(kRemedy),
              file.string());
}

// No record is right for a folder to which nothing was deployed yet.
base::Result<void> check_never_made(const fs::path& data, Holdings& holdings) {
  const auto is_made = holdings.holds(kRecord);
  if (!is_made) return std::unexpected(is_made.error());
  if (!*is_made) return {};
  return fail(Code::failed_precondition,
              "the record of what was deployed is missing. " + std::string(kRemedy),
              (data / kRecord).string());
}

json::object to_json(const Deployment& deployment) {
  return {{"solution", deployment.solution},
          {"version", deployment.version},
          {"hash", deployment.hash},
          {"at", deployment.at.ms},
          {"on_live", runtime::to_string(deployment.on_live)}};
}

std::optional<Deployment> from_json(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return std::nullopt;
  const auto on_live = runtime::on_live_from(json::get_string(*object, "on_live").value_or(""));
  Deployment out;
  out.solution = json::get_string(*object, "solution").value_or("");
  out.version = static_cast<int>(json::get_integer(*object, "version").value_or(0));
  out.hash = json::get_string(*object, "hash").value_or("");
  out.at.ms = json::get_integer(*object, "at").value_or(0);
  if (!on_live || out.solution.empty() || out.hash.empty() || out.version < 1) return std::nullopt;
  out.on_live = *on_live;
  return out;
}

}  // namespace

fs::path Deployments::file_in(const fs::path& data) {
  return data / kRecord;
}

base::Result<Deployments> Deployments::open(const fs::path& data,
                                            std::shared_ptr<Holdings> holdings) {
  std::error_code failed;
  if (!posix::make_private_folder(data) || !fs::is_directory(data, failed)) {
    return fail(Code::unavailable, "the data folder cannot be made", data.string());
  }
  Deployments out;
  out.data_ = data;
  out.versions_ = data / "versions";
  out.holdings_ = std::move(holdings);
  if (auto done = out.read(); !done) return std::unexpected(done.error());
  return out;
}

base::Result<void> Deployments::read() {
  all_.clear();
  const fs::path file = file_in(data_);
  std::error_code failed;
  if (!fs::exists(file, failed)) return check_never_made(data_, *holdings_);
  const auto text = posix::read_file(file);
  if (!text) return std::unexpected(text.error());
  const auto parsed = json::parse_object(*text);
  const auto* items = parsed ? json::get_array(*parsed, "deployments") : nullptr;
  if (items == nullptr) return damaged(file);
  for (const json::value& item : *items) {
    auto deployment = from_json(item);
    if (!deployment) return damaged(file);
    all_.push_back(std::move(*deployment));
  }
  return {};
}

const Deployment* Deployments::current(std::string_view solution) const {
  const auto found = std::ranges::find(all_.rbegin(), all_.rend(), solution, &Deployment::solution);
  return found == all_.rend() ? nullptr : &*found;
}

std::vector<Deployment> Deployments::current() const {
  std::vector<Deployment> out;
  for (const Deployment& deployment : all_) {
    const auto known = std::ranges::find(out, deployment.solution, &Deployment::solution);
    if (known == out.end()) {
      out.push_back(deployment);
    } else {
      *known = deployment;
    }
  }
  return out;
}

base::Result<Deployment> Deployments::find(std::string_view solution,
                                           std::string_view version) const {
  const std::string_view number = version.starts_with('v') ? version.substr(1) : version;
  for (const Deployment& deployment : all_) {
    if (deployment.solution != solution) continue;
    const bool is_it = std::to_string(deployment.version) == number ||
                       (version.size() >= 6 && deployment.hash.starts_with(version));
    if (is_it) return deployment;
  }
  return fail(Code::not_found,
              "'" + std::string(solution) + "' has no version " + std::string(version) +
                  "; `millrace versions` lists them",
              data_.string());
}

std::optional<Deployment> Deployments::below_current(std::string_view solution) const {
  // What was deployed on what. A version that is in it already takes those above it away: they were
  // left.
  std::vector<const Deployment*> stack;
  for (const Deployment& deployment : all_) {
    if (deployment.solution != solution) continue;
    const auto known = std::ranges::find(stack, deployment.hash, &Deployment::hash);
    if (known != stack.end()) stack.erase(known, stack.end());
    stack.push_back(&deployment);
  }
  if (stack.size() < 2) return std::nullopt;
  return *stack[stack.size() - 2];
}

base::Result<Deployment> Deployments::deploy(const Installing& what, runtime::OnLive on_live,
                                             base::Timestamp at) {
  flow::Files all = what.files;
  all.insert_or_assign(std::string(kFactsFile), write_facts(what.facts));
  if (!what.model.empty()) all.insert_or_assign(what.model_name, std::string(what.model));
  const std::string& hash = what.program.hash;
  const auto installed = install_files(versions_, hash, all);
  if (!installed) return std::unexpected(installed.error());
  // A version that was installed before there was a model of it, or with one that is damaged.
  if (!what.model.empty()) {
    const auto put = put_model(*installed, what.model_name, what.model, Readers::this_user);
    if (!put) return std::unexpected(put.error());
  }
  return add({what.program.solution, 0, hash, at, on_live});
}

base::Result<Deployment> Deployments::deploy_again(const Deployment& version,
                                                   runtime::OnLive on_live, base::Timestamp at) {
  return add({version.solution, 0, version.hash, at, on_live});
}

base::Result<Deployment> Deployments::add(Deployment deployment) {
  const auto lock = posix::FileLock::wait_for(data_ / "deployments.lock");
  if (!lock) return std::unexpected(lock.error());
  if (auto done = read(); !done) return std::unexpected(done.error());
  const Deployment* now = current(deployment.solution);
  const bool is_current = now != nullptr && now->hash == deployment.hash;
  if (is_current && now->on_live == deployment.on_live) return *now;
  int versions = 0;
  for (const Deployment& old : all_) {
    if (old.solution != deployment.solution) continue;
    versions = std::max(versions, old.version);
    if (old.hash == deployment.hash) deployment.version = old.version;
  }
  if (deployment.version == 0) deployment.version = versions + 1;
  all_.push_back(deployment);
  json::array items;
  for (const Deployment& each : all_) items.push_back(to_json(each));
  auto written = posix::replace_file(
      file_in(data_), json::serialize(json::object{{"deployments", std::move(items)}}));
  if (!written) return std::unexpected(written.error());
  if (auto noted = holdings_->note(kRecord); !noted) return std::unexpected(noted.error());
  return deployment;
}

}  // namespace millrace::solutions
