"""The pandoc processes: they stay, are replaced when they fail, and never outlive who started them."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.render import RenderEndedError, RenderError, pandoc

DIRECTORY = Path(__file__).parents[3] / "templates" / "izp"


@pytest.fixture(autouse=True)
def _own_workers(monkeypatch):
    """Workers of this test alone, ended with it."""
    monkeypatch.setattr(pandoc, "_running", set())
    pandoc._idle.clear()
    yield
    pandoc._idle.clear()
    pandoc._end_all()


def only_worker():
    (worker,) = pandoc._running
    return worker


def ends(pid):
    """Whether a process that is not our child is gone, or waits to be reaped, within ten seconds."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.1)
    return False


def test_one_process_writes_every_plan_and_the_same_plan_as_the_same_bytes():
    first = list(pandoc.convert("# Kop {#kop}\n\nwoorden\n", DIRECTORY, "typst", "docx"))
    worker = only_worker()
    list(pandoc.convert("iets anders\n", DIRECTORY, "typst", "docx"))
    assert list(pandoc.convert("# Kop {#kop}\n\nwoorden\n", DIRECTORY, "typst", "docx")) == first
    assert only_worker() is worker
    pandoc._idle.clear()
    pandoc._end_all()
    assert list(pandoc.convert("# Kop {#kop}\n\nwoorden\n", DIRECTORY, "typst", "docx")) == first


def test_threads_each_get_the_answer_to_their_own_plan():
    with ThreadPoolExecutor(4) as pool:
        made = list(
            pool.map(lambda n: next(pandoc.convert(f"plan{n}\n", DIRECTORY, "typst", "docx")), range(12))
        )
    assert [f"plan{n}".encode() in source for n, source in enumerate(made)] == [True] * 12


def test_a_worker_that_died_is_replaced():
    list(pandoc.convert("een\n", DIRECTORY, "typst", "docx"))
    dead = only_worker()
    dead.kill()
    dead.wait()
    assert b"twee" in next(pandoc.convert("twee\n", DIRECTORY, "typst", "docx"))
    assert dead not in pandoc._running


def test_after_a_plan_that_took_too_long_the_next_one_is_written(monkeypatch):
    monkeypatch.setattr(pandoc, "TIME_LIMIT_S", 0)
    with pytest.raises(RenderEndedError, match="Pandoc"):
        list(pandoc.convert("woord " * 100_000, DIRECTORY, "typst", "docx"))
    assert not pandoc._running
    monkeypatch.setattr(pandoc, "TIME_LIMIT_S", 120)
    assert b"weer" in next(pandoc.convert("weer\n", DIRECTORY, "typst", "docx"))


def test_a_plan_that_pandoc_cannot_write_says_so_of_the_plan(tmp_path):
    (tmp_path / "layout.lua").write_text("return {both = {Str = function() error('dit gaat niet') end}}")
    with pytest.raises(RenderError, match="Pandoc") as raised:
        list(pandoc.convert("een\n", tmp_path, "docx"))
    assert not isinstance(raised.value, RenderEndedError)


def test_a_caller_that_stops_halfway_leaves_no_answer_for_the_next():
    answers = pandoc.convert("een\n", DIRECTORY, "typst", "docx")
    next(answers)
    answers.close()
    assert b"twee" in next(pandoc.convert("twee\n", DIRECTORY, "typst", "docx"))


def test_a_picture_is_not_looked_for(tmp_path):
    picture = tmp_path / "geheim.png"
    picture.write_bytes(b"geheim")
    source, docx = pandoc.convert(
        f"![woorden]({picture}) ![net](http://127.0.0.1:9/x.png)\n", DIRECTORY, "typst", "docx"
    )
    assert b"woorden" in source
    assert b"geheim" not in source + docx


def test_a_forked_process_starts_workers_of_its_own():
    list(pandoc.convert("ouder\n", DIRECTORY, "typst", "docx"))
    worker = only_worker()
    child = os.fork()
    if child == 0:
        right = not pandoc._running and b"kind" in next(pandoc.convert("kind\n", DIRECTORY, "typst", "docx"))
        pandoc._end_all()
        os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    source, _ = pandoc.convert("ouder\n", DIRECTORY, "typst", "docx")
    assert b"ouder" in source
    assert only_worker() is worker


SCRIPT = """
import sys, time
from pathlib import Path
from pipeline.render import pandoc
list(pandoc.convert("een", Path(sys.argv[1]), "typst", "docx"))
print(next(iter(pandoc._running)).pid, flush=True)
if sys.argv[2] == "wait":
    time.sleep(60)
"""


@pytest.mark.parametrize("end", ["leave", "wait"])
def test_no_worker_outlives_a_process_that_ends_or_is_killed(end):
    command = [sys.executable, "-c", SCRIPT, DIRECTORY, end]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603  # our own
        pid = int(process.stdout.readline())
        if end == "wait":
            process.send_signal(signal.SIGKILL)
    assert ends(pid)


def test_only_what_is_asked_for_is_made():
    both = list(pandoc.convert("woorden\n", DIRECTORY, "typst", "docx"))
    assert list(pandoc.convert("woorden\n", DIRECTORY, "docx")) == both[1:]
    assert list(pandoc.convert("woorden\n", DIRECTORY, "typst")) == both[:1]
