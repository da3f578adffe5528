import datetime as dt
from pathlib import Path

import pytest

from extractors.schema import Conversation, Findings, Flag, Participant, Statement, Turn
from pipeline.corrections import Correction
from pipeline.plan import assemble
from pipeline.template import load_template

TEMPLATE = load_template(Path(__file__).parents[3] / "templates" / "izp")
WHEN = dt.datetime(2026, 11, 22, 10, 30, tzinfo=dt.UTC)


class Review:
    """A talk with one turn for each statement, of which the last ones are to review, and what came of it."""

    def __init__(self, *said, to_review=0, flags=()):
        turns, found, start = [], [], 0
        for index, fields in enumerate(said):
            quote = fields.get("quote", f"uitspraak {index + 1}")
            turns.append(
                Turn(index=index, label="Mila", text=f"{quote}.", start=start, end=start + len(quote) + 1)
            )
            fields = {"perspective": "child", "category": "preference", "domains": ("fysiek",), **fields}
            fields |= {"id": f"s{index + 1}", "quote": quote, "turn": index}
            found.append(Statement(**fields, start=start, end=start + len(quote), because=("a.cue",)))
            start += len(quote) + 2
        turns.append(Turn(index=len(said), label="Mila", text="En ik mis Tim.", start=start, end=start + 14))
        self.conversation = Conversation(
            id="gesprek",
            source="gesprek.txt",
            sha256="00",
            format="text",
            text="\n".join(turn.text for turn in turns),
            participants=(Participant(label="Mila", role="child", function="kind"),),
            turns=tuple(turns),
        )
        sure = len(said) - to_review
        self.findings = Findings(
            conversation="gesprek",
            statements=tuple(found[:sure]),
            to_review=tuple(found[sure:]),
            flags=tuple(Flag(**{"note": "Let op.", **flag}) for flag in flags),
        )
        self.corrections = []

    def does(self, kind, target, after="", **more):
        """Adds a correction, by a physician unless told otherwise, and gives it back."""
        number = len(self.corrections) + 1
        fields = {"id": f"c{number}", "author": "K. Smit", "function": "arts", "at": WHEN, "plan": "0" * 8}
        one = Correction(**{**fields, "kind": kind, "target": target, "after": after, **more})
        self.corrections.append(one)
        return one

    def plan(self, **more):
        return assemble(self.conversation, self.findings, TEMPLATE, self.corrections, **more)

    def entry(self, name="s1"):
        return next(entry for entry in self.plan().entries if entry.id == name)

    def section(self, name):
        return next(part for chapter in self.plan().chapters for part in chapter.sections if part.id == name)


@pytest.fixture(scope="session")
def review():
    """Starts a review of a talk."""
    return Review


@pytest.fixture(scope="session")
def template():
    return TEMPLATE
