

class Unusable(Exception):
    """A call that cannot be made, and why."""


class Log:
    """What execute() gets as `log`: call it with a text, or use a level's name."""

    def __init__(self, channel, number, characters_max, lines_max):
        self._channel = channel
        self._number = number
        self._characters_max = characters_max
        self._lines_left = lines_max

    def __call__(self, text='', *values):
        self._line('info', text, values)

    def debug(self, text='', *values):
        self._line('debug', text, values)

    def info(self, text='', *values):
        self._line('info', text, values)

    def warning(self, text='', *values):
        self._line('warning', text, values)

    def error(self, text='', *values):
        self._line('error', text, values)

    warn = warning
    critical = error
    exception = error

    def _line(self, level, text, values):
        # One more than the pool shows, so that it knows that lines are missing.
        if self._lines_left < 0:
            return
        self._lines_left -= 1
        text = sendable(str(text) % values if values else str(text))
        kept = text[:self._characters_max]
        self._channel.send({'log': {'number': self._number, 'level': level, 'text': kept,
                                    'cut': len(kept) < len(text)}})


def filled(payload, env_values, params, key):
    """The payload with the values that only this environment knows."""
    for slot in env_values:
        pieces = []
        for part in slot['parts']:
            if 'env' not in part:
                pieces.append(part['text'])
                continue
            name = part['env']
            if name not in params:
                raise Unusable("PARAMS['{}'] has no key '{}'".format(key, name))
            pieces.append(to_text(params[name]))
        at = payload
        for step in slot['path'][:-1]:
            at = at[step]
        at[slot['path'][-1]] = ''.join(pieces)
    return payload


def check_depth(value, left=DEPTH_MAX):
    if left == 0:
        raise Unusable('too deeply nested')
    if isinstance(value, dict):
        for member in value.values():
            check_depth(member, left - 1)
    elif isinstance(value, (list, tuple)):
        for item in value:
            check_depth(item, left - 1)


def run_to_end(awaitable):
    """Waits for an `async def execute`."""
    import asyncio

    async def wait():
        return await awaitable

    return asyncio.run(wait())


class Server:
    """Loads a version's scripts once and runs their calls, one after the other."""

    def __init__(self, channel, setup):
        self._channel = channel
        self._environment = setup['environment']
        self._result_bytes_max = setup['result_bytes_max']
        self._line_characters_max = setup['line_characters_max']
        self._lines_max = setup['lines_max']
        self._solution = Solution(setup['folder'])
        self._classes = {}
        self._problems = {}
        self._app_problem = ''

    def load(self):
        solution = self._solution
        solution.load_app()
        self._channel.send({'hello': {'secrets': solution.secrets()}})
        if solution.app_error is not None:
            self._app_problem = self._diagnosis(solution.app_error)
        for name in solution.node_names():
            try:
                module = solution.load_node(name)
            except BaseException as error:
                self._problems[name] = self._diagnosis(error)
                continue
            node = getattr(module, name, None)
            if isinstance(node, type) and callable(getattr(node, 'execute', None)):
                self._classes[name] = node
            else:
                self._problems[name] = '{}/{}.py has no class {} with an execute method'.format(
                    NODES, name, name)
        problems = [self._app_problem] if self._app_problem else []
        problems += ['{}: {}'.format(name, text) for name, text in self._problems.items()]
        self._channel.send({'ready': {'problems': problems}})

    def _diagnosis(self, error):
        place = self._solution.place(error)
        # What an app.py that broke off wanted to say may hold what it could not declare secret.
        broke_off = self._solution.app_error is not None and not isinstance(
            error, (SyntaxError, ImportError, NameError, KeyError))
        text = type(error).__name__ if broke_off else say(error)
        return '{}: {}'.format(place, text) if place else text

    def serve(self):
        while True:
            self._answer(self._channel.receive()['call'])

    def _answer(self, call):
        try:
            answer = self._run(call)
        except Unusable as error:
            answer = {'kind': 'raised', 'message': sendable(str(error))}
        answer['number'] = call['number']
        if answer['kind'] == 'returned':
            # The result is JSON already: it was measured.
            self._channel.send_text('{"end":{"number":%d,"kind":"returned","result":%s}}' % (
                call['number'], answer['result']))
        else:
            self._channel.send({'end': answer})

    def _run(self, call):
        command = call['command']
        if command in self._problems:
            raise Unusable(self._problems[command])
        node = self._classes.get(command)
        if node is None:
            return {'kind': 'refused',
                    'message': "there is no action node '{}'".format(sendable(command))}
        context = call['context']
        if context['uncertain'] and getattr(node, 'repeatable', False) is not True:
            return {'kind': 'unknown',
                    'message': 'an earlier attempt may have happened, and {} does not say '
                               'repeatable = True'.format(command)}
        payload = self._payload(call)
        log = Log(self._channel, call['number'], self._line_characters_max, self._lines_max)
        try:
            result = node().execute(log, payload, context)
            if hasattr(result, '__await__'):
                result = run_to_end(result)
        except BaseException as error:
            return {'kind': 'raised', 'message': say(error), 'place': self._solution.place(error)}
        return {'kind': 'returned', 'result': self._measured(command, result)}

    def _payload(self, call):
        """Fills in payload and context['env'] from PARAMS."""
        params = self._solution.params()
        key = self._solution.environment_key(self._environment)
        call['context']['env'] = key
        if not call['env_values']:
            return call['payload']
        if not isinstance(params.get(key), dict):
            raise Unusable(self._app_problem or "PARAMS has no environment '{}'".format(key))
        return filled(call['payload'], call['env_values'], params[key], key)

    def _measured(self, command, result):
        """The result as JSON, within the limits."""
        if not isinstance(result, dict):
            raise Unusable('{} returned {}, not a dict'.format(command, type(result).__name__))
        if not all(isinstance(key, str) for key in result):
            raise Unusable('{} returned a dict with a key that is not a string'.format(command))
        try:
            check_depth(result)
            text = encode_json(result)
            size = len(text.encode())
        except (TypeError, ValueError, RecursionError, Unusable) as error:
            raise Unusable('{} returned what JSON cannot carry: {}'.format(
                command, str(error).split('\n')[0])) from None
        if size > self._result_bytes_max:
            raise Unusable('{} returned {} bytes; the limit is {}'.format(
                command, size, self._result_bytes_max))
        return text


def main():
    channel = Channel()
    setup = channel.receive()['setup']
    channel.frame_bytes_max = setup['frame_bytes_max']
    server = Server(channel, setup)
    server.load()
    import gc
    gc.collect()
    gc.freeze()  # what was imported stays: no collection need look at it again
    server.serve()


main()
