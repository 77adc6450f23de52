import os

NAME = 'Braze profile'
BOTS = []
CSV_BOTS = ['BrazeProfile']
PATH = os.path.dirname(__file__)

PARAMS = {
    'sandbox': {
        # Braze
        'braze_url': os.environ.get('BRAZE_URL', ''),
        'braze_api_key': os.environ.get('BRAZE_API_KEY', ''),
        'braze_user_track': 'users/track',
        'braze_export': 'users/export/ids',
    },
    'live': {
        # Braze
        'braze_url': os.environ.get('BRAZE_LIVE_URL', ''),
        'braze_api_key': os.environ.get('BRAZE_LIVE_API_KEY', ''),
        'braze_user_track': 'users/track',
        'braze_export': 'users/export/ids',
    },
}
