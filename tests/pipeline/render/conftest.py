"""A plan with one wish about a treatment, with an open point, and one action point."""

import datetime as dt
from pathlib import Path

import pytest

from extractors.schema import Conversation, Findings, Flag, Participant, Statement, Turn
from pipeline.plan import assemble
from pipeline.template import load_template


@pytest.fixture(scope="session")
def template():
    return load_template(Path(__file__).parents[3] / "templates" / "izp")


def said(name, words, turn, **fields):
    given = {"perspective": "child", "domains": ("fysiek",), **fields}
    return Statement(id=name, quote=words, turn=turn, start=100 * turn, end=100 * turn + len(words), **given)


@pytest.fixture(scope="session")
def plan(template):
    words = ("ik wil niet meer naar de IC", "ik bel morgen de thuiszorg")
    text = words[0].ljust(100) + words[1]
    conversation = Conversation(
        id="gesprek",
        source="gesprek.txt",
        sha256="00",
        format="text",
        date=dt.date(2026, 3, 12),
        child="Mila",
        text=text,
        participants=(Participant(label="Anne", role="care_team", function="Wijkverpleegkundige"),),
        turns=tuple(
            Turn(index=number, label="Anne", text=one, start=100 * number, end=100 * number + len(one))
            for number, one in enumerate(words)
        ),
    )
    findings = Findings(
        conversation="gesprek",
        statements=(
            said("s0123456789ab", words[0], 0, category="preference", topics=("resuscitation",)),
            said("sba9876543210", words[1], 1, category="action_point", owner="Wijkverpleegkundige"),
        ),
        flags=(Flag(type="treatment_limit", statements=("s0123456789ab",), note="Alleen een arts."),),
    )
    return assemble(conversation, findings, template)
