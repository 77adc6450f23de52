import os

NAME = 'Showcase'
BOTS = []
CSV_BOTS = ['Showcase']
PATH = os.path.dirname(__file__)

PARAMS = {'sandbox': {}, 'live': {}}
