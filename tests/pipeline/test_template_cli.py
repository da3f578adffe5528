import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.settings import Settings
from pipeline.store.database import Store
from pipeline.template import TEMPLATE, installed_template
from pipeline.terminal import BAD_INPUT

Output = pytest.CaptureFixture[str]
ALONG = f"izp {installed_template().version}"


@pytest.fixture
def store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_new_store: Callable[[Settings], Store]
) -> Iterator[Store]:
    """The store of this installation."""
    monkeypatch.setenv("IZP_DATA_DIR", str(tmp_path / "izp"))
    opened = open_new_store(Settings())
    yield opened
    opened.engine.dispose()


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A copy of the template that comes along, of another version."""
    shutil.copytree(TEMPLATE, folder := tmp_path / "sjabloon")
    manifest = folder / "template.yaml"
    manifest.write_text(
        manifest.read_text().replace(f"version: {installed_template().version}", "version: 9.0.0")
    )
    return folder


def izp(*arguments: object) -> int:
    return cli.main(["template", *(str(argument) for argument in arguments)])


def test_templates_can_be_installed_and_listed(store: Store, other: Path, capsys: Output):
    assert izp("install", other) == 0
    assert "Nieuwe plannen krijgen nu sjabloon izp 9.0.0." in capsys.readouterr().out
    assert izp("list") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("izp 9.0.0, 0 plannen, geïnstalleerd op ")
    assert first.endswith("voor nieuwe plannen")
    assert second.startswith(ALONG)


def test_the_one_that_comes_along_needs_no_name(store: Store, capsys: Output):
    assert izp("install") == 0
    assert f"sjabloon {ALONG}" in capsys.readouterr().out


def test_each_mistake_is_told(store: Store, other: Path, capsys: Output):
    (other / "plan.typ").unlink()
    (other / "family.md.j2").unlink()
    assert izp("install", other) == BAD_INPUT
    told = capsys.readouterr().err.splitlines()
    assert any(line.startswith("plan.typ: ") for line in told)
    assert any(line.startswith("family.md.j2: ") for line in told)
    assert told[-1] == "Dit sjabloon is niet geïnstalleerd."


def test_without_a_store_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output):
    monkeypatch.setenv("IZP_DATA_DIR", str(tmp_path / "leeg"))
    assert izp("list") == BAD_INPUT
    assert "Hier zijn geen gegevens van izp" in capsys.readouterr().err
