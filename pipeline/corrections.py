"""What readers changed in a plan: corrections, kept beside the findings and never inside a document.

A correction is an event that is only ever added (docs/architecture.md, rules 2 and 5). `replay` tells what
all of them together come to: of two on the same thing the later one holds, and both stay on record.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from extractors.schema import Record

Kind = Literal["edit", "reject", "move", "add", "fill", "remark", "resolve"]


class Correction(Record):
    """One thing that a reader changed or said, by whom and when where that is known.

    What `target` is the id of, and what `after` holds, depends on the kind:

    - `edit`, `reject`, `move`: a statement, or one that was added; its new words, nothing, its new section;
    - `add`: the section that the new statement, `after`, stands in;
    - `fill`: a field of the plan, and what it is filled with;
    - `remark`: a statement, a section, a field or an item that is unresolved; what was remarked;
    - `resolve`: an item that is unresolved; why, if that was said.

    `before` holds what stood there, `plan` the fingerprint of the plan that the reader had in hand.
    """

    id: str
    kind: Kind
    target: str
    before: str = ""
    after: str = ""
    author: str | None = None
    at: dt.datetime | None = None
    plan: str


class Unmatched(Record):
    """A change in a document that no correction stands for, for a reader to work in by hand.

    `where` names the heading it stands under, `why` is a fixed Dutch sentence, `before` and `after` are the
    words in the document.
    """

    id: str
    where: str
    why: str
    before: str = ""
    after: str = ""
    author: str | None = None
    at: dt.datetime | None = None
    plan: str


class Corrected(Record):
    """What the corrections of a plan come to, by the id of what they are about.

    `edited`, `moved`, `filled` and `resolved` hold the last correction of each; `rejected` those that still
    hold (a statement that was edited later is back); `added` and `remarks` all of them, in order.
    """

    edited: dict[str, Correction] = Field(default_factory=dict)
    rejected: dict[str, Correction] = Field(default_factory=dict)
    moved: dict[str, Correction] = Field(default_factory=dict)
    filled: dict[str, Correction] = Field(default_factory=dict)
    resolved: dict[str, Correction] = Field(default_factory=dict)
    added: tuple[Correction, ...] = ()
    remarks: dict[str, tuple[Correction, ...]] = Field(default_factory=dict)


def replay(corrections: Iterable[Correction]) -> Corrected:
    """Puts corrections together in the order in which they were made."""
    edited: dict[str, Correction] = {}
    rejected: dict[str, Correction] = {}
    moved: dict[str, Correction] = {}
    filled: dict[str, Correction] = {}
    resolved: dict[str, Correction] = {}
    added: dict[str, Correction] = {}
    remarks: dict[str, dict[str, Correction]] = {}
    for one in corrections:
        match one.kind:
            case "edit":
                edited[one.target] = one
                rejected.pop(one.target, None)
            case "reject":
                rejected[one.target] = one
            case "move":
                moved[one.target] = one
            case "fill":
                filled[one.target] = one
            case "resolve":
                resolved[one.target] = one
            case "add":
                added[one.id] = one
            case "remark":
                remarks.setdefault(one.target, {})[one.id] = one
    return Corrected(
        edited=edited,
        rejected=rejected,
        moved=moved,
        filled=filled,
        resolved=resolved,
        added=tuple(added.values()),
        remarks={target: tuple(each.values()) for target, each in remarks.items()},
    )


def correction_id(plan: str, *parts: str) -> str:
    """The id of a change: the same change in the same plan has the same id, however often it is read.

    Args:
        plan: The fingerprint of the plan that was changed.
        parts: What the change is: its kind, what it is about, its words, and what tells it from its like.
    """
    digest = hashlib.sha256("\0".join((plan, *parts)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"c{digest[:12]}"
