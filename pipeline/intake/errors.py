"""The errors of intake."""

from __future__ import annotations


class IntakeError(ValueError):
    """A file cannot be taken in.

    `str(error)` is one Dutch sentence for the user: what is wrong and what to do. It never holds text of
    the source, for it may end up in a log.
    """


class IntakeEndedError(IntakeError):
    """What reads a file could not be started or was ended: by this machine, and not because of the file."""
