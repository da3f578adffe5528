"""One document and one record: older, newer and foreign documents, twice the same, two readers."""

import pytest

from benchmarks.roundtrip.judge import base
from benchmarks.roundtrip.word import WordFile
from pipeline.dossier import Dossier
from pipeline.plan import assemble
from pipeline.render import render, render_family
from pipeline.word_review.errors import ReviewError
from pipeline.word_review.reading import read_document
from pipeline.word_review.review import (
    NO_PLAN,
    NOT_KNOWN,
    OTHER_PLAN,
    SINCE,
    Review,
    review,
)

BED, ZEE = (base().dossier.findings.statements[index].id for index in (2, 3))


def edited(*steps: tuple[str, ...], of: bytes | None = None, author: str = "Anna de Boer") -> bytes:
    file = WordFile(of or base().docx)
    file.author = author
    for step in (("track", "on"), *steps):
        file.take(step)
    return file.save()


def read(document: bytes, dossier: Dossier) -> Review:
    return review(read_document(document), dossier, base().template)


def drawn(dossier: Dossier) -> bytes:
    plan = assemble(dossier.conversation, dossier.findings, base().template, dossier.corrections)
    return render(plan, base().template).docx


def kinds(found: Review) -> list[tuple[str, str, str]]:
    return [(one.kind, one.target, one.after) for one in found.corrections]


def test_an_unedited_document_gives_no_corrections():
    found = read(base().docx, base().dossier)
    assert (found.corrections, found.queue, found.known) == ((), (), 0)
    assert found.dossier == base().dossier


def test_a_correction_tells_who_made_it_and_when_and_in_which_plan():
    [one] = read(edited(("replace", f"#{BED}/haar", "hun")), base().dossier).corrections
    assert (one.author, one.at and one.at.isoformat()) == ("Anna de Boer", "2026-04-02T10:15:00+00:00")
    assert one.before == "wij willen dat ze thuis in haar eigen bed slaapt"
    assert one.plan == base().plan.fingerprint


def test_the_same_document_once_more_changes_nothing():
    document = edited(("replace", f"#{BED}/haar", "hun"), ("replace", "Toekomstverwachting", "Later"))
    first = read(document, base().dossier)
    again = read(document, first.dossier)
    assert (again.corrections, again.queue, again.known) == ((), (), 2)
    assert again.dossier == first.dossier


def test_the_new_document_shows_the_correction_and_has_none_of_its_own():
    first = read(edited(("replace", f"#{BED}/haar", "hun"), ("delete", f"#{ZEE}")), base().dossier)
    document = drawn(first.dossier)
    words = "\n".join(item.now for item in read_document(document).items)
    assert "wij willen dat ze thuis in hun eigen bed slaapt" in words
    assert "Anna de Boer" in words
    assert read(document, first.dossier).dossier == first.dossier


def test_added_words_and_remarks_can_be_corrected_in_the_next_document():
    steps = (
        ("paragraph", "Scenario’s", "Bij benauwdheid eerst bellen."),
        ("comment", f"#{BED}", "Klopt dit?"),
    )
    first = read(edited(*steps), base().dossier)
    added = next(one.id for one in first.corrections if one.kind == "add")
    second = read(edited(("replace", f"#{added}/eerst", "direct"), of=drawn(first.dossier)), first.dossier)
    assert kinds(second) == [("edit", added, "Bij benauwdheid direct bellen.")]


def test_an_older_document_is_merged_where_nobody_changed_the_same():
    first = read(edited(("replace", f"#{BED}/haar", "hun")), base().dossier)
    second = read(edited(("replace", f"#{ZEE}/zomer", "herfst"), author="Dr. Bos"), first.dossier)
    assert second.later == 1
    assert [one.target for one in second.dossier.corrections] == [BED, ZEE]


def test_what_another_changed_since_stands_in_the_queue():
    first = read(edited(("replace", f"#{BED}/haar", "hun")), base().dossier)
    second = read(edited(("replace", f"#{BED}/haar", "ons"), author="Dr. Bos"), first.dossier)
    assert second.corrections == ()
    assert [(one.why, one.after) for one in second.queue] == [
        (SINCE, "wij willen dat ze thuis in ons eigen bed slaapt")
    ]
    assert second.queue[0].where == "Fysiek"


def test_a_reader_can_go_on_in_the_same_document():
    first = read(edited(("replace", f"#{BED}/haar", "hun")), base().dossier)
    second = read(edited(("replace", f"#{BED}/haar", "haar warme")), first.dossier)
    assert kinds(second) == [("edit", BED, "wij willen dat ze thuis in haar warme eigen bed slaapt")]


def test_a_newer_document_than_the_record_is_refused():
    first = read(edited(("replace", f"#{BED}/haar", "hun")), base().dossier)
    with pytest.raises(ReviewError) as refused:
        read(drawn(first.dossier), base().dossier)
    assert str(refused.value) == NOT_KNOWN


def test_a_document_of_another_conversation_is_refused():
    dossier = base().dossier
    other = dossier.model_copy(
        update={"conversation": dossier.conversation.model_copy(update={"id": "ander"})}
    )
    with pytest.raises(ReviewError) as refused:
        read(base().docx, other)
    assert str(refused.value) == OTHER_PLAN


def test_a_document_of_another_template_is_refused_with_both_versions():
    template = base().template.model_copy(update={"version": "99.0.0"})
    with pytest.raises(ReviewError, match=r"nu izp 99\.0\.0"):
        review(base().document, base().dossier, template)


def test_a_document_that_is_not_ours_is_refused():
    file = WordFile(base().docx)
    file.take(("strip", "properties"))
    for name in file.parts:
        if name.startswith("word/footer"):
            file.parts[name] = file.parts[name].replace(base().plan.fingerprint.encode(), b"")
    for text in file.texts():
        text.text = (text.text or "").replace(base().plan.fingerprint, "")
    with pytest.raises(ReviewError) as refused:
        read(file.save(), base().dossier)
    assert str(refused.value) == NO_PLAN


def test_without_its_properties_the_foot_of_the_page_tells_the_draft():
    document = edited(("strip", "properties"), ("replace", f"#{BED}/haar", "hun"))
    assert [one.target for one in read(document, base().dossier).corrections] == [BED]


def test_the_summary_for_the_family_is_compared_with_itself():
    family = render_family(base().plan, base().template)
    assert read(family, base().dossier).dossier == base().dossier
    found = read(edited(("replace", "bidden geeft ons rust", "bidden helpt ons"), of=family), base().dossier)
    assert (found.corrections, len(found.queue)) == ((), 1)


def test_a_deleted_comment_of_izp_is_told_and_resolves_nothing():
    found = read(edited(("uncomment", "Nog op te lossen 4:")), base().dossier)
    assert (found.corrections, found.lost) == ((), 1)
