from .. import commits, metrics, words
from .planted import Planted


class Words(Planted):
    def test_a_sound_house_has_nothing_to_mend(self):
        for rule in (words.paths_named, words.links, words.strays):
            with self.subTest(rule.__name__):
                self.content(rule)

    def test_a_comment_that_names_a_file_that_moved_is_found(self):
        self.finds(words.paths_named, 'names channels/render.hpp',
                   {'src/flow/x.cpp': '// Drawn by channels/render.hpp.\n'})

    def test_a_citation_of_a_document_that_is_not_here_is_found(self):
        self.finds(words.paths_named, 'names users-track.md',
                   {'src/flow/x.cpp': 'int a;  // (reference: users-track.md 5.4)\n'})

    def test_a_comment_of_python_is_read_too(self):
        self.finds(words.paths_named, 'tools/gone.py', {'tools/x.py': '# See tools/gone.py.\n'})

    def test_a_file_that_stands_elsewhere_is_found_by_its_name(self):
        self.content(words.paths_named, **{'src/http/x.cpp': '// as yaml_node.cpp does\n'})

    def test_an_address_on_the_web_is_no_file(self):
        self.content(words.paths_named, **{'docs/a.md': 'https://example.com/guide.md says so.\n'})

    def test_a_link_that_leads_nowhere_is_found(self):
        self.finds(words.links, 'gone.txt', {'docs/a.md': '[a](gone.txt)\n'})

    def test_a_link_to_a_heading_that_is_not_there_is_found(self):
        page = '# What is kept, and how long\n[a](#what-is-kept-and-how-long) [b](a.md#gone)\n'
        self.finds(words.links, 'a.md#gone: no such heading', {'docs/a.md': page})

    def test_a_section_that_its_contract_has_not_is_found(self):
        page = {'docs/contracts/x/users-track.md': '## 6. A\n3. x\n### 6.1 B\n| 13 | row |\n'}
        self.finds(words.sections_cited, 'cites users-track.md 6.2', {
            **page, 'src/http/x.cpp': '// (reference: users-track.md 6,\n// 6.1 and 6.2; a.md 9)\n'
                                      '// users-track.md 13 users-track.md 6.3\n'})

    def test_a_conflict_marker_is_found(self):
        self.finds(words.strays, 'a conflict marker', {'docs/a.md': '<' * 7 + ' HEAD\n'})

    def test_a_path_of_somebodys_machine_is_found(self):
        self.finds(words.strays, 'a path of one machine',
                   {'docs/a.md': 'Look into /ho' + 'me/ada/millrace/build.\n'})


class Metrics(Planted):
    def test_a_sound_house_has_nothing_to_mend(self):
        self.content(metrics.names)
        self.content(metrics.documented)

    def test_the_prefix_is_given_once(self):
        self.finds(metrics.names, 'app/metrics gives the prefix',
                   {'src/http/x.cpp': 'f("millrace_requests_total");\n'})

    def test_a_counter_ends_in_total(self):
        self.finds(metrics.names, 'only counters end in _total',
                   {'src/http/x.cpp': 'meter_.count("refused", {});\n'})

    def test_a_gauge_does_not(self):
        self.finds(metrics.names, 'only counters end in _total',
                   {'src/http/x.cpp': 'ports.meter->set("open_total", {}, 1);\n'})

    def test_a_histogram_is_of_seconds(self):
        self.finds(metrics.names, 'ends in _seconds',
                   {'src/http/x.cpp': 'meter.observe("wait_ms", {}, 1);\n'})

    def test_a_figure_that_no_page_tells_of_is_found(self):
        self.finds(metrics.documented, 'open is in no table',
                   {'src/http/x.cpp': 'meter.set(\n    "open", {}, 1);\n'})

    def test_a_row_that_nobody_keeps_is_found(self):
        self.finds(metrics.documented, 'kept by nobody', {'src/http/server.cpp': ''})

    def test_a_dashboard_asks_for_figures_that_are_kept(self):
        where = 'docs/samples/operating/x.yml'
        kept = {'src/http/x.cpp': 'void f() { meter.observe("wait_seconds", {}, 1); }\n'}
        self.content(metrics.used, **{
            **kept, where: 'rate(millrace_requests_total[5m]) millrace_wait_seconds_bucket{}\n'})
        for wrong in ('millrace_gone', 'millrace_requests_total_bucket', 'millrace_wait_seconds'):
            with self.subTest(wrong):
                self.finds(metrics.used, f'{where}:1: nobody keeps {wrong}',
                           {**kept, where: f'rate({wrong}[5m])\n'})


class Commits(Planted):
    def test_what_a_subject_may_be(self):
        for sound in ('flow: read a cell once', 'docs: say what `check` does', 'Merge branch x'):
            self.assertIsNone(commits.subject(sound), sound)

    def test_what_a_subject_may_not_be(self):
        for text, words_ in (('wip', '`room: imperative`'), ('Flow: x', '`room: imperative`'),
                             ('flow: fixed a cell', 'imperative'), ('flow: read it.', 'full stop'),
                             ('flow: ' + 'x' * 66, '72 characters')):
            self.assertIn(words_, commits.subject(text) or '', text)
