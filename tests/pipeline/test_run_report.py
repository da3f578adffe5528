import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from extractors.language import ModelError
from pipeline import run_report
from pipeline.intake import IntakeError
from pipeline.plan.attention import OtherRecordError
from pipeline.reextract import OtherExtractorError
from pipeline.render import RenderError
from pipeline.run_report import Report, Told, page, write
from pipeline.store import runs
from pipeline.store.audit import Actor
from pipeline.store.database import look, work
from pipeline.store.errors import NotFound, StoreError
from pipeline.store.runs import Change, Detail, Outcome, Run
from pipeline.store.tables import ChildRow

CHANGE = Change(above="Kind", before=("Waarden",), after=("Wat telt",), below=None)
BEGAN = dt.datetime(2026, 11, 22, 10, 30, tzinfo=dt.UTC)


def told(
    name: str, outcome: str = "changed", detail: Detail | None = None, reason: str | None = None
) -> Told:
    return Told.model_validate(
        {
            "conversation": f"id-{name}",
            "child": "kind",
            "name": name,
            "file": "gesprek.txt",
            "outcome": outcome,
            "reason": reason,
            "milliseconds": 5,
            "detail": detail,
        }
    )


def report(*plans: Told, **more: object) -> Report:
    fields = {
        "run": "r" * 32,
        "kind": "rerender",
        "aim": "izp 2.2.0",
        "trial": False,
        "state": "done",
        "began": BEGAN,
        "ended": BEGAN,
        "counts": {"changed": len(plans)},
        "plans": plans,
        "further": 0,
    }
    return Report.model_validate({**fields, **more})


def test_the_text_stands_before_and_after():
    shown = page(report(told("Sem", detail=Detail(text=(CHANGE,), further=3))))
    assert "<del>Waarden</del>" in shown
    assert "<ins>Wat telt</ins>" in shown
    assert "nog 3 verschillen" in shown


def test_plans_of_which_the_same_is_told_stand_together_and_most_come_first():
    other = Detail(attention=("Nieuw veld.",))
    plans = [
        told("Noor", detail=other),
        *(told(name, detail=Detail(text=(CHANGE,))) for name in ("Sem", "Mila")),
    ]
    shown = page(report(*plans))
    assert shown.count("<ins>Wat telt</ins>") == 1
    assert shown.index("2 plannen") < shown.index("Noor")


def test_what_needs_attention_comes_first_then_what_failed_and_unchanged_ones_are_ids():
    shown = page(
        report(
            told("Sem", "unchanged"),
            told("Noor", "failed", reason="Het lukte niet."),
            told("Mila", "attention", Detail(attention=("Nieuw veld.",))),
        )
    )
    assert shown.index("Mila") < shown.index("Het lukte niet.") < shown.index("id-Sem")
    assert "Sem, gesprek.txt" not in shown


def test_points_that_came_or_went_are_told():
    shown = page(report(told("Sem", detail=Detail(points=("Wie doet dit?: 2 erbij",)))))
    assert "<p>Open punten en gesprek:</p>\n<ul><li>Wie doet dit?: 2 erbij</li></ul>" in shown


def test_no_word_becomes_markup():
    detail = Detail(text=(CHANGE.model_copy(update={"after": ("<script>",)}),))
    assert "<script>" not in page(report(told("Sem", detail=detail)))
    assert "<b>Sem" not in page(report(told("<b>Sem")))


def test_a_trial_says_that_nothing_changed():
    assert "er is niets veranderd" in page(report(trial=True))


def test_both_files_hold_the_same_and_only_their_owner_reads_them(tmp_path: Path):
    one = report(told("Sem", detail=Detail(text=(CHANGE,))))
    shown = write(one, tmp_path / "verslag")
    [data] = (tmp_path / "verslag").glob("*.json")
    assert shown.read_text() == page(one)
    assert Report.model_validate_json(data.read_bytes()) == one
    assert {path.stat().st_mode & 0o777 for path in (shown, data)} == {0o600}


def done(reviewed: Any, **outcomes: Outcome) -> Run:
    """A run over a plan of each child that is named, with what became of it."""
    talks = {name: reviewed.add(name) for name in outcomes}
    with work(reviewed.store) as w:
        run = runs.begin(w, Actor(), "rerender", talks.values(), template_id=reviewed.second)
        part = runs.claim(w, run.id, "a", len(talks), dt.timedelta(minutes=1))
        assert part is not None
        for name, outcome in outcomes.items():
            detail = Detail(attention=("Nieuw veld.",)) if outcome == "attention" else None
            runs.finish_item(w, part, talks[name], outcome, milliseconds=1, detail=detail)
        return runs.end(w, run.id)


def test_what_to_look_at_is_never_left_out(reviewed: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run_report, "MOST", 3)
    run = done(reviewed, Sem="unchanged", Noor="changed", Mila="changed", Tijn="failed", Liv="attention")
    with look(reviewed.store) as w:
        made = run_report.report(w, run)
    assert [one.name for one in made.plans] == ["Tijn", "Liv", "Noor"]
    assert made.further == 2
    assert "Van\n2 andere" in page(made)


def test_a_child_whose_key_is_unusable_costs_no_other_its_report(reviewed: Any):
    run = done(reviewed, Sem="attention", Noor="attention")
    with look(reviewed.store) as w:
        first, _ = runs.items(w, run.id)
    with work(reviewed.store) as w:
        w.session.get_one(ChildRow, first.child_id).wrapped = b"0" * 40
    with look(reviewed.store) as w:
        made = run_report.report(w, run)
    assert [(one.name, bool(one.reason)) for one in made.plans] == [("Niet te lezen", True), ("Noor", False)]
    assert first.conversation_id in page(made)


@pytest.mark.parametrize(
    "error",
    [IntakeError, ModelError, NotFound, OtherExtractorError, OtherRecordError, RenderError, StoreError],
)
def test_each_error_of_a_plan_has_its_sentence(error: type[Exception]):
    assert error.__name__ in run_report.REASONS
