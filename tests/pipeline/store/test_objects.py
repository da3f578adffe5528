import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.store import documents, drafts
from pipeline.store.audit import Actor
from pipeline.store.backup import back_up
from pipeline.store.database import Store, look, open_store, work
from pipeline.store.drafts import Version
from pipeline.store.erase import NOT_ERASED, erase
from pipeline.store.errors import NotFound
from pipeline.store.export import export
from pipeline.store.objects import (
    BAD_SETTING,
    LOST,
    NO_S3,
    NOT_SET,
    UNREACHABLE,
    Lost,
    ObjectsError,
    open_objects,
)
from pipeline.store.restore import restore
from pipeline.store.rotation import rotate
from pipeline.store.sweep import Swept, sweep
from pipeline.store.tables import ChildRow, DocumentRow

ADMIN = Actor(origin="opdracht")
WORDS = b"kwartelkoning"
MADE_FROM = "0a1b2c3d"

Reopen = Callable[[Settings], Store]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "objects"


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> Settings:
    return Settings(data_dir=tmp_path / "izp", objects=f"file://{folder}")


@pytest.fixture
def reopen() -> Iterator[Reopen]:
    """Opens a store as another process does, by other settings."""
    opened: list[Store] = []

    def again(settings: Settings) -> Store:
        opened.append(open_store(settings))
        return opened[-1]

    yield again
    for store in opened:
        store.engine.dispose()


@pytest.fixture
def kept(store: Store, talk: str) -> str:
    """The conversation, with a document of its plan."""
    keep(store, talk)
    return talk


def keep(store: Store, talk: str, data: bytes = WORDS, kind: documents.Kind = "docx") -> None:
    with work(store) as w:
        documents.keep(w, talk, 1, MADE_FROM, {kind: data})


def keep_and_fail(store: Store, talk: str) -> None:
    with work(store) as w:
        documents.keep(w, talk, 1, MADE_FROM, {"docx": b"nieuw"})
        drafts.version(w, talk, 2)


def read(store: Store, talk: str, made_from: str | None = None) -> bytes | None:
    with look(store) as w:
        return documents.stored(w, talk, 1, "docx", made_from)


def place_of(store: Store, talk: str) -> tuple[bytes | None, str | None]:
    with look(store) as w:
        row = w.session.get_one(DocumentRow, (talk, 1, "docx"))
        return row.sealed, row.object


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def age(path: Path) -> None:
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(path, (two_days_ago, two_days_ago))


