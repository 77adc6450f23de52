#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/text.hpp"
#include "flow/parts.hpp"

namespace millrace::flow {

bool Problems::has_errors() const {
  return std::ranges::any_of(
      items_, [](const Problem& problem) { return problem.severity == Severity::error; });
}

void Problems::add(const Problems& others, int lines, NodeNumber numbers) {
  for (Problem problem : others.items_) {
    if (problem.line > 0) problem.line += lines;
    if (problem.node >= kFirstYamlNumber) problem.node += numbers;
    if (problem.severity == Severity::error && problem.node != 0) nodes_.insert(problem.node);
    items_.push_back(std::move(problem));
  }
}

std::vector<Problem> Problems::take() && {
  std::vector<size_t> order(items_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [this](size_t a, size_t b) {
    const Problem& x = items_[a];
    const Problem& y = items_[b];
    return std::tie(x.file, x.line, x.position, a) < std::tie(y.file, y.line, y.position, b);
  });
  std::vector<Problem> out;
  for (const size_t i : order) out.push_back(std::move(items_[i]));
  return out;
}

std::string Problem::describe() const {
  std::string out = file;
  if (line > 0) out += ":" + std::to_string(line);
  if (line > 0 && position > 0) out += ":" + std::to_string(position);
  out += severity == Severity::error ? ": error: " : ": warning: ";
  const bool named = node >= kFirstYamlNumber && !node_id.empty();
  if (node != 0) out += "node " + (named ? node_id : std::to_string(node)) + ": ";
  if (!column.empty()) out += column + ": ";
  out += message;
  if (!remedy.empty()) out += " (" + remedy + ")";
  return out + " [" + code + "]";
}

json::object Problem::to_json() const {
  json::object out{{"severity", severity == Severity::error ? "error" : "warning"},
                   {"file", file},
                   {"line", line},
                   {"position", position},
                   {"code", code},
                   {"message", message}};
  if (length > 0) out["length"] = length;
  if (!column.empty()) out["field"] = column;
  if (!remedy.empty()) out["remedy"] = remedy;
  if (!node_id.empty()) {
    out["node"] = node_id;
  } else if (node != 0) {
    out["node"] = std::to_string(node);
  }
  return out;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const size_t distance = base::edit_distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string list_of(const std::vector<std::string>& items) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  return out;
}

}  // namespace millrace::flow
