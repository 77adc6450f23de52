"""A small house in which every rule is content, and a way to plant a fault in it."""
import unittest

from ..tree import Tree

SOUND = {
    'CMakeLists.txt': 'millrace_room(base PUBLIC text.hpp LIBS ICU)\n'
                      'millrace_room(flow PUBLIC flow.hpp  # what others see\n'
                      '              DEPS base)\n'
                      'millrace_room(http DEPS flow)\n'
                      'millrace_app(millrace)\n',
    'ARCHITECTURE.md': '| Ring | Room | Is |\n|---|---|---|\n| core | `base` | x |\n'
                       '| core | `flow` | x |\n| edge | `http` | x |\n| app | `app` | x |\n',
    'src/base/text.hpp': '// Text.\n',
    'src/flow/flow.hpp': '// The program. See docs/flows.md and flow/yaml_node.cpp.\n'
                         '#include "base/text.hpp"\n',
    'src/flow/yaml_node.cpp': '#include "flow/flow.hpp"\n',
    'src/flow/README.md': '# flow\n\n`flow`, `yaml_*`.\n\n## Never\n' + '\nIt reads no disk.' * 10,
    'src/base/README.md': '# base\n\n`text`.\n\n## Never\n' + '\nIt reads no clock.' * 10,
    'src/http/README.md': '# http\n\n`server`.\n\n## Never\n' + '\nIt decides nothing.' * 10,
    'src/app/README.md': '# app\n\n`main`.\n\n## Never\n' + '\nIt decides nothing.' * 10,
    'src/http/server.cpp': '#include "flow/flow.hpp"\n'
                           'void f() { meter.count("requests_total", {}); }\n',
    'src/app/main.cpp': 'cli.add_subcommand("check")->add_option("--json")\n',
    'docs/flows.md': 'See [the room](../src/flow/README.md).\n\n`millrace check DIR --json`\n',
    'docs/metrics.md': '| Name | Is |\n|---|---|\n| `requests_total` | requests |\n',
}


class Planted(unittest.TestCase):
    """`content(rule)` and `finds(rule, ...)` over the sound house."""

    def content(self, rule, **changed):
        self.assertEqual(list(rule(self._tree(changed))), [])

    def finds(self, rule, words, files):
        """The rule finds exactly one fault in these files, and says these words of it."""
        found = list(rule(self._tree(files)))
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def _tree(self, files):
        texts = {**SOUND, **files}
        return Tree({path: text for path, text in texts.items() if text is not None})
