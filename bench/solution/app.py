import os

NAME = 'Bench'
BOTS = []
CSV_BOTS = ['BenchProfile']
PATH = os.path.dirname(__file__)

PARAMS = {
    'sandbox': {
        'braze_url': os.environ.get('BRAZE_URL', ''),
        'braze_api_key': os.environ.get('BRAZE_API_KEY', ''),
    },
    'live': {
        'braze_url': os.environ.get('BRAZE_LIVE_URL', ''),
        'braze_api_key': os.environ.get('BRAZE_LIVE_API_KEY', ''),
    },
}
