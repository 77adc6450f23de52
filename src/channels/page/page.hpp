// The web chat page (`web/chat`), which talks to the Engagement API, the SDK that puts it into
// pages of others (`web/sdk`), and the tag that tells what is done on them (`web/tag`).
#pragma once

#include "base/web/routes.hpp"
#include "base/web/web.hpp"
#include "runtime/solutions.hpp"

namespace millrace::channels {

// GET /chat/{app_id} and the page's own files under /assets/: those that the page names, under a
// mark that is another one for other files, may be kept for ever. All addresses in the page are
// relative, so it works below any path. GET /preview/{app_id} shows it beside a form for its theme
// (web/preview). GET / goes to the first solution's. The SDK's files and the tag stand at addresses
// that stay: /sdk/launcher.js, /tag/millrace-tag.js.
class ChatPage final : public web::Handler {
 public:
  explicit ChatPage(const runtime::Solutions& solutions) : solutions_(solutions) {}
  void handle(web::Request request, web::Respond respond) override;

 private:
  struct Table;  // page.cpp: which address is what
  web::Response first(const web::Request& request, const web::PathValues& values) const;
  web::Response page(const web::Request& request, const web::PathValues& values) const;
  web::Response preview(const web::Request& request, const web::PathValues& values) const;
  web::Response named_preview(const web::Request& request, const web::PathValues& values) const;
  web::Response asset(const web::Request& request, const web::PathValues& values) const;
  web::Response sdk(const web::Request& request, const web::PathValues& values) const;
  web::Response tag(const web::Request& request, const web::PathValues& values) const;

  const runtime::Solutions& solutions_;
};

}  // namespace millrace::channels
