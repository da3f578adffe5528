import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from pipeline import cli
from pipeline.settings import Settings
from pipeline.store import audit, children
from pipeline.store.accounts import add_user
from pipeline.store.audit import Actor
from pipeline.store.backup import back_up
from pipeline.store.children import About
from pipeline.store.database import Store, look, open_store, work
from pipeline.store.keys import MainKeys, new_key, read_keys, write_keys
from pipeline.terminal import BAD_INPUT, INTERNAL_FAILURE, NO_SPACE

Output = pytest.CaptureFixture[str]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of this installation, in which nothing is yet."""
    folder = tmp_path / "izp"
    monkeypatch.setenv("IZP_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def store(data: Path, open_new_store: Callable[[Settings], Store]) -> Iterator[Store]:
    """The store of this installation."""
    opened = open_new_store(Settings())
    yield opened
    opened.engine.dispose()


@pytest.fixture
def child(store: Store) -> str:
    """A child in the store."""
    with work(store) as w:
        user = add_user(w, Actor(), login="saskia", name="S. de Wit", role="verpleegkundige")
        return children.add(w, Actor(user.id), About(name="Sem de Vries")).id


def izp(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def is_there(store: Store, child: str) -> bool:
    with look(store) as w:
        return (
            w.session.execute(
                text("SELECT count(*) FROM children WHERE id = :id"), {"id": child}
            ).scalar_one()
            == 1
        )


def test_a_backup_can_be_made_and_restored(
    store: Store, child: str, data: Path, tmp_path: Path, capsys: Output
):
    file = tmp_path / "kopie"
    assert izp("backup", file) == 0
    assert "gemaakt en nagekeken" in capsys.readouterr().out
    store.engine.dispose()
    for path in data.glob("izp.sqlite*"):
        path.unlink()
    assert izp("restore", file) == 0
    assert "Teruggezet" in capsys.readouterr().out
    assert is_there(store, child)


def test_a_restore_over_data_asks_for_the_option_and_tells_where_the_old_data_are(
    store: Store, child: str, data: Path, tmp_path: Path, capsys: Output
):
    file = tmp_path / "kopie"
    izp("backup", file)
    store.engine.dispose()
    assert izp("restore", file) == BAD_INPUT
    assert "--vervang" in capsys.readouterr().err
    assert izp("restore", file, "--vervang") == 0
    [aside] = data.glob("izp.sqlite.voor-*")
    assert str(aside) in capsys.readouterr().out


def test_what_is_wrong_with_a_backup_is_one_sentence(store: Store, tmp_path: Path, capsys: Output):
    (tmp_path / "kopie").write_text("iets anders")
    assert izp("restore", tmp_path / "kopie") == BAD_INPUT
    assert capsys.readouterr().err == "Dit bestand is geen reservekopie van izp.\n"


def test_where_no_data_are_none_are_made(data: Path, tmp_path: Path, capsys: Output):
    commands = ["backup", tmp_path / "kopie"], ["audit", "verify"], ["erase", "c", "--ja"], ["key", "rotate"]
    for command in commands:
        assert izp(*command) == BAD_INPUT
        assert "Hier zijn geen gegevens van izp" in capsys.readouterr().err.replace("\n", " ")
    assert not data.exists()


def test_a_lost_key_is_one_sentence(store: Store, data: Path, capsys: Output):
    (data / "sleutel").unlink()
    assert izp("audit", "verify") == BAD_INPUT
    assert capsys.readouterr().err.startswith("De sleutel van de gegevens ontbreekt.")


def test_a_damaged_database_is_one_sentence(data: Path, capsys: Output):
    data.mkdir()
    (data / "izp.sqlite").write_bytes(b"x" * 8192)
    assert izp("audit", "verify") == INTERNAL_FAILURE
    assert "izp restore" in capsys.readouterr().err


def test_a_database_that_cannot_be_reached_is_one_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
):
    monkeypatch.setenv("IZP_DATABASE", "postgresql+pg8000://izp:geheim@127.0.0.1:1/izp")
    assert izp("audit", "verify") == INTERNAL_FAILURE
    told = capsys.readouterr().err
    assert "niet te bereiken" in told
    assert "geheim" not in told


def test_a_full_disk_is_one_sentence(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.store.backup_file._put", full)
    assert izp("backup", tmp_path / "kopie") == INTERNAL_FAILURE
    assert capsys.readouterr().err == f"{NO_SPACE}\n"


def test_a_child_is_erased_when_its_name_is_typed(
    store: Store, child: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
):
    monkeypatch.setattr("typer.prompt", lambda *_, **__: " sem de vries ")
    assert izp("erase", child) == 0
    assert not is_there(store, child)
    assert "Reservekopieën" in capsys.readouterr().out


def test_a_child_is_not_erased_when_another_name_is_typed(
    store: Store, child: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
):
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "Noor")
    assert izp("erase", child) == BAD_INPUT
    assert is_there(store, child)
    assert "Sem" not in "".join(capsys.readouterr())


def test_a_script_erases_without_the_name(store: Store, child: str):
    assert izp("erase", child, "--ja") == 0
    assert not is_there(store, child)


def test_old_data_that_still_hold_the_child_are_named(
    store: Store, child: str, data: Path, tmp_path: Path, capsys: Output
):
    izp("backup", tmp_path / "kopie")
    store.engine.dispose()
    izp("restore", tmp_path / "kopie", "--vervang")
    izp("erase", child, "--ja")
    [aside] = data.glob("izp.sqlite.voor-*")
    assert str(aside) in capsys.readouterr().out


def test_a_child_is_exported(store: Store, child: str, tmp_path: Path, capsys: Output):
    assert izp("export", child, "--out", tmp_path / "kind") == 0
    assert (tmp_path / "kind" / "LEESMIJ.txt").exists()
    assert "LEESMIJ.txt" in capsys.readouterr().out


def test_a_child_that_is_not_there_is_one_sentence(store: Store, child: str, tmp_path: Path, capsys: Output):
    assert izp("export", "niemand", "--out", tmp_path / "kind") == BAD_INPUT
    assert izp("erase", "niemand", "--ja") == BAD_INPUT
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_the_main_key_is_renewed(store: Store, child: str, data: Path, capsys: Output):
    assert izp("key", "rotate") == 0
    [kept] = data.glob("sleutel.oud-*")
    assert str(kept) in capsys.readouterr().out
    assert read_keys((data / "sleutel").read_text()) != store.keys


def test_a_main_key_in_the_setting_is_renewed_in_two_steps(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
):
    monkeypatch.setenv("IZP_KEY", write_keys(MainKeys((new_key(),))).strip())
    open_store(Settings()).engine.dispose()
    for keys in (2, 1):
        assert izp("key", "rotate") == 0
        told = re.search("IZP_KEY=(.+)", capsys.readouterr().out)
        assert told is not None
        monkeypatch.setenv("IZP_KEY", told[1])
        assert len(read_keys(told[1]).keys) == keys
    assert izp("audit", "verify") == 0


def test_a_right_trail_gives_a_seal_that_holds_later(store: Store, child: str, capsys: Output):
    assert izp("audit", "verify") == 0
    told = re.search("Zegel: (.+)", capsys.readouterr().out)
    assert told is not None
    with work(store) as w:
        audit.record(w, Actor(), "see_audit")
    assert izp("audit", "verify", "--zegel", told[1]) == 0


def test_tampering_is_told_with_the_first_event(store: Store, child: str, capsys: Output):
    with store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET origin = 'elders' WHERE number = 2"))
    assert izp("audit", "verify") == INTERNAL_FAILURE
    printed = capsys.readouterr()
    assert "gebeurtenis 2" in printed.err
    assert "Zegel" not in printed.out


def test_an_end_that_was_cut_off_is_told_by_the_seal(store: Store, child: str, capsys: Output):
    assert izp("audit", "verify", "--zegel", f"99:{'0' * 64}") == INTERNAL_FAILURE
    assert "geknoeid" in capsys.readouterr().err


@pytest.mark.parametrize("seal", ["12", "x:1", ":", f"-1:{'0' * 64}"])
def test_what_is_no_seal_is_told(store: Store, seal: str, capsys: Output):
    assert izp("audit", "verify", "--zegel", seal) == BAD_INPUT
    assert "zegel" in capsys.readouterr().err


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the documents of this installation are in, outside of its database."""
    monkeypatch.setenv("IZP_OBJECTS", f"file://{tmp_path}/objects")
    return tmp_path / "objects"


