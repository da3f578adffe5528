"""The one error of reading corrections back."""

from __future__ import annotations

from pipeline.intake.errors import IntakeError


class ReviewError(IntakeError):
    """A document cannot be read back; `str(error)` is one Dutch sentence that says why and what to do.

    It never holds words of the document, for it may end up in a log.
    """
