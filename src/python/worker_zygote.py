"""The process of one version: it has imported everything and forks workers that begin warm.

Requests to fork come as packets with two descriptors, the worker's socket and its output. Answers
are packets too: `forked` with a descriptor of the process, `exited` with how it ended, `failed`.
"""
import array
import errno
import select

PACKET_BYTES = 4096
DESCRIPTOR_BYTES = 4


def receive_packet(forks):
    """(packet, descriptors); None when the pool has gone."""
    room = socket.CMSG_SPACE(2 * DESCRIPTOR_BYTES)
    body, parts, _, _ = forks.recvmsg(PACKET_BYTES, room, socket.MSG_CMSG_CLOEXEC)
    if not body:
        return None, []
    descriptors = array.array('i')
    for level, kind, content in parts:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[:len(content) - len(content) % DESCRIPTOR_BYTES])
    return scan_json(body.decode(), 0)[0], descriptors


class Zygote:
    def __init__(self, channel, server, filters):
        self._channel = channel
        self._server = server
        self._filters = filters
        self._forks = socket.socket(fileno=FORKS)
        self._forks.set_inheritable(False)
        self._poll = select.poll()
        self._children = {}  # by the descriptor of the process

    def run(self):
        """Returns in every worker; the process that forks them ends with the pool."""
        self._poll.register(self._forks.fileno(), select.POLLIN)
        self._poll.register(self._channel.fileno(), select.POLLIN)
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._children:
                    self._collect(descriptor)
                elif descriptor != self._forks.fileno():
                    os._exit(0)  # nothing is ever sent there after the setup: the pool has gone
                elif self._fork():
                    return

    def _say(self, packet, descriptors=()):
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', descriptors))]
        self._forks.sendmsg([encode_json(packet).encode()], rights if descriptors else [])

    def _fork(self):
        """True in the worker."""
        request, descriptors = receive_packet(self._forks)
        if request is None:
            os._exit(0)
        name = request['fork']
        try:
            child = os.fork()
        except OSError as problem:
            self._say({'failed': name, 'message': problem.strerror})
            child = -1
        if child == 0:
            self._become_worker(request, *descriptors)
            return True
        for descriptor in descriptors:
            os.close(descriptor)
        if child > 0:
            process = os.pidfd_open(child)
            self._children[process] = (child, name)
            self._poll.register(process, select.POLLIN)
            self._say({'forked': name}, [process])
        return False

    def _become_worker(self, request, control, output):
        # What is not confined must not run a call, and what fails here has no other way to say so.
        try:
            self._channel.detach()
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.dup2(control, CONTROL, inheritable=False)
            for descriptor in (control, output, *self._children):
                os.close(descriptor)
            self._forks.close()
            cut_connections()
            confine_worker(self._filters['worker'])
            self._server.begin(request['fork'])
        except BaseException as problem:
            os.write(2, 'cannot be a worker: {}\n'.format(problem).encode())
            os._exit(71)

    def _collect(self, process):
        child, name = self._children.pop(process)
        self._poll.unregister(process)
        status = 0
        try:
            status = os.waitpid(child, 0)[1]
        except OSError as problem:
            if problem.errno != errno.ECHILD:  # a script at import may have asked not to be told
                raise
        os.close(process)
        self._say({'exited': name, 'status': status})


def main():
    os.close(SOURCE)
    channel = Channel()
    setup = channel.receive()['setup']
    filters = {name: bytes.fromhex(steps) for name, steps in setup['filters'].items()}
    prepare_process(setup)
    if filters['zygote']:
        install_filter(filters['zygote'])
    if setup['proxy']:
        use_proxy(setup['proxy'])
    elif setup['filters']['zygote']:
        use_no_network()
    watch_requests()
    provide_module()
    try:
        import requests
        import requests.adapters
    except Exception:
        pass  # whoever imports it will be told why
    server = Server(channel, setup)
    server.load()
    sys.stdout.flush()
    gc.collect()
    gc.freeze()  # what was imported stays: no collection need look at it again
    Zygote(channel, server, filters).run()
    server.serve()


main()
