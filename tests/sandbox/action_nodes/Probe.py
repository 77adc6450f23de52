"""Attacks that end by themselves. A probe returns what it got hold of; nothing, when it got nothing."""
import _socket
import ctypes
import os
import signal
import socket
import stat
import subprocess
import sys
import threading

libc = ctypes.CDLL(None, use_errno=True)
PROBES = {}
PARENT = 1
CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID = 0x10000000, 0x40000000, 0x20000, 0x20000000
# The kernel's numbers on x86-64.
CALLS = {
    'ptrace': 101, 'syslog': 103, 'personality': 135, 'modify_ldt': 154, 'pivot_root': 155,
    'chroot': 161, 'acct': 163, 'settimeofday': 164, 'mount': 165, 'umount2': 166, 'swapon': 167,
    'reboot': 169, 'sethostname': 170, 'iopl': 172, 'ioperm': 173, 'init_module': 175,
    'quotactl': 179, 'add_key': 248, 'request_key': 249, 'keyctl': 250, 'ioprio_set': 251,
    'unshare': 272, 'perf_event_open': 298, 'fanotify_init': 300, 'name_to_handle_at': 303,
    'open_by_handle_at': 304, 'clock_adjtime': 305, 'setns': 308, 'process_vm_readv': 310,
    'process_vm_writev': 311, 'kcmp': 312, 'finit_module': 313, 'memfd_create': 319,
    'kexec_file_load': 320, 'bpf': 321, 'userfaultfd': 323, 'pidfd_send_signal': 424,
    'io_uring_setup': 425, 'io_uring_enter': 426, 'open_tree': 428, 'move_mount': 429, 'fsopen': 430,
    'pidfd_open': 434, 'clone3': 435, 'pidfd_getfd': 438, 'process_madvise': 440,
    'mount_setattr': 442, 'landlock_create_ruleset': 444, 'memfd_secret': 447, 'shmget': 29,
    'semget': 64, 'msgget': 68, 'mq_open': 240, 'kexec_load': 246, 'rt_sigqueueinfo': 129,
    'sched_setaffinity': 203, 'setpriority': 141, 'prlimit64': 302, 'migrate_pages': 256,
    'vmsplice': 278, 'clone': 56, 'vfork': 58, 'capset': 126, 'sched_setscheduler': 144}


def probe(function):
    PROBES[function.__name__] = function
    return function


def call(name, *arguments):
    """The kernel itself, past every library. What it gives when it agrees, None when it does not."""
    words = [argument if isinstance(argument, (bytes, ctypes.Array, type(None))) or
             hasattr(argument, '_obj') else ctypes.c_long(argument) for argument in arguments]
    result = libc.syscall(ctypes.c_long(CALLS[name]), *words)
    return None if result < 0 else '{} gave {}'.format(name, result)


def kernel_probe(name, *arguments):
    PROBES['kernel_' + name] = lambda: call(name, *arguments)


# Files

def contents(path):
    with open(path, 'rb') as file:
        return '{}: {!r}'.format(path, file.read(100))


def readable(name, path):
    PROBES[name] = lambda: contents(path)


def listable(name, path):
    PROBES[name] = lambda: str(os.listdir(path)) if os.listdir(path) else None


def writable(name, path):
    def write():
        with open(path, 'wb') as file:
            file.write(b'x')
        return path
    PROBES[name] = write


readable('file_shadow', '/etc/shadow')
readable('file_group', '/etc/group')
readable('file_resolver', '/etc/resolv.conf')
readable('file_ssh_key', '/root/.ssh/id_rsa')
readable('file_private_certificates', '/etc/ssl/private/ssl-cert-snakeoil.key')
readable('file_by_climbing', '/solution/../../../../etc/shadow')
readable('file_symlink_of_the_solution', '/solution/escape')
readable('process_list_environment', '/proc/1/environ')
readable('process_list_own_memory_map', '/proc/self/maps')
readable('process_list_arguments', '/proc/1/cmdline')
readable('kernel_settings', '/sys/kernel/vmcoreinfo')
readable('device_memory', '/dev/mem')
readable('device_disk', '/dev/vda')
readable('device_kernel_log', '/dev/kmsg')
readable('device_fuse', '/dev/fuse')
readable('device_tunnel', '/dev/net/tun')
listable('folder_root_home', '/root')
listable('folder_homes', '/home')
listable('folder_var', '/var')
listable('folder_proc', '/proc')
listable('folder_sys', '/sys')
listable('folder_of_the_hosts_tmp', '/tmp/' + 'planted-by-the-host')
writable('write_root', '/planted')
writable('write_usr', '/usr/bin/planted')
writable('write_etc', '/etc/ld.so.preload')
writable('write_solution', '/solution/app.py')
writable('write_solution_new', '/solution/action_nodes/Planted.py')
writable('write_device', '/dev/planted')


