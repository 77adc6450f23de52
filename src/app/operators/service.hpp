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

// --operator, --operator-url, --audit-days and --oidc. `options` must outlive the parsing.
void add_operator_options(cli::App& command, ServeOptions& options);

// Null where it is not served. `from` has what is not an option of the command line.
base::Result<std::unique_ptr<OperatorEdge>> open_operator_edge(const ServeOptions& options,
                                                               OperatorEdge::Options from,
                                                               OperatorEdge::Ports ports);
// Where it is, once everything listens.
void tell_where(OperatorEdge& operators, const Listeners& listeners, Ready& ready);

}  // namespace millrace::app
