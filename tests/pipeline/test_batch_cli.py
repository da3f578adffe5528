import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline import batch, cli, run_report
from pipeline.settings import Settings
from pipeline.store import drafts, runs, templates
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, work
from pipeline.store.errors import StoreError
from pipeline.store.runs import Run
from pipeline.store.tables import AuditRow
from pipeline.template import MANIFEST
from pipeline.terminal import BAD_INPUT, INTERNAL_FAILURE

Output = pytest.CaptureFixture[str]


@pytest.fixture
def izp(reviewed: Any, no_documents: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command on a store, with the work done in this process."""
    monkeypatch.setenv("IZP_DATA_DIR", str(reviewed.settings.data_dir))

    def here(settings: Settings, store: Store, run_id: str, *, progress: Any) -> Run:
        batch._open.append((store, settings))
        try:
            while batch.part(run_id, 4, "0" * 32):
                with look(store) as w:
                    progress(runs.get(w, run_id))
        finally:
            batch._open.clear()
        with work(store) as w:
            return runs.end(w, run_id)

    monkeypatch.setattr(batch, "work_off", here)
    return lambda *arguments: cli.main(list(map(str, arguments)))


def child_of(reviewed: Any, talk: str) -> str:
    with look(reviewed.store) as w:
        return w.session.get_one(runs.ConversationRow, talk).child_id


def template_of(reviewed: Any, talk: str) -> str:
    with look(reviewed.store) as w:
        return drafts.head(w, talk).template_id


def test_plans_of_a_child_are_put_into_a_version(izp: Any, reviewed: Any, tmp_path: Path, capsys: Output):
    talk, other = reviewed.add("Noor"), reviewed.add("Mila")
    child = child_of(reviewed, talk)
    assert izp("rerender", "--to", "2.3.0", "--child", child, "--verslag", tmp_path) == 0
    assert "1 vraagt aandacht" in capsys.readouterr().out
    assert template_of(reviewed, talk) == reviewed.second
    assert template_of(reviewed, other) == reviewed.first
    [page] = tmp_path.glob("*.html")
    [data] = tmp_path.glob("*.json")
    assert "Noor" in page.read_text()
    assert "Tandarts" in page.read_text()
    assert json.loads(data.read_text())["plans"][0]["conversation"] == talk
    assert {path.stat().st_mode & 0o777 for path in (page, data)} == {0o600}


def test_a_second_time_there_is_nothing_to_do(izp: Any, reviewed: Any, tmp_path: Path, capsys: Output):
    child = child_of(reviewed, reviewed.add("Noor"))
    izp("rerender", "--to", "2.3.0", "--child", child)
    capsys.readouterr()
    assert izp("rerender", "--to", "2.3.0", "--child", child) == 0
    assert "niets te doen" in capsys.readouterr().out


def test_a_dry_run_changes_nothing_and_says_so(izp: Any, reviewed: Any, tmp_path: Path):
    talk = reviewed.add("Noor")
    arguments = ("--to", "2.3.0", "--child", child_of(reviewed, talk), "--verslag", tmp_path)
    assert izp("rerender", "--dry-run", *arguments) == 0
    assert template_of(reviewed, talk) == reviewed.first
    [page] = tmp_path.glob("*.html")
    assert "er is niets veranderd" in page.read_text()


def test_only_concepts_or_only_older_ones_can_be_chosen(izp: Any, reviewed: Any, capsys: Output):
    talk = reviewed.add("Noor")
    reviewed.approve(talk)
    child = child_of(reviewed, talk)
    izp("rerender", "--to", "2.3.0", "--child", child, "--only-concept")
    izp("rerender", "--to", "2.3.0", "--child", child, "--older-than", "2.2.0")
    assert capsys.readouterr().out.count("niets te doen") == 2
    assert izp("rerender", "--to", "2.3.0", "--child", child, "--older-than", "2.3.0") == 0
    assert template_of(reviewed, talk) == reviewed.second


def test_what_is_not_there_is_one_sentence(izp: Any, capsys: Output):
    for arguments in (["--to", "7.0.0"], ["--template", "ander"], ["--child", "niemand"]):
        assert izp("rerender", *arguments) == BAD_INPUT
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert izp("rerender", "--older-than", "oud") == BAD_INPUT
    assert izp("runs", "stop", "xyz") == BAD_INPUT


def test_a_plan_that_failed_is_told_with_the_reason(
    izp: Any, reviewed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise RuntimeError("niet te lezen")

    monkeypatch.setattr("pipeline.rerender._look", fail)
    child = child_of(reviewed, reviewed.add("Noor"))
    arguments = ("--to", "2.3.0", "--child", child, "--verslag", tmp_path)
    assert izp("rerender", *arguments) == INTERNAL_FAILURE
    [page] = tmp_path.glob("*.html")
    assert "(RuntimeError)" in page.read_text()
    assert "niet te lezen" not in page.read_text()


def test_runs_are_listed_reported_and_stopped(izp: Any, reviewed: Any, tmp_path: Path, capsys: Output):
    talk = reviewed.add("Noor")
    with work(reviewed.store) as w:
        run = runs.begin(w, Actor(), "reextract", [talk], extractor="v2")
    assert izp("runs") == 0
    assert "niet af" in capsys.readouterr().out
    assert izp("runs", "stop", run.id[:8]) == 0
    assert "gestopt" in capsys.readouterr().out
    assert izp("runs", "report", run.id, "--verslag", tmp_path) == 0
    assert list(tmp_path.glob("*.html"))


def test_a_run_that_is_broken_off_says_how_to_go_on(
    izp: Any, reviewed: Any, monkeypatch: pytest.MonkeyPatch, capsys: Output
):
    talk = reviewed.add("Noor")

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "work_off", interrupted)
    arguments = ("rerender", "--to", "2.3.0", "--child", child_of(reviewed, talk))
    assert izp(*arguments) == 130
    assert "dezelfde opdracht" in capsys.readouterr().err
    with work(reviewed.store) as w:
        [run] = [one for one in runs.recent(w) if one.state == "running"]
        runs.cancel(w, Actor(), run.id)


def test_an_empty_store_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output, reviewed_alone: Any
):
    monkeypatch.setenv("IZP_DATA_DIR", str(reviewed_alone.settings.data_dir))
    assert cli.main(["rerender"]) == 0
    assert "niets te doen" in capsys.readouterr().out
    assert cli.main(["runs"]) == 0
    assert "geen runs" in capsys.readouterr().out


def test_a_report_of_a_child_that_is_erased_is_removed(izp: Any, reviewed: Any):
    talks = [reviewed.add("Noor"), reviewed.add("Mila")]
    children = [child_of(reviewed, talk) for talk in talks]
    for child in children:
        izp("rerender", "--to", "2.3.0", "--child", child)
    assert izp("erase", children[0], "--ja") == 0
    kept = [path.read_text() for path in (reviewed.settings.data_dir / run_report.FOLDER).glob("*/*.json")]
    assert not any(children[0] in told for told in kept)
    assert any(children[1] in told for told in kept)


def test_a_selection_does_not_go_on_with_a_run_over_others(izp: Any, reviewed: Any, capsys: Output):
    talk, other = reviewed.add("Noor"), reviewed.add("Mila")
    child = child_of(reviewed, talk)
    with work(reviewed.store) as w:
        run = runs.begin(w, Actor(), "rerender", [talk, other], template_id=reviewed.second)
    assert izp("rerender", "--to", "2.3.0", "--child", child) == BAD_INPUT
    assert f"izp runs stop {run.id[:8]}" in " ".join(capsys.readouterr().err.split())
    assert template_of(reviewed, other) == reviewed.first
    assert izp("runs", "stop", run.id) == 0
    assert izp("rerender", "--to", "2.3.0", "--child", child) == 0
    assert (template_of(reviewed, talk), template_of(reviewed, other)) == (reviewed.second, reviewed.first)


def test_a_run_goes_on_although_a_plan_of_it_is_so_by_now(izp: Any, reviewed: Any, capsys: Output):
    talk, done = reviewed.add("Noor"), reviewed.add("Mila")
    assert izp("rerender", "--to", "2.3.0", "--child", child_of(reviewed, done)) == 0
    with work(reviewed.store) as w:
        runs.begin(w, Actor(), "rerender", [talk, done], template_id=reviewed.second)
    assert izp("rerender", "--to", "2.3.0", "--child", child_of(reviewed, talk)) == 0
    assert "gaat verder" in capsys.readouterr().err
    assert template_of(reviewed, talk) == reviewed.second


def test_no_run_begins_while_one_to_another_template_is_unfinished(izp: Any, reviewed: Any, capsys: Output):
    talk = reviewed.add("Noor")
    child = child_of(reviewed, talk)
    assert izp("rerender", "--to", "2.3.0", "--child", child) == 0
    with work(reviewed.store) as w:
        run = runs.begin(w, Actor(), "rerender", [reviewed.add("Mila")], template_id=reviewed.second)
    assert izp("rerender", "--to", "2.2.0", "--child", child, "--dry-run") == 0
    assert izp("rerender", "--to", "2.2.0", "--child", child) == BAD_INPUT
    assert f"izp runs stop {run.id[:8]}" in " ".join(capsys.readouterr().err.split())
    assert izp("runs", "stop", run.id) == 0
    assert izp("rerender", "--to", "2.2.0", "--child", child) == 0
    assert template_of(reviewed, talk) == reviewed.first


@pytest.mark.parametrize(
    ("kind", "words"),
    [("OperationalError", "De database"), ("ObjectsError", "De opslag"), ("KeyError", "in het programma")],
)
def test_why_a_run_did_not_go_on_is_told_in_words(
    izp: Any, reviewed: Any, monkeypatch: pytest.MonkeyPatch, capsys: Output, kind: str, words: str
):
    def away(*_: object, **__: object) -> None:
        raise batch.BatchError(kind)

    monkeypatch.setattr(batch, "work_off", away)
    talk = reviewed.add("Noor")
    assert izp("rerender", "--to", "2.3.0", "--child", child_of(reviewed, talk)) == INTERNAL_FAILURE
    told = capsys.readouterr().err
    assert words in told
    assert f"({kind})" in told
    with work(reviewed.store) as w:
        [run] = [one for one in runs.recent(w) if one.state == "running"]
        runs.cancel(w, Actor(), run.id)


def test_a_selection_goes_on_with_its_own_run(izp: Any, reviewed: Any, capsys: Output):
    talk = reviewed.add("Noor")
    with work(reviewed.store) as w:
        runs.begin(w, Actor(), "rerender", [talk], template_id=reviewed.second)
    assert izp("rerender", "--to", "2.3.0", "--child", child_of(reviewed, talk)) == 0
    assert "gaat verder" in capsys.readouterr().err


def test_the_template_that_was_chosen_last_is_taken_whatever_it_is_called(
    izp: Any, reviewed_alone: Any, second_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("IZP_DATA_DIR", str(reviewed_alone.settings.data_dir))
    other = tmp_path / "sjabloon"
    shutil.copytree(second_template, other)
    manifest = other / MANIFEST
    manifest.write_text(manifest.read_text().replace("name: izp", "name: ander", 1))
    with work(reviewed_alone.store) as w:
        wanted = templates.install(w, Actor(), other)
    assert wanted.name == "ander"
    talk = reviewed_alone.add("Noor")
    with work(reviewed_alone.store) as w:
        drafts.restyle(w, Actor(), talk, 1, reviewed_alone.first)
    assert izp("rerender") == 0
    assert template_of(reviewed_alone, talk) == wanted.id


def test_a_run_that_was_stopped_elsewhere_is_not_well(
    izp: Any, reviewed: Any, monkeypatch: pytest.MonkeyPatch
):
    def stopped(_settings: Settings, store: Store, run_id: str, **_: object) -> Run:
        with work(store) as w:
            return runs.cancel(w, Actor(), run_id)

    monkeypatch.setattr(batch, "work_off", stopped)
    child = child_of(reviewed, reviewed.add("Noor"))
    assert izp("rerender", "--to", "2.3.0", "--child", child) == INTERNAL_FAILURE


def test_a_run_that_no_worker_is_at_any_more_says_so(
    izp: Any, reviewed: Any, monkeypatch: pytest.MonkeyPatch, capsys: Output
):
    def left(store: Store, run_id: str, *_: object) -> Run:
        with look(store) as w:
            return runs.get(w, run_id)

    monkeypatch.setattr(batch, "follow", left)
    monkeypatch.setattr("pipeline.batch_cli._workers_take", lambda _run: True)
    child = child_of(reviewed, reviewed.add("Noor"))
    assert izp("rerender", "--to", "2.3.0", "--child", child) == INTERNAL_FAILURE
    assert "geen worker meer" in " ".join(capsys.readouterr().err.split())
    with work(reviewed.store) as w:
        [run] = [one for one in runs.recent(w) if one.state == "running"]
        runs.cancel(w, Actor(), run.id)


def test_a_template_that_cannot_be_used_breaks_no_list_and_no_report(
    izp: Any, reviewed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
):
    def unusable(*_: object) -> None:
        raise StoreError("Werk izp bij.")

    with work(reviewed.store) as w:
        run = runs.begin(w, Actor(), "rerender", [], template_id=reviewed.second)
        runs.cancel(w, Actor(), run.id)
    monkeypatch.setattr(templates, "get", unusable)
    assert izp("runs") == 0
    assert izp("runs", "report", run.id, "--verslag", tmp_path) == 0
    [page] = tmp_path.glob("*.html")
    assert "izp 2.3.0" in page.read_text()


def test_who_made_a_report_is_in_the_audit_trail(izp: Any, reviewed: Any, tmp_path: Path):
    with work(reviewed.store) as w:
        run = runs.begin(w, Actor(), "rerender", [], template_id=reviewed.second)
    assert izp("runs", "stop", run.id) == 0
    assert izp("runs", "report", run.id, "--verslag", tmp_path) == 0
    with look(reviewed.store) as w:
        events = w.session.scalars(
            select(AuditRow).where(AuditRow.object == run.id).order_by(AuditRow.number)
        )
        told = [(event.action, (event.origin or "").split(",")[0]) for event in events]
    assert told == [("begin_run", ""), ("stop_run", "opdracht"), ("run_report", "opdracht")]
