"""Random edits to random words always come back as exactly those edits, or stand in the queue."""

from collections import Counter

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.roundtrip.judge import base
from benchmarks.roundtrip.word import WordFile
from pipeline.word_review.comparison import Comparison
from pipeline.word_review.reading import read_document
from pipeline.word_review.stretch import plain

STATEMENTS = base().dossier.findings.statements
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=25)
EDITS = st.lists(
    st.tuples(
        st.integers(0, len(STATEMENTS) - 1),
        st.sampled_from(("replace", "before", "after", "delete")),
        st.integers(0, 60),
        st.integers(1, 60),
        WORDS,
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda edit: edit[0],
)


@given(EDITS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example([(2, "after", 0, 60, "” – Moeder “", False)])
@example([(2, "replace", 0, 60, "“", False), (3, "delete", 0, 60, "x", True)])
@example([(4, "delete", 9, 5, "x", False)])
@example([(7, "replace", 0, 17, '"0', False)])
def test_random_edits_come_back_or_stand_in_the_queue(edits):
    file, expected = WordFile(base().docx), Counter()
    for index, what, start, length, words, tracked in edits:
        said = STATEMENTS[index]
        place = said.quote[start % len(said.quote) :][:length]
        at = said.quote.index(place)
        new = {
            "replace": said.quote[:at] + words + said.quote[at + len(place) :],
            "before": said.quote[:at] + words + said.quote[at:],
            "after": said.quote[: at + len(place)] + words + said.quote[at + len(place) :],
            "delete": said.quote[:at] + said.quote[at + len(place) :],
        }[what]
        file.take(("track", "on" if tracked else "off"))
        where = f"#{said.id}/{place}"
        file.take((what, where) if what == "delete" else (what, where, words))
        if plain(new) != plain(said.quote):
            kind = "edit" if plain(new) else "reject"
            expected[kind, said.id, plain(new)] += 1
    found = Comparison(base().plan, base().document, read_document(file.save())).found()
    got = Counter((one.kind, one.target, plain(one.after)) for one in found.corrections)
    queued = sum(len(plain(one.before + one.after)) for one in found.queue)
    assert got == expected or (queued and not (got - expected)), (got, expected, found.queue)


@given(EDITS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_word_that_comes_or_goes_is_in_neither(edits):
    """Counted over the whole document, without looking at where anything stands."""
    file = WordFile(base().docx)
    for index, what, start, length, words, tracked in edits:
        said = STATEMENTS[index]
        place = said.quote[start % len(said.quote) :][:length]
        file.take(("track", "on" if tracked else "off"))
        where = f"#{said.id}/{place}"
        file.take((what, where) if what == "delete" else (what, where, words))
    edited = read_document(file.save())
    found = Comparison(base().plan, base().document, edited).found()
    before = Counter(word for item in base().document.items for word in plain(item.now).split())
    after = Counter(word for item in edited.items for word in plain(item.now).split())
    told = " ".join(f"{one.before} {one.after}" for one in (*found.corrections, *found.queue))
    for word in ((after - before) + (before - after)).elements():
        assert any(piece in plain(told) for piece in word.strip("\"'").split("\x1f")), word