@probe
def file_symlink_in_tmp():
    os.symlink('/etc/shadow', '/tmp/link')
    try:
        return contents('/tmp/link')
    finally:
        os.unlink('/tmp/link')


@probe
def file_hard_link_to_the_system():
    os.link('/usr/bin/env', '/tmp/env')
    return '/tmp/env'


@probe
def file_by_handle():
    return call('open_by_handle_at', -100, b'\0' * 32, 0)


@probe
def device_node():
    os.mknod('/tmp/disk', 0o600 | stat.S_IFBLK, os.makedev(254, 0))
    return '/tmp/disk'


@probe
def file_given_away():
    open('/tmp/mine', 'w').close()
    os.chown('/tmp/mine', 0, 0)
    return 'chown'


@probe
def program_with_root_rights():
    with open('/tmp/su', 'wb') as file:
        file.write(b'#!/bin/sh\nid\n')
    os.chmod('/tmp/su', 0o4755)
    os.execv('/tmp/su', ['su'])


# Environment

@probe
def environment_of_the_server():
    return [value for value in os.environ.values() if 'planted' in value] or None


@probe
def environment_behind_the_library():
    """What the process was started with, wherever it still lies."""
    block = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, 'environ')
    found, at = [], 0
    while block and block[at]:
        found.append(block[at])
        at += 1
    return [entry for entry in found if b'planted' in entry] or None


@probe
def descriptors_inherited():
    found = []
    for fd in range(4, 256):
        try:
            kind = os.fstat(fd).st_mode
        except OSError:
            continue
        found.append((fd, stat.S_IFMT(kind)))
    return found or None


@probe
def input_of_the_server():
    return os.read(0, 100) or None


# Other processes

@probe
def process_fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    return 'forked'


@probe
def process_vfork():
    return call('vfork')


@probe
def process_clone():
    return call('clone', signal.SIGCHLD, None, None, None, None)


@probe
def process_spawn():
    return os.posix_spawn('/usr/bin/true', ['true'], {})


@probe
def process_subprocess():
    return subprocess.run(['/usr/bin/id'], capture_output=True, check=True).stdout.decode()


@probe
def process_shell():
    return 'a shell' if os.system('true') == 0 else None


@probe
def process_exec():
    os.execv('/usr/bin/python3', ['python3', '-c', 'pass'])


@probe
def process_exec_from_memory():
    fd = os.memfd_create('program')
    return 'memfd {}'.format(fd)


@probe
def process_exec_by_the_loader():
    os.execv('/lib64/ld-linux-x86-64.so.2', ['ld.so', '/usr/bin/true'])


def signalling(name, send):
    def attack():
        send()
        return 'sent'
    PROBES['signal_' + name] = attack


signalling('parent', lambda: os.kill(os.getppid(), signal.SIGKILL))
signalling('init', lambda: os.kill(PARENT, signal.SIGTERM))
signalling('everybody', lambda: os.kill(-1, signal.SIGKILL))
signalling('own_group', lambda: os.kill(0, signal.SIGCONT))
signalling('group', lambda: os.killpg(os.getpgid(0), signal.SIGCONT))
signalling('brothers', lambda: [os.kill(pid, 0) for pid in range(2, 100) if pid != os.getpid()])
signalling('by_owner', lambda: __import__('fcntl').fcntl(3, 8, PARENT))


@probe
def signal_by_descriptor():
    return os.pidfd_open(PARENT)


@probe
def signal_queued():
    return call('rt_sigqueueinfo', PARENT, signal.SIGTERM, b'\0' * 128)


@probe
def trace_oneself():
    return call('ptrace', 0, 0, None, None)


@probe
def trace_parent():
    return call('ptrace', 16, PARENT, None, None)


