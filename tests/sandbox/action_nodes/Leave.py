"""What a call may leave behind, by name, and a look at what the next one meets."""
import asyncio
import atexit
import builtins
import decimal
import faulthandler
import gc
import http.client
import locale
import logging
import os
import random
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
import warnings

from .. import app

LEFT = {}


def later():
    time.sleep(1000)


class Policy(asyncio.DefaultEventLoopPolicy):
    pass


def deep():
    os.chdir('/tmp')
    for _ in range(1500):
        os.mkdir('d')
        os.chdir('d')
    open('end', 'w').close()
    os.chmod('.', 0)


def full():
    try:
        with open('/tmp/full', 'wb') as file:
            while True:
                file.write(b'x' * 65536)
    except OSError:
        pass


def many():
    try:
        for number in range(10000):
            open('/tmp/{}'.format(number), 'w').close()
    except OSError:
        pass


def closed_tmp():
    os.mkdir('/tmp/closed')
    open('/tmp/closed/in', 'w').close()
    os.chmod('/tmp/closed', 0)
    os.chmod('/tmp', 0)


def odd_names():
    for name in (b'\xff\xfe', b'\n', b'-rf', b'.0', b'.1'):
        os.mkdir(b'/tmp/' + name)
        open(b'/tmp/' + name + b'/.0', 'w').close()
    os.symlink('/solution', '/tmp/link')


def low_limits():
    for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_AS):
        now = resource.getrlimit(what)[1]
        resource.setrlimit(what, (now // 2, now // 2))


LEAVE = {
    'global': lambda: LEFT.update(word='planted'),
    'builtin': lambda: setattr(builtins, 'PLANTED', 'planted'),
    'module': lambda: sys.modules.update(planted=sys),
    'patched_module': lambda: setattr(http.client.HTTPConnection, 'request', print),
    'patched_json': lambda: setattr(sys.modules['json'], 'dumps', print),
    'params': lambda: app.PARAMS['sandbox'].update(url='planted'),
    'class_attribute': lambda: setattr(Leave, 'planted', 'planted'),
    'environment': lambda: os.environ.update(PLANTED='planted', http_proxy='http://planted'),
    'path': lambda: sys.path.insert(0, '/tmp/planted'),
    'meta_path': lambda: sys.meta_path.insert(0, object()),
    'folder': lambda: os.chdir('/tmp'),
    'umask': lambda: os.umask(0o777),
    'thread': lambda: threading.Thread(target=later).start(),
    'daemon': lambda: threading.Thread(target=later, daemon=True).start(),
    'alarm': lambda: signal.alarm(1),
    'timer': lambda: signal.setitimer(signal.ITIMER_REAL, 0.05),
    'virtual_timer': lambda: signal.setitimer(signal.ITIMER_VIRTUAL, 0.01),
    'handler': lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN),
    'blocked_signal': lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1}),
    'trace': lambda: sys.settrace(lambda *given: None),
    'profile': lambda: sys.setprofile(lambda *given: None),
    'thread_trace': lambda: threading.settrace(lambda *given: None),
    'audit_hook': lambda: sys.addaudithook(lambda *given: LEFT.update(audited='planted')),
    'at_exit': lambda: atexit.register(later),
    'logging_handler': lambda: logging.getLogger().addHandler(logging.StreamHandler()),
    'logging_level': lambda: logging.disable(logging.CRITICAL),
    'warnings': lambda: warnings.simplefilter('error'),
    'gc_callback': lambda: gc.callbacks.append(lambda *given: None),
    'gc_off': gc.disable,
    'loop_policy': lambda: asyncio.set_event_loop_policy(Policy()),
    'event_loop': lambda: asyncio.set_event_loop(asyncio.new_event_loop()),
    'faulthandler': lambda: faulthandler.enable(),
    'dump_later': lambda: faulthandler.dump_traceback_later(0.05, exit=True),
    'temporary_folder': lambda: setattr(tempfile, 'tempdir', '/tmp/planted'),
    'temporary_file': lambda: tempfile.mkstemp(prefix='planted'),
    'locale': lambda: locale.setlocale(locale.LC_ALL, 'C'),
    'decimal': lambda: setattr(decimal.getcontext(), 'prec', 3),
    'random': lambda: random.seed(1),
    'recursion': lambda: sys.setrecursionlimit(60),
    'switch_interval': lambda: sys.setswitchinterval(5),
    'exception_hook': lambda: setattr(sys, 'excepthook', print),
    'stdout': lambda: setattr(sys, 'stdout', None),
    'closed_stdout': lambda: os.close(1),
    'open_file': lambda: LEFT.update(file=open('/tmp/held', 'w')),
    'socket_pair': lambda: LEFT.update(pair=socket.socketpair()),
    'default_timeout': lambda: socket.setdefaulttimeout(0.001),
    'patched_socket': lambda: setattr(socket, 'create_connection', print),
    'file': lambda: open('/tmp/planted', 'w').close(),
    'odd_names': odd_names,
    'deep_folders': deep,
    'full_tmp': full,
    'many_files': many,
    'closed_tmp': closed_tmp,
    'low_limits': low_limits,
    'half_closed_channel': lambda: LEFT.update(fd=os.dup(3)),
}


def look():
    """What the next call meets, as text."""
    probe = os.open('/tmp/.probe', os.O_CREAT | os.O_RDWR)
    written = os.write(probe, b'x' * (1 << 20))
    os.close(probe)
    os.unlink('/tmp/.probe')
    return repr((
        LEFT, hasattr(builtins, 'PLANTED'), 'planted' in sys.modules, len(sys.modules),
        http.client.HTTPConnection.request.__name__, sys.modules['json'].dumps.__name__,
        app.PARAMS, hasattr(Leave, 'planted'), sorted(os.environ.items()), sys.path,
        len(sys.meta_path), os.getcwd(), os.umask(0o22), threading.active_count(),
        signal.getitimer(signal.ITIMER_REAL), signal.getitimer(signal.ITIMER_VIRTUAL),
        [str(signal.getsignal(number)) for number in (1, 2, 14, 15)],
        sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())), sys.gettrace(), sys.getprofile(),
        len(logging.getLogger().handlers), logging.root.manager.disable, len(warnings.filters),
        gc.isenabled(), len(gc.callbacks), type(asyncio.get_event_loop_policy()).__name__,
        faulthandler.is_enabled(), tempfile.tempdir, locale.setlocale(locale.LC_ALL),
        decimal.getcontext().prec, sys.getrecursionlimit(), sys.getswitchinterval(),
        sys.excepthook.__name__, sys.stdout is None, os.fstat(1).st_mode,
        socket.getdefaulttimeout(), socket.create_connection.__name__,
        sorted(os.listdir('/tmp')), os.stat('/tmp').st_mode, written,
        [resource.getrlimit(what) for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE)],
        [fd for fd in range(64) if is_open(fd)]))


def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


class Leave:
    def execute(self, log, payload=None, context=None):
        name = payload.get('name')
        if name is None:
            return {'names': sorted(LEAVE)}
        if name == 'look':
            time.sleep(payload.get('wait', 0))
            return {'seen': look(), 'chance': str(random.random())}
        LEAVE[name]()
        return {'left': name}
