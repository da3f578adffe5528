"""The trained Dutch pipeline (`nl_izp/`) and the recipe that makes it (`train.py`, `train.cfg`)."""
