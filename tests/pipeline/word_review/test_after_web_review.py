"""Documents of plans that were corrected on the web page too: numbered, approved, with every correction."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest

from benchmarks.roundtrip.judge import base
from benchmarks.roundtrip.word import WordFile
from pipeline.corrections import Correction
from pipeline.dossier import Dossier
from pipeline.plan import Approval, assemble
from pipeline.render import render_docx
from pipeline.word_review.reading import read_document
from pipeline.word_review.review import SINCE, review

WHEN = dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)
APPROVAL = Approval(by="K. Smit", function="arts", at=WHEN, version=3)
BED, ZEE = (base().dossier.findings.statements[index].id for index in (2, 3))


def on_the_web(*done, of: Dossier | None = None) -> Dossier:
    """The record after corrections on the page, each as (kind, target, after, more)."""
    dossier = of or base().dossier
    first = len(dossier.corrections) + 1
    new = tuple(
        Correction(
            id=f"c{number}",
            kind=kind,
            target=target,
            after=after,
            author="K. Smit",
            function="arts",
            at=WHEN,
            plan="0" * 8,
            **dict(more),
        )
        for number, (kind, target, after, *more) in enumerate(done, start=first)
    )
    return dossier.model_copy(update={"corrections": (*dossier.corrections, *new)})


def drawn(dossier: Dossier, **version) -> bytes:
    plan = assemble(dossier.conversation, dossier.findings, base().template, dossier.corrections, **version)
    return render_docx(plan, base().template)


def edited(document: bytes, *steps: tuple[str, ...]) -> bytes:
    file = WordFile(document)
    for step in (("track", "on"), *steps):
        file.take(step)
    return file.save()


def read(document: bytes, dossier: Dossier):
    return review(read_document(document), dossier, base().template)


def words_in(document: bytes) -> str:
    found = read_document(document)
    return "\n".join((*found.running, *(item.now for item in found.items)))


def chosen(dossier: Dossier) -> tuple[str, dict]:
    turn = dossier.conversation.turns[-1]
    return turn.text, {"place": {"turn": turn.index, "start": turn.start, "end": turn.end}}


@pytest.mark.parametrize("version", [{}, {"number": 4}, {"approval": APPROVAL}])
def test_an_unedited_document_of_a_reviewed_plan_gives_no_corrections(version):
    quote, place = chosen(base().dossier)
    dossier = on_the_web(
        ("merge", ZEE, BED),
        ("confirm", BED, ""),
        ("add", "sociaal", quote, *place.items()),
        ("classify", BED, "goal", ("aspect", "category")),
        ("resolve", "punt-1", "later", ("outcome", "next_conversation")),
        ("undo", "c2", ""),
    )
    found = read(drawn(dossier, **version), dossier)
    assert (found.corrections, found.queue, found.known, found.lost) == ((), (), 0, 0)


def test_the_number_is_found_again_without_the_properties_of_the_file():
    dossier = base().dossier
    source, out = zipfile.ZipFile(BytesIO(drawn(dossier, number=4))), BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            if name != "docProps/custom.xml":
                target.writestr(name, source.read(name))
    assert read(out.getvalue(), dossier).queue == ()


def test_a_document_says_on_every_page_that_the_plan_is_approved_and_nowhere_that_it_is_a_draft():
    document = drawn(base().dossier, approval=APPROVAL)
    assert "Goedgekeurd door K. Smit, arts, op 1 april 2026 – versie 3" in words_in(document)
    with zipfile.ZipFile(BytesIO(document)) as made:
        header = made.read("word/header1.xml").decode()
        everything = "".join(made.read(name).decode() for name in made.namelist() if name.endswith(".xml"))
    assert "Goedgekeurd door K. Smit, arts" in header
    assert "concept" not in everything.casefold()


def test_folded_words_stand_below_the_others_and_can_be_corrected():
    dossier = on_the_web(("merge", ZEE, BED))
    document = drawn(dossier)
    assert "hierbij gevoegd door K. Smit op 1 april 2026" in words_in(document)
    [one] = read(edited(document, ("replace", f"#{ZEE}/zee", "duinen")), dossier).corrections
    assert (one.kind, one.target) == ("edit", ZEE)


def test_whoever_deletes_a_row_strikes_out_what_was_folded_in_too():
    dossier = on_the_web(("merge", ZEE, BED))
    found = read(edited(drawn(dossier), ("delete", f"#{BED}"), ("delete", f"#{ZEE}")), dossier)
    assert {(one.kind, one.target) for one in found.corrections} == {("reject", BED), ("reject", ZEE)}


@pytest.mark.parametrize("kind", ["confirm", "ratify"])
def test_what_was_agreed_since_is_not_struck_out_by_an_older_document(kind):
    document = edited(base().docx, ("delete", f"#{BED}"))
    found = read(document, on_the_web((kind, BED, "")))
    assert (found.corrections, [one.why for one in found.queue]) == ((), [SINCE])


def test_what_was_taken_back_since_is_not_edited_by_an_older_document():
    before = on_the_web(("edit", BED, "anders gezegd"))
    document = edited(drawn(before), ("replace", f"#{BED}/anders", "zo"))
    found = read(document, on_the_web(("undo", "c1", ""), of=before))
    assert (found.corrections, [one.why for one in found.queue]) == ((), [SINCE])


def test_a_document_of_before_an_approval_is_merged():
    found = read(edited(base().docx, ("replace", f"#{BED}/haar", "hun")), on_the_web(("confirm", ZEE, "")))
    assert [(one.kind, one.target) for one in found.corrections] == [("edit", BED)]
