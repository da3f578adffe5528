from extractors.schema import Conversation, Findings, Flag, Participant, Statement, Turn
from pipeline.corrections import Correction
from pipeline.draft import Extraction
from pipeline.redraft import OTHER_SPEAKER, keep_corrected

TEXT = "Ik wil naar huis. Geen beademing meer."


def statement(name: str, start: int, end: int) -> Statement:
    return Statement(
        id=name,
        quote=TEXT[start:end],
        turn=0,
        start=start,
        end=end,
        speaker="Moeder",
        perspective="parent",
        category="preference",
        domains=("fysiek",),
    )


HOME, LIMIT = statement("s1", 0, 16), statement("s2", 18, 37)


def extraction(
    *statements: Statement,
    to_review: tuple[Statement, ...] = (),
    flags: tuple[Flag, ...] = (),
    role: str = "parent",
) -> Extraction:
    talk = Conversation(
        id="g",
        source="g.txt",
        sha256="0" * 64,
        format="dialogue",
        text=TEXT,
        participants=(Participant(label="Moeder", role=role),),
        turns=(Turn(index=0, label="Moeder", text=TEXT, start=0, end=len(TEXT)),),
    )
    findings = Findings(conversation="g", statements=statements, to_review=to_review, flags=flags)
    return Extraction(conversation=talk, findings=findings)


def correction(target: str, kind: str = "edit", after: str = "Anders.") -> Correction:
    return Correction(id="c1", kind=kind, target=target, after=after, plan="0" * 8)


def test_without_corrections_a_new_draft_stays_as_it_is():
    made = extraction(HOME)
    assert keep_corrected(made, extraction(HOME, LIMIT), ()) == made


def test_a_statement_that_was_corrected_stays_in_its_place():
    made = keep_corrected(extraction(LIMIT), extraction(HOME, LIMIT), (correction("s1"),))
    assert made == extraction(HOME, LIMIT)


def test_a_statement_to_review_that_was_corrected_stays_one():
    before = extraction(LIMIT, to_review=(HOME,))
    assert keep_corrected(extraction(LIMIT), before, (correction("s1"),)) == before


def test_a_statement_that_is_found_otherwise_now_is_not_there_twice():
    made = extraction(LIMIT, to_review=(HOME,))
    assert keep_corrected(made, extraction(HOME, LIMIT), (correction("s1"),)) == made


def test_what_another_was_folded_into_stays():
    made = keep_corrected(extraction(LIMIT), extraction(HOME, LIMIT), (correction("s2", "merge", "s1"),))
    assert made.findings.statements == (HOME, LIMIT)


def test_the_statement_of_a_field_that_was_filled_in_stays():
    made = keep_corrected(extraction(LIMIT), extraction(HOME, LIMIT), (correction("wie-s1", "fill"),))
    assert made.findings.statements == (HOME, LIMIT)


def test_what_was_flagged_of_a_statement_that_stays_is_flagged_still():
    flags = (
        Flag(type="conflict", statements=("s1", "s2", "s3"), note="Kijk dit na."),
        Flag(type="tentative", statements=("s3",), note="Kijk dit na."),
    )
    before = extraction(HOME, LIMIT, statement("s3", 0, 2), flags=flags)
    made = keep_corrected(extraction(LIMIT), before, (correction("s1"),))
    assert made.findings.flags == (Flag(type="conflict", statements=("s1", "s2"), note="Kijk dit na."),)


def test_whose_view_it_is_stays_open_when_the_speaker_is_another():
    made = keep_corrected(extraction(role="other"), extraction(HOME), (correction("s1"),))
    (kept,) = made.findings.statements
    assert (kept.perspective, kept.perspective_reason) == ("unknown", OTHER_SPEAKER)
    assert kept.quote == HOME.quote
