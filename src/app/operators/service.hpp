// The operator's API as a part of the server: its options, and what is made of them.
#pragma once

#include <memory>
#include <string>

#include "app/operators/edge.hpp"
#include "app/wire/listeners.hpp"
#include "app/wire/options.hpp"
#include "app/wire/server/server.hpp"

namespace millrace::app::cli {
class App;
}

namespace millrace::app {

// --operator, --operator-url and --oidc. `options` must outlive the parsing.
void add_operator_options(cli::App& command, ServeOptions& options);

// Null where it is not served.
base::Result<std::unique_ptr<OperatorEdge>> open_operator_edge(const ServeOptions& options,
                                                               std::string seal_key,
                                                               OperatorEdge::Ports ports);
// Where it is, once everything listens.
void tell_where(OperatorEdge& operators, const Listeners& listeners, Ready& ready);

}  // namespace millrace::app
