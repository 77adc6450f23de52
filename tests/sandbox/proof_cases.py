"""Texts of scripts, and whether each is proven to leave nothing behind. Says what is wrong and exits 1.

    python3 -I tests/sandbox/proof_cases.py SOURCE_FOLDER
"""
import os
import shutil
import sys
import tempfile

SOURCE = sys.argv[1]
sys.path.insert(0, SOURCE + '/src/python/worker')
from millrace_worker.proofs import Proofs  # noqa: E402

APP = "import os\nNAME = 'T'\nPATH = os.path.dirname(__file__)\nPARAMS = {'sandbox': {'l': [], 'url': ''}}\n"
TOP = 'import json\nimport re\nimport requests\nfrom .. import app\n'


def body(lines, top='', more=''):
    """A command whose execute() has these lines, under these at the top and above these methods."""
    lines = ''.join('        {}\n'.format(line) for line in lines.split('\n'))
    return '{}{}\nclass C:\n    x = 1\n    def execute(self, log, payload=None, context=None):\n{}{}'.format(
        TOP, top + '\n', lines, more)


HELPER = '    def helper(self, thing, log):\n'
PROVEN = [
    body("return {'success': 'true'}"),
    body("log('a'); log.info('b %s', payload['x'], n=1)\nreturn {}"),
    body("p = app.PARAMS[context['env']]\nr = requests.post(p['url'], json=payload, timeout=5)\n"
         "return {'ok': r.ok, 'id': r.json()['id']}"),
    body("try:\n    return json.loads(payload['x'])\nexcept (ValueError, KeyError) as e:\n"
         "    log(type(e).__name__)\n    return {'e': str(e), 'a': e.args}"),
    body("d = {}\nd['x'] = 1\nd.update(payload)\nfor k, v in d.items():\n    log(k)\nreturn d"),
    body("payload['x'] = 1\npayload.pop('y', None)\nreturn payload"),
    body("a = [x.strip() for x in payload['x'].split(',') if x]\na.sort(key=lambda x: x.lower())\n"
         "return {'a': a}"),
    body("self.seen = []\nself.n = 0\nself.n += 1\nreturn {'n': self.n}"),
    body("return self.helper(payload, log)", more=HELPER + "        return {'t': thing['a']}\n"),
    body("return total(payload)", top="def total(p):\n    n = 0\n    for x in p['l']:\n        n += x\n    return {'n': n}\n"),
    body("return {'m': CODES.get(payload['x']), 'w': WORDS.match('x').group(0)}",
         top="CODES = {'a': 1}\nWORDS = re.compile('x')\n"),
    body("from_ = datetime.now(timezone.utc)\nreturn {'now': (from_ + timedelta(days=1)).isoformat()}",
         top='from datetime import datetime, timedelta, timezone'),
    body("h = hashlib.sha256()\nh.update(b'x')\nreturn {'h': h.hexdigest(), 'm': hmac.new(b'k', b'x', hashlib.sha256).hexdigest()}",
         top='import hashlib, hmac'),
    body("return {'u': urllib.parse.quote(payload['x']), 'i': str(uuid.uuid4()), 't': time.time()}",
         top='import urllib.parse, uuid, time'),
    body("return {'d': str(Decimal('1.5').quantize(Decimal('1'), ROUND_HALF_UP))}",
         top='from decimal import Decimal, ROUND_HALF_UP'),
    body("return retry_later(after=5)", top='from millrace import ok, retry_later'),
    body("raise Wrong('x')", top='class Wrong(Exception):\n    pass\n'),
    body("a = list(app.PARAMS['sandbox']['l'])\na.append(1)\nreturn {'a': a}"),
    body("a = app.PARAMS['sandbox'].copy()\na['x'] = 1\nreturn a"),
    body("while True:\n    if payload:\n        break\nelse:\n    pass\nassert payload, 'x'\nreturn {}"),
    body("a, *b = payload['x']\nreturn {'a': f'{a!r:>{10}}', 'b': b[1:]}"),
    body("return {'s': '{0} {x}'.format(1, x=2)}"),
    body("id = payload['x']\nreturn {'id': id}"),
    # The published listing, with its three mistakes mended.
    """
import requests
from .. import app

class C:
    def execute(self, log, payload=None, context=None):
        try:
            app_params = app.PARAMS[context['env']]
            req_params = {"attributes": [{"external_id": "{ USER_ID }"}], "events": [], "partner": 'p'}
            req_url = '{}/{}'.format(app_params['braze_url'], app_params['braze_user_track'])
            req_headers = {"Authorization": 'Bearer ' + app_params['braze_api_key']}
            resp = requests.post(req_url, json=req_params, headers=req_headers)
            log('BrazeExample API response: {}'.format(resp.text))
            if resp.status_code == 400:
                return {'success': 'error'}
            return {'success': 'true'}
        except Exception as err:
            log('BrazeExample Exception error: {}'.format(err))
        return {'success': 'error'}
""",
    body("return {}", more="    @staticmethod\n    def other(a: int = 1) -> dict:\n        return {}\n"),
    body("print('x', flush=True)\nreturn {}"),
    # Sessions and connections of the call's own.
    body("with requests.Session() as s:\n    s.headers.update({'A': 'b'})\n    s.headers['C'] = 'd'\n    s.auth = ('a', 'b')\n"
         "    s.trust_env = False\n    s.cookies.update({'x': 'y'})\n    r = s.post('http://x', json=payload, timeout=5)\n"
         "    return {'ok': r.ok, 'x': r.json()['x']}"),
    body("s = requests.Session()\ns.params.update({'a': 1})\nr = s.request('GET', 'http://x')\ns.close()\nreturn r.json()"),
    body("with requests.post('http://x', json=payload, timeout=5) as r:\n    return r.json()"),
    body("c = http.client.HTTPConnection('x', 80, timeout=5)\ntry:\n    c.request('POST', '/x', json.dumps(payload), {'A': 'b'})\n"
         "    r = c.getresponse()\n    r.read()\n    return {'s': r.status}\nexcept (OSError, http.client.HTTPException):\n    return {}\n"
         "finally:\n    c.close()", top='import http.client'),
    body("with contextlib.closing(http.client.HTTPSConnection('x', timeout=5)) as c:\n    c.request('GET', '/')\n    return {'s': c.getresponse().status}",
         top='import http.client, contextlib'),
    body("with contextlib.suppress(KeyError, ValueError):\n    return {'x': payload['x']}\nreturn {}", top='import contextlib'),
    body("d = deque([1])\nd.appendleft(2)\nreturn {'x': reduce(lambda a, b: a + b, chain(d, [1])), 'm': sorted([(1, 2)], key=itemgetter(1))}",
         top='from collections import deque\nfrom functools import reduce\nfrom itertools import chain\nfrom operator import itemgetter'),
]
REFUSED = [
    # What Leave.py leaves, written as plainly as can be.
    body("LEFT.update(word=1)", top='LEFT = {}'), body("LEFT['x'] = 1", top='LEFT = {}'),
    body("LEFT.append(1)", top='LEFT = []'), body("global G\nG = 1", top='G = 0'),
    body("setattr(app, 'x', 1)"), body("builtins.X = 1", top='import builtins'),
    body("sys.modules['x'] = 1", top='import sys'), body("requests.post = print"),
    body("json.dumps = print"), body("http.client.HTTPConnection.request = print", top='import http.client'),
    body("app.PARAMS['sandbox']['url'] = 'x'"), body("app.PARAMS['sandbox'].update(url='x')"),
    body("app.PARAMS = {}"), body("app.x = 1"), body("C.x = 2"), body("type(self).x = 2"),
    body("self.__class__.x = 2"), body("os.environ['X'] = '1'", top='import os'),
    body("os.environ.update(X='1')", top='import os'), body("os.chdir('/tmp')", top='import os'),
    body("os.umask(0)", top='import os'), body("threading.Thread(target=print).start()", top='import threading'),
    body("signal.alarm(1)", top='import signal'), body("sys.settrace(print)", top='import sys'),
    body("atexit.register(print)", top='import atexit'), body("logging.disable(50)", top='import logging'),
    body("warnings.simplefilter('error')", top='import warnings'), body("gc.disable()", top='import gc'),
    body("tempfile.tempdir = '/x'", top='import tempfile'), body("tempfile.mkstemp()", top='import tempfile'),
    body("locale.setlocale(0, 'C')", top='import locale'), body("random.seed(1)", top='import random'),
    body("decimal.getcontext().prec = 3", top='import decimal'), body("sys.stdout = None", top='import sys'),
    body("open('/tmp/x', 'w')"), body("socket.socketpair()", top='import socket'),
    body("resource.setrlimit(1, (1, 1))", top='import resource'), body("os.dup(3)", top='import os'),
    body("asyncio.set_event_loop(None)", top='import asyncio'),
    # By another name, and through another's hands.
    body("p = app.PARAMS\np['x'] = 1"), body("p = app.PARAMS['sandbox']\np |= {'a': 1}"),
    body("a = [app.PARAMS]\na[0]['x'] = 1"), body("a = [app.PARAMS]\na.pop()['x'] = 1"),
    body("a = [app.PARAMS]\nb = a.pop()\nb['x'] = 1"), body("for p in [app.PARAMS]:\n    p['x'] = 1"),
    body("payload['x'] = app.PARAMS\npayload['x']['y'] = 1"), body("payload = app.PARAMS\npayload['x'] = 1"),
    body("p = payload or app.PARAMS\np['x'] = 1"), body("p = {} if payload else app.PARAMS\np['x'] = 1"),
    body("p, q = app.PARAMS, 1\np['x'] = 1"), body("d = {}\nd['l'] = app.PARAMS['sandbox']['l']\nd['l'] += [1]"),
    body("d = {}\nd = app.PARAMS\nd['x'] = 1"), body("l = sum([], app.PARAMS['sandbox']['l'])\nl.append(1)"),
    body("l = app.PARAMS['sandbox']['l']\nl += 'abc'"), body("app.PARAMS['sandbox']['l'].append(1)"),
    body("dict.update(app.PARAMS, x=1)"), body("f = app.PARAMS.update\nf(x=1)"),
    # What looks like something new and is not.
    body("self.copy = lambda: app.PARAMS\nx = self.copy()\nx['a'] = 1"),
    body("x = B().json()\nx['a'] = 1", top="class B:\n    def __init__(self):\n        self.json = lambda: app.PARAMS\n"),
    body("x = B().json()\nx['a'] = 1", top="class B:\n    json = dict\n"),
    body("x = B().json()\nx['a'] = 1", top="class B:\n    def json(self):\n        return app.PARAMS\n"),
    body("x = json.loads('{}', object_hook=lambda d: app.PARAMS)\nx['a'] = 1"),
    body("x = requests.get('x').json(object_hook=lambda d: app.PARAMS)\nx['a'] = 1"),
    body("x = requests.get('x').json(**payload)\nx['a'] = 1"),
    body("dict = lambda: app.PARAMS\nx = dict()\nx['a'] = 1"),
    body("[payload for payload in [app.PARAMS]]\npayload['x'] = 1"),
    body("f = lambda payload: payload\npayload['x'] = 1"),
    body("for payload in [app.PARAMS]:\n    payload['x'] = 1"),
    body("*payload, x = [app.PARAMS]\npayload['x'] = 1"),
    body("raise ERR", top="ERR = ValueError('x')"),
    body("list(map(app.PARAMS.update, [{'x': 1}]))"), body("list(map(setattr, [app], ['a'], [1]))"),
    body("[setattr for setattr in []]\nf = setattr\nf(app, 'a', 1)"),
    body("[0 for app.x in [1]]"), body("for app.x in [1]:\n    pass"), body("for C.x in [1]:\n    pass"),
    body("p = (q := app.PARAMS)"),
    body("copy.deepcopy(1, app.PARAMS)", top='import copy'), body("self.helper(app.PARAMS, log)", more=HELPER + "        thing['x'] = 1\n"),
    body("self.helper(app, log)", more=HELPER + "        thing.x = 1\n"),
    body("self.execute(log, app.PARAMS)"), body("C().execute(log, app.PARAMS)"),
    body("C.helper(app, 1, 2)", more="    def helper(self, a, b):\n        self.x = 1\n"),
    body("return fill(app.PARAMS)", top="def fill(payload):\n    payload['x'] = 1\n"),
    body("self = app\nself.x = 1"), body("self.l.append(1)", more="    l = []\n"),
    body("self.l += [1]", more="    l = []\n"), body("self.l['x'] = 1", more="    l = {}\n"),
    body("del app.PARAMS['sandbox']"), body("del app.PARAMS"), body("with self as app.x:\n    pass"),
    body("return next(IT)", top='IT = iter([1, 2])'), body("return D['x']", top='import collections\nD = collections.defaultdict(list)'),
    body("return next(G)", top='G = (x for x in [1, 2])'), body("S.get('http://x')", top='S = requests.Session()'),
    body("requests.get('x', proxies=app.PARAMS)"),
    body("requests.get('x', hooks={})"), body("requests.get('x', verify=False)"), body("requests.get('x', stream=True)"),
    body("requests.get('x', **payload)"), body("requests.get(*payload)"), body("requests.packages.x = 1"),
    body("requests.adapters.DEFAULT_RETRIES = 3"), body("json.JSONEncoder.default = print"),
    body("r = requests.get('x')\nr.raw._pool.ConnectionCls.x = 1"), body("r = requests.get('x')\nr.connection.close()"),
    # Sessions, connections and `with` that are more than the call's own.
    body("s = requests.Session()\ns.get('x', hooks={})"), body("s = requests.Session()\ns.get('x', **payload)"),
    body("s = requests.Session()\ns.request('GET', 'x', None, None, None, None, None, None, None, None, None, {'response': print})"),
    body("s = requests.Session()\ns.request(*payload['x'])"), body("s = requests.Session()\ns.post('x', verify=False)"),
    body("s = requests.Session()\ns.mount('http://', payload)"), body("s = requests.Session()\ns.get_adapter('http://x').poolmanager.clear()"),
    body("s = requests.Session()\ns.adapters['http://'].max_retries = 3"), body("s = requests.Session()\ns.adapters.clear()"),
    body("s = requests.Session()\ns.hooks['response'].append(print)"), body("s = requests.Session()\ns.headers = app.PARAMS\ns.headers.update(x=1)"),
    body("s = requests.Session()\ns.params = app.PARAMS\ns.params.update(x=1)"), body("s = requests.Session()\ns.verify = False"),
    body("s = requests.Session()\ns = app\ns.headers['x'] = 1"), body("s = requests.Session() if payload else app\ns.auth = 1"),
    body("for s in [app]:\n    s.auth = 1"), body("payload = requests.Session()\npayload.headers['x'] = 1\npayload = app"),
    body("s = requests.Session()\n[s for s in [app]]\ns.auth = 1"), body("s, t = requests.Session(), app\nt.auth = 1"),
    body("with requests.Session() as s, closing(app) as s:\n    s.auth = 1", top='from contextlib import closing'),
    body("with requests.get('x') as s:\n    s.headers['x'] = 1"), body("with S as s:\n    s.get('x')", top='S = requests.Session()'),
    body("self.helper(requests.Session(), log)", more=HELPER + "        thing.auth = 1\n"),
    body("requests.Session(app)"), body("x = requests.Session"), body("requests.Session.get = print"), body("requests.Session.trust_env = False"),
    body("requests.sessions.HTTPAdapter = print"), body("requests.sessions.Session().get('x')"), body("requests.adapters.HTTPAdapter()"),
    body("s = requests.Session()\nf = s.post\nf('x', hooks={})"), body("s = requests.Session()\ns.send(payload)"),
    body("with payload as x:\n    pass"), body("with open('/tmp/x') as f:\n    pass"), body("with threading.Lock():\n    pass", top='import threading'),
    body("with decimal.localcontext() as c:\n    c.prec = 3", top='import decimal'), body("with requests.Session() as self.s:\n    pass"),
    body("with requests.Session() as (a, b):\n    pass"), body("with requests.Session() as app.x:\n    pass"),
    body("with closing(B()) as b:\n    b['x'] = 1", top="from contextlib import closing\nclass B:\n    def close(self):\n        return app.PARAMS\n"),
    body("with closing(app.PARAMS) as b:\n    b['x'] = 1", top='from contextlib import closing'),
    body("x = closing(app)", top='from contextlib import closing'), body("with redirect_stdout(log):\n    pass", top='from contextlib import redirect_stdout'),
    body("with suppress(*payload):\n    pass", top='from contextlib import suppress'), body("x = contextlib.ExitStack()", top='import contextlib'),
    body("c = http.client.HTTPSConnection('x', context=payload)", top='import http.client'),
    body("c = http.client.HTTPConnection('x', 80, 5, None, 1)", top='import http.client'), body("c = http.client.HTTPConnection(*payload)", top='import http.client'),
    body("c = http.client.HTTPConnection('x')\nc.set_debuglevel(1)", top='import http.client'), body("c = http.client.HTTPConnection('x')\nc.sock = 1", top='import http.client'),
    body("c = http.client.HTTPConnection('x')\nreturn c.sock.fileno()", top='import http.client'), body("C2.c.request('GET', '/')", top='import http.client\nclass C2:\n    c = http.client.HTTPConnection("x")\n'),
    body("CON.request('GET', '/')", top='import http.client\nCON = http.client.HTTPConnection("x")'), body("http.client.HTTPConnection.debuglevel = 1", top='import http.client'),
    body("x = B().close()\nx['a'] = 1", top="class B:\n    close = dict\n"), body("self.close = app\nself.close.x = 1"),
    body("return next(IT)", top='import itertools\nIT = itertools.count()'), body("x = operator.attrgetter('__class__')(log)", top='import operator'),
    body("x = operator.methodcaller('update', x=1)(app.PARAMS)", top='import operator'), body("x = functools.partial(setattr, app)", top='import functools'),
    body("return {}", top='import functools\n@functools.lru_cache\ndef f(x):\n    return x'), body("Q.append(1)", top='from collections import deque\nQ = deque()'),
    # Reaching what is between the calls, or what must not be read.
    body("return {'x': '{0._channel._buffer}'.format(log)}"), body("return {'x': payload['f'].format(log)}"),
    body("return {'x': '{0:{1.x}}'.format(log, log)}"), body("return {'x': '{0[0].x}'.format([log])}"),
    body("f = str.format\nreturn {'x': f('{0._channel}', log)}"), body("return {'x': '{a._b}'.format_map({'a': log})}"),
    body("log._channel.send({})"), body("log._lines_left = 9"), body("x = log.__class__"),
    body("x = self.__dict__"), body("x = ().__class__.__base__.__subclasses__()"), body("x = getattr(log, '_channel')"),
    body("eval('1')"), body("exec('x = 1')"), body("compile('1', '', 'eval')"), body("__import__('os')"),
    body("globals()['x'] = 1"), body("locals()"), body("vars(app)['x'] = 1"), body("x = __builtins__"),
    body("import os\nos.chdir('/')"), body("from .. import app as a"), body("def inner():\n    pass"),
    body("class D:\n    pass"), body("yield 1"), body("lambda: (yield)"), body("f = lambda x=[]: x"),
    body("try:\n    pass\nexcept* ValueError:\n    pass"), body("match payload:\n    case {}:\n        pass"),
    body("print('x', file=log)"), body("delattr(app, 'x')"), body("input()"), body("breakpoint()"), body("id(log)"),
    body("x = app"), body("x = json"), body("x = os.environ\nx['a'] = 1", top='import os'), body("uuid.uuid1()", top='import uuid'),
    body("e = payload['e']\nx = e.__traceback__"), body("time.tzset()", top='import time'),
    body("x = type('X', (), {})"), body("type.mro(type)"), body("super().__init__()"), body("re.purge()"),
    body("random.random()", top='import random'), body("subprocess.run(['x'])", top='import subprocess'),
    body("ctypes.CDLL(None)", top='import ctypes'), body("app.PARAMS.setdefault('x', 1)"), body("app.PARAMS.clear()"),
    body("__x = 1"), body("json = payload\njson['x'] = 1"), body("CODES = payload", top='CODES = {}'),
    # What is done when the script is imported, or when its classes are made.
    body("return {}", top="print('x')"), body("return {}", top="requests.post = print"), body("return {}", top="app.PARAMS['x'] = 1"),
    body("return {}", top="if True:\n    x = 1"), body("return {}", top="try:\n    import x\nexcept ImportError:\n    x = None"),
    body("return {}", top="import numpy"), body("return {}", top="from . import _helper"), body("return {}", top="from .Other import x"),
    body("return {}", top="from json import *"), body("return {}", top="import this"), body("return {}", top="len = print"),
    body("return {}", top="X = open('/etc/passwd')"), body("return {}", top="X = 1\nX = 2"), body("return {}", top="X = lambda: 1"),
    body("return {}", top="class M(type):\n    pass"), body("return {}", top="class B:\n    x = print('x')"),
    body("return {}", top="class B(metaclass=print):\n    pass"), body("return {}", top="@print\nclass B:\n    pass"),
    body("return {}", top="@print\ndef f():\n    pass"), body("return {}", top="def f(x=print('x')):\n    pass"),
    body("return {}", top="def f(x: print('x') = 1):\n    pass"), body("return {}", top="def f(x=[]):\n    pass"),
    body("return {}", top="class B(dict):\n    pass"), body("return {}", more="    def __del__(self):\n        pass\n"),
    body("return {}", more="    def __getattr__(self, name):\n        pass\n"), body("return {}", more="    @property\n    def y(self):\n        return 1\n"),
    body("return {}", more="    @classmethod\n    def y(cls):\n        cls.x = 1\n"), body("return {}", more="    async def y(self):\n        pass\n"),
    TOP + "class C:\n    async def execute(self, log, payload=None, context=None):\n        return {}\n",
    TOP + "class C:\n    def execute(self, log, payload={}, context=None):\n        payload['x'] = 1\n        return {}\n",
    TOP + "class C:\n    @staticmethod\n    def execute(log, payload, context, app):\n        return {}\n",
    TOP + "class B:\n    pass\nclass C(B):\n    def execute(self, log, payload, context):\n        return {}\n",
    TOP + "class C:\n    def execute(self, log, payload, context, *, payload2=1):\n        return {}\n    execute = print\n",
    TOP + "class D:\n    def execute(self, log, payload, context):\n        return {}\n", 'class C(\n', '',
    'x' * (257 << 10),
]


