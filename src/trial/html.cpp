// The coverage page: the flow drawn in layers, branches that no test took in red.
#include <algorithm>
#include <deque>

#include "base/escape.hpp"
#include "base/text.hpp"
#include "trial/trial.hpp"

namespace millrace::trial {
namespace {

using base::html_escape;

constexpr int kBoxWidth = 190, kBoxHeight = 46, kGapX = 30, kGapY = 60;

struct Place {
  int layer = 0;
  double x = 0;
};

// Layers by distance from the start; within a layer, near what leads there.
class Layout {
 public:
  explicit Layout(const flow::Program& program) : program_(program) {
    std::vector<flow::NodeNumber> roots{program.start};
    for (const auto& [number, node] : program.nodes) roots.push_back(number);
    std::ranges::sort(roots.begin() + 1, roots.end());
    for (const flow::NodeNumber root : roots) spread(root);
    arrange();
  }

  const Place& at(flow::NodeNumber number) const { return places_.at(number); }
  int width() const { return width_; }
  int height() const { return static_cast<int>(layers_.size()) * (kBoxHeight + kGapY) + kGapY; }

 private:
  void spread(flow::NodeNumber root) {
    if (program_.find(root) == nullptr || places_.contains(root)) return;
    std::deque<flow::NodeNumber> open{root};
    places_[root] = {};
    while (!open.empty()) {
      const flow::NodeNumber number = open.front();
      open.pop_front();
      for (const flow::Outgoing& road : flow::roads_of(*program_.find(number))) {
        if (!places_.try_emplace(road.target, Place{places_[number].layer + 1, 0}).second) continue;
        open.push_back(road.target);
      }
    }
  }

  void arrange() {
    for (const auto& [number, place] : places_) {
      if (layers_.size() <= static_cast<size_t>(place.layer))
        layers_.resize(static_cast<size_t>(place.layer) + 1);
      layers_[static_cast<size_t>(place.layer)].push_back(number);
    }
    std::map<flow::NodeNumber, std::pair<double, int>> pull;
    for (auto& layer : layers_) {
      std::ranges::sort(layer, {}, [&](flow::NodeNumber number) {
        const auto found = pull.find(number);
        const double where = found == pull.end() ? 0 : found->second.first / found->second.second;
        return std::pair(where, number);
      });
      for (size_t i = 0; i < layer.size(); ++i) {
        Place& place = places_[layer[i]];
        place.x = kGapX + static_cast<double>(i) * (kBoxWidth + kGapX);
        width_ = std::max(width_, static_cast<int>(place.x) + kBoxWidth + kGapX);
        for (const flow::Outgoing& road : flow::roads_of(*program_.find(layer[i]))) {
          auto& [sum, count] = pull[road.target];
          sum += place.x;
          ++count;
        }
      }
    }
  }

