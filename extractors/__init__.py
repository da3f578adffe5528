"""From a conversation to statements and flags: spaCy components and the patterns they read.

`extractors.extract` is the way in; importing this package alone loads no spaCy.
"""
