from .. import documents, samples
from ..tree import Tree
from .planted import Planted

HELP = """The calls.
Usage: millrace actions [OPTIONS] SUBCOMMAND

Options:
  -h,--help                   Print this help message and exit
  --data TEXT:DIR REQUIRED    The folder
  --listen TEXT=127.0.0.1:8080
                              HOST:PORT, as --nowhere says

Subcommands:
  list                        Every node
  braze-sandbox               A Braze

Works beside a running server.
"""
COMMANDS = documents.Commands({
    (): {'--version'}, ('actions',): {'--help'}, ('actions', 'list'): {'--data', '--json'},
    ('check',): {'--json'}})


def commands_named(tree):
    return documents.commands_named(tree, COMMANDS)


class Documents(Planted):
    def test_a_page_of_help_is_read(self):
        options, names = documents.read_help(HELP)
        self.assertEqual(options, {'--help', '--data', '--listen'})
        self.assertEqual(names, ['list', 'braze-sandbox'])

    def test_what_is_right_is_left(self):
        page = ('    millrace actions list --data D    # --nothing\n`millrace check DIR` tells.\n'
                'Talk of millrace is cheap. `check --json`, `npm ci --silent`, `--version`\n')
        self.content(commands_named, **{'docs/a.md': page})

    def test_a_command_that_is_not_there_is_found(self):
        self.finds(commands_named, 'no command `millrace lint`', {'docs/a.md': 'millrace lint\n'})

    def test_an_option_of_another_command_is_found(self):
        self.finds(commands_named, '`millrace check` has no option --data',
                   {'docs/a.md': 'Say `millrace check DIR --data D`.\n'})

    def test_an_option_that_no_command_has_is_found(self):
        self.finds(commands_named, 'no command has the option --gone',
                   {'docs/a.md': 'Give it `--gone`.\n'})

    def test_without_a_build_the_sources_say_what_there_is(self):
        self.content(documents.commands_named)
        self.finds(documents.commands_named, '--gone', {'docs/a.md': 'millrace check --gone\n'})


class Samples(Planted):
    def test_a_sample_without_a_place_is_found(self):
        self.finds(samples.marked, 'docs/a.md:2', {'docs/a.md': 'So:\n```yaml\nname: x\n```\n'})

    def test_a_fragment_says_so(self):
        self.content(samples.marked, **{'docs/a.md': '```yaml fragment\nname: x\n```\n'})
        self.assertEqual(list(samples.solutions(Tree(
            {'docs/a.md': '```yaml fragment\nname: x\n```\n'}))), [])

    def test_a_sample_stands_in_its_pages_solution(self):
        tree = Tree({
            'docs/a.md': 'x\n```yaml solution.yaml\nrest:\n  key: k\n```\n',
            'docs/samples/a/solution.yaml': 'name: A\nrest:\n  key: other\nlocales: [en]\n'})
        (where, files), = samples.solutions(tree)
        self.assertEqual(where, 'docs/a.md:2')
        self.assertEqual(files['solution.yaml'], 'name: A\nlocales: [en]\nrest:\n  key: k\n')

    def test_a_page_may_go_on_from_an_example(self):
        tree = Tree({'docs/a.md': '```yaml messages/fr.yaml\nbot: {}\n```\n',
                     'docs/samples/a/like': 'examples/x\n', 'examples/x/app.py': 'NAME = 1\n'})
        (_, files), = samples.solutions(tree)
        self.assertEqual(files, {'app.py': 'NAME = 1\n', 'messages/fr.yaml': 'bot: {}\n'})

    def test_nodes_stand_behind_those_of_the_page(self):
        tree = Tree({'docs/a.md': '```yaml nodes\n  b:\n    say: B\n```\n',
                     'docs/samples/a/flows/main.flow.yaml': 'nodes:\n  a:\n    say: A\n'})
        (_, files), = samples.solutions(tree)
        self.assertEqual(files['flows/main.flow.yaml'],
                         'nodes:\n  a:\n    say: A\n  b:\n    say: B\n')
