#include "app/commands/command.hpp"

#include <gtest/gtest.h>

namespace millrace::app {
namespace {

TEST(AppCommand, QuotesForAShellWhatIsNotPlain) {
  EXPECT_EQ(shell_word("Hotel"), "Hotel");
  EXPECT_EQ(shell_word("/srv/a-b.c:1"), "/srv/a-b.c:1");
  EXPECT_EQ(shell_word("Grand Hotel"), "'Grand Hotel'");
  EXPECT_EQ(shell_word("it's $HOME"), "'it'\\''s $HOME'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace millrace::app
