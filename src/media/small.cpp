// Pictures made small, when somebody first wants one so. What opens them is the shrinker, which is
// no part of this process; what it gives is judged by its bytes, as whatever people send.
#include "base/hash.hpp"
#include "base/text.hpp"
#include "media/file_type.hpp"
#include "media/keys.hpp"
#include "media/media.hpp"

namespace millrace::media {
namespace {

using base::Code;

// What saves less is not worth its room: all small pictures take a quarter of the store at most.
constexpr size_t kSavesMin = 4;

bool is_about_the_picture(Code code) {
  return code == Code::invalid_argument || code == Code::deadline_exceeded;
}

bool is_worth_keeping(std::string_view small, size_t whole_bytes) {
  const FileType* type = type_of(small);
  return type != nullptr && (type->type == "image/jpeg" || type->type == "image/png") &&
         small.size() <= whole_bytes / kSavesMin;
}

}  // namespace

void Media::read_small(const Link& link, bool is_head, const Answer& answer) {
  const std::string hex = base::to_hex(link.hash);
  const FileType* type = type_named(link.type);
  if (type == nullptr || !type->is_picture) return (*answer)(read(link, is_head));
  auto known = ports_.store.get(small_key(hex));
  if (known && *known) {
    return (*answer)((*known)->empty() ? read(link, is_head)
                                       : shown_small(link, std::move(**known), is_head));
  }
  auto picture = ports_.store.get(bytes_key(hex));
  const bool is_to_shrink = picture && *picture &&
                            (*picture)->size() > limits_.small_enough_bytes &&
                            (*picture)->size() <= limits_.shrunk_bytes_max;
  if (!is_to_shrink) return (*answer)(read(link, is_head));
  const size_t bytes = (*picture)->size();
  const bool is_taken = shrinks_->post([this, link, is_head, picture = std::move(**picture),
                                        answer] { shrink(link, is_head, picture, answer); },
                                       bytes);
  // Where too many wait to be made small, this one is shown as it is.
  if (!is_taken) (*answer)(read(link, is_head));
}

void Media::shrink(const Link& link, bool is_head, const std::string& picture,
                   const Answer& answer) {
  // Somebody else may have wanted it meanwhile.
  auto known = ports_.store.get(small_key(base::to_hex(link.hash)));
  std::string small;
  if (known && *known) {
    small = std::move(**known);
  } else {
    auto made = ports_.shrinker->small(picture);
    if (made && is_worth_keeping(*made, picture.size())) small = *made;
    if (made || is_about_the_picture(made.error().code)) {
      // Where it cannot be kept now, it is made once more.
      static_cast<void>(files_->post([this, link, small] { keep_small(link, small); }));
    }
  }
  (*answer)(small.empty() ? read(link, is_head) : shown_small(link, std::move(small), is_head));
}

// Never of a file that was removed meanwhile: nobody would remove it then.
void Media::keep_small(const Link& link, std::string small) {
  const std::string hex = base::to_hex(link.hash);
  const auto about = ports_.store.get(about_key(hex));
  if (!about || !*about) return;
  base::KeyValueBatch batch;
  batch.writes.emplace_back(small_key(hex), std::move(small));
  static_cast<void>(write(std::move(batch)));
}

web::Response Media::shown_small(const Link& link, std::string small, bool is_head) const {
  const FileType* type = type_of(small);  // it was judged before it was kept
  if (type == nullptr) type = type_named("image/jpeg");
  web::Response out = file_answer(link, *type, file_name(link.name, *type), "s");
  if (!is_head) out.body = std::move(small);
  return out;
}

}  // namespace millrace::media
