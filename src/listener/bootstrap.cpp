#include "listener/bootstrap.hpp"

namespace millrace::listener {

json::object segment_settings(const Source& source, std::string_view base_url) {
  const size_t scheme_end = base_url.find("://");
  const std::string_view scheme = base_url.substr(0, scheme_end);
  const std::string_view host =
      scheme_end == base_url.npos ? base_url : base_url.substr(scheme_end + 3);
  const json::object all{{"enabled", true}};
  const json::object all_of_all{{"enabled", true}, {"integrations", json::object()}};
  return {{"integrations",
           {{"Segment.io",
             {{"apiKey", source.write_key},
              {"unbundledIntegrations", json::array()},
              {"addBundledMetadata", true},
              {"maybeBundledConfigIds", json::object()},
              {"versionSettings", {{"version", "4.4.7"}, {"componentTypes", {"browser"}}}},
              {"apiHost", std::string(host) + "/v1"},
              {"protocol", scheme}}}}},
          {"plan",
           {{"track", {{"__default", all_of_all}}},
            {"identify", {{"__default", all}}},
            {"group", {{"__default", all}}}}},
          {"edgeFunction", json::object()},
          {"analyticsNextEnabled", true},
          {"middlewareSettings", json::object()},
          {"enabledMiddleware", json::object()},
          {"metrics", {{"sampleRate", 0}}},
          {"remotePlugins", json::array()}};
}

json::object rudder_configuration(const Source& source) {
  const json::object off{{"enabled", false}};
  return {{"source",
           {{"id", source.name},
            {"name", source.name},
            {"writeKey", source.write_key},
            {"enabled", true},
            {"workspaceId", "millrace"},
            {"config", {{"statsCollection", {{"errors", off}, {"metrics", off}}}}},
            {"dataplanes", json::object()},
            {"connections", json::array()},
            {"destinations", json::array()}}},
          {"updatedAt", "2024-01-01T00:00:00.000Z"}};
}

json::object posthog_configuration() {
  return {{"supportedCompression", {"gzip", "gzip-js"}},
          {"sessionRecording", false},
          {"heatmaps", false},
          {"surveys", false},
          {"autocapture_opt_out", true},
          {"capturePerformance", false},
          {"hasFeatureFlags", false},
          {"isAuthenticated", false},
          {"toolbarParams", json::object()},
          {"siteApps", json::array()},
          {"config", {{"enable_collect_everything", true}}}};
}

json::object posthog_flags() {
  return {{"flags", json::object()},
          {"featureFlags", json::object()},
          {"featureFlagPayloads", json::object()},
          {"errorsWhileComputingFlags", false},
          {"supportedCompression", {"gzip", "gzip-js"}},
          {"sessionRecording", false},
          {"config", {{"enable_collect_everything", true}}},
          {"surveys", false},
          {"toolbarParams", json::object()},
          {"isAuthenticated", false},
          {"requestId", "millrace"}};
}

}  // namespace millrace::listener
