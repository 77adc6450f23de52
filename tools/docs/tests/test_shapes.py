import json
import unittest

from docs import shapes


class Shapes(unittest.TestCase):
    def test_members_that_may_be_missing_say_so(self):
        made = shapes.written(json.dumps({'Card': {
            'type': 'object', 'required': ['title'], 'description': 'One of many.',
            'properties': {'title': {'type': 'string'}, 'seen': {'type': ['integer', 'null']}}}}))
        self.assertTrue(made.endswith(
            '/** One of many. */\n'
            'export interface Card {\n  title: string;\n  seen?: number | null;\n}\n'), made)

    def test_words_lists_and_references(self):
        card = {'$ref': '#/components/schemas/Card'}
        self.assertEqual(shapes.type_of({'enum': ['on', 'off']}), "'on' | 'off'")
        self.assertEqual(shapes.type_of({'type': 'array', 'items': card}), 'Card[]')
        self.assertEqual(shapes.type_of({'type': 'array', 'items': {'enum': ['a', 'b']}}),
                         "('a' | 'b')[]")
        self.assertEqual(shapes.type_of({'type': 'array'}), 'unknown[]')
        self.assertEqual(shapes.type_of({'type': 'object'}), 'Record<string, unknown>')
        self.assertEqual(
            shapes.type_of({'type': ['object', 'null'], 'properties': {'a': card}}),
            '{\n  a?: Card;\n} | null')

    def test_what_it_does_not_know_is_an_error(self):
        with self.assertRaises(KeyError):
            shapes.type_of({'type': 'tuple'})

    def test_every_reference_leads_somewhere(self):
        schemas = json.loads(shapes.SOURCE.read_text(encoding='utf-8'))
        for part in json.dumps(schemas).split('#/components/schemas/')[1:]:
            self.assertIn(part.split('"')[0], schemas)


if __name__ == '__main__':
    unittest.main()
