"""Names that last for what a plan numbers: the open points, and the fields of who took part.

A correction says "punt-3". When a conversation is drafted again, or the template puts the points in another
order, another point has that number; so what is kept says which point was meant.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from extractors.schema import Flag
from pipeline.dossier import Extraction
from pipeline.plan.given import all_flags
from pipeline.plan.people import FUNCTION, REACH
from pipeline.plan.points import point_id
from pipeline.template import Template

PREFIX = "blijvend-"


def lasting_names(extraction: Extraction, template: Template) -> dict[str, str]:
    """The lasting name of each one that is numbered.

    A point is known by its kind and what it is about, a person by label.
    """
    conversation = extraction.conversation
    flags = all_flags(conversation, extraction.findings, template)
    names = {point_id(number): name for number, name in enumerate(point_names(flags), start=1)}
    for number, person in enumerate(conversation.participants, start=1):
        for field in (FUNCTION, REACH):
            names[f"{field}-{number}"] = _name(field, person.label)
    return names


def point_names(flags: Iterable[Flag]) -> list[str]:
    """The lasting name of the point of each flag, in any order that leaves those of a kind in theirs."""
    names = []
    alike: Counter[str] = Counter()
    for flag in flags:
        told = f"{flag.type} {flag.statements} {flag.turns}"
        alike[told] += 1
        names.append(_name(told, alike[told]))
    return names


def _name(*parts: object) -> str:
    return (
        PREFIX + hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    )
