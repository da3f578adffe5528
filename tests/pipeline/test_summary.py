from pathlib import Path

from rich.console import Console

from extractors.schema import Conversation, Findings, Statement, Turn
from pipeline.dossier import Extraction
from pipeline.draft import Draft
from pipeline.summary import of_drafts

PLACE = Path("sem.izp")


def said(turn: int, category: str) -> Statement:
    return Statement.model_validate(
        {"id": f"s{turn}", "quote": "x", "turn": turn, "start": 2 * turn, "end": 2 * turn + 1}
        | {"perspective": "child", "category": category, "domains": ("sociaal",)}
    )


def test_a_draft_says_how_many_statements_are_sure_and_how_many_are_to_be_reviewed() -> None:
    turns = tuple(Turn(index=i, text="x", start=2 * i, end=2 * i + 1) for i in range(4))
    conversation = Conversation(
        id="c", source="sem.txt", sha256="0", format="text", text="x\nx\nx\nx", turns=turns
    )
    findings = Findings(
        conversation="c", statements=(said(0, "value"),), to_review=(said(1, "goal"), said(2, "goal"))
    )
    draft = Draft(Extraction(conversation=conversation, findings=findings), PLACE, PLACE, PLACE, PLACE)
    console = Console(width=80)
    with console.capture() as capture:
        console.print(of_drafts([(Path("sem.txt"), draft)]))
    headings, counts = (line.split() for line in capture.get().splitlines()[:2])
    assert dict(zip(headings, counts, strict=True)) == {
        "bestand": "sem.txt",
        "waarde": "1",
        "doel": "0",
        "wens": "0",
        "afspraak": "0",
        "actie": "0",
        "zorg": "0",
        "feit": "0",
        "nazien": "2",
        "vlag": "0",
        "rest": "1",
    }
