import os

NAME = 'Slow'
BOTS = []
CSV_BOTS = ['Slow']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