  const flow::Program& program_;
  std::map<flow::NodeNumber, Place> places_;
  std::vector<std::vector<flow::NodeNumber>> layers_;
  int width_ = 0;
};

std::string coordinates(double x, double y) {
  return std::to_string(static_cast<int>(x)) + "," + std::to_string(static_cast<int>(y));
}

double top_of(const Place& place) {
  return kGapY + place.layer * (kBoxHeight + kGapY);
}

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Coverage</title><style>
body{font:14px/1.4 system-ui,sans-serif;margin:0;color:#1c2430;background:#fff}
header{padding:12px 20px;border-bottom:1px solid #d8dde4}h1{font-size:18px;margin:0}
#flow{width:100%;height:62vh;background:#f6f8fa;cursor:grab}
rect{fill:#e6f4ea;stroke:#34a853}rect.no{fill:#fdecea;stroke:#d93025}
path{fill:none;stroke:#7a8696;stroke-width:1.3}path.no{stroke:#d93025;stroke-dasharray:5 3;stroke-width:1.8}
text{font-size:11px}table{border-collapse:collapse;margin:12px 20px}td,th{padding:4px 10px;border-bottom:1px solid #e3e7ec;text-align:left}
.bad{color:#b3261e}pre{margin:4px 0 12px;background:#f6f8fa;padding:8px}section{margin:0 20px}
</style></head><body>
)";

constexpr std::string_view kScript = R"(<script>
const svg=document.getElementById('flow');let b=svg.viewBox.baseVal,drag=null;
svg.addEventListener('wheel',e=>{e.preventDefault();const k=e.deltaY>0?1.15:1/1.15,r=svg.getBoundingClientRect();
const px=b.x+(e.clientX-r.left)/r.width*b.width,py=b.y+(e.clientY-r.top)/r.height*b.height;
b.x=px-(px-b.x)*k;b.y=py-(py-b.y)*k;b.width*=k;b.height*=k;},{passive:false});
svg.addEventListener('pointerdown',e=>{drag=[e.clientX,e.clientY,b.x,b.y];svg.setPointerCapture(e.pointerId)});
svg.addEventListener('pointermove',e=>{if(!drag)return;const r=svg.getBoundingClientRect();
b.x=drag[2]-(e.clientX-drag[0])/r.width*b.width;b.y=drag[3]-(e.clientY-drag[1])/r.height*b.height;});
svg.addEventListener('pointerup',()=>drag=null);
</script></body></html>
)";

void draw_roads(std::string& out, const Coverage& coverage, const Layout& layout,
                const flow::Node& node) {
  const Place& from = layout.at(node.number);
  const auto roads = flow::roads_of(node);
  for (size_t i = 0; i < roads.size(); ++i) {
    const Place& to = layout.at(roads[i].target);
    const bool seen = coverage.has_road({node.number, roads[i].kind, roads[i].index});
    const double x1 =
        from.x + kBoxWidth * (static_cast<double>(i) + 1) / (static_cast<double>(roads.size()) + 1);
    const double y1 = top_of(from) + kBoxHeight;
    const double x2 = to.x + kBoxWidth / 2.0;
    const double y2 = top_of(to);
    const double bend = to.layer > from.layer ? 25 : 60;
    out += "<path" + std::string(seen ? "" : " class=\"no\"") + " d=\"M" + coordinates(x1, y1) +
           " C" + coordinates(x1, y1 + bend) + " " + coordinates(x2, y2 - bend) + " " +
           coordinates(x2, y2) + "\"><title>" +
           html_escape(node.id + " --" + roads[i].label + "--> " +
                       coverage.program().find(roads[i].target)->id) +
           (seen ? "" : " (not covered)") + "</title></path>\n";
  }
}

void draw_node(std::string& out, const Coverage& coverage, const Layout& layout,
               const flow::Node& node) {
  const Place& place = layout.at(node.number);
  const std::string label(
      base::utf8_prefix(node.name.empty() ? node.id : node.id + " " + node.name, 26));
  out += "<rect" + std::string(coverage.has_node(node.number) ? "" : " class=\"no\"") + " x=\"" +
         std::to_string(static_cast<int>(place.x)) + "\" y=\"" +
         std::to_string(static_cast<int>(top_of(place))) +
         "\" width=\"190\" height=\"46\" rx=\"6\"/>" + "<text x=\"" +
         std::to_string(static_cast<int>(place.x) + 10) + "\" y=\"" +
         std::to_string(static_cast<int>(top_of(place)) + 27) + "\">" + html_escape(label) +
         "</text>\n";
}

}  // namespace

std::string html_report(const std::vector<Outcome>& outcomes, const Coverage& coverage) {
  const flow::Program& program = coverage.program();
  const Layout layout(program);
  std::vector<const flow::Node*> nodes;
  for (const auto& [number, node] : program.nodes) nodes.push_back(&node);
  std::ranges::sort(nodes, {},
                    [](const flow::Node* node) { return std::pair(node->file, node->row); });
  const auto passed = std::ranges::count_if(outcomes, &Outcome::passed);
  std::string out(kHead);
  out += "<header><h1>" + html_escape(program.solution) + "</h1>" + std::to_string(passed) +
         " of " + std::to_string(outcomes.size()) + " tests passed; " +
         std::to_string(coverage.nodes_seen()) + " of " + std::to_string(coverage.nodes_all()) +
         " nodes, " + std::to_string(coverage.roads_seen()) + " of " +
         std::to_string(coverage.roads_all()) +
         " branches covered</header>\n<svg id=\"flow\" viewBox=\"0 0 " +
         std::to_string(layout.width()) + " " + std::to_string(layout.height()) + "\">\n";
  for (const flow::Node* node : nodes) draw_roads(out, coverage, layout, *node);
  for (const flow::Node* node : nodes) draw_node(out, coverage, layout, *node);
  out += "</svg>\n<table><tr><th>Not covered</th><th>Road</th><th>Leads to</th></tr>\n";
  for (const flow::Node* node : nodes) {
    for (const flow::Outgoing& road : flow::roads_of(*node)) {
      if (coverage.has_road({node->number, road.kind, road.index})) continue;
      out += "<tr><td>" + html_escape(node->file) + ":" + std::to_string(node->row) + " " +
             html_escape(node->id) + "</td><td class=\"bad\">" + html_escape(road.label) +
             "</td><td>" + html_escape(program.find(road.target)->id) + "</td></tr>\n";
    }
  }
  out += "</table>\n<section>\n";
  for (const Outcome& outcome : outcomes) {
    if (outcome.passed) continue;
    out += "<p class=\"bad\">" + html_escape(outcome.test->name) + " (" +
           html_escape(outcome.test->file) + ":" + std::to_string(outcome.line) + ")</p><pre>" +
           html_escape(outcome.failure) + "\n\n" + html_escape(outcome.transcript) + "</pre>\n";
  }
  return out + "</section>\n" + std::string(kScript);
}

}  // namespace millrace::trial