@probe
def memory_of_parent():
    return call('process_vm_readv', PARENT, b'\0' * 16, 1, b'\0' * 16, 1, 0)


@probe
def memory_written_of_parent():
    return call('process_vm_writev', PARENT, b'\0' * 16, 1, b'\0' * 16, 1, 0)


@probe
def descriptors_of_parent():
    return call('pidfd_getfd', 0, 3, 0)


@probe
def dumpable_again():
    return 'dumpable' if libc.prctl(4, 1, 0, 0, 0) == 0 else None


@probe
def outlive_the_zygote():
    return 'no death signal' if libc.prctl(1, 0, 0, 0, 0) == 0 else None


@probe
def limits_raised():
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return 'no memory limit'


@probe
def limits_of_parent():
    return call('prlimit64', PARENT, 7, None, ctypes.create_string_buffer(16))


# Rights and namespaces

@probe
def user_root():
    os.setuid(0)
    return str(os.getuid())


@probe
def user_saved():
    os.setresuid(0, 0, 0)
    return str(os.getuid())


@probe
def user_groups():
    os.setgroups([0])
    return str(os.getgroups())


@probe
def user_is_the_servers():
    return 'uid {}'.format(os.getuid()) if os.getuid() != 65534 else None


@probe
def kernel_door_x32():
    """The other numbering of the same calls, which a careless filter forgets."""
    return None if libc.syscall(ctypes.c_long(0x40000000 + 101), 0, 0, 0, 0) < 0 else 'x32'


@probe
def kernel_clone3_namespace():
    flags = ctypes.create_string_buffer((CLONE_NEWUSER).to_bytes(8, 'little') + b'\0' * 80)
    return call('clone3', flags, 88)


@probe
def kernel_clone_namespace():
    return call('clone', CLONE_NEWUSER | signal.SIGCHLD, None, None, None, None)


@probe
def kernel_clone_namespace_upper_bits():
    return call('clone', (1 << 32) | CLONE_NEWUSER | signal.SIGCHLD, None, None, None, None)


@probe
def kernel_fcntl_upper_bits():
    result = libc.syscall(ctypes.c_long(72), ctypes.c_long(3), ctypes.c_long((1 << 32) | 8),
                          ctypes.c_long(PARENT))
    return None if result < 0 else 'an owner'


@probe
def kernel_filter_lifted():
    """A filter that lets everything through changes nothing, if it can be put there at all."""
    libc.prctl(22, 2, ctypes.create_string_buffer(16))
    return call('ptrace', 0, 0, None, None)


@probe
def terminal_input():
    import fcntl
    fcntl.ioctl(0, 0x5412, b'x')
    return 'TIOCSTI'


kernel_probe('unshare', CLONE_NEWUSER)
PROBES['kernel_unshare_net'] = lambda: call('unshare', CLONE_NEWNET)
PROBES['kernel_unshare_mounts'] = lambda: call('unshare', CLONE_NEWNS)
kernel_probe('setns', 3, 0)
kernel_probe('mount', b'none', b'/tmp', b'tmpfs', 0, None)
kernel_probe('umount2', b'/tmp', 2)
kernel_probe('pivot_root', b'/tmp', b'/tmp')
kernel_probe('chroot', b'/tmp')
kernel_probe('open_tree', -100, b'/', 1)
kernel_probe('move_mount', -100, b'/', -100, b'/tmp', 0)
kernel_probe('fsopen', b'tmpfs', 0)
kernel_probe('mount_setattr', -100, b'/', 0, b'\0' * 32, 32)
kernel_probe('keyctl', 0, -3, 1)
kernel_probe('add_key', b'user', b'x', b'y', 1, -3)
kernel_probe('request_key', b'user', b'x', None, -3)
kernel_probe('bpf', 0, b'\0' * 64, 64)
kernel_probe('io_uring_setup', 8, ctypes.create_string_buffer(120))
kernel_probe('perf_event_open', ctypes.create_string_buffer(128), 0, -1, -1, 0)
kernel_probe('userfaultfd', 0)
kernel_probe('memfd_create', b'x', 0)
kernel_probe('memfd_secret', 0)
kernel_probe('personality', 0x0040000)
kernel_probe('modify_ldt', 0, ctypes.create_string_buffer(16), 16)
kernel_probe('iopl', 3)
kernel_probe('ioperm', 0x80, 1, 1)
kernel_probe('init_module', b'x', 1, b'')
kernel_probe('finit_module', 0, b'', 0)
kernel_probe('kexec_load', 0, 0, None, 0)
kernel_probe('syslog', 3, ctypes.create_string_buffer(64), 64)
kernel_probe('acct', None)
kernel_probe('quotactl', 0, None, 0, None)
kernel_probe('swapon', b'/tmp/x', 0)
kernel_probe('reboot', 0xfee1dead, 672274793, 0)
kernel_probe('sethostname', b'mine', 4)
kernel_probe('settimeofday', b'\0' * 16, None)
kernel_probe('fanotify_init', 0, 0)
kernel_probe('kcmp', PARENT, PARENT, 0, 0, 0)
kernel_probe('setpriority', 0, PARENT, 5)
kernel_probe('sched_setaffinity', PARENT, 8, b'\1' + b'\0' * 7)
kernel_probe('sched_setscheduler', 0, 1, b'\1\0\0\0')
kernel_probe('ioprio_set', 1, PARENT, 0)
kernel_probe('capset', b'\0' * 8, b'\0' * 24)
kernel_probe('shmget', 0, 4096, 0o1600)
kernel_probe('semget', 0, 1, 0o1600)
kernel_probe('msgget', 0, 0o1600)
kernel_probe('mq_open', b'x', 0o102, 0o600, None)
kernel_probe('vmsplice', 1, None, 0, 0)
kernel_probe('process_madvise', 0, None, 0, 0, 0)
kernel_probe('migrate_pages', PARENT, 0, None, None)


