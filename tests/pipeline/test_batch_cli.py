import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import batch, cli, run_report
from pipeline.settings import Settings
from pipeline.store import drafts, runs
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, work
from pipeline.store.runs import Run
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
    assert izp("rerender", "--to", "2.2.0", "--child", child, "--verslag", tmp_path) == 0
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
    izp("rerender", "--to", "2.2.0", "--child", child)
    capsys.readouterr()
    assert izp("rerender", "--to", "2.2.0", "--child", child) == 0
    assert "niets te doen" in capsys.readouterr().out


def test_a_dry_run_changes_nothing_and_says_so(izp: Any, reviewed: Any, tmp_path: Path):
    talk = reviewed.add("Noor")
    arguments = ("--to", "2.2.0", "--child", child_of(reviewed, talk), "--verslag", tmp_path)
    assert izp("rerender", "--dry-run", *arguments) == 0
    assert template_of(reviewed, talk) == reviewed.first
    [page] = tmp_path.glob("*.html")
    assert "er is niets veranderd" in page.read_text()


def test_only_concepts_or_only_older_ones_can_be_chosen(izp: Any, reviewed: Any, capsys: Output):
    talk = reviewed.add("Noor")
    reviewed.approve(talk)
    child = child_of(reviewed, talk)
    izp("rerender", "--to", "2.2.0", "--child", child, "--only-concept")
    izp("rerender", "--to", "2.2.0", "--child", child, "--older-than", "2.1.0")
    assert capsys.readouterr().out.count("niets te doen") == 2
    assert izp("rerender", "--to", "2.2.0", "--child", child, "--older-than", "2.2.0") == 0
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
    arguments = ("--to", "2.2.0", "--child", child, "--verslag", tmp_path)
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
    arguments = ("rerender", "--to", "2.2.0", "--child", child_of(reviewed, talk))
    assert izp(*arguments) == 130
    assert "dezelfde opdracht" in capsys.readouterr().err
    with work(reviewed.store) as w:
        [run] = [one for one in runs.recent(w) if one.state == "running"]
        runs.cancel(w, run.id)


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
        izp("rerender", "--to", "2.2.0", "--child", child)
    assert izp("erase", children[0], "--ja") == 0
    kept = [path.read_text() for path in (reviewed.settings.data_dir / run_report.FOLDER).glob("*/*.json")]
    assert not any(children[0] in told for told in kept)
    assert any(children[1] in told for told in kept)
