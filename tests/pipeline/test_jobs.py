import datetime as dt
import stat
from pathlib import Path

import pytest

from pipeline import jobs
from pipeline.draft import Options
from pipeline.settings import Settings

TALK = "Moeder: Ik wil graag dat hij thuis kan zijn.\nKinderarts: Ik bel morgen de thuiszorg.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "kwartelkoning.txt"
    path.write_text(TALK, "utf-8")
    return path


def test_a_job_keeps_its_own_copy_of_the_conversation(talk: Path, settings: Settings):
    job_id = jobs.submit(talk, Options(child="Sem", date=dt.date(2026, 3, 12)), settings)
    talk.unlink()
    job = jobs.load(job_id, settings)
    assert job.source.read_text("utf-8") == TALK
    assert job.source.name == "kwartelkoning.txt"
    assert job.options == Options(child="Sem", date=dt.date(2026, 3, 12))


def test_a_job_keeps_its_own_copy_of_the_participants(talk: Path, settings: Settings, tmp_path: Path):
    people = tmp_path / "wie.yaml"
    people.write_text("Moeder: moeder\n", "utf-8")
    job_id = jobs.submit(talk, Options(participants=people), settings)
    people.unlink()
    copy = jobs.load(job_id, settings).options.participants
    assert copy is not None
    assert copy.read_text("utf-8") == "Moeder: moeder\n"


def test_the_folder_of_a_job_is_open_to_its_owner_alone(talk: Path, settings: Settings):
    folder = jobs.folder(jobs.submit(talk, Options(), settings), settings)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)} == {0o700}


def test_a_file_that_cannot_be_copied_leaves_no_job(settings: Settings, tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        jobs.submit(tmp_path / "weg.txt", Options(), settings)
    assert list((settings.data_dir / "jobs").iterdir()) == []


@pytest.mark.parametrize("job_id", ["../../etc", "kwartelkoning", "0" * 32, ""])
def test_what_is_no_job_is_refused(job_id: str, settings: Settings):
    with pytest.raises(jobs.JobError, match="NoSuchJob"):
        jobs.run(job_id, settings)


def test_what_is_no_id_is_not_repeated(settings: Settings):
    with pytest.raises(jobs.JobError) as raised:
        jobs.load("kwartelkoning", settings)
    assert "kwartelkoning" not in str(raised.value)


def test_a_job_can_be_run_again(talk: Path, settings: Settings):
    job_id = jobs.submit(talk, Options(), settings)
    first, second = jobs.run(job_id, settings), jobs.run(job_id, settings)
    assert first == second
    assert first.docx.parent == jobs.folder(job_id, settings) / "out"
    assert len(list(first.docx.parent.iterdir())) == 4


def test_bad_input_is_told_in_the_folder_and_named_in_the_error(settings: Settings, tmp_path: Path):
    empty = tmp_path / "kwartelkoning.txt"
    empty.touch()
    job_id = jobs.submit(empty, Options(), settings)
    with pytest.raises(jobs.JobError) as raised:
        jobs.run(job_id, settings)
    assert str(raised.value) == f"job {job_id}: IntakeError"
    assert (jobs.folder(job_id, settings) / "error.txt").read_text("utf-8").endswith(".")


def test_a_failure_takes_nothing_of_the_conversation_along(
    talk: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise RuntimeError(TALK)

    monkeypatch.setattr("pipeline.draft.render", fail)
    job_id = jobs.submit(talk, Options(), settings)
    with pytest.raises(jobs.JobError) as raised:
        jobs.run(job_id, settings)
    assert str(raised.value) == f"job {job_id}: RuntimeError"
    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None


def test_what_went_wrong_before_is_forgotten_when_it_goes_well(
    talk: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    job_id = jobs.submit(talk, Options(), settings)
    with monkeypatch.context() as broken:
        broken.setattr("pipeline.draft.render", None)
        with pytest.raises(jobs.JobError, match="TypeError"):
            jobs.run(job_id, settings)
    jobs.run(job_id, settings)
    assert not (jobs.folder(job_id, settings) / "error.txt").exists()
