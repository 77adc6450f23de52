import unittest

from .. import build
from ..tree import Tree

LISTING = """FlowParse.
  ReadsACell
Commands/Page.
  Holds/0  # GetParam() = 1
"""


class Build(unittest.TestCase):
    def test_a_source_that_no_target_compiles_is_found(self):
        tree = Tree({'src/flow/deep/x.cpp': '', 'src/flow/y.cpp': ''})
        commands = [{'file': '/somewhere/src/flow/y.cpp'}]
        self.assertEqual(list(build.compiled(tree, commands)),
                         ['src/flow/deep/x.cpp: no target compiles it'])

    def test_the_listing_of_tests_is_read(self):
        self.assertEqual(list(build.listed_tests(LISTING)),
                         ['FlowParse.ReadsACell', 'Commands/Page.Holds/0'])

    def test_a_test_that_no_entry_runs_is_found(self):
        found = list(build.each_test_once(['CommandsPage.Holds'], {'flow': 'Flow*.*'}))
        self.assertEqual(found, ['CommandsPage.Holds: no entry of ctest runs it'])

    def test_a_test_that_two_entries_run_is_found(self):
        found = list(build.each_test_once(['FlowA.B'], {'flow': 'Flow*.*', 'all': '*'}))
        self.assertIn('several entries of ctest: all, flow', found[0])

    def test_shares_of_one_filter_are_one_entry(self):
        entries = {'simulation_1': 'Simulation.*', 'simulation_501': 'Simulation.*', 'o': '*-Sim*'}
        self.assertEqual(list(build.each_test_once(['Simulation.Holds', 'A.B'], entries)), [])

    def test_a_negative_pattern_leaves_out(self):
        self.assertEqual(
            list(build.each_test_once(['A.B'], {'a': 'A.*', 'others': '*-A.*:C.*'})), [])

    def test_the_entries_of_ctest_are_read(self):
        shown = {'tests': [{'name': 'flow', 'command': ['t', '--gtest_filter=Flow*', '--x']},
                           {'name': 'other', 'command': ['u']}]}
        self.assertEqual(build.entries_of(shown), {'flow': 'Flow*'})
