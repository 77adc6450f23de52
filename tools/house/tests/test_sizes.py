from .. import drawing, known, rules, sizes
from ..tree import Tree
from .planted import Planted


class Sizes(Planted):
    def test_a_sound_house_has_nothing_to_mend(self):
        for name in rules.FIGURES:
            self.content(rules.RULES[name])

    def test_a_long_file_is_found(self):
        self.finds(rules.RULES['file-length'], '301 lines, of 300', {'src/a/x.cpp': '\n' * 301})

    def test_a_long_line_is_found(self):
        self.finds(rules.RULES['line-length'], '1 lines that are too long',
                   {'src/a/x.cpp': '// ' + 'x ' * 50 + '\n'})

    def test_a_long_line_of_a_page_is_found_but_not_in_a_table_or_a_sample(self):
        long = 'x ' * 70
        page = f'| {long} |\n```sh\n{long}\n```\n'
        self.content(rules.RULES['line-length'], **{'docs/a.md': page})
        self.finds(rules.RULES['line-length'], '1 lines', {'docs/a.md': page + long + '\n'})

    def test_a_long_function_is_found(self):
        body = '  f();\n' * 71
        for text in (f'void run() {{\n{body}}}\n', f'class A {{\n  void g() {{\n{body}  }}\n}};\n',
                     f'base::Result<int> run(\n    int a,\n    int b) {{\n{body}}}\n'):
            self.finds(rules.RULES['function-length'], 'lines in one function',
                       {'src/a/x.cpp': text})

    def test_a_long_function_of_python_is_found(self):
        self.finds(rules.RULES['function-length'], 'tools/x.py:1: 72 lines',
                   {'tools/x.py': 'def run():\n' + '    f()\n' * 71})

    def test_a_long_class_or_table_is_no_function(self):
        text = 'struct A {\n' + '  int a = 1;\n' * 80 + '};\n'
        text += 'const Row kRows[] = {\n' + '  1,\n' * 80 + '};\n'
        text += 'std::vector<Row> rows() {\n  return {\n' + '      {1},\n' * 80 + '  };\n}\n'
        self.content(rules.RULES['function-length'], **{'src/a/x.cpp': text})

    def test_what_was_known_may_shrink_and_not_grow(self):
        listed = {('file-length', 'a'): 310}
        self.assertEqual(list(known.over('file-length', [('a', 305)], listed, 'lines')), [])
        grown, = known.over('file-length', [('a', 311)], listed, 'lines')
        self.assertIn('it had 310', grown)

    def test_the_list_of_what_is_known_is_read_as_it_is_written(self):
        listed = {('file-length', 'src/a.cpp'): 310, ('line-length', 'b.py'): 2}
        self.assertEqual(known.parse('# head\n' + known.show(listed)), listed)

    def test_functions_are_measured_to_their_own_end(self):
        text = 'void a() {\n  if (x) {\n  }\n}\n\nvoid b() {\n}\n'
        self.assertEqual(list(sizes._cpp_functions(text)), [(1, 4), (6, 2)])


class Twins(Planted):
    STATEMENTS = ''.join(f'  do_{number}(x);\n' for number in range(6))

    def test_the_same_six_statements_in_two_files_are_found_once(self):
        text = self.STATEMENTS + '  then();\n'
        self.finds(rules.RULES['twins'], 'src/flow/b.cpp:2: the same 6 lines as src/base/a.cpp:1',
                   {'src/base/a.cpp': text, 'src/flow/b.cpp': '// Another.\n' + text})

    def test_so_are_they_within_one_file_and_through_comments(self):
        commented = self.STATEMENTS.replace('  do_3', '  // Why.\n  do_3')
        self.finds(rules.RULES['twins'], 'src/base/a.cpp:8: the same',
                   {'src/base/a.cpp': self.STATEMENTS + '  other();\n' + commented})

    def test_five_lines_a_table_and_tests_are_no_twins(self):
        five = ''.join(self.STATEMENTS.splitlines(True)[:5])
        table = ''.join(f'    {{"name{number}"}},\n' for number in range(8))
        self.content(rules.RULES['twins'], **{
            'src/base/a.cpp': five + '  a();\n' + table,
            'src/flow/b.cpp': five + '  b();\n' + table,
            'src/base/a_test.cpp': self.STATEMENTS, 'src/flow/b_test.cpp': self.STATEMENTS})


class Drawing(Planted):
    def test_every_room_and_every_arrow_is_drawn(self):
        drawn = drawing.svg(self._tree({}))
        for words in ('>flow</text>', '>http</text>', 'http uses flow in 1 files'):
            self.assertIn(words, drawn)

    def test_a_drawing_that_shows_other_arrows_is_found(self):
        tree = self._tree({})
        current = {'docs/map.svg': drawing.svg(tree)}
        self.content(drawing.is_current, **current)
        self.finds(drawing.is_current, 'base -> flow',
                   {**current, 'src/base/text.hpp': '#include "flow/flow.hpp"\n'})

    def test_a_tree_without_text_is_read_from_disk(self):
        self.assertIn('Millrace', Tree.here().text('README.md'))
