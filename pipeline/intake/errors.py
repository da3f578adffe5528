"""The one error of intake."""

from __future__ import annotations


class IntakeError(ValueError):
    """A file cannot be taken in.

    `str(error)` is one Dutch sentence for the user: what is wrong and what to do. It never holds text of
    the source, for it may end up in a log.
    """
