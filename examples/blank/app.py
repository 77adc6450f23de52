import os

NAME = 'Blank'
BOTS = []
CSV_BOTS = ['Blank']
PATH = os.path.dirname(__file__)

PARAMS = {'sandbox': {}, 'live': {}}
