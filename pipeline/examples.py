"""The examples of `docs/labels.md`: read from its tables, judged, and marked with what izp makes of them.

A table of examples has a column `example`, a column for each field it shows the label of, perhaps a column
`why`, and last a column `izp`, which this module fills. An example is a turn of talk ("Moeder: ...") or a
line of a note ("[Heading] ..."), several with `<br>` between them; bold is what an annotator would mark.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from spacy.language import Language

from extractors.evaluate import pair_quotes
from extractors.extract import extract
from extractors.schema import FLAG_TYPES, Conversation, Findings, Participant, Role, Statement, Turn

RIGHT = "✓"
NOTHING = "none"
"""The category of words that are no statement, the owner and due that nobody named."""
NOT_FOUND, TO_REVIEW = ABSENT = ("not found", "to review")
"""What is made of words that are no statement to izp, or perhaps one."""
DAY = dt.date(2026, 3, 12)
"""The day of all examples, a Thursday."""

PEOPLE: dict[str, tuple[Role | None, str | None]] = {
    "Sem": ("child", "kind"),
    "Moeder": ("parent", "moeder"),
    "Vader": ("parent", "vader"),
    "Oma": ("parent", "oma"),
    "Zus": ("parent", "zus"),
    "Kinderarts": ("care_team", "kinderarts"),
    "Verpleegkundige": ("care_team", "kinderverpleegkundige"),
    "Tolk": ("interpreter", "tolk"),
    "Juf": ("other", "leerkracht"),
    "Spreker 4": (None, None),
}
"""Who may speak in an example: role and function."""

_FIELDS: dict[str, Callable[[Statement], str]] = {
    "category": lambda statement: statement.category,
    "perspective": lambda statement: statement.perspective,
    "reported": lambda statement: _yes(statement.reported),
    "domain": lambda statement: statement.domains[0],
    "polarity": lambda statement: statement.polarity,
    "certainty": lambda statement: statement.certainty,
    "owner": lambda statement: statement.owner or NOTHING,
    "due": lambda statement: statement.due or NOTHING,
}
_SPOKEN = re.compile(rf"({'|'.join(PEOPLE)}): (.*)")
_NOTED = re.compile(r"\[(.+?)\] (.*)")
_MARKED = re.compile(r"\*\*(.+?)\*\*")


class Example(NamedTuple):
    """A row of a table of examples: `labels` gives for each field what is right, one or more."""

    text: str
    labels: dict[str, tuple[str, ...]]
    line: int

    @property
    def fields(self) -> str:
        """The names of the fields that it shows, as one name."""
        return ", ".join(self.labels)


def read_examples(page: str) -> Iterator[Example]:
    """The examples in the tables of a page.

    Raises:
        ValueError: A table of examples shows a field that does not exist.
    """
    headings: list[str] = []
    for number, line in enumerate(page.splitlines()):
        cells = [cell.strip() for cell in _cells(line)]
        if cells[0] == "example" and cells[-1] == "izp":
            headings = cells[1:-1]
            if unknown := set(headings) - {*_FIELDS, *FLAG_TYPES, "why"}:
                raise ValueError(f"line {number + 1}: no field is called {', '.join(sorted(unknown))}")
        elif not line.startswith("|"):
            headings = []
        elif headings and not cells[0].startswith("---"):
            named = zip(headings, cells[1:-1], strict=True)
            labels = {name: tuple(cell.replace("`", "").split(", ")) for name, cell in named if name != "why"}
            yield Example(cells[0], labels, number)


def mark_examples(page: str, verdicts: Sequence[tuple[Example, str]]) -> str:
    """The page with its verdict in the last column of every example."""
    lines = page.splitlines()
    for example, verdict in verdicts:
        kept = _cells(lines[example.line])[:-1]
        lines[example.line] = f"|{'|'.join(kept)}| {verdict} |"
    return "\n".join(lines) + "\n"


def _cells(line: str) -> list[str]:
    return line.strip()[1:-1].split("|")


def judge(example: Example, nlp: Language) -> str:
    """What izp makes of an example: `RIGHT`, or in words what it makes of it instead."""
    findings = extract(to_conversation(example.text), nlp)
    quotes = _MARKED.findall(example.text)
    pairs = pair_quotes(quotes, [statement.quote for statement in findings.statements])
    wrong: list[str] = []
    for name, labels in example.labels.items():
        if name in FLAG_TYPES:
            marked = {findings.statements[position].id for position in pairs.values()}
            made = [_raised(findings, name, None if labels == ("no",) else marked)]
        else:
            made = [
                _FIELDS[name](findings.statements[pairs[position]])
                if position in pairs
                else _absent(findings, quote)
                for position, quote in enumerate(quotes)
            ]
        wrong += [
            each if len(example.labels) == 1 or each in ABSENT else f"{name}: {each}"
            for each in made
            if each not in labels and not (each in ABSENT and labels == (NOTHING,))
        ]
    return "; ".join(dict.fromkeys(wrong)) or RIGHT


def _raised(findings: Findings, name: str, marked: set[str] | None) -> str:
    """Whether a type of flag is raised: on one of the marked statements, or on anything at all."""
    raised = (set(flag.statements) for flag in findings.flags if flag.type == name)
    return _yes(any(marked is None or marked & names for names in raised))


def _absent(findings: Findings, quote: str) -> str:
    doubted = pair_quotes([quote], [statement.quote for statement in findings.to_review])
    return TO_REVIEW if doubted else NOT_FOUND


def to_conversation(text: str) -> Conversation:
    """The conversation about Sem that an example stands for."""
    turns: list[Turn] = []
    start = 0
    for line in _MARKED.sub(r"\1", text).split("<br>"):
        label: str | None = None
        section: tuple[str, ...] = ()
        words = line.strip()
        if spoken := _SPOKEN.fullmatch(words):
            label, words = spoken[1], spoken[2]
        elif noted := _NOTED.fullmatch(words):
            section, words = (noted[1],), noted[2]
        turns.append(
            Turn(
                index=len(turns),
                label=label,
                text=words,
                start=start,
                end=start + len(words),
                block="speech" if label else "list_item",
                section=section,
            )
        )
        start += len(words) + 1
    return Conversation(
        id="example",
        source="example.txt",
        sha256="0" * 64,
        format="dialogue" if turns[0].label else "notes",
        date=DAY,
        child="Sem",
        text="\n".join(turn.text for turn in turns),
        participants=tuple(
            Participant(label=label, role=role, function=function)
            for label, (role, function) in PEOPLE.items()
            if label == "Sem" or any(turn.label == label for turn in turns)
        ),
        turns=tuple(turns),
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"
