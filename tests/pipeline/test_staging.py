import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import staging as module
from pipeline.staging import LOCK, LONGEST, staging

KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.staging import staging

with staging(Path(sys.argv[1])) as folder:
    (folder / "0").write_bytes(b"words")
    os.kill(os.getpid(), signal.SIGKILL)
"""

REPLACED = """
import os, signal, sys
from pathlib import Path
from pipeline.publish import publish

def killed(self, target):
    os.kill(os.getpid(), signal.SIGKILL)

Path.replace = killed
publish(Path(sys.argv[1]), "noor", {".izp.json": b"new"}, overwrite=True)
"""


def run(program: str, folder: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", program, str(folder)], check=False)  # noqa: S603  our own
    assert ended.returncode == -signal.SIGKILL


def hidden(folder: Path) -> list[Path]:
    return sorted(folder.glob(".izp-*"))


def left_by(folder: Path, machine: str, age: float) -> Path:
    """A folder as a process that is gone leaves it."""
    left = folder / ".izp-left"
    left.mkdir()
    (left / LOCK).write_text(machine)
    then = time.time() - age
    os.utime(left, (then, then))
    return left


def test_the_folder_is_there_for_its_owner_only_and_gone_afterwards(tmp_path: Path):
    with staging(tmp_path) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "0").write_bytes(b"words")
    assert hidden(tmp_path) == []


def test_what_a_killed_process_left_is_swept_by_the_next(tmp_path: Path):
    run(KILLED, tmp_path)
    [left] = hidden(tmp_path)
    assert (left / "0").read_bytes() == b"words"
    with staging(tmp_path) as folder:
        assert hidden(tmp_path) == [folder]
    assert hidden(tmp_path) == []


def test_a_process_killed_while_it_replaces_a_file_leaves_the_old_one_in_place(tmp_path: Path):
    (tmp_path / "noor.izp.json").write_bytes(b"old")
    run(REPLACED, tmp_path)
    assert len(hidden(tmp_path)) == 1
    assert (tmp_path / "noor.izp.json").read_bytes() == b"old"


def test_the_folder_of_a_living_process_is_left_alone(tmp_path: Path):
    with staging(tmp_path) as one:
        (one / "0").write_bytes(b"words")
        os.utime(one, (0, 0))
        with staging(tmp_path) as other:
            assert hidden(tmp_path) == sorted([one, other])
        assert (one / "0").read_bytes() == b"words"


def test_the_folder_of_another_machine_is_left_alone_for_a_day(tmp_path: Path):
    left = left_by(tmp_path, "another", age=LONGEST / 2)
    with staging(tmp_path):
        assert left.exists()


@pytest.mark.parametrize("machine", ["another", ""])
def test_the_folder_of_another_machine_is_swept_after_a_day(tmp_path: Path, machine: str):
    left = left_by(tmp_path, machine, age=LONGEST + 60)
    with staging(tmp_path):
        assert not left.exists()


@pytest.mark.parametrize(("age", "swept"), [(0, False), (LONGEST / 2, False), (LONGEST + 60, True)])
def test_a_folder_without_a_lock_is_swept_when_it_is_old(tmp_path: Path, age: float, swept: bool):
    left = left_by(tmp_path, "", age)
    (left / LOCK).unlink()
    os.utime(left, (time.time() - age,) * 2)
    with staging(tmp_path):
        assert left.exists() is not swept


def test_a_system_without_locks_can_write_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with staging(tmp_path) as one, staging(tmp_path) as other:
        assert hidden(tmp_path) == sorted([one, other])
    assert hidden(tmp_path) == []


def test_what_is_no_folder_of_izp_is_never_touched(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    left_by(tmp_path, platform.node(), age=0).rename(elsewhere)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".izp-link").symlink_to(elsewhere)
    (tmp_path / "out" / ".izp-file").write_bytes(b"a file")
    with staging(tmp_path / "out"):
        pass
    assert (elsewhere / LOCK).exists()
    assert len(hidden(tmp_path / "out")) == 2


def test_what_cannot_be_looked_at_is_not_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    left = left_by(tmp_path, platform.node(), age=0)

    def refused(folder: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(module, "_is_left", refused)
    with staging(tmp_path) as folder:
        assert folder.exists()
    assert left.exists()
