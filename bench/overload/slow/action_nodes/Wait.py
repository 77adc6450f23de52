import time


class Wait:
    def execute(self, log, payload=None, context=None):
        time.sleep(2)
        return {'success': 'true'}
