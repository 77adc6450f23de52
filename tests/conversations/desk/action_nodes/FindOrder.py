class FindOrder:
    def execute(self, log, payload=None, context=None):
        return {'success': 'true', 'STATE': 'on its way'}
