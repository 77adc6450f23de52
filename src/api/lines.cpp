#include "api/lines.hpp"

#include <memory>

namespace millrace::api {
namespace {

constexpr const char* kType = "application/x-ndjson";

EachLine into(std::string& text) {
  return [&text](const json::object& line) {
    text += json::serialize(line);
    text += '\n';
  };
}

class Pages final : public web::BodySource, public std::enable_shared_from_this<Pages> {
 public:
  Pages(Post post, NextPage page) : post_(std::move(post)), page_(std::move(page)) {}

  void next(Give give) override {
    // Shared with the task, which is dropped where there is no room.
    auto giving = std::make_shared<Give>(std::move(give));
    const bool is_taken = post_([self = shared_from_this(), giving] {
      std::string text;
      auto done = self->page_(into(text));
      (*giving)(done ? base::Result<std::string>(std::move(text))
                     : base::Result<std::string>(std::unexpected(done.error())));
    });
    if (!is_taken) (*giving)(base::fail(base::Code::unavailable, "too much is asked at once"));
  }

 private:
  const Post post_;
  const NextPage page_;
};

}  // namespace

Replied lines(const std::function<base::Result<void>(const EachLine&)>& make) {
  web::Response response{200, {{"Content-Type", kType}}, {}};
  auto done = make(into(response.body));
  if (!done) return std::unexpected(done.error());
  return Reply(std::move(response));
}

Replied paged_lines(const Call& call, NextPage page) {
  web::Response response{200, {{"Content-Type", kType}}, {}};
  // What cannot be read at all is told as such.
  auto done = page(into(response.body));
  if (!done) return std::unexpected(done.error());
  if (!response.body.empty()) {
    response.rest = std::make_shared<Pages>(call.post, std::move(page));
  }
  return Reply(std::move(response));
}

}  // namespace millrace::api
