"""The tutorial: what is typed, and what counts as the same output."""
import unittest

from docs import tutorial


class Blocks(unittest.TestCase):
    def test_blocks_know_their_line_and_what_stands_behind_the_language(self):
        text = 'One\n\n```sh in a second terminal\nmillrace serve\n```\n\n```text\nready …\n```\n'
        self.assertEqual(list(tutorial.blocks_of(text)),
                         [(3, 'sh', 'in a second terminal', 'millrace serve\n'),
                          (7, 'text', '', 'ready …\n')])

    def test_a_continued_line_is_one_command_and_a_comment_none(self):
        self.assertEqual(len(tutorial.commands_in('# first\nmillrace a \\\n  --b c\n\nls\n')), 2)

    def test_a_loop_is_one_command(self):
        script = 'for a in b c; do\n  echo $a\ndone\n'
        self.assertEqual(len(tutorial.commands_in(script)), 1)

    def test_the_same_port_stays_the_same_and_two_ports_differ(self):
        taken = {}
        named = '127.0.0.1:8080 and 127.0.0.1:9411'
        first = tutorial.with_free_ports(named, taken)
        self.assertEqual(first, tutorial.with_free_ports(named, taken))
        self.assertEqual(len(set(taken.values())), 2)

    def test_the_first_sections_end_before_the_next_number_and_before_what_has_none(self):
        text = '# Page\n\n## 1. One\n\none\n\n## 2. Two\n\ntwo\n\n## What next\n\nend\n'
        self.assertEqual(tutorial.first_sections(text, 1), '# Page\n\n## 1. One\n\none\n\n')
        self.assertTrue(tutorial.first_sections(text, 2).endswith('two\n\n'))


class Agrees(unittest.TestCase):
    def test_dots_stand_for_anything_within_a_line(self):
        self.assertTrue(tutorial.agrees('ready {…}\nend\n', 'ready {"a": 1}\nend\n'))
        self.assertFalse(tutorial.agrees('ready {…}\n', 'ready {"a": 1}\nend\n'))

    def test_a_line_of_dots_stands_for_any_number_of_lines(self):
        for came in ('begin\nend\n', 'begin\none\ntwo\nend\n'):
            self.assertTrue(tutorial.agrees('begin\n…\nend\n', came))
        self.assertFalse(tutorial.agrees('begin\n…\nend\n', 'begin\none\n'))

    def test_a_word_that_differs_is_found(self):
        self.assertFalse(tutorial.agrees('1 test, 1 passed\n', '1 test, 0 passed\n'))
