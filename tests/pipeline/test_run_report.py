import datetime as dt
from pathlib import Path

from pipeline.run_report import Report, Told, page, write
from pipeline.store.runs import Change, Detail

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
