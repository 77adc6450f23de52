"""What a process takes from itself before it runs anything of a solution's.

The kernel's filters come ready made from the pool, which cannot install them from outside.
"""
from __future__ import annotations

import ctypes
import os
import resource
import sys

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
PR_SET_NO_NEW_PRIVS = 38
SYSTEM_SECCOMP = {'x86_64': 317, 'aarch64': 277}.get(os.uname().machine, 0)
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER = 1, 8
SIGKILL = 9
# Stands in the describing process's filter where its own process id belongs.
PID_PLACE = (0x7a11ce55).to_bytes(4, 'little')
FILTER_STEP_BYTES = 8

system = ctypes.CDLL(None, use_errno=True)


class FilterProgram(ctypes.Structure):
    """struct sock_fprog."""
    _fields_ = [('length', ctypes.c_ushort), ('steps', ctypes.c_char_p)]


def prctl(option: int, first: int, second: int = 0) -> None:
    zero = ctypes.c_ulong(0)
    if system.prctl(option, ctypes.c_ulong(first), ctypes.c_ulong(second), zero, zero) != 0:
        raise OSError(ctypes.get_errno(), 'prctl')


def install_filter(steps: bytes) -> None:
    """For ever, and for whatever this process starts."""
    program = FilterProgram(len(steps) // FILTER_STEP_BYTES, steps)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(program))


def install_asking_filter(steps: bytes) -> Any:
    """The same, with a descriptor for whoever is to answer what the filter asks."""
    program = FilterProgram(len(steps) // FILTER_STEP_BYTES, steps)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    listener = system.syscall(
        ctypes.c_long(SYSTEM_SECCOMP), ctypes.c_ulong(SECCOMP_SET_MODE_FILTER),
        ctypes.c_ulong(SECCOMP_FILTER_FLAG_NEW_LISTENER), ctypes.byref(program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), 'seccomp')
    return listener


def limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))


def limit_further_cpu(seconds: int) -> None:
    """So much from now on; the limit can be set again for the next call."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def prepare_process(setup: dict[str, Any]) -> None:
    """The environment, the limits and where modules are found: before app.py is imported."""
    os.environ.clear()
    os.environ.update(setup['variables'])
    limits = setup['limits']
    if limits is not None:
        limit(resource.RLIMIT_AS, limits['memory_bytes'])
        limit(resource.RLIMIT_FSIZE, limits['file_bytes'])
        limit(resource.RLIMIT_NOFILE, limits['files'])
        limit(resource.RLIMIT_NPROC, limits['threads'])
    limit(resource.RLIMIT_CORE, 0)
    if setup['packages']:
        sys.path.insert(0, setup['packages'])


def confine_alone(filter_steps: bytes) -> None:
    """No other process can be started, signalled or looked into from now on."""
    prctl(PR_SET_PDEATHSIG, SIGKILL)
    prctl(PR_SET_DUMPABLE, 0)
    if filter_steps:
        own = os.getpid().to_bytes(4, 'little')
        install_filter(filter_steps.replace(PID_PLACE, own))
