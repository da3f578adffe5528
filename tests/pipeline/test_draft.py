import hashlib
from pathlib import Path

import pytest
from docx import Document

from extractors.schema import Conversation
from pipeline.corrections import Correction
from pipeline.dossier import Dossier
from pipeline.draft import Options, draft, extract
from pipeline.intake import IntakeError
from pipeline.settings import Settings

TALK = (
    "Kinderarts: Wat is voor jullie belangrijk?\n"
    "Moeder: Ik wil graag dat Sem thuis kan zijn.\n"
    "Sem: Ik wil niet meer naar de IC.\n"
    "Kinderarts: Ik bel morgen de thuiszorg.\n"
)


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "sem.talk.txt"
    path.write_text(TALK, "utf-8")
    return path


def test_a_draft_is_a_word_document_a_pdf_and_the_record(talk: Path, tmp_path: Path):
    made = draft(talk, tmp_path / "out", Options(child="Sem"), Settings())
    assert made.docx == tmp_path / "out" / "sem.talk.izp.docx"
    assert made.docx.read_bytes().startswith(b"PK")
    assert made.pdf.read_bytes().startswith(b"%PDF-")
    assert made.extraction.findings.statements


def test_the_summary_for_the_family_comes_with_the_draft(talk: Path, tmp_path: Path):
    made = draft(talk, tmp_path, Options(child="Sem"), Settings())
    words = [paragraph.text for paragraph in Document(str(made.family)).paragraphs]
    assert made.family == tmp_path / "sem.talk.gezin.docx"
    assert words[0].startswith("Voor de zorgverlener: lees dit eerst zelf na.")
    assert words[1:3] == ["Samenvatting voor jullie", "Sem"]


def test_the_record_reads_back_as_what_was_extracted(talk: Path, tmp_path: Path):
    made = draft(talk, tmp_path, Options(child="Sem"), Settings())
    record = Dossier.model_validate_json(made.record.read_bytes())
    assert (record.conversation, record.findings) == tuple(dict(made.extraction).values())
    assert (record.corrections, record.queue) == ((), ())
    assert record.conversation.child == "Sem"
    assert record.conversation.sha256 == hashlib.sha256(talk.read_bytes()).hexdigest()


def test_the_record_holds_who_spoke_as_the_extraction_took_it(talk: Path, monkeypatch: pytest.MonkeyPatch):
    def with_voices(conversation: Conversation) -> Conversation:
        return conversation.model_copy(update={"child": "Kim"})

    monkeypatch.setattr("pipeline.draft.with_voices", with_voices)
    assert extract(talk, Options(), Settings()).conversation.child == "Kim"


def test_how_sure_a_statement_must_be_is_a_setting(talk: Path):
    loose, strict = (extract(talk, Options(), Settings(threshold=limit)).findings for limit in (0.0, 1.0))
    assert loose.statements
    assert not loose.to_review
    assert strict.to_review
    assert {said.id for said in (*strict.statements, *strict.to_review)} == {
        said.id for said in loose.statements
    }


def test_an_earlier_draft_stays_as_it_is(talk: Path, tmp_path: Path):
    first = draft(talk, tmp_path, Options(), Settings())
    first.docx.write_bytes(b"edited in Word")
    second = draft(talk, tmp_path, Options(), Settings())
    assert first.docx.read_bytes() == b"edited in Word"
    assert second.docx.name == "sem.talk-2.izp.docx"


def test_the_same_file_gives_the_same_record(talk: Path, tmp_path: Path):
    first, second = (draft(talk, tmp_path / name, Options(), Settings()) for name in "ab")
    assert first.record.read_bytes() == second.record.read_bytes()


def test_the_source_is_never_written_over(tmp_path: Path):
    source = tmp_path / "sem.txt"
    source.write_text(TALK, "utf-8")
    draft(source, tmp_path, Options(), Settings(), overwrite=True)
    assert source.read_text("utf-8") == TALK


def test_bad_input_writes_nothing(tmp_path: Path):
    empty = tmp_path / "sem.txt"
    empty.touch()
    with pytest.raises(IntakeError):
        draft(empty, tmp_path / "out", Options(), Settings())
    assert not (tmp_path / "out").exists()


def test_the_largest_file_is_a_setting(talk: Path):
    with pytest.raises(IntakeError):
        extract(talk, Options(), Settings(max_bytes=10))


def test_a_draft_that_readers_corrected_is_not_replaced(talk: Path, tmp_path: Path):
    made = draft(talk, tmp_path, Options(), Settings())
    target = made.extraction.findings.statements[0].id
    edit = Correction(id="c1", kind="edit", target=target, before="a", after="b", plan="0")
    dossier = Dossier.model_validate_json(made.record.read_bytes())
    made.record.write_text(dossier.model_copy(update={"corrections": (edit,)}).model_dump_json(), "utf-8")
    before = made.record.read_bytes()
    with pytest.raises(IntakeError, match="verbeteringen ingelezen"):
        draft(talk, tmp_path, Options(), Settings(), overwrite=True)
    assert made.record.read_bytes() == before
