import os
import re
import shutil
import threading
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from pipeline import template_files
from pipeline.template import TEMPLATE, TemplateError
from pipeline.template_files import (
    BAD_NAME,
    DAMAGED,
    MOST_BYTES,
    MOST_FILES,
    NO_FILE,
    TOO_LARGE,
    TOO_MANY,
    UNREADABLE,
    content_id,
    holds,
    id_of,
    pack,
    put,
    read,
    unpack,
)

FILES = {"fonts/a.ttf": b"letters", "plan.md.j2": b"# Plan", "template.yaml": b"name: izp"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with FILES."""
    made = tmp_path / "sjabloon"
    put(FILES, made)
    return made


def refusal(folder: Path) -> str:
    with pytest.raises(TemplateError) as raised:
        read(folder)
    return str(raised.value)


def test_the_files_are_known_by_their_path(folder: Path):
    assert read(folder) == FILES
    assert list(read(folder)) == sorted(FILES)


def test_the_id_is_that_of_the_files_wherever_they_are(folder: Path, tmp_path: Path):
    copy = tmp_path / "elders"
    shutil.copytree(folder, copy)
    assert content_id(copy) == content_id(folder) == id_of(FILES)


@pytest.mark.parametrize(
    "other",
    [
        FILES | {"plan.md.j2": b"# Plan!"},
        FILES | {"a.txt": b""},
        {**{name: FILES[name] for name in ("plan.md.j2", "template.yaml")}, "fonts/b.ttf": b"letters"},
        {"fonts/a.ttf": b"letters", "plan.md.j2": b"", "template.yaml": b"# Planname: izp"},
    ],
)
def test_other_files_have_another_id(other: dict[str, bytes]):
    assert id_of(other) != id_of(FILES)


def test_what_an_editor_or_git_hides_is_no_part_of_it(folder: Path):
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("x")
    (folder / "fonts" / ".DS_Store").write_text("x")
    assert content_id(folder) == id_of(FILES)


@pytest.mark.parametrize("leads_to", ["/etc", "/etc/hostname", "plan.md.j2", "nowhere"])
def test_a_link_is_refused(folder: Path, leads_to: str):
    (folder / "meer").symlink_to(leads_to)
    assert refusal(folder) == f"meer: {NO_FILE}"


def test_what_is_no_plain_file_is_refused_and_not_waited_for(folder: Path):
    os.mkfifo(folder / "fonts" / "pijp")
    assert refusal(folder) == f"fonts/pijp: {NO_FILE}"


def test_a_file_that_became_a_pipe_meanwhile_is_refused_and_not_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    (folder / "plan.md.j2").unlink()
    os.mkfifo(folder / "plan.md.j2")
    monkeypatch.setattr(template_files, "_names", lambda _: iter(FILES))
    assert refusal(folder) == f"plan.md.j2: {NO_FILE}"


def test_a_device_is_refused():
    assert NO_FILE in refusal(Path("/dev"))


def test_a_huge_file_is_refused_without_being_read(folder: Path):
    with (folder / "groot").open("wb") as file:
        file.truncate(2 * 2**30)
    assert refusal(folder) == f"groot: {TOO_LARGE}"


def test_files_that_are_too_large_together_are_refused(folder: Path):
    for name in ("een", "twee"):
        with (folder / name).open("wb") as file:
            file.truncate(MOST_BYTES * 2 // 3)
    assert refusal(folder) == f"twee: {TOO_LARGE}"


@pytest.mark.parametrize("where", ["{}", "{}/x"])
def test_too_many_files_or_folders_are_refused(tmp_path: Path, where: str):
    for number in range(MOST_FILES + 1):
        path = tmp_path / where.format(number)
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert TOO_MANY in refusal(tmp_path)


@pytest.mark.parametrize("name", ["plan\n.md", "café", "-x", "a" * 101, "a\\b"])
def test_a_name_that_is_not_the_same_on_every_system_is_refused(folder: Path, name: str):
    (folder / name).touch()
    assert BAD_NAME in refusal(folder)
    assert "\n" not in refusal(folder)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    assert refusal(tmp_path / "weg") == f"weg: {UNREADABLE}"


def test_an_archive_gives_the_files_back_and_is_the_same_every_time(folder: Path):
    os.utime(folder / "plan.md.j2", (0, 0))
    assert pack(read(folder)) == pack(dict(reversed(FILES.items())))
    assert unpack(pack(FILES), id_of(FILES)) == FILES


def archive(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as packed:
        for name, data in entries:
            packed.writestr(name, data)
    return made.getvalue()


BOMB = archive(("bom", b"0" * (MOST_BYTES + 1)), method=zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"geen archief",
        pack(FILES)[:-30],
        pack(FILES).replace(b"letters", b"tellers"),
        pack(FILES | {"a": b""}),
        BOMB,
    ],
)
def test_a_damaged_archive_is_told(damaged: bytes):
    with pytest.raises(TemplateError, match=re.escape(DAMAGED)):
        unpack(damaged, id_of(FILES))


@pytest.mark.parametrize("name", ["../uit", "/etc/uit", "fonts/../../uit"])
def test_an_archive_leads_to_no_other_folder(name: str):
    with pytest.raises(TemplateError, match=re.escape(DAMAGED)):
        unpack(archive((name, b"x")), id_of({name: b"x"}))


def test_only_the_owner_reads_what_was_put_down(folder: Path):
    assert {path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")]} == {0}
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("name", ["plan.md.j2", "extra"])
def test_files_that_were_damaged_are_put_down_again(folder: Path, name: str):
    (folder / name).write_text("x")
    assert not holds(folder, id_of(FILES))
    put(FILES, folder)
    assert holds(folder, id_of(FILES))


def test_what_was_killed_on_the_way_is_no_hindrance(tmp_path: Path):
    left = tmp_path / ".izp-left"
    left.mkdir()
    os.utime(left, (0, 0))
    put(FILES, tmp_path / "sjabloon")
    assert list(tmp_path.iterdir()) == [tmp_path / "sjabloon"]


def test_several_can_put_it_down_at_once(tmp_path: Path):
    target = tmp_path / "sjabloon"
    target.mkdir()
    (target / "half").write_text("x")
    errors: list[BaseException] = []

    def one() -> None:
        try:
            put(FILES, target)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert holds(target, id_of(FILES))


def test_the_template_that_comes_along_can_be_packed():
    assert unpack(pack(read(TEMPLATE)), content_id(TEMPLATE)) == read(TEMPLATE)
