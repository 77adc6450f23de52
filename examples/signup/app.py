import os

NAME = 'Sign-up'
BOTS = []
CSV_BOTS = ['SignUp']
PATH = os.path.dirname(__file__)

PARAMS = {'sandbox': {}, 'live': {}}
