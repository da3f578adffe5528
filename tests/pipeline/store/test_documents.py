import pytest
from sqlalchemy import event

from pipeline.store import documents
from pipeline.store.database import Store, look, work
from pipeline.store.errors import NotFound


def test_a_document_is_given_back_for_the_plan_that_it_shows(store: Store, talk: str):
    with work(store) as w:
        documents.keep(w, talk, 1, "0a1b2c3d", {"docx": b"kwartelkoning"})
    with look(store) as w:
        assert documents.stored(w, talk, 1, "docx", "0a1b2c3d") == b"kwartelkoning"
        assert documents.stored(w, talk, 1, "docx", None) == b"kwartelkoning"
        assert documents.stored(w, talk, 1, "docx", "ffffffff") is None
        assert documents.stored(w, talk, 1, "pdf", "0a1b2c3d") is None


def test_a_newer_document_takes_the_place_of_the_one_before(store: Store, talk: str):
    for made_from, data in (("0a1b2c3d", b"oud"), ("ffffffff", b"nieuw")):
        with work(store) as w:
            documents.keep(w, talk, 1, made_from, {"docx": data})
    with look(store) as w:
        assert documents.stored(w, talk, 1, "docx", "ffffffff") == b"nieuw"
        assert documents.stored(w, talk, 1, "docx", "0a1b2c3d") is None


def test_a_document_that_another_takes_the_place_of_is_not_read(store: Store, talk: str):
    with work(store) as w:
        documents.keep(w, talk, 1, "0a1b2c3d", {"docx": b"oud"})
    asked: list[str] = []
    with work(store) as w:
        event.listen(store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        documents.keep(w, talk, 1, "ffffffff", {"docx": b"nieuw"})
    of_documents = [words for words in asked if words.startswith("SELECT") and "FROM documents" in words]
    assert of_documents
    assert not any("sealed" in words for words in of_documents)


def test_a_conversation_that_does_not_exist_has_no_documents(store: Store):
    with pytest.raises(NotFound), work(store) as w:
        documents.keep(w, "0" * 32, 1, "0a1b2c3d", {"docx": b"x"})


def test_nothing_of_a_document_can_be_read_in_the_database(store: Store, talk: str):
    with work(store) as w:
        documents.keep(w, talk, 1, "0a1b2c3d", {"docx": b"kwartelkoning"})
    with store.engine.connect() as connection:
        sealed = connection.exec_driver_sql("SELECT sealed FROM documents").scalar_one()
    assert b"kwartelkoning" not in bytes(sealed)
