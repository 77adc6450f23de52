// Asio's names, for the files of this room only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "http/http.hpp"
#include "lanes/event_loop.hpp"

namespace millrace::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using error_code = boost::system::error_code;

}  // namespace millrace::http
