import os

NAME = 'Loyalty'
BOTS = []
CSV_BOTS = ['Loyalty']
PATH = os.path.dirname(__file__)

PARAMS = {'sandbox': {}, 'live': {}}
