import os

NAME = 'A sample'
BOTS = []
CSV_BOTS = ['Sample']
PATH = os.path.dirname(__file__)
PARAMS = {
    'sandbox': {'url': 'https://api.example.com', 'api_key': '${secret:BOOKING_KEY}'},
    'live': {'url': 'https://api.example.com', 'api_key': '${secret:BOOKING_LIVE_KEY}'},
}
