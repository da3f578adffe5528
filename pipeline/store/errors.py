"""What may be wrong with what is asked of the store. The text of each is a Dutch sentence for the user."""

from __future__ import annotations

from typing import Final

from pipeline.corrections import Correction
from pipeline.plan import Item

CONFLICT: Final = "Iemand anders heeft dit intussen ook gewijzigd. Kies welke tekst blijft staan."
BLOCKED: Final = (
    "Dit plan kan nog niet worden goedgekeurd: er staan punten open die eerst een besluit vragen."
)


class StoreError(Exception):
    """The store cannot be used as asked; says why and what to do, in Dutch, without words of a record."""


class NotFound(StoreError):  # noqa: N818  # it says what is so, as Outdated does
    """What is asked for is not there (any more)."""


class Outdated(StoreError):  # noqa: N818  # as NotFound
    """Somebody else changed it in between."""


class Unfit(StoreError):  # noqa: N818  # as NotFound
    """What was filled in cannot be so."""


class Conflict(Outdated):
    """Somebody else corrected the same thing; `others` holds what they did, in order."""

    def __init__(self, others: tuple[Correction, ...]) -> None:
        super().__init__(CONFLICT)
        self.others = others


class NotApprovable(Unfit):
    """A plan cannot be approved while points are open that must be decided; `blocking` holds them."""

    def __init__(self, blocking: tuple[Item, ...]) -> None:
        super().__init__(BLOCKED)
        self.blocking = blocking
