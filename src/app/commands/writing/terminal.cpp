#include "app/commands/writing/terminal.hpp"

#include <histedit.h>
#include <poll.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <cwchar>
#include <iostream>

#include "dialog/render.hpp"
#include "posix/waiting.hpp"

namespace millrace::app {
namespace {

constexpr int kHistoryMax = 500;  // lines

}  // namespace

Paint::Paint(int descriptor) {
  const char* terminal = std::getenv("TERM");
  is_on_ = ::isatty(descriptor) == 1 && std::getenv("NO_COLOR") == nullptr &&
           (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::string Paint::painted(std::string_view code, std::string_view text) const {
  if (!is_on_) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string Paint::markdown(std::string_view text) const {
  return is_on_ ? dialog::to_markup(text, dialog::Markup::terminal) : std::string(text);
}

struct LineReader::Parts {
  std::function<void()> nudged;
  posix::Fd wake;
  bool is_terminal = false;
  std::string prompt;
  EditLine* edit = nullptr;
  History* history = nullptr;

  ~Parts() {
    if (history != nullptr) ::history_end(history);
    if (edit != nullptr) ::el_end(edit);
  }

  static Parts& of(EditLine* edit) {
    void* self = nullptr;
    ::el_get(edit, EL_CLIENTDATA, &self);
    return *static_cast<Parts*>(self);
  }

  static char* prompt_of(EditLine* edit) { return of(edit).prompt.data(); }

  // One character of what is typed; 0 at the end of input.
  static int key(EditLine* edit, wchar_t* out) {
    Parts& self = of(edit);
    std::mbstate_t state{};
    for (;;) {
      pollfd waited[] = {{STDIN_FILENO, POLLIN, 0}, {self.wake.get(), POLLIN, 0}};
      if (::poll(waited, 2, -1) < 0) {
        if (errno == EINTR) continue;
        return -1;
      }
      if (waited[1].revents != 0) self.show_nudged(edit);
      if (waited[0].revents == 0) continue;
      char byte = 0;
      if (::read(STDIN_FILENO, &byte, 1) <= 0) return 0;
      const size_t taken = std::mbrtowc(out, &byte, 1, &state);
      if (taken == 0 || taken == 1) return 1;
      if (taken == static_cast<size_t>(-1)) return -1;  // no character; the next byte may begin one
    }
  }

  void show_nudged(EditLine* edited) {
    posix::calm(wake);
    std::cout << "\r\x1b[K" << std::flush;
    nudged();
    std::cout << std::flush;
    ::el_set(edited, EL_REFRESH);
  }

  void open_editor() {
    if (std::setlocale(LC_CTYPE, "") == nullptr || MB_CUR_MAX == 1) {
      std::setlocale(LC_CTYPE, "C.UTF-8");
    }
    edit = ::el_init("millrace", stdin, stdout, stderr);
    history = ::history_init();
    HistEvent event{};
    ::history(history, &event, H_SETSIZE, kHistoryMax);
    ::history(history, &event, H_SETUNIQUE, 1);
    ::el_set(edit, EL_CLIENTDATA, this);
    ::el_set(edit, EL_PROMPT, &Parts::prompt_of);
    ::el_set(edit, EL_EDITOR, "emacs");
    ::el_set(edit, EL_SIGNAL, 1);
    ::el_set(edit, EL_HIST, ::history, history);
    ::el_set(edit, EL_GETCFN, &Parts::key);
    ::el_set(edit, EL_BIND, "\x1b[H", "ed-move-to-beg", nullptr);
    ::el_set(edit, EL_BIND, "\x1b[F", "ed-move-to-end", nullptr);
    ::el_set(edit, EL_BIND, "\x1b[3~", "ed-delete-next-char", nullptr);
    ::el_set(edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  }
};

base::Result<std::unique_ptr<LineReader>> LineReader::make(std::function<void()> nudged) {
  auto wake = posix::wake_descriptor();
  if (!wake) return std::unexpected(wake.error());
  auto parts = std::make_unique<Parts>();
  parts->nudged = std::move(nudged);
  parts->wake = std::move(*wake);
  parts->is_terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  if (parts->is_terminal) parts->open_editor();
  return std::unique_ptr<LineReader>(new LineReader(std::move(parts)));
}

LineReader::LineReader(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
LineReader::~LineReader() = default;

bool LineReader::is_terminal() const {
  return parts_->is_terminal;
}

void LineReader::nudge() {
  posix::wake(parts_->wake);
}

std::optional<std::string> LineReader::read(const std::string& prompt) {
  if (!parts_->is_terminal) {
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    return line;
  }
  parts_->prompt = prompt;
  int length = 0;
  const char* line = ::el_gets(parts_->edit, &length);
  if (line == nullptr || length <= 0) return std::nullopt;
  std::string out(line, static_cast<size_t>(length));
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  HistEvent event{};
  if (!out.empty()) ::history(parts_->history, &event, H_ENTER, out.c_str());
  return out;
}

}  // namespace millrace::app
