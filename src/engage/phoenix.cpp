#include "engage/phoenix.hpp"

#include "base/text.hpp"

namespace millrace::engage {
namespace {

using base::Code;
using base::fail;

constexpr size_t kNameBytesMax = 256;  // of a topic, an event or a ref

base::Result<std::optional<std::string>> read_ref(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_string() && value.get_string().size() <= kNameBytesMax) {
    return std::string(value.get_string());
  }
  return fail(Code::invalid_argument, "a ref must be a short string or null");
}

base::Result<std::string> read_name(const json::value& value) {
  if (value.is_string() && value.get_string().size() <= kNameBytesMax) {
    return std::string(value.get_string());
  }
  return fail(Code::invalid_argument, "topic and event must be short strings");
}

base::Result<Frame> make_frame(const json::value& join_ref, const json::value& ref,
                               const json::value& topic, const json::value& event,
                               json::value& payload) {
  Frame frame;
  auto join = read_ref(join_ref);
  if (!join) return std::unexpected(join.error());
  auto own = read_ref(ref);
  if (!own) return std::unexpected(own.error());
  auto topic_name = read_name(topic);
  if (!topic_name) return std::unexpected(topic_name.error());
  auto event_name = read_name(event);
  if (!event_name) return std::unexpected(event_name.error());
  if (payload.is_object()) {
    frame.payload = std::move(payload.get_object());
  } else if (!payload.is_null()) {
    return fail(Code::invalid_argument, "the payload must be an object");
  }
  frame.join_ref = std::move(*join);
  frame.ref = std::move(*own);
  frame.topic = std::move(*topic_name);
  frame.event = std::move(*event_name);
  return frame;
}

json::value ref_value(const std::optional<std::string>& ref) {
  return ref ? json::value(*ref) : json::value(nullptr);
}

}  // namespace

base::Result<Frame> read_frame(Serializer serializer, std::string_view text) {
  auto parsed = json::parse(text);
  if (!parsed) return std::unexpected(parsed.error());
  if (serializer == Serializer::v2) {
    auto* array = parsed->if_array();
    if (array == nullptr || array->size() != 5) {
      return fail(Code::invalid_argument, "expected [join_ref, ref, topic, event, payload]");
    }
    return make_frame((*array)[0], (*array)[1], (*array)[2], (*array)[3], (*array)[4]);
  }
  auto* object = parsed->if_object();
  if (object == nullptr) {
    return fail(Code::invalid_argument, "expected {topic, event, payload, ref}");
  }
  // Members that are missing are added first: adding one moves the others.
  for (const char* key : {"join_ref", "ref", "topic", "event", "payload"}) {
    object->emplace(key, nullptr);
  }
  return make_frame(object->at("join_ref"), object->at("ref"), object->at("topic"),
                    object->at("event"), object->at("payload"));
}

base::Result<Frame> read_binary_frame(std::string_view bytes) {
  constexpr size_t kHeader = 5;
  const auto wrong = [] { return fail(Code::invalid_argument, "not a binary push"); };
  if (bytes.size() < kHeader || bytes[0] != 0) return wrong();
  std::string parts[kHeader - 1];
  size_t at = kHeader;
  for (size_t i = 0; i < std::size(parts); ++i) {
    const auto length = static_cast<size_t>(static_cast<unsigned char>(bytes[i + 1]));
    if (bytes.size() - at < length) return wrong();
    parts[i] = bytes.substr(at, length);
    if (!base::is_valid_utf8(parts[i])) return wrong();
    at += length;
  }
  const auto ref = [](std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
  };
  return Frame{ref(std::move(parts[0])),
               ref(std::move(parts[1])),
               std::move(parts[2]),
               std::move(parts[3]),
               {}};
}

std::string write_frame(Serializer serializer, const Frame& frame) {
  if (serializer == Serializer::v2) {
    return json::serialize(json::value(json::array{ref_value(frame.join_ref), ref_value(frame.ref),
                                                   frame.topic, frame.event, frame.payload}));
  }
  json::object out{{"topic", frame.topic},
                   {"event", frame.event},
                   {"payload", frame.payload},
                   {"ref", ref_value(frame.ref)}};
  if (frame.join_ref) out["join_ref"] = *frame.join_ref;
  return json::serialize(out);
}

Frame reply_to(const Frame& frame, std::string_view status, json::object response) {
  return {frame.join_ref,
          frame.ref,
          frame.topic,
          "phx_reply",
          {{"status", status}, {"response", std::move(response)}}};
}

}  // namespace millrace::engage
