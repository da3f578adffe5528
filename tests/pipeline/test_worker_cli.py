import pytest

from pipeline import cli
from pipeline.terminal import BAD_INPUT
from pipeline.worker_cli import NO_SERVER


def test_a_worker_without_a_server_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert cli.main(["worker"]) == BAD_INPUT
    assert " ".join(capsys.readouterr().err.split()) == NO_SERVER
