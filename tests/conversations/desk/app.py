NAME = 'Desk'
BOTS = []
CSV_BOTS = ['Desk']
PARAMS = {'sandbox': {}, 'live': {}}