def test_files_that_belong_to_no_plan_are_swept(outside: Path, store: Store, capsys: Output):
    assert store.objects
    name = store.objects.new_name()
    store.objects.write({name: b""})
    os.utime(outside / name, (0, 0))
    (outside / "0123456789abcdef").mkdir()
    assert izp("sweep") == 0
    told = capsys.readouterr().out
    assert "Opgeruimd: 1 bestanden" in told
    assert "De map 0123456789abcdef" in told
    assert not (outside / name).exists()


def test_where_all_is_in_the_database_nothing_is_swept(store: Store, capsys: Output):
    assert izp("sweep") == 0
    assert "niets op te ruimen" in capsys.readouterr().out


def test_documents_that_cannot_be_reached_are_one_sentence(outside: Path, store: Store, capsys: Output):
    outside.write_text("")
    assert izp("sweep") == BAD_INPUT
    assert capsys.readouterr().err.startswith("De opslag van de documenten is nu niet te gebruiken.")


def test_approved_documents_that_a_backup_could_not_hold_are_told(
    store: Store, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patched:
        made = back_up(store, Actor(), tmp_path / "kopie")
        patched.setattr("pipeline.store.backup.back_up", lambda *_: made._replace(lost=2))
        assert izp("backup", tmp_path / "nog een") == INTERNAL_FAILURE
    assert "ontbreken 2 documenten" in capsys.readouterr().err


def test_a_document_that_was_not_there_to_erase_is_named(
    store: Store, child: str, capsys: Output, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pipeline.store.erase.documents.remove", lambda *_: ("a/b/c",))
    assert izp("erase", child, "--ja") == 0
    assert "stond niet in de opslag: a/b/c." in capsys.readouterr().out
