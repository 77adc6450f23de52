NAME = 'Attacks'
BOTS = []
CSV_BOTS = ['Attacks']
PARAMS = {'sandbox': {}, 'live': {}}
