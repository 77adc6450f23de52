// Frames of Phoenix Channels, both serializers: V1 objects {"topic", "event", "payload", "ref"} and
// V2 arrays [join_ref, ref, topic, event, payload] (reference: phoenix-channels.md); values in,
// values out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"

namespace millrace::engage {

inline constexpr int kCloseBadFormat = 1007;  // reference: engagement-api.md 3

enum class Serializer { v1, v2 };

struct Frame {
  std::optional<std::string> join_ref;
  std::optional<std::string> ref;
  std::string topic;
  std::string event;
  json::object payload;
};

// Refs may be strings, integers or null. The error is a badly formed frame: close with 1007.
base::Result<Frame> read_frame(Serializer serializer, std::string_view text);
// A binary push of V2: 0, the lengths of join_ref, ref, topic and event in a byte each, these four,
// and bytes that nobody here takes: the frame's payload stays empty.
base::Result<Frame> read_binary_frame(std::string_view bytes);
std::string write_frame(Serializer serializer, const Frame& frame);

// The reply to a frame: event phx_reply, the same refs and topic.
Frame reply_to(const Frame& frame, std::string_view status, json::object response);

}  // namespace millrace::engage
