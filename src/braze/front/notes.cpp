#include "braze/front/notes.hpp"

namespace millrace::braze {

void note_query(const web::Request& request, Diagnostics& diagnostics) {
  if (request.query.empty()) return;
  const bool has_payload = request.query_parameter("attributes") ||
                           request.query_parameter("events") ||
                           request.query_parameter("purchases");
  if (!has_payload) return;
  diagnostics.add("BRZ_PAYLOAD_IN_QUERY",
                  request.body.empty()
                      ? "The body is empty and the query string contains attributes, events or "
                        "purchases; Braze reads them from the body alone. In Python requests use "
                        "json=, not params=."
                      : "The query string contains attributes, events or purchases; Braze reads "
                        "them from the body alone. In Python requests use json=, not params=.");
}

void note_path(const web::Request& request, const Matched& matched, Diagnostics& diagnostics) {
  const std::string_view nearest = nearest_path(request.path);
  if (matched.is_path_known) {
    diagnostics.add("BRZ_UNKNOWN_PATH", "That address is answered under another method.");
  } else if (request.path.starts_with("//")) {
    diagnostics.add("BRZ_UNKNOWN_PATH",
                    "The path begins with two slashes: the base URL ends in one already.");
  } else if (!nearest.empty()) {
    diagnostics.add("BRZ_UNKNOWN_PATH", "Did you mean " + std::string(nearest) + "?");
  } else {
    diagnostics.add("BRZ_UNKNOWN_PATH",
                    "Nothing of Braze's that the sandbox knows is at that address.");
  }
}

void note_fault(const Fault& fault, Diagnostics& diagnostics) {
  const char* said = "";
  switch (fault.mode) {
    case Fault::Mode::none: return;
    case Fault::Mode::refuse: said = "refused the request; nothing was stored."; break;
    case Fault::Mode::queued: said = "answered that it was queued; it was carried out."; break;
    case Fault::Mode::delay: said = "held the answer back."; break;
    case Fault::Mode::drop: said = "closed the connection; the request was carried out."; break;
    case Fault::Mode::drop_before:
      said = "closed the connection; the request was not looked at.";
      break;
  }
  diagnostics.add("BRZ_FAULT", std::string("The fault switch ") + said);
}

}  // namespace millrace::braze
