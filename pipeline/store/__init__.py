"""The record of an installation: who is cared for, what was said, found and approved, and who saw it.

What can be read without a key are ids, times, states and numbers; everything that somebody said, wrote or
is called is sealed (`keys`). Only accounts are not: a login and a name are looked up to sign in.
"""