# How a script imports its helper, what it does with it, the helper, and whether that is proven.
HELPED = [
    ('from . import _h', 'return _h.f(payload, _h.X)', "X = {'a': 1}\ndef f(p, x):\n    d = dict(p)\n    d['y'] = x['a']\n    return d\n", True),
    ('from ._h import f, B, X as Y', 'return {"a": f(1), "b": B(2).v(), "c": Y}', 'import json\nX = (1, 2)\ndef f(x):\n    return json.dumps(x)\n'
     'class B:\n    def __init__(self, x):\n        self.x = x\n    def v(self):\n        return self.x\n', False),
    ('from ._h import f, E', 'try:\n    return {"a": f(1)}\nexcept E as e:\n    return {"e": str(e)}', 'class E(Exception):\n    pass\ndef f(x):\n    raise E(x)\n', True),
    ('from . import _h', 'return _h.post(payload)', "import requests\nfrom .. import app\ndef post(p):\n    return requests.post(app.PARAMS['sandbox']['url'], json=p).json()\n", True),
    ('from . import _h', '_h.X["a"] = 1', 'X = {}\n', False), ('from . import _h', '_h.X.append(1)', 'X = []\n', False),
    ('from ._h import X', 'X.append(1)', 'X = []\n', False), ('from ._h import X', 'X["a"] = 1', 'X = {}\n', False),
    ('from ._h import f', 'x = f()\nx["a"] = 1', 'X = {}\ndef f():\n    return X\n', False),
    ('from ._h import f', 'f(app.PARAMS)', 'def f(x):\n    x["a"] = 1\n', False), ('from . import _h', '_h.x = 1', 'x = 0\n', False),
    ('from . import _h', 'x = _h', 'x = 0\n', False), ('from . import _h', 'return _h.S.get("x")', 'import requests\nS = requests.Session()\n', False),
    ('from ._h import S', 'return S.get("x")', 'import requests\nS = requests.Session()\n', False), ('from ._h import *', 'return {}', 'x = 0\n', False),
    ('from ._h import f', 'return {}', 'X = []\ndef f():\n    X.append(1)\n', False), ('from ._h import f', 'return {}', 'print(1)\ndef f():\n    pass\n', False),
    ('from ._h import f', 'return {}', 'import json\njson.dumps = print\ndef f():\n    pass\n', False), ('from ._h import f', 'return {}', 'class (\n', False),
    # An object of one's is something new to the other only where its methods' names are known.
    ('from ._h import f', 'f(payload)', 'def f(x):\n    y = x.json()\n    y["a"] = 1\n', True),
    ('from ._h import f\nclass B:\n    def json(self):\n        return app.PARAMS', 'f(B())', 'def f(x):\n    y = x.json()\n    y["a"] = 1\n', False),
    ('from ._h import B', 'x = B().json()\nx["a"] = 1', 'from .. import app\nclass B:\n    def json(self):\n        return app.PARAMS\n', False),
    ('from . import _missing', 'return {}', '', False), ('from . import __h', 'return {}', '', False), ('from .._h import f', 'return {}', 'def f():\n    pass\n', False),
    ('from ._h import os', 'os.chdir("/")', 'import os\n', False), ('from . import _h', '_h.os.chdir("/")', 'import os\n', False),
    ('from . import _h', '_h.requests.get = print', 'import requests\n', False), ('from . import _h', 'return _h.app.PARAMS', 'from .. import app\n', False),
    ('from ._h import f', 'return {}', 'from ._g import f\n', False),
]


