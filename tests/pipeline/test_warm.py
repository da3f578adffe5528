import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import warm
from pipeline.warm import ProcessEnded, WarmProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

PARENT = """
import os, sys, time
from pipeline.warm import WarmProcess

if __name__ == "__main__":
    with WarmProcess(int) as process:
        print(process.run(os.getpid), flush=True)
        if "busy" in sys.argv:
            process.run(time.sleep, 60)
        time.sleep(60)
"""


@pytest.fixture
def process() -> Iterator[WarmProcess]:
    with WarmProcess(int) as warm_process:
        yield warm_process


def test_tasks_run_in_one_other_process(process: WarmProcess):
    pid = process.run(os.getpid)
    assert pid not in (os.getpid(), 0)
    assert process.run(os.getpid) == pid


def test_what_a_task_raises_comes_back(process: WarmProcess):
    with pytest.raises(ValueError, match="invalid literal"):
        process.run(int, "x")
    assert process.run(int, "3") == 3


def test_a_process_that_dies_is_followed_by_another(process: WarmProcess):
    pid = process.run(os.getpid)
    with pytest.raises(ProcessEnded):
        process.run(os._exit, 3)
    assert process.run(os.getpid) != pid


def test_a_task_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, process: WarmProcess):
    monkeypatch.setattr(warm, "LONGEST_S", 1)
    with pytest.raises(ProcessEnded):
        process.run(time.sleep, 60)
    assert process.run(int, "3") == 3


def test_what_a_process_was_given_to_load_is_loaded_first():
    with WarmProcess(os.chdir, "/") as process:
        assert process.run(os.getcwd) == "/"


def test_a_process_that_cannot_load_is_no_reason_to_wait():
    with WarmProcess(os.chdir, "/nowhere") as process, pytest.raises(ProcessEnded):
        process.run(os.getcwd)


def test_after_so_many_tasks_there_is_a_new_process():
    with WarmProcess(int, most=2) as process:
        pids = [process.run(os.getpid) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_no_process_outlives_the_one_that_started_it(tmp_path: Path, state: str):
    script = tmp_path / "parent.py"
    script.write_text(PARENT, "utf-8")
    root = str(Path(warm.__file__).parents[1])
    with subprocess.Popen(  # noqa: S603  # our own
        [sys.executable, script, state],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
