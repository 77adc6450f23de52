// A server for whoever sits at this machine: a demo, a solution that is being written or tried.
#pragma once

#include "app/wire/server/server.hpp"

namespace millrace::app {

// Solutions get whatever they name, and only what goes wrong is logged.
ServeOptions local_options(const std::filesystem::path& data);

// Where `any_port`, another one is taken when the one of `options` is in use.
base::Result<std::unique_ptr<Server>> start_local(ServeOptions options, bool any_port,
                                                  ServerLog& log);

}  // namespace millrace::app
