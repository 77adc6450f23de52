// What can be wrong with the parameters of BrazeTrack and BrazeCall, and with Braze's settings.
#pragma once

#include "delivery/kind.hpp"

namespace millrace::delivery::braze {

std::vector<Complaint> check_call(const json::object& parameters);
std::vector<Complaint> check_track(const json::object& parameters);

}  // namespace millrace::delivery::braze
