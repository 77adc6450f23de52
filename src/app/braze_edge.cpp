#include "app/braze_edge.hpp"
namespace millrace::app {
struct BrazeEdge::Parts { std::string url, key; };
base::Result<std::unique_ptr<BrazeEdge>> BrazeEdge::open(const std::filesystem::path&, const Endpoint&, runtime::Clock&, runtime::Random&, runtime::Log&) { auto p = std::make_unique<Parts>(); return std::unique_ptr<BrazeEdge>(new BrazeEdge(std::move(p))); }
BrazeEdge::BrazeEdge(std::unique_ptr<Parts> p) : parts_(std::move(p)) {}
BrazeEdge::~BrazeEdge() = default;
const std::string& BrazeEdge::url() const { return parts_->url; }
const std::string& BrazeEdge::api_key() const { return parts_->key; }
void BrazeEdge::stop() {}
}
