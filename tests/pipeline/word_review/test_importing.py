"""The record and the documents on disk."""

import errno
import multiprocessing
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.roundtrip.judge import base
from benchmarks.roundtrip.word import WordFile
from pipeline import cli
from pipeline.dossier import Dossier
from pipeline.settings import Settings
from pipeline.word_review import importing
from pipeline.word_review.errors import ReviewError
from pipeline.word_review.importing import CHANGED, MISSING, import_review
from pipeline.word_review.record import MORE_RECORDS, NO_RECORD, NOT_A_RECORD
from pipeline.word_review.report import ALL_KNOWN, NOTHING
from pipeline.word_review.review import OTHER_PLAN

Output = pytest.CaptureFixture[str]
BED, ZEE = (base().dossier.findings.statements[index].id for index in (2, 3))


def written(folder: Path, name: str, *steps: tuple[str, ...], author: str = "Anna de Boer") -> Path:
    file = WordFile(base().docx)
    file.author = author
    for step in (("track", "on"), *steps):
        file.take(step)
    path = folder / name
    path.write_bytes(file.save())
    return path


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "fem.izp.json"
    path.write_text(base().dossier.model_dump_json(), "utf-8")
    return path


@pytest.fixture
def document(tmp_path: Path, record: Path) -> Path:
    return written(tmp_path, "fem.izp.docx", ("replace", f"#{BED}/haar", "hun"))


def dossier(path: Path) -> Dossier:
    return Dossier.model_validate_json(path.read_bytes())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_import_adds_to_the_record_and_makes_a_new_draft_beside_it(document: Path, record: Path):
    before = document.read_bytes()
    made = import_review(document, Settings())
    assert [one.target for one in dossier(record).corrections] == [BED]
    assert document.read_bytes() == before
    new = ["fem-2.gezin.docx", "fem-2.izp.docx", "fem-2.izp.pdf"]
    assert sorted(path.name for path in made.documents) == new
    assert names(record.parent) == [*new, "fem.izp.docx", "fem.izp.json"]


def test_the_same_document_twice_writes_nothing(document: Path, record: Path):
    import_review(document, Settings())
    before, there = record.read_bytes(), names(record.parent)
    assert import_review(document, Settings()).documents == ()
    assert (record.read_bytes(), names(record.parent)) == (before, there)


def test_a_record_without_corrections_of_an_earlier_version_is_read(document: Path, record: Path):
    content = base().dossier.model_dump_json(include={"conversation", "findings"})
    record.write_text(content, "utf-8")
    assert import_review(document, Settings()).review.corrections


def test_a_document_under_another_name_finds_its_record(document: Path, record: Path):
    other = document.rename(document.with_name("Plan van Fem (Anna).docx"))
    assert import_review(other, Settings()).record == record


def test_two_records_that_fit_are_not_guessed_between(document: Path, record: Path):
    record.rename(record.with_name("een.izp.json"))
    (record.parent / "twee.izp.json").write_bytes((record.parent / "een.izp.json").read_bytes())
    with pytest.raises(ReviewError) as refused:
        import_review(document, Settings())
    assert str(refused.value) == MORE_RECORDS
    assert import_review(document, Settings(), record.with_name("een.izp.json")).review.corrections


def test_without_a_record_it_says_what_to_do(document: Path, record: Path):
    record.unlink()
    with pytest.raises(ReviewError) as refused:
        import_review(document, Settings())
    assert str(refused.value) == NO_RECORD


def test_a_record_of_another_child_is_refused(document: Path, record: Path):
    start = base().dossier
    other = start.model_copy(update={"conversation": start.conversation.model_copy(update={"id": "ander"})})
    record.write_text(other.model_dump_json(), "utf-8")
    with pytest.raises(ReviewError) as refused:
        import_review(document, Settings())
    assert str(refused.value) == OTHER_PLAN


def test_a_broken_record_is_refused_and_stays(document: Path, record: Path):
    record.write_text("{", "utf-8")
    with pytest.raises(ReviewError) as refused:
        import_review(document, Settings(), record)
    assert str(refused.value) == NOT_A_RECORD
    assert record.read_text("utf-8") == "{"


def test_a_document_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(ReviewError) as refused:
        import_review(tmp_path / "weg.docx", Settings())
    assert str(refused.value) == MISSING


