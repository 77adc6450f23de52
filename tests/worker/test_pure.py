"""The pure half of src/python/worker/millrace_worker, without a sandbox, a socket or a solution."""
import ast
import socket
import unittest

from millrace_worker import checks, common, contract, names, preload, proof


class Channel:
    """Keeps what would be sent to the pool."""

    def __init__(self):
        self.frames = []

    def send(self, frame):
        self.frames.append(frame)


class Names(unittest.TestCase):
    def test_a_name_has_one_address_that_leads_back_to_it(self):
        known = names.Names()
        address = known.address_of('API.example.com.')
        self.assertEqual(known.address_of('api.example.com'), address)
        self.assertEqual(known.name_of(address), 'api.example.com')
        self.assertNotEqual(known.address_of('example.com'), address)

    def test_what_is_forgotten_has_no_name(self):
        known = names.Names()
        address = known.address_of('example.com')
        known.forget()
        self.assertEqual(known.name_of(address), address)

    def test_a_host_that_would_break_a_line_is_refused(self):
        for host in ('a b', 'a\r\nHost: b', 'a/b', '', 'x' * 254):
            with self.assertRaises(OSError, msg=host):
                names.host_text(host)
        self.assertEqual(names.host_text('bücher.example'), 'xn--bcher-kva.example')

    def test_scripts_have_tcp_only(self):
        with self.assertRaises(socket.gaierror):
            names.getaddrinfo('example.com', 53, type=socket.SOCK_DGRAM)

    def test_ports_may_be_named(self):
        self.assertEqual(names.port_number('https'), 443)
        self.assertEqual(names.port_number(b'8443'), 8443)
        with self.assertRaises(socket.gaierror):
            names.port_number('smtp')


class Secrets(unittest.TestCase):
    def test_a_secret_stands_where_its_place_was(self):
        places = common.SecretPlaces({'KEY': 's3'})
        filled = places.filled({'a': ['x ${secret:KEY}'], 'b': ('${secret:KEY}', 1)}, 'PARAMS')
        self.assertEqual(filled, {'a': ['x s3'], 'b': ('s3', 1)})
        self.assertEqual(places.problems, [])

    def test_one_that_is_missing_is_said_only_to_who_wants_it(self):
        places = common.SecretPlaces({})
        filled = places.filled({'a': '${secret:KEY}', 'b': 'x'}, 'PARAMS')
        self.assertEqual(filled['b'], 'x')
        with self.assertRaisesRegex(KeyError, "wants the secret 'KEY', which it was not given"):
            filled['a']
        self.assertEqual(len(places.problems), 1)

    def test_what_lies_under_a_secret_name_is_secret_at_any_depth(self):
        found = []
        common.secrets_in({'url': 'u', 'api_key': {'deep': ['v']}, 'token': '${secret:T}'}, '',
                          False, found)
        self.assertEqual(found, [{'label': 'deep', 'value': 'v'}])

    def test_an_exception_that_cannot_be_shown_has_its_name_all_the_same(self):
        class Sly(Exception):
            def __str__(self):
                raise ValueError
        self.assertEqual(common.say(Sly()), 'Sly')
        self.assertEqual(common.say(KeyError('x')), "KeyError: 'x'")

    def test_half_characters_do_not_leave(self):
        self.assertEqual(common.sendable('a\ud800'), 'a\\ud800')


class Logging(unittest.TestCase):
    def lines(self, say, characters=50, lines=2):
        channel = Channel()
        say(contract.Log(channel, 'n', characters, lines))
        return [(frame['log']['level'], frame['log']['text'], frame['log']['cut'])
                for frame in channel.frames]

    def test_fields_stand_behind_the_text(self):
        said = self.lines(lambda log: log.info('sent %s', 1, order=12, name='a b', x=''))
        self.assertEqual(said, [('info', 'sent 1 order=12 name="a b" x=""', False)])

    def test_a_long_line_is_cut(self):
        self.assertEqual(self.lines(lambda log: log('abcdef'), characters=3),
                         [('info', 'abc', True)])

    def test_one_line_more_than_is_shown_comes_and_no_further(self):
        def say(log):
            for _ in range(9):
                log('x')
        self.assertEqual(len(self.lines(say, lines=2)), 3)

    def test_outcomes_have_names(self):
        self.assertEqual(contract.ok_outcome(A=1), {'success': 'true', 'outcome': 'ok', 'A': 1})
        self.assertEqual(contract.retry_later_outcome(5)['retry_after_s'], 5)
        self.assertEqual(contract.pending_outcome({'completion_token': 't'}), {'pending': 't'})


class Checks(unittest.TestCase):
    def problems(self, found):
        return [(one['line'], one['message']) for one in found]

    def test_a_missing_comma_is_named_where_it_is_missing(self):
        problems, tree = checks.check_syntax("x = {\n  'a': 1\n  'b': 2,\n}\n", 'x.py')
        self.assertEqual(self.problems(problems), [(2, 'comma missing after the previous entry')])
        self.assertIsNotNone(tree)

    def test_what_cannot_be_mended_has_no_tree(self):
        problems, tree = checks.check_syntax('def (:\n', 'x.py')
        self.assertEqual(len(problems), 1)
        self.assertIsNone(tree)

    def test_a_body_in_the_address_is_found(self):
        tree = ast.parse("import requests\nrequests.post('u', params={'a': 1})\n")
        self.assertEqual(self.problems(checks.check_bodies(tree)),
                         [(2, 'post sends everything in the address and an empty body')])

    def test_a_header_without_a_scheme_is_found(self):
        tree = ast.parse("p = app.PARAMS['live']\nh = {'Authorization': p['key']}\n")
        self.assertEqual(len(list(checks.check_authorization(tree))), 1)
        mended = ast.parse("p = app.PARAMS['live']\nh = {'Authorization': 'Bearer ' + p['key']}\n")
        self.assertEqual(list(checks.check_authorization(mended)), [])

    def test_a_key_in_the_file_is_found_and_a_place_is_none(self):
        tree = ast.parse("P = {'api_key': 'abc', 'token': '${secret:T}', 'url': 'u'}\n")
        self.assertEqual(self.problems(checks.check_secrets(tree)),
                         [(1, "'api_key' is written in the file")])

    def test_a_class_says_that_it_is_repeatable(self):
        node = checks.class_of(ast.parse('class A:\n  repeatable = True\n'), 'A')
        self.assertTrue(checks.says_repeatable(node))
        self.assertFalse(checks.has_execute(node))


class Texts(unittest.TestCase):
    def test_what_a_script_imports_anywhere_is_found(self):
        text = 'def f():\n  import json\n  from urllib import parse\nasync def g(): pass\n'
        self.assertEqual(preload.imported_names(text), {'json', 'urllib', 'asyncio'})
        self.assertEqual(preload.imported_names('not python ('), set())

    def test_something_that_is_done_at_import_is_not_proven(self):
        with self.assertRaisesRegex(proof.NotProven, 'line 2: something is done'):
            proof.Module(proof.parsed('import json\nprint(1)\n'))

    def test_a_script_that_is_too_long_is_not_looked_at(self):
        with self.assertRaises(proof.NotProven):
            proof.parsed('#' * (proof.PROVEN_BYTES_MAX + 1))

    def test_a_name_that_is_bound_twice_is_not_proven(self):
        with self.assertRaisesRegex(proof.NotProven, "'a' is bound twice"):
            proof.Module(proof.parsed('a = 1\na = 2\n'))
