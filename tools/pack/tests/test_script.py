"""What packing changes, and what it must leave as it is."""
import unittest

from pack.script import packed


def inner(*sources):
    """The packed script without what stands around every one."""
    script = packed(sources).rstrip()
    begin, end = "(()=>{'use strict';", '})();'
    assert script.startswith(begin) and script.endswith(end), script
    return script[len(begin):-len(end)]


class Packing(unittest.TestCase):
    def test_joins_modules_without_their_imports_and_comments(self):
        self.assertEqual(
            inner("export const kOne = 1; // one\n",
                  "/** Two. */\nimport {\n  kOne,\n} from './one.js';\n\nuse(kOne);\n"),
            'let a=1;use(a)')

    def test_shortens_what_is_declared_and_nothing_else(self):
        self.assertEqual(inner('const total = (left, right) => left + right;\nglobal(total);\n'),
                         'let c=(a,b)=>a+b;global(c)')

    def test_leaves_names_of_properties(self):
        for source in ("const name = f(); g({name, other: 1}); name.x();",
                       "const name = f(); g({name: 1});",
                       "const name = f(); g(name.name);",
                       "const {name = 1} = f(); const g = () => name;",
                       "class A { name = 1; }\nconst name = 2;"):
            self.assertIn('name', inner(source), source)

    def test_leaves_words_of_texts(self):
        self.assertIn('reset', inner("const reset = f(); g('reset stop');"))
        self.assertIn('reset', inner('const reset = f(); g(`reset ${1}`);'))

    def test_shortens_inside_of_templates(self):
        self.assertEqual(inner('const total = 1; f(`is ${total + `${total}`}.`);'),
                         'let a=1;f(`is ${a+`${a}`}.`)')

    def test_shortens_private_names(self):
        self.assertEqual(inner('class A {\n  #one = 1;\n  get() { return this.#one; }\n}\n'),
                         'class A{#a=1;get(){return this.#a}}')

    def test_does_not_take_conditions_for_parameters(self):
        self.assertIn('document', inner('if (document) {\n  f();\n}\n'))

    def test_tells_expressions_from_divisions(self):
        self.assertEqual(inner("f(a / b / c, /[/'] \\/ x/g.test(d), (e) / 2);"),
                         "f(a/b/c,/[/'] \\/ x/g.test(d),(e)/2)")

    def test_keeps_apart_what_would_be_another_sign(self):
        self.assertEqual(inner('f(a + +b, c - -d);'), 'f(a+ +b,c- -d)')
        self.assertEqual(inner('f(typeof x, a in b);'), 'f(typeof x,a in b)')


if __name__ == '__main__':
    unittest.main()
