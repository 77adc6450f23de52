class LookUp:
    def execute(self, log, payload=None, context=None):
        return {'success': 'true', 'WEATHER': 'sunny', 'RAIN': '0'}
