import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors import version as module
from extractors.language import ModelError
from extractors.version import version

PACKAGE = Path(module.__file__).parent


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small package in the place of this one."""
    files = ("polarity.py", "patterns/polarity.json", "model/corpus/talk.txt", "README.md")
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(module, "_PACKAGE", tmp_path)
    version.cache_clear()
    yield tmp_path
    version.cache_clear()


def after(path: Path, words: str) -> str:
    """The version when a file has other words."""
    path.write_text(words)
    version.cache_clear()
    return version()


def test_another_pattern_or_another_line_of_code_is_another_version(package: Path):
    first = version()
    second = after(package / "patterns" / "polarity.json", "{}")
    third = after(package / "polarity.py", "pass")
    fourth = after(package / "patterns" / "new.json", "{}")
    assert len({first, second, third, fourth}) == 4


def test_what_is_learned_from_or_written_about_it_makes_no_other_version(package: Path):
    first = version()
    assert after(package / "model" / "corpus" / "talk.txt", "other") == first
    assert after(package / "README.md", "other") == first


def test_the_same_files_elsewhere_are_the_same_version(
    package: Path, tmp_path_factory: pytest.TempPathFactory
):
    first = version()
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "package"
    shutil.copytree(package, elsewhere)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "_PACKAGE", elsewhere)
        version.cache_clear()
        assert version() == first


def test_what_is_aside_is_there_and_what_decides_is_not_aside():
    assert all((PACKAGE / name).exists() for name in module._ASIDE - {"__pycache__"})
    names = {name for name, _ in module._files(PACKAGE)}
    assert {"extract.py", "patterns/decision.json", "model/nl_izp/tok2vec/model", "schema.py"} <= names
    assert not {name for name in names if "corpus" in name or "pycache" in name}


@pytest.mark.usefixtures("package")
def test_a_threshold_and_another_model_belong_to_it(tmp_path: Path):
    for number in ("1.0", "1.1"):
        (tmp_path / f"nl-{number}").mkdir()
        meta = {"lang": "nl", "name": "other", "version": number}
        (tmp_path / f"nl-{number}" / "meta.json").write_text(json.dumps(meta))
    models = [version(str(tmp_path / f"nl-{number}")) for number in ("1.0", "1.1")]
    assert len({version(), version(threshold=0.3), version(threshold=0.4), *models}) == 5


@pytest.mark.usefixtures("package")
def test_a_model_that_is_not_installed_has_no_version():
    with pytest.raises(ModelError, match="niet geïnstalleerd"):
        version("nl_none_md")
