from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.settings import Settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IZP_MAX_BYTES", "1000")
    monkeypatch.setenv("IZP_THRESHOLD", "0.7")
    monkeypatch.setenv("IZP_MODEL", "nl_core_news_md")
    monkeypatch.setenv("IZP_DATA_DIR", "/srv/izp")
    monkeypatch.setenv("IZP_OBJECTS", "s3://emmer/izp")
    assert Settings() == Settings(
        max_bytes=1000,
        threshold=0.7,
        model="nl_core_news_md",
        data_dir=Path("/srv/izp"),
        objects="s3://emmer/izp",
    )


def test_an_empty_setting_is_no_setting(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IZP_MODEL", "")
    assert Settings().model is None


def test_data_lies_where_the_user_keeps_data(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "/home/noor/data")
    assert Settings().data_dir == Path("/home/noor/data/izp")


def test_a_limit_of_nothing_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IZP_MAX_BYTES", "0")
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize("threshold", ["1.1", "-0.1", "hoog"])
def test_a_threshold_lies_between_0_and_1(threshold: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IZP_THRESHOLD", threshold)
    with pytest.raises(ValidationError):
        Settings()
