// Hands an accepted upgrade on to the web-socket side, for the files of this room only.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/registry.hpp"

namespace millrace::http {

using RawRequest = boost::beast::http::request<boost::beast::http::string_body>;

void serve_socket(std::shared_ptr<Shared> shared, size_t lane, tcp::socket socket,
                  RawRequest request, web::SocketAccept accept);

}  // namespace millrace::http
