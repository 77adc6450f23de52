"""What must be ended from outside, or runs into its own limits."""
import os
import re
import signal
import sys
import threading
import time


def memory():
    held = []
    while True:
        held.append(bytearray(b'x') * (16 << 20))


def mapped_memory():
    import mmap
    held = []
    while True:
        held.append(mmap.mmap(-1, 64 << 20))


def disk():
    written = 0
    for number in range(1000):
        with open('/tmp/bomb{}'.format(number), 'wb') as file:
            while True:
                written += file.write(b'x' * (1 << 20))


def descriptors():
    held = []
    while True:
        held.append(open('/dev/null'))


def threads():
    stop = threading.Event()
    try:
        while True:
            threading.Thread(target=stop.wait, daemon=True).start()
    finally:
        stop.set()


def output():
    while True:
        os.write(1, b'x' * 65536)


def lines():
    while True:
        print('line')


def frames():
    frame = b'\x20\0\0\0' + b'{"log":{"number":0,"level":"i"}} '[:32]
    while True:
        os.write(3, frame)


def result():
    return {'x': 'x' * (20 << 20)}


def complaint():
    raise ValueError('x' * (10 << 20))


def loop():
    while True:
        pass


def sleep():
    time.sleep(1000)


def deaf():
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        time.sleep(1000)


def backtracking():
    re.match('(a+)+$', 'a' * 100 + '!')


def recursion():
    sys.setrecursionlimit(1 << 30)

    def deeper(n):
        return deeper(n + 1) + 1

    return {'x': deeper(0)}


def crash():
    import ctypes
    ctypes.string_at(0)


class Bomb:
    def execute(self, log, payload=None, context=None):
        return globals()[payload['name']]() or {}
