class SendIt:
    def execute(self, log, payload=None, context=None):
        return {'success': 'true'}
