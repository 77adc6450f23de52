#include <curl/curl.h>

#include <memory>

#include "base/text.hpp"
#include "http/http.hpp"

namespace millrace::http {
namespace {

using base::Code;
using base::fail;

constexpr size_t kHeaderBytesMax = 64 << 10;

struct Receiving {
  web::Response response;
  size_t header_bytes = 0;
  size_t body_bytes_max = 0;
};

size_t take_body(char* data, size_t size, size_t count, void* to) {
  auto& receiving = *static_cast<Receiving*>(to);
  if (receiving.response.body.size() + size * count > receiving.body_bytes_max) return 0;
  receiving.response.body.append(data, size * count);
  return size * count;
}

size_t take_header(char* data, size_t size, size_t count, void* to) {
  auto& receiving = *static_cast<Receiving*>(to);
  const std::string_view line(data, size * count);
  receiving.header_bytes += line.size();
  if (receiving.header_bytes > kHeaderBytesMax) return 0;
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    receiving.response.headers.clear();
  } else if (colon != std::string_view::npos) {
    receiving.response.headers.push_back({std::string(base::trim(line.substr(0, colon))),
                                          std::string(base::trim(line.substr(colon + 1)))});
  }
  return size * count;
}

base::Error error_of(CURLcode code, const std::string& url) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return {Code::invalid_argument, "not an http address", url};
    case CURLE_OPERATION_TIMEDOUT: return {Code::deadline_exceeded, "no answer in time", url};
    case CURLE_WRITE_ERROR: return {Code::resource_exhausted, "the answer is too large", url};
    default: return {Code::unavailable, curl_easy_strerror(code), url};
  }
}

}  // namespace

base::Result<web::Response> fetch(const FetchRequest& request) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  if (ready != CURLE_OK || !curl) return fail(Code::internal, "libcurl cannot be set up");
  curl_slist* raw = curl_slist_append(nullptr, "Expect:");
  for (const web::Header& header : request.headers) {
    raw = curl_slist_append(raw, (header.name + ": " + header.value).c_str());
  }
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(raw,
                                                                            &curl_slist_free_all);
  Receiving receiving;
  receiving.body_bytes_max = request.max_body_bytes;
  curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(request.time_limit.count()));
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &receiving);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &receiving);
  if (request.method == "HEAD") {
    curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || !request.body.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return std::unexpected(error_of(code, request.url));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  receiving.response.status = static_cast<int>(status);
  return std::move(receiving.response);
}

}  // namespace millrace::http
