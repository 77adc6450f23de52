#include "app/wire/receivers.hpp"

#include "delivery/braze/kind.hpp"
#include "delivery/webhook/kind.hpp"

namespace millrace::app {

delivery::Kinds receivers() {
  static const delivery::Kind* const kKinds[] = {
      &delivery::braze::kind(),
      &delivery::webhook::kind(),
  };
  return kKinds;
}

}  // namespace millrace::app
