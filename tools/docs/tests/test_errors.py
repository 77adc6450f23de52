"""The error catalogue: which codes are found, and which gaps are named."""
import unittest

from docs import codes, errors

_TEXTS = """# Nodes
=== road_missing
means: A branch is missing.
cure: Add it.
=== too_many
means: There are too many.
cure: Have fewer.
says: more than … hosts
=== kind_twice
means: Two things to do.
cure: Make two nodes.
--- flows/main.flow.yaml
nodes:
  a: {say: A, ask: B}

"""


class Codes(unittest.TestCase):
    def test_a_code_is_what_stands_before_the_message_of_a_report(self):
        source = '''
          error(at(Column::x, draft.at), "road_missing", "there is no road");
          file.warning(key_of("external_id"), "email_as_external_id", text + " changes");
          problems.push_back({true, "late_one", "the last of " + name});
          const auto names = {"no_code", "another"};
          log("not_reported", "this is no problem of a solution");
          problem.code = "given_by_name";
        '''
        self.assertEqual(codes.in_text(source),
                         {'road_missing', 'email_as_external_id', 'late_one', 'given_by_name'})

    def test_the_servers_codes_have_their_status_in_both_apis(self):
        table = {code: rest for code, *rest in codes.of_server(errors.ROOT)}
        self.assertEqual(table['not_found'], ['404', '404'])
        self.assertEqual(table['failed_precondition'], ['428', '409'])


class Catalogue(unittest.TestCase):
    def setUp(self):
        self.entries = errors.read_texts(_TEXTS)
        self.cases = {'road_missing': ({'flows/main.flow.yaml': 'nodes: {}\n'}, 'a: error: b')}

    def _gaps(self, in_sources, texts=('"more than "', '" hosts"')):
        return list(errors.gaps(self.entries, self.cases, in_sources, [''.join(texts)]))

    def test_texts_are_read_with_their_files(self):
        self.assertEqual([entry.code for entry in self.entries],
                         ['road_missing', 'too_many', 'kind_twice'])
        self.assertEqual(self.entries[2].files,
                         {'flows/main.flow.yaml': 'nodes:\n  a: {say: A, ask: B}\n'})
        self.assertEqual(self.entries[1].chapter, 'Nodes')

    def test_a_complete_catalogue_has_no_gaps(self):
        self.assertEqual(self._gaps({'road_missing', 'too_many', 'kind_twice'}), [])

    def test_a_code_without_an_entry_is_named(self):
        self.assertIn('errors.txt says nothing about the code brand_new',
                      self._gaps({'road_missing', 'too_many', 'kind_twice', 'brand_new'}))

    def test_an_entry_that_no_source_gives_is_named(self):
        self.assertIn('errors.txt has too_many, which no source gives',
                      self._gaps({'road_missing', 'kind_twice'}))

    def test_an_entry_without_an_example_is_named(self):
        self.cases = {}
        self.assertIn('road_missing has no example, neither in errors.txt nor in tests/check',
                      self._gaps({'road_missing', 'too_many', 'kind_twice'}))

    def test_a_message_that_no_source_says_is_named(self):
        self.assertIn('too_many: no source says “more than … hosts”',
                      self._gaps({'road_missing', 'too_many', 'kind_twice'}, ('"over "',)))

    def test_the_page_has_each_code_with_its_example_and_cure(self):
        page = errors.page(self.entries, self.cases, {'kind_twice': 'said of two'}, [], {})
        self.assertIn('### road_missing\n\nA branch is missing.\n\nIn `flows/main.flow.yaml`', page)
        self.assertIn('```text\nsaid of two\n```\n\n**Cure:** Make two nodes.', page)