def break_down(folder: Path) -> None:
    """What stands in the place of the store cannot be used."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("")


def test_a_document_is_outside_of_the_database_and_says_nothing_there(
    store: Store, folder: Path, child: str, kept: str
):
    [file] = files_in(folder)
    assert place_of(store, kept) == (None, str(file.relative_to(folder)))
    assert not {child, kept} & set(file.parts)
    assert WORDS not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert read(store, kept) == WORDS


def test_what_takes_the_place_of_a_document_leaves_no_file_of_it(store: Store, folder: Path, kept: str):
    keep(store, kept, b"nieuw")
    assert read(store, kept) == b"nieuw"
    assert len(files_in(folder)) == 1


def test_a_change_that_fails_leaves_the_document_and_a_file_for_the_sweep(
    store: Store, folder: Path, kept: str
):
    [before] = files_in(folder)
    with pytest.raises(NotFound):
        keep_and_fail(store, kept)
    [left] = {*files_in(folder)} - {before}
    age(before)
    assert sweep(store) == Swept(0, ())  # it may be of a change that is not done yet
    age(left)
    assert sweep(store) == Swept(1, ())
    assert files_in(folder) == [before]
    assert read(store, kept) == WORDS


def test_a_file_that_cannot_be_removed_after_the_change_is_left_for_the_sweep(
    store: Store, folder: Path, kept: str, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise ObjectsError(UNREACHABLE)

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.store.objects.Objects.remove", fail)
        keep(store, kept, b"nieuw")
    assert read(store, kept) == b"nieuw"
    for file in files_in(folder):
        age(file)
    assert sweep(store) == Swept(1, ())
    assert read(store, kept) == b"nieuw"


def test_files_of_another_store_in_the_same_place_stay(
    store: Store, folder: Path, kept: str, tmp_path: Path, settings: Settings, reopen: Reopen
):
    other = reopen(settings.model_copy(update={"data_dir": tmp_path / "other"}))
    [file] = files_in(folder)
    age(file)
    assert sweep(other) == Swept(0, (file.relative_to(folder).parts[0],))
    assert read(store, kept) == WORDS


def test_where_all_is_in_the_database_there_is_nothing_to_sweep(tmp_path: Path, reopen: Reopen):
    assert sweep(reopen(Settings(data_dir=tmp_path / "izp"))) is None


def lose(folder: Path) -> None:
    files_in(folder)[0].unlink()


def change(folder: Path) -> None:
    file = files_in(folder)[0]
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("spoil", [lose, change])
def test_a_document_that_was_lost_or_changed_is_told_and_that_of_a_concept_is_made_again(
    store: Store, folder: Path, kept: str, spoil: Callable[[Path], None]
):
    spoil(folder)
    assert read(store, kept, MADE_FROM) is None
    with pytest.raises(Lost, match=LOST):
        read(store, kept)
    keep(store, kept)
    assert read(store, kept) == WORDS


def test_an_older_file_of_the_same_document_does_not_pass_for_the_new_one(
    store: Store, folder: Path, kept: str
):
    old = files_in(folder)[0].read_bytes()
    keep(store, kept, b"nieuw")
    files_in(folder)[0].write_bytes(old)
    with pytest.raises(Lost):
        read(store, kept)


def test_after_a_change_of_the_setting_each_document_is_read_where_it_is(
    store: Store, settings: Settings, folder: Path, kept: str, reopen: Reopen
):
    inside = reopen(settings.model_copy(update={"objects": None}))
    with pytest.raises(ObjectsError, match=NOT_SET):
        read(inside, kept)
    keep(inside, kept, b"binnen")
    assert place_of(store, kept)[1] is None
    assert (read(inside, kept), read(store, kept)) == (b"binnen", b"binnen")
    keep(store, kept)
    assert place_of(store, kept)[0] is None
    assert read(store, kept) == WORDS


@pytest.mark.parametrize(
    "url", ["/srv/izp", "file://srv/izp", "file://", "s3://", "ftp://izp/x", "s3:///izp"]
)
def test_a_setting_that_names_no_store_of_documents_is_refused(url: str, tmp_path: Path):
    with pytest.raises(ObjectsError, match=BAD_SETTING):
        open_store(Settings(data_dir=tmp_path, objects=url))


def test_what_s3_needs_is_told_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises(ObjectsError) as raised:
        open_objects("s3://emmer/izp", b"")
    assert str(raised.value) == NO_S3


def test_of_a_store_that_fails_no_address_is_told(
    store: Store, folder: Path, kept: str, caplog: pytest.LogCaptureFixture
):
    break_down(folder)
    with caplog.at_level(logging.INFO):
        for do in (read, keep):
            with pytest.raises(ObjectsError) as raised:
                do(store, kept)
            assert str(raised.value) == UNREACHABLE
            assert raised.value.__context__ is None
    assert [record.message for record in caplog.records] == [
        "objects: cat_file: NotADirectoryError",
        "objects: write: NotADirectoryError",
    ]


def test_nothing_is_changed_when_a_document_cannot_be_written(
    store: Store, folder: Path, kept: str, monkeypatch: pytest.MonkeyPatch
):
    def half(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data[:10])

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.store.objects._write_on_disk", half)
        with pytest.raises(ObjectsError):
            keep(store, kept, b"nieuw")
    assert read(store, kept) == WORDS


def test_the_documents_of_an_erased_child_are_removed(store: Store, folder: Path, child: str, kept: str):
    assert erase(store, ADMIN, child) == ()
    assert files_in(folder) == []


def test_a_document_that_was_not_there_to_be_removed_is_named(
    store: Store, folder: Path, child: str, kept: str
):
    _, name = place_of(store, kept)
    lose(folder)
    assert erase(store, ADMIN, child) == (name,)


def test_a_child_is_not_erased_while_its_documents_cannot_be(
    store: Store, folder: Path, child: str, kept: str, tmp_path: Path
):
    folder.rename(tmp_path / "away")
    break_down(folder)
    with pytest.raises(ObjectsError, match=NOT_ERASED.split("(")[0]):
        erase(store, ADMIN, child)
    with look(store) as w:
        assert w.session.get(ChildRow, child)
    folder.unlink()
    (tmp_path / "away").rename(folder)
    assert read(store, kept) == WORDS
    assert erase(store, ADMIN, child) == ()


def test_a_new_main_key_changes_nothing_for_documents(
    store: Store, settings: Settings, kept: str, reopen: Reopen
):
    store.engine.dispose()
    rotate(settings, ADMIN)
    again = reopen(settings)
    assert read(again, kept) == WORDS
    keep(again, kept, b"nieuw")
    assert sweep(again) == Swept(0, ())


@pytest.mark.parametrize("outside", [True, False])
def test_a_backup_holds_the_documents_and_they_go_back_where_the_setting_says(
    store: Store,
    settings: Settings,
    folder: Path,
    kept: str,
    tmp_path: Path,
    reopen: Reopen,
    *,
    outside: bool,
):
    keep(store, kept, b"%PDF", "pdf")
    contents = back_up(store, ADMIN, tmp_path / "izp.backup")
    before = files_in(folder)
    elsewhere = settings.model_copy(
        update={
            "data_dir": tmp_path / "restored",
            "key_file": settings.data_dir / "sleutel",
            "objects": settings.objects if outside else None,
        }
    )
    assert restore(elsewhere, ADMIN, tmp_path / "izp.backup").contents == contents
    assert contents.lost == 0
    again = reopen(elsewhere)
    assert read(again, kept) == WORDS
    sealed, name = place_of(again, kept)
    assert (sealed is None, name is None) == (outside, not outside)
    assert len(files_in(folder)) == (4 if outside else 2)
    keep(again, kept, b"nieuw")
    sweep(again)
    assert all(file.exists() for file in before)  # what is restored elsewhere takes nothing from here
    assert read(store, kept) == WORDS


def test_a_backup_tells_how_many_approved_documents_were_lost(
    store: Store,
    settings: Settings,
    folder: Path,
    talk: str,
    approve: Callable[[], Version],
    tmp_path: Path,
    reopen: Reopen,
):
    approve()
    change(folder)
    file = tmp_path / "izp.backup"
    assert back_up(store, ADMIN, file).lost == 1
    store.engine.dispose()
    shutil.rmtree(folder)
    assert restore(settings, ADMIN, file, replace=True).contents.lost == 1
    again = reopen(settings)
    told = []
    for kind in documents.KINDS:
        with look(again) as w:
            try:
                told.append(documents.stored(w, talk, 1, kind, None))
            except Lost:
                told.append(b"lost")
    assert sorted(filter(None, told)) == [b"%PDF", b"%PDF", b"lost"]


def test_a_document_of_a_concept_that_was_lost_is_not_missed_in_a_backup(
    store: Store, settings: Settings, folder: Path, kept: str, tmp_path: Path, reopen: Reopen
):
    lose(folder)
    file = tmp_path / "izp.backup"
    assert back_up(store, ADMIN, file).lost == 0
    store.engine.dispose()
    restore(settings, ADMIN, file, replace=True)
    assert read(reopen(settings), kept, MADE_FROM) is None


def test_there_is_no_backup_without_the_documents(store: Store, folder: Path, kept: str, tmp_path: Path):
    break_down(folder)
    with pytest.raises(ObjectsError, match=UNREACHABLE):
        back_up(store, ADMIN, tmp_path / "izp.backup")
    assert not (tmp_path / "izp.backup").exists()


def test_an_export_holds_the_documents_that_were_approved(
    store: Store, child: str, approve: Callable[[], Version], tmp_path: Path
):
    approve()
    export(store, ADMIN, child, tmp_path / "all")
    assert [path.read_bytes() for path in (tmp_path / "all").rglob("plan.pdf")] == [b"%PDF"]
