"""The house holds itself: what this repository promises about its own shape, as rules that a
program checks. Each rule is a function that takes a Tree and yields one line per breach; `RULES` of
`rules.py` lists them. Nothing here needs more than Python's standard library and git."""
