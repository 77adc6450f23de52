import os

NAME = 'Hotel'
BOTS = []
CSV_BOTS = ['Hotel']
PATH = os.path.dirname(__file__)

PARAMS = {
    'sandbox': {},
    'live': {},
}
