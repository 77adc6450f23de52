NAME = 'Simulated'
BOTS = []
