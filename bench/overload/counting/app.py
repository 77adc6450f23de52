import os

NAME = 'Counting'
BOTS = []
CSV_BOTS = ['Counting']
PATH = os.path.dirname(__file__)
PARAMS = {'sandbox': {}, 'live': {}}
