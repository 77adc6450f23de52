class SendBooking:
    def execute(self, log, payload=None, context=None):
        return {'success': 'true'}
