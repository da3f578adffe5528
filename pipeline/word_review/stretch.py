"""Text as a document under track changes holds it: what stood there, what stands there, who changed it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import NamedTuple

BREAK = "\n"
"""The end of a line or of a paragraph within a stretch."""


class Mark(NamedTuple):
    """Who changed something and when, as far as the document tells."""

    author: str | None
    at: dt.datetime | None


class Span(NamedTuple):
    """A piece of text; `added` and `removed` are its tracked changes (it can have both)."""

    text: str
    added: Mark | None = None
    removed: Mark | None = None


class Place(NamedTuple):
    """Where a name begins and ends among the letters of a stretch, those of all its spans."""

    name: str
    start: int
    end: int


@dataclass
class Stretch:
    """The text of a paragraph, or of all paragraphs of a table cell, with the places that are named in it."""

    spans: list[Span] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    length: int = 0
    open: dict[str, tuple[str, int]] = field(default_factory=dict)

    def append(self, text: str, added: Mark | None, removed: Mark | None) -> None:
        """Adds a piece of text at the end."""
        if text:
            self.spans.append(Span(text, added, removed))
            self.length += len(text)

    def begin(self, key: str, called: str) -> None:
        """Opens a place here; `key` tells it from others that are open."""
        self.open[key] = (called, self.length)

    def end(self, key: str) -> None:
        """Closes a place here, if it was opened in this stretch."""
        if key in self.open:
            called, start = self.open.pop(key)
            self.places.append(Place(called, start, self.length))

    def close(self) -> None:
        """Closes every place that is still open."""
        for key in list(self.open):
            self.end(key)

    def join(self, other: Stretch) -> None:
        """Adds another stretch, with its places, at the end."""
        self.places += [
            place._replace(start=place.start + self.length, end=place.end + self.length)
            for place in other.places
        ]
        self.spans += other.spans
        self.length += other.length

    @property
    def was(self) -> str:
        """The text with all tracked changes rejected."""
        return "".join(span.text for span in self.spans if span.added is None)

    @property
    def now(self) -> str:
        """The text with all tracked changes accepted."""
        return "".join(span.text for span in self.spans if span.removed is None)

    @property
    def names(self) -> frozenset[str]:
        """The names of the places in it."""
        return frozenset(place.name for place in self.places)

    def before(self, position: int) -> int:
        """How many letters of `was` stand before a position among all letters."""
        count = passed = 0
        for span in self.spans:
            inside = min(max(position - passed, 0), len(span.text))
            count += inside if span.added is None else 0
            passed += len(span.text)
        return count


_QUOTES = str.maketrans(
    dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛`´", "'") | dict.fromkeys("‐‑", "-")
)


def plain(text: str) -> str:
    """Text without what is only typography, for comparing.

    The form of quotation marks and hyphens, kinds and amounts of white space and what makes no mark at all
    (soft hyphens, zero width spaces): word processors change these by themselves.
    """
    text = re.sub(r"[\xad\u200b\u200d\u2060\ufeff]", "", text).translate(_QUOTES)
    return " ".join(text.replace("…", "...").split())
