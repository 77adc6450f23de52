"""The command-line reference, made of pages of help."""
import unittest

from docs import cli

_PROGRAM = """The program.
Usage: thing [OPTIONS] SUBCOMMAND

Options:
  -h,--help                   Print this help message and exit

Subcommands:
  serve                       Serve a
                              solution.
"""
_SERVE = """Serve a solution.
Usage: thing serve [OPTIONS] DIR

Positionals:
  DIR TEXT:DIR REQUIRED       The folder

Options:
  -h,--help                   Print this help message and exit
  --listen TEXT=127.0.0.1:80
                              HOST:PORT to listen on; port 0 is any
                              free one
  --env TEXT:{live,sandbox}=sandbox
                              Which | section

It ends with
SIGTERM.
"""


class Reference(unittest.TestCase):
    def setUp(self):
        pages = {(): _PROGRAM, ('serve',): _SERVE}
        self.page = cli.page(ask=lambda words: cli.Help(pages[words]))

    def test_commands_are_found_with_what_they_do(self):
        self.assertEqual(cli.Help(_PROGRAM).commands(), [('serve', 'Serve a solution.')])

    def test_a_command_has_its_usage_and_what_it_does(self):
        self.assertIn('## millrace serve\n\nServe a solution.\n', self.page)
        self.assertIn('```text\nthing serve [OPTIONS] DIR\n```', self.page)

    def test_options_have_their_default_and_all_of_their_words(self):
        self.assertIn('| `--listen VALUE` | HOST:PORT to listen on; port 0 is any free one '
                      '(default `127.0.0.1:80`) |', self.page)

    def test_what_is_required_is_said(self):
        self.assertIn('| `DIR` | The folder (required) |', self.page)

    def test_what_may_be_chosen_is_said(self):
        self.assertIn('| `--env VALUE` | Which \\| section (one of `live`, `sandbox`; default '
                      '`sandbox`) |', self.page)

    def test_a_bar_does_not_end_a_cell(self):
        self.assertIn('Which \\| section', self.page)

    def test_what_stands_below_comes_last(self):
        self.assertIn('```text\nIt ends with\nSIGTERM.\n```', self.page)
