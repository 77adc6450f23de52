"""Roots to run calls in: copies of the sandbox's own file tree, each with a /tmp of its own.

They are made before anything of a solution's is imported, by rights that are given up right after.
What stays is the right to change one's root, which a worker uses once, to enter its slot, and then
gives up too.
"""
from __future__ import annotations

import ctypes
import itertools
import os
import stat

from .confine import system

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

SYSTEM_MOUNT, SYSTEM_OPEN_TREE, SYSTEM_MOVE_MOUNT = {
    'x86_64': (165, 428, 429), 'aarch64': (40, 428, 429)}.get(os.uname().machine, (0, 0, 0))
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND = 1, 2, 4, 32, 4096
OPEN_TREE_CLONE, AT_RECURSIVE, MOVE_MOUNT_F_EMPTY_PATH = 1, 0x8000, 4
AT_FDCWD = -100
CAPABILITY_VERSION = 0x20080522
CAP_SYS_CHROOT = 18
SLOTS = '/slots'
FILES_MAX = 4096  # in one slot's /tmp


class CapabilityHeader(ctypes.Structure):
    """struct __user_cap_header_struct."""
    _fields_ = [('version', ctypes.c_uint32), ('process', ctypes.c_int)]


def kernel(what: str, number: int, *arguments: Any) -> Any:
    result = system.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), what)
    return result


def keep_capabilities(*kept: Any) -> None:
    """Of effective and permitted ones; nothing is inherited."""
    header = CapabilityHeader(CAPABILITY_VERSION, 0)
    words = (ctypes.c_uint32 * 6)()
    for capability in kept:
        words[capability // 32 * 3] |= 1 << capability % 32
        words[capability // 32 * 3 + 1] |= 1 << capability % 32
    if system.capset(ctypes.byref(header), words) != 0:
        raise OSError(ctypes.get_errno(), 'capset')


def mount(source: bytes | None, place: str, kind: bytes | None, flags: int,
          options: bytes | None) -> None:
    kernel('mount', SYSTEM_MOUNT, source, place.encode(), kind, ctypes.c_ulong(flags), options)


def make_slots(count: int, tmp_bytes: int) -> None:
    for slot in range(count):
        os.mkdir('{}/{}'.format(SLOTS, slot))
    # It is seen from inside each slot as well, where nobody may leave a thing in it.
    mount(None, SLOTS, None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, None)
    here = ctypes.c_int(AT_FDCWD)
    options = 'size={},nr_inodes={},mode=1777'.format(tmp_bytes, FILES_MAX).encode()
    for slot in range(count):
        place = '{}/{}'.format(SLOTS, slot)
        source = b'/' if slot == 0 else '{}/0'.format(SLOTS).encode()
        tree = kernel('open_tree', SYSTEM_OPEN_TREE, here, source,
                      ctypes.c_uint(OPEN_TREE_CLONE | AT_RECURSIVE | os.O_CLOEXEC))
        kernel('move_mount', SYSTEM_MOVE_MOUNT, ctypes.c_int(tree), b'', here, place.encode(),
               ctypes.c_uint(MOVE_MOUNT_F_EMPTY_PATH))
        os.close(tree)
        mount(b'tmpfs', place + '/tmp', b'tmpfs', MS_NOSUID | MS_NODEV, options)
    keep_capabilities(CAP_SYS_CHROOT)


def enter_slot(slot: int) -> None:
    os.chroot('{}/{}'.format(SLOTS, slot))
    os.chdir('/')
    keep_capabilities()


def empty_slot(slot: int) -> None:
    """Removes what a call has left in its /tmp, however deep and under whatever rights."""
    top = '{}/{}/tmp'.format(SLOTS, slot)
    os.chmod(top, 0o1777)
    names = os.listdir(top)
    if not names:
        return
    fresh = ('.{}'.format(number) for number in itertools.count())
    taken = set(names)
    while names:
        path = '{}/{}'.format(top, names.pop())
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            os.unlink(path)
            continue
        os.chmod(path, 0o700)
        for inner in os.listdir(path):
            # Brought up, so that no path grows with the depth. A folder that moves is written to.
            name = next(one for one in fresh if one not in taken)
            inner = '{}/{}'.format(path, inner)
            if stat.S_ISDIR(os.lstat(inner).st_mode):
                os.chmod(inner, 0o700)
            os.rename(inner, '{}/{}'.format(top, name))
            names.append(name)
        os.rmdir(path)
