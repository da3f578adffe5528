"""Edits made and what came back, by writer: `python -m benchmarks.roundtrip docs/word-roundtrip.md`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.roundtrip import libreoffice, python_docx
from benchmarks.roundtrip.edits import EDITS, WORD_ONLY, Edit
from benchmarks.roundtrip.judge import Outcome, base, judge, steps_of
from benchmarks.roundtrip.word import WordFile

HEAD = """# Corrections from Word: edits made and what came back

Made by `python -m benchmarks.roundtrip docs/word-roundtrip.md`. Each kind of edit is made in a document of
its own, which is then read back as `izp import-review` does ([corrections.md](corrections.md)). *Recovered*
are the corrections that came back just as they were made, *queued* the changes in "handmatig te verwerken".
An edit that gave neither is *lost*, and what nobody did is *invented*. {missing}

| written by | kinds of edits | corrections made | recovered | queued | lost | invented |
|---|---|---|---|---|---|---|
"""


def written() -> dict[str, tuple[list[Edit], list[bytes]]]:
    """The edited documents of every way of writing that this computer has."""
    data = base().docx
    word = [*EDITS, *WORD_ONLY]
    scripted = [edit for edit in EDITS if python_docx.can(edit)]
    made = {
        "Word (its XML)": (word, [in_word(edit) for edit in word]),
        "python-docx": (scripted, [python_docx.write(data, steps_of(edit)) for edit in scripted]),
    }
    if libreoffice.installed():
        edits = [edit for edit in EDITS if libreoffice.can(edit)]
        steps = [steps_of(edit) for edit in edits]
        for name, odt in (("LibreOffice, DOCX", False), ("LibreOffice, by way of ODT", True)):
            made[name] = (edits, libreoffice.write(data, steps, by_way_of_odt=odt))
    return made


def in_word(edit: Edit) -> bytes:
    """A document with an edit as Word makes it."""
    file = WordFile(base().docx)
    for step in steps_of(edit):
        file.take(step)
    return file.save()


def row(name: str, outcomes: Sequence[tuple[Edit, Outcome]]) -> str:
    """A line of the table."""
    figures = (
        len(outcomes),
        sum(len(edit.expected) for edit, _ in outcomes),
        sum(outcome.recovered for _, outcome in outcomes),
        sum(outcome.queued for _, outcome in outcomes),
        sum(len(outcome.lost) for _, outcome in outcomes),
        sum(len(outcome.unexpected) for _, outcome in outcomes),
    )
    return f"| {name} | {' | '.join(map(str, figures))} |\n"


def main() -> int:
    """Writes the table; 1 when anything was lost or invented."""
    wrong = 0
    table = []
    for name, (edits, documents) in written().items():
        outcomes = [(edit, judge(edit, document)) for edit, document in zip(edits, documents, strict=True)]
        table.append(row(name, outcomes))
        for edit, outcome in outcomes:
            if outcome.lost or outcome.unexpected:
                wrong += 1
                sys.stderr.write(f"{name}: {edit.name}: lost {outcome.lost}, invented {outcome.unexpected}\n")
    missing = "" if libreoffice.installed() else "LibreOffice was not here."
    Path(sys.argv[1]).write_text(HEAD.format(missing=missing).replace(" \n", "\n") + "".join(table), "utf-8")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