def test_a_full_disk_leaves_all_as_it_was(document: Path, record: Path, monkeypatch: pytest.MonkeyPatch):
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "full")

    before, there = record.read_bytes(), names(record.parent)
    monkeypatch.setattr(importing, "replace", full)
    with pytest.raises(OSError, match="full"):
        import_review(document, Settings())
    assert (record.read_bytes(), names(record.parent)) == (before, there)


KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.settings import Settings
from pipeline.word_review import importing
importing.replace = lambda path, content: os.kill(os.getpid(), signal.SIGKILL)
importing.import_review(Path(sys.argv[1]), Settings())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this platform cannot kill a process so")
def test_killed_between_documents_and_record_the_import_is_done_again_in_full(document: Path, record: Path):
    before = record.read_bytes()
    killed = subprocess.run([sys.executable, "-c", KILLED, document], check=False)  # noqa: S603  # our own
    assert killed.returncode == -signal.SIGKILL
    assert record.read_bytes() == before
    made = import_review(document, Settings())
    assert [one.target for one in dossier(record).corrections] == [BED]
    left = record.with_name("fem-2.izp.docx")
    assert left not in made.documents
    assert import_review(left, Settings(), record).review.known == 0
    assert left.read_bytes() == record.with_name("fem-3.izp.docx").read_bytes()


def test_a_record_that_was_cut_off_is_refused_and_stays(document: Path, record: Path):
    half = record.read_bytes()[: record.stat().st_size // 2]
    record.write_bytes(half)
    with pytest.raises(ReviewError) as refused:
        import_review(document, Settings())
    assert str(refused.value) == NOT_A_RECORD
    assert (record.read_bytes(), names(record.parent)) == (half, ["fem.izp.docx", "fem.izp.json"])


def test_a_record_that_changed_meanwhile_is_not_written_over(
    document: Path, record: Path, monkeypatch: pytest.MonkeyPatch
):
    real = importing.render

    def slow(plan, template):
        record.write_bytes(record.read_bytes() + b"\n")
        return real(plan, template)

    monkeypatch.setattr(importing, "render", slow)
    with pytest.raises(ReviewError) as refused:
        import_review(document, Settings())
    assert str(refused.value) == CHANGED.format(name=record.name)
    assert names(record.parent) == ["fem.izp.docx", "fem.izp.json"]


def test_two_people_at_once_both_get_their_corrections_in(tmp_path: Path, record: Path):
    documents = [
        written(tmp_path, "fem.izp.docx", ("replace", f"#{BED}/haar", "hun")),
        written(tmp_path, "fem-bos.docx", ("replace", f"#{ZEE}/zomer", "herfst"), author="Dr. Bos"),
    ]
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=import_review, args=(each, Settings(), record)) for each in documents]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert {one.target for one in dossier(record).corrections} == {BED, ZEE}


def izp(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def test_the_command_tells_what_changed_without_the_words(tmp_path: Path, record: Path, capsys: Output):
    steps = (("replace", f"#{BED}/haar", "hun"), ("replace", "Toekomstverwachting", "Later"))
    assert izp("import-review", written(tmp_path, "fem.izp.docx", *steps)) == 0
    printed = capsys.readouterr().out
    assert "Uitspraak 3 (Fysiek): de woorden zijn gewijzigd, door Anna de Boer op 2 april 2026" in printed
    assert "Handmatig te verwerken (1):" in printed
    assert "fem-2.izp.docx" in printed
    assert "bed" not in printed


def test_the_command_says_when_there_is_nothing_new(document: Path, record: Path, capsys: Output):
    unedited = written(record.parent, "leeg.docx")
    assert izp("import-review", unedited) == 0
    assert NOTHING in capsys.readouterr().out
    izp("import-review", document)
    capsys.readouterr()
    assert izp("import-review", document) == 0
    assert ALL_KNOWN in capsys.readouterr().out


def test_the_command_refuses_what_is_no_word_document_in_one_sentence(tmp_path: Path, capsys: Output):
    path = tmp_path / "plan.docx"
    path.write_text("tekst", "utf-8")
    assert izp("import-review", path) == cli.BAD_INPUT
    assert capsys.readouterr().err.startswith(f"{path}: Dit is geen Word-document")
