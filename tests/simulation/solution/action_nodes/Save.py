# Never run: the simulation answers in its place.
def main():
    raise NotImplementedError
