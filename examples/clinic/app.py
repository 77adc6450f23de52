import os

NAME = 'Clinic'
BOTS = []
CSV_BOTS = ['Clinic']
PATH = os.path.dirname(__file__)

PARAMS = {
    'sandbox': {},
    'live': {},
}