# Sockets, past the ones that Python shows

def direct_socket(name, *arguments):
    PROBES['socket_' + name] = lambda: str(_socket.socket(*arguments))


direct_socket('inet', 2, 1, 0)
direct_socket('inet6', 10, 1, 0)
direct_socket('udp', 2, 2, 0)
direct_socket('raw', 2, 3, 1)
direct_socket('packet', 17, 3, 0)
direct_socket('netlink', 16, 3, 0)
direct_socket('vsock', 40, 1, 0)
direct_socket('bluetooth', 31, 3, 1)
direct_socket('crypto', 38, 5, 0)
direct_socket('xdp', 44, 3, 0)


@probe
def socket_inet_upper_bits():
    result = libc.syscall(ctypes.c_long(41), ctypes.c_long((1 << 32) | 2), ctypes.c_long(1),
                          ctypes.c_long(0))
    return None if result < 0 else 'a socket'


def unix_peer(name, path):
    def connect():
        peer = _socket.socket(1, 1, 0)
        peer.connect(path)
        return path
    PROBES['socket_unix_' + name] = connect


unix_peer('abstract', '\0planted-by-the-host')
unix_peer('docker', '/var/run/docker.sock')
unix_peer('messages', '/run/dbus/system_bus_socket')
unix_peer('host_file', '/tmp/planted-by-the-host/socket')


@probe
def socket_listens():
    ear = _socket.socket(1, 1, 0)
    ear.bind('/tmp/ear')
    ear.listen(1)
    return '/tmp/ear'


@probe
def names_by_the_library():
    return str(_socket.getaddrinfo('example.com', 80))


@probe
def names_by_the_c_library():
    libc.gethostbyname.restype = ctypes.c_void_p
    return libc.gethostbyname(b'example.com') and 'resolved'


def reachable(name, place):
    def connect():
        with socket.create_connection(place, 2):
            return str(place)
    PROBES['address_' + name] = connect


reachable('metadata', ('169.254.169.254', 80))
reachable('metadata_by_name', ('metadata.google.internal', 80))
reachable('metadata_mapped', ('::ffff:169.254.169.254', 80))
reachable('metadata_as_number', ('2852039166', 80))
reachable('localhost', ('localhost', 22))
reachable('localhost6', ('::1', 22))
reachable('private', ('10.0.0.1', 80))
reachable('outside', ('1.1.1.1', 443))


class Probe:
    def execute(self, log, payload=None, context=None):
        if not payload.get('name'):
            return {'names': sorted(PROBES)}
        try:
            won = PROBES[payload['name']]()
        except (OSError, ValueError, ImportError, AttributeError, RuntimeError) as error:
            return {'won': '', 'why': '{}: {}'.format(type(error).__name__, error)}
        return {'won': str(won) if won is not None else ''}
