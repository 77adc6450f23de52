#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "base/escape.hpp"
#include "nlu/judge/judge.hpp"

namespace millrace::nlu {
namespace {

constexpr size_t kBins = 10;

double share(size_t part, size_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

std::string fixed(double value, int digits) {
  char buffer[64];
  const int size = std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
  return {buffer, static_cast<size_t>(size)};
}

std::string name_of(const std::string& intent) {
  return intent.empty() ? "(out of scope)" : intent;
}

std::string plot(const Report& report) {
  std::string out =
      "<svg viewBox=\"0 0 240 240\" width=\"320\" role=\"img\" aria-label=\"Calibration\">"
      "<rect x=\"20\" y=\"10\" width=\"200\" height=\"200\" fill=\"none\" stroke=\"#888\"/>"
      "<line x1=\"20\" y1=\"210\" x2=\"220\" y2=\"10\" stroke=\"#888\" stroke-dasharray=\"4\"/>";
  for (const CalibrationBin& bin : report.bins) {
    if (bin.count == 0) continue;
    const double radius = 2 + 10 * std::sqrt(share(bin.count, report.inside));
    const std::string right = fixed(100 * share(bin.right, bin.count), 0);
    out += "<circle cx=\"" + fixed(20 + 200 * bin.probability, 1) + "\" cy=\"" +
           fixed(210 - 200 * share(bin.right, bin.count), 1) + "\" r=\"" + fixed(radius, 1) +
           "\" fill=\"#36c\" fill-opacity=\"0.6\"><title>" + std::to_string(bin.count) +
           " texts, " + right + "% right</title></circle>";
  }
  return out + "<text x=\"70\" y=\"232\" font-size=\"11\">probability given</text></svg>";
}

}  // namespace

double IntentFigures::precision() const {
  return share(right, guessed);
}

double IntentFigures::recall() const {
  return share(right, examples);
}

Report make_report(const std::vector<Outcome>& outcomes) {
  Report out;
  out.bins.resize(kBins);
  std::map<std::string, IntentFigures> intents;
  std::map<std::pair<std::string, std::string>, Confusion> confusions;
  for (const Outcome& one : outcomes) {
    if (one.intent.empty()) {
      ++out.outside;
      out.refused += one.is_in_scope ? 0 : 1;
      continue;
    }
    const bool is_right = one.guess == one.intent;
    ++out.inside;
    out.right += is_right ? 1 : 0;
    out.right_and_accepted += is_right && one.is_in_scope ? 1 : 0;
    IntentFigures& mine = intents[one.intent];
    ++mine.examples;
    mine.right += is_right ? 1 : 0;
    ++intents[one.guess].guessed;
    const auto at = std::min(kBins - 1, static_cast<size_t>(one.probability * kBins));
    ++out.bins[at].count;
    out.bins[at].right += is_right ? 1 : 0;
    out.bins[at].probability += one.probability;
    if (is_right) continue;
    Confusion& confusion = confusions[{one.intent, one.guess}];
    confusion = {one.intent, one.guess, confusion.count + 1, one.text};
  }
  for (CalibrationBin& bin : out.bins) {
    if (bin.count == 0) continue;
    bin.probability /= static_cast<double>(bin.count);
    out.calibration_error +=
        share(bin.count, out.inside) * std::fabs(bin.probability - share(bin.right, bin.count));
  }
  for (auto& [name, figures] : intents) {
    figures.intent = name;
    out.intents.push_back(std::move(figures));
  }
  for (auto& [key, confusion] : confusions) out.confusions.push_back(std::move(confusion));
  std::ranges::sort(out.intents, {}, [](const IntentFigures& f) {
    return std::pair(f.examples > 0 ? f.recall() : 1.0, f.intent);
  });
  std::ranges::sort(out.confusions, [](const Confusion& a, const Confusion& b) {
    return a.count != b.count ? a.count > b.count
                              : std::pair(a.intent, a.guess) < std::pair(b.intent, b.guess);
  });
  return out;
}

std::string to_html(const Report& report, std::string_view title) {
  const auto safe = [](const std::string& text) { return base::html_escape(text); };
  std::string out = "<!doctype html><meta charset=\"utf-8\"><title>" + safe(std::string(title)) +
                    "</title><style>body{font:15px sans-serif;margin:2em}td,th{padding:.2em .8em;"
                    "text-align:left;border-bottom:1px solid #ddd}</style><h1>" +
                    safe(std::string(title)) + "</h1>";
  out += "<p>" + std::to_string(report.right) + " of " + std::to_string(report.inside) +
         " right (" + fixed(100 * share(report.right, report.inside), 2) + "%); " +
         fixed(100 * share(report.right_and_accepted, report.inside), 2) +
         "% right and sure enough. ";
  if (report.outside > 0) {
    out += std::to_string(report.refused) + " of " + std::to_string(report.outside) +
           " out of scope seen as that. ";
  }
  out += "Calibration error " + fixed(report.calibration_error, 3) + ".</p>";
  out += "<h2>Calibration</h2>" + plot(report);
  out += "<h2>Confusions</h2><table><tr><th>Intent<th>Taken for<th>Times<th>For example";
  for (const Confusion& one : report.confusions) {
    out += "<tr><td>" + safe(one.intent) + "<td>" + safe(one.guess) + "<td>" +
           std::to_string(one.count) + "<td>" + safe(one.text);
  }
  out += "</table><h2>Intents</h2><table><tr><th>Intent<th>Texts<th>Precision<th>Recall";
  for (const IntentFigures& one : report.intents) {
    out += "<tr><td>" + safe(name_of(one.intent)) + "<td>" + std::to_string(one.examples) + "<td>" +
           fixed(one.precision(), 3) + "<td>" + fixed(one.recall(), 3);
  }
  return out + "</table>\n";
}

}  // namespace millrace::nlu
