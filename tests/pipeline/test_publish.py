import errno
import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from pipeline.publish import publish, replace

BOTH = {".docx": b"word", ".pdf": b"pdf"}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_all_files_take_their_name(tmp_path: Path):
    paths = publish(tmp_path / "new" / "out", "noor", BOTH)
    assert {suffix: path.read_bytes() for suffix, path in paths.items()} == BOTH
    assert names(tmp_path / "new" / "out") == ["noor.docx", "noor.pdf"]


def test_only_the_owner_reads_them(tmp_path: Path):
    paths = publish(tmp_path / "out", "noor", BOTH)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths.values()} == {0o600}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_one_name_that_is_taken_gives_all_files_the_same_number(tmp_path: Path):
    (tmp_path / "noor.pdf").write_bytes(b"edited")
    (tmp_path / "noor-2.docx").write_bytes(b"edited")
    publish(tmp_path, "noor", BOTH)
    assert names(tmp_path) == ["noor-2.docx", "noor-3.docx", "noor-3.pdf", "noor.pdf"]
    assert (tmp_path / "noor.pdf").read_bytes() == b"edited"


def test_files_are_replaced_on_request(tmp_path: Path):
    (tmp_path / "noor.pdf").write_bytes(b"old")
    publish(tmp_path, "noor", BOTH, overwrite=True)
    assert names(tmp_path) == ["noor.docx", "noor.pdf"]
    assert (tmp_path / "noor.pdf").read_bytes() == b"pdf"


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pipeline.publish.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        publish(tmp_path, "noor", BOTH)
    assert names(tmp_path) == []


def test_breaking_off_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    replace = Path.replace

    def broken_off_at_the_second(path: Path, target: Path) -> Path:
        if target.suffix == ".pdf":
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", broken_off_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, "noor", BOTH)
    assert names(tmp_path) == []


def write_many(folder: Path, mark: bytes) -> None:
    for _ in range(20):
        publish(folder, "noor", {".docx": mark, ".pdf": mark})


def test_processes_that_write_at_once_each_keep_their_own_files(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(tmp_path, mark)) for mark in (b"one", b"two")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    drafts = sorted(tmp_path.glob("*.docx"))
    assert len(drafts) == 40
    assert all(path.read_bytes() == path.with_suffix(".pdf").read_bytes() for path in drafts)
    assert sum(path.read_bytes() == b"one" for path in drafts) == 20


def test_what_cannot_be_replaced_leaves_all_old_files(tmp_path: Path) -> None:
    publish(tmp_path, "a", {".json": b"old", ".docx": b"old"})
    (tmp_path / "a.pdf").mkdir()
    with pytest.raises(IsADirectoryError):
        publish(tmp_path, "a", {".json": b"new", ".docx": b"new", ".pdf": b"new"}, overwrite=True)
    assert {path.name for path in tmp_path.iterdir()} == {"a.json", "a.docx", "a.pdf"}
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "a.docx").read_bytes() == b"old"


def test_a_rename_that_fails_halfway_brings_the_old_files_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "a", {".json": b"old", ".docx": b"old"})
    replace = Path.replace

    def refuse(source: Path, target: Path) -> Path:
        if source.name == "1" and Path(target).name == "a.docx":
            raise PermissionError
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        publish(tmp_path, "a", {".json": b"new", ".docx": b"new"}, overwrite=True)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "a.docx").read_bytes() == b"old"


def test_one_file_is_replaced_in_a_single_step(tmp_path: Path):
    path = tmp_path / "noor.izp.json"
    path.write_bytes(b"old")
    replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["noor.izp.json"]


def test_a_file_that_cannot_be_replaced_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "noor.izp.json"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["noor.izp.json"]
