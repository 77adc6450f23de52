"""A neighbour: holds until the gate closes, and says what it still knows."""


class Hold:
    def execute(self, log, payload=None, context=None):
        with open('/solution/gate') as gate:
            gate.read()
        return {'still': 'here'}
