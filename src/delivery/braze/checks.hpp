// What can be wrong with the parameters of BrazeTrack and BrazeCall.
#pragma once

#include "delivery/kind.hpp"

namespace millrace::delivery::braze {

std::vector<Complaint> check_call(const json::object& parameters);
std::vector<Complaint> check_track(const json::object& parameters);

}  // namespace millrace::delivery::braze
