import pytest

from extractors.schema import Conversation, Findings, Flag, Statement, Turn
from pipeline.corrections import Correction
from pipeline.differences import (
    AT_CONFIRMED,
    AT_CONFLICT,
    AT_LIMIT,
    Differences,
    Reading,
    attention,
    differences,
    in_words,
)
from pipeline.dossier import Extraction
from pipeline.redraft import keep_corrected
from pipeline.template import installed_template

TEXT = "Ik wil naar huis. Geen beademing meer."
LABELS = installed_template().labels


def statement(name: str, start: int, end: int, **readings: object) -> Statement:
    told = {"perspective": "parent", "category": "preference", "domains": ("fysiek",)} | readings
    return Statement.model_validate(
        {"id": name, "quote": TEXT[start:end], "turn": 0, "start": start, "end": end, **told}
    )


HOME, LIMIT = statement("s1", 0, 16), statement("s2", 18, 37, topics=("ventilation",))
CONFLICT = Flag(type="conflict", statements=("s1", "s2"), note="Kijk dit na.")


def draft(
    *statements: Statement, to_review: tuple[Statement, ...] = (), flags: tuple[Flag, ...] = ()
) -> Extraction:
    turn = Turn(index=0, text=TEXT, start=0, end=len(TEXT))
    talk = Conversation(id="g", source="g.txt", sha256="0" * 64, format="dialogue", text=TEXT, turns=(turn,))
    findings = Findings(conversation="g", statements=statements, to_review=to_review, flags=flags)
    return Extraction(conversation=talk, findings=findings)


def corrected(kind: str, target: str) -> Correction:
    return Correction(id="c1", kind=kind, target=target, author="K. Smit", function="arts", plan="0" * 8)


def between(before: Extraction, made: Extraction, *corrections: Correction) -> Differences:
    return differences(before, made, keep_corrected(made, before, corrections))


def test_two_drafts_that_are_alike_do_not_differ():
    found = between(draft(HOME), draft(HOME.model_copy(update={"confidence": 0.4, "because": ("wish",)})))
    assert found == Differences()
    assert not found.changes_the_plan


def test_what_is_new_and_what_vanished_is_told_with_where_it_stood():
    found = between(draft(HOME), draft(to_review=(LIMIT,)))
    assert [(each.statement, each.to_review) for each in found.new] == [(LIMIT, True)]
    assert [(each.statement, each.to_review) for each in found.vanished] == [(HOME, False)]


def test_what_is_read_otherwise_is_told_with_what_it_was():
    now = statement("s1", 0, 16, polarity="negated", domains=("sociaal", "fysiek"))
    [changed] = between(draft(HOME), draft(now)).changed
    assert in_words(changed.readings, LABELS) == (
        f"domein: {LABELS.domains['sociaal']}, {LABELS.domains['fysiek']} (was: {LABELS.domains['fysiek']})",
        "gelezen als nee (was: ja)",
    )


def test_a_statement_that_goes_to_review_is_read_otherwise():
    [changed] = between(draft(HOME), draft(to_review=(HOME,))).changed
    assert in_words(changed.readings, LABELS) == ("nog te beoordelen (was: in het plan)",)


@pytest.mark.parametrize(
    ("aspect", "before", "after", "words"),
    [
        ("owner", "", "moeder", "wie: moeder (was: niet genoemd)"),
        ("question", "Wat wil je, lief?", "", "op de vraag: niet genoemd (was: Wat wil je, lief?)"),
        ("certainty", "tentative", "firm", f"zeker (was: {LABELS.certainties['tentative']})"),
        ("topics", "", "ventilation", "onderwerp: beademing (was: niet genoemd)"),
        ("reported", "", "yes", "via een ander bekend (was: zelf gezegd)"),
    ],
)
def test_each_reading_has_words(aspect: str, before: str, after: str, words: str):
    reading = Reading.model_validate({"aspect": aspect, "before": before, "after": after})
    assert in_words((reading,), LABELS) == (words,)


def test_what_stays_because_a_reader_confirmed_it_is_told_and_changes_no_plan():
    made = draft(statement("s1", 0, 16, polarity="negated"))
    found = between(draft(HOME), made, corrected("confirm", "s1"))
    [held] = found.held
    assert (held.statement, held.found) == (HOME, made.findings.statements[0])
    assert in_words(held.readings, LABELS) == ("gelezen als nee (was: ja)",)
    assert not found.changes_the_plan


def test_what_stays_in_another_cut_is_told_with_what_is_found_now():
    made = draft(statement("s3", 0, 17, certainty="tentative"))
    [held] = between(draft(HOME), made, corrected("confirm", "s1")).held
    assert held.found is not None
    assert held.found.id == "s3"
    assert [each.aspect for each in held.readings] == ["certainty"]


def test_what_stays_though_it_is_not_found_is_told():
    [held] = between(draft(HOME), draft(), corrected("edit", "s1")).held
    assert (held.statement, held.found, held.readings) == (HOME, None, ())


def test_points_that_come_and_go_are_told():
    found = between(draft(HOME, LIMIT), draft(HOME, LIMIT, flags=(CONFLICT,)))
    assert (found.came, found.went) == ((CONFLICT,), ())
    found = between(draft(HOME, LIMIT, flags=(CONFLICT,)), draft(HOME, LIMIT))
    assert (found.came, found.went) == ((), (CONFLICT,))
    assert attention(found, ()) == (AT_CONFLICT,)


def test_what_is_other_of_a_wish_at_home_asks_for_no_attention():
    assert attention(between(draft(HOME), draft()), ()) == ()


def test_what_is_other_of_a_treatment_with_limits_asks_for_attention():
    for before, made in (
        (draft(LIMIT), draft()),
        (draft(), draft(LIMIT)),
        (draft(), draft(to_review=(LIMIT,))),
    ):
        assert attention(between(before, made), ()) == (AT_LIMIT,)


def test_what_is_other_of_a_confirmed_statement_asks_for_attention_and_of_a_corrected_one_does_not():
    for kind, sentences in (("confirm", (AT_CONFIRMED,)), ("edit", ())):
        one = corrected(kind, "s1")
        assert attention(between(draft(HOME), draft(), one), (one,)) == sentences
