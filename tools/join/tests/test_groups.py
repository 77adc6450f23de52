import unittest
from pathlib import Path

from ..groups import groups, source


def grouped(texts: dict[str, str], size: int = 8) -> list[list[str]]:
    made = groups([source(Path(path), text) for path, text in texts.items()], size)
    return [[str(path) for path in group] for group in made]


def local(*lines: str) -> str:
    return '\n'.join(['namespace {', *lines, '}  // namespace', ''])


class Groups(unittest.TestCase):
    def test_neighbours_go_together_up_to_the_size(self):
        texts = {f'a/{n}.cpp': '' for n in range(3)} | {'b/0.cpp': ''}
        self.assertEqual(grouped(texts, 2), [['a/0.cpp', 'a/1.cpp'], ['a/2.cpp', 'b/0.cpp']])

    def test_what_two_say_for_themselves_keeps_them_apart(self):
        for line in (
            'constexpr size_t kMax = 5;',
            'int read(int from) {',
            'base::Result<std::map<int, int>> read(',
            'struct Reader {',
            'class Reader final : public Other {',
            'enum class Reader { one };',
            'std::atomic<int> count{0};',
            'thread_local int standing = 0;',
        ):
            self.assertEqual(len(grouped({'a.cpp': local(line), 'b.cpp': local(line)})), 2, line)
        self.assertEqual(len(grouped({'a.cpp': 'static int f(int x) {', 'b.cpp': 'f(1);'})), 2)
        self.assertEqual(len(grouped({'a.cpp': '#define X 1', 'b.cpp': 'int X;'})), 2)

    def test_what_the_other_only_uses_keeps_them_apart(self):
        own = local('int joined(int x) {')
        self.assertEqual(len(grouped({'a.cpp': own, 'b.cpp': '  return joined(words);'})), 2)
        for apart in ('x.joined(1);', 'base::joined(1);', '// joined', '"joined"', 'x->joined()'):
            self.assertEqual(len(grouped({'a.cpp': own, 'b.cpp': apart})), 1, apart)

    def test_the_same_short_name_of_the_same_may_stand_twice(self):
        same = 'namespace fs = std::filesystem;\nusing base::Code;'
        self.assertEqual(len(grouped({'a.cpp': same, 'b.cpp': local('using base::Code;')})), 1)
        self.assertEqual(len(grouped({'a.cpp': same, 'b.cpp': 'using access::Code;'})), 2)
        self.assertEqual(len(grouped({'a.cpp': same, 'b.cpp': 'using Code = int;'})), 2)
        whole = 'using namespace testing;'
        self.assertEqual(len(grouped({'a.cpp': whole, 'b.cpp': whole})), 2)

    def test_names_of_tests_are_no_names(self):
        texts = {'a.cpp': local('TEST(A, B) {'), 'b.cpp': local('TEST(A, C) {')}
        self.assertEqual(len(grouped(texts)), 1)
