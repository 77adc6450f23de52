class Reserve:
    """Keeps a booking.

    Parameters: name, email, phone, arrival, nights, card
    Returns: success
    """

    repeatable = True

    def execute(self, log, payload=None, context=None):
        log('a room is booked')
        return {'success': 'true'}