def proofs_of(script, app=APP, others=()):
    folder = tempfile.mkdtemp()
    try:
        os.mkdir(folder + '/action_nodes')
        for file, text in (('app.py', app), ('action_nodes/C.py', script), *others):
            os.makedirs(os.path.dirname(folder + '/' + file), exist_ok=True)
            with open(folder + '/' + file, 'w') as out:
                out.write(text)
        names = sorted(file[:-3] for file in os.listdir(folder + '/action_nodes')
                       if file.endswith('.py') and file[0] != '_')
        return Proofs(folder, names)
    finally:
        shutil.rmtree(folder)


def main():
    wrong = []
    for script in PROVEN:
        found = proofs_of(script)
        if found.proven != ['C']:
            wrong.append('not proven: {}\n{}'.format(found.reasons, script))
    for script in REFUSED:
        found = proofs_of(script)
        if 'C' in found.proven or not found.reasons.get('C'):
            wrong.append('proven:\n' + script)
    fine = PROVEN[0]
    for what, found in (
            ('an app that does something', proofs_of(fine, APP + 'print(1)\n')),
            ('an app with a function', proofs_of(fine, APP + 'def f():\n    pass\n')),
            ('a neighbour that patches', proofs_of(fine, APP, [('action_nodes/D.py', 'import json\njson.dumps = print\n')])),
            ('a neighbour that is broken', proofs_of(fine, APP, [('action_nodes/D.py', 'class D(\n')])),
            ('an app that sets a variable', proofs_of(fine, APP + "os.environ['X'] = ''\n")),
            ('packages', proofs_of(fine, APP, [('requirements.txt', '')])),
            ('wheels', proofs_of(fine, APP, [('wheels/x', '')])),
            ('a package that is run', proofs_of(fine, APP, [('action_nodes/__init__.py', '')]))):
        if found.proven or found.trees:
            wrong.append('proven beside ' + what)
    if proofs_of(fine, APP + "KEY = os.environ['KEY']\n").proven != ['C']:
        wrong.append('not proven beside an app that reads a variable')
    beside = proofs_of(fine, APP, [('action_nodes/D.py', 'S = []\nclass D:\n    def execute(self, log, payload, context):\n        S.append(1)\n')])
    if beside.proven != ['C'] or list(beside.reasons) != ['D']:
        wrong.append('a neighbour that only keeps something for itself matters')
    for what, use, helper, proven in HELPED:
        found = proofs_of(body(use, top=what), APP, [('action_nodes/_h.py', helper)])
        if (found.proven == ['C']) != proven:
            wrong.append('{} with a helper: {}\n{}\n{}'.format('not proven' if proven else 'proven', found.reasons, use, helper))
    leave = open(SOURCE + '/tests/sandbox/action_nodes/Leave.py').read()
    if proofs_of(leave.replace('class Leave', 'class C')).proven:
        wrong.append('Leave.py is proven')
    for example, proven in (('hotel', ['Reserve']), ('braze-profile', ['BrazeExample'])):
        folder = '{}/examples/{}'.format(SOURCE, example)
        names = [file[:-3] for file in os.listdir(folder + '/action_nodes') if file.endswith('.py')]
        if Proofs(folder, names).proven != proven:
            wrong.append('not as expected: ' + example)
    print('\n\n'.join(wrong) or '{} scripts'.format(len(PROVEN) + len(REFUSED)))
    sys.exit(1 if wrong else 0)


main()
