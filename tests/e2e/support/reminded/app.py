import os
NAME = 'Reminded'
BOTS = []
CSV_BOTS = ['Reminded']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
