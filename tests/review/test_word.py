"""A Word document that comes back with corrections."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.dossier import Dossier
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.render import render_docx
from pipeline.store import conversations, reviews
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, work
from pipeline.template import installed_template
from pipeline.word_review.review import Review, review
from review import word

from .conftest import Browser, People
from .talks import draft, draft_waiting, extraction, restyle, text_of

Open = Callable[..., Browser]
SAID, CHANGED = "Ik maak me zorgen over de nachten", "Ik maak me grote zorgen over de nachten"


@pytest.fixture
def talk(store: Store, people: People, child: str) -> str:
    return draft(store, people.verpleegkundige.id, child)


def corrected(store: Store, talk: str, old: str = SAID, new: str = CHANGED) -> bytes:
    """The document of a plan, in which somebody changed words."""
    with look(store) as w:
        plan = reviews.plan_of(w, talk)
    made = zipfile.ZipFile(io.BytesIO(render_docx(plan, installed_template())))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in made.namelist():
            data = made.read(name)
            is_text = name == "word/document.xml"
            archive.writestr(name, data.replace(old.encode(), new.encode()) if is_text else data)
    return out.getvalue()


def record(store: Store, talk: str) -> Dossier:
    with look(store) as w:
        return reviews.dossier(w, talk)


def upload(reader: Browser, talk: str, data: bytes) -> str:
    files = {"bestand": ("Plan Noor.docx", data)}
    return reader.post(f"/gesprekken/{talk}/word", data={"csrf": reader.csrf}, files=files).text


def ticket(page: str) -> str:
    return page.split('name="bewijs" value="')[1].split('"')[0]


def test_corrections_are_shown_before_they_are_taken_over(
    browser: Open, people: People, store: Store, talk: str
) -> None:
    nurse = browser(people.verpleegkundige)
    page = upload(nurse, talk, corrected(store, talk))
    assert "Dit wordt overgenomen (1)" in text_of(page)
    assert "<del>Ik maak me zorgen over de nachten</del>" in page
    assert "<ins>Ik maak me grote zorgen over de nachten</ins>" in page
    assert record(store, talk).corrections == ()
    answer = nurse.submit(f"/gesprekken/{talk}/word/overnemen", bewijs=ticket(page))
    assert answer.status_code == 303
    assert [one.after for one in record(store, talk).corrections] == [
        "Ik maak me grote zorgen over de nachten"
    ]


def test_taking_over_twice_changes_nothing_more(
    browser: Open, people: People, store: Store, talk: str
) -> None:
    nurse = browser(people.verpleegkundige)
    data = corrected(store, talk)
    for _ in range(2):
        page = upload(nurse, talk, data)
        if 'name="bewijs"' in page:
            nurse.submit(f"/gesprekken/{talk}/word/overnemen", bewijs=ticket(page))
    assert "stond al in het plan" in page
    assert len(record(store, talk).corrections) == 1


def test_what_no_correction_stands_for_waits_to_be_worked_in_by_hand(
    browser: Open, people: People, store: Store, talk: str
) -> None:
    nurse = browser(people.verpleegkundige)
    page = upload(nurse, talk, corrected(store, talk, "Levenseindezorg", "Zorg aan het einde"))
    assert "Dit verwerkt u daarna zelf" in page
    nurse.submit(f"/gesprekken/{talk}/word/overnemen", bewijs=ticket(page))
    screen = nurse.get(f"/gesprekken/{talk}").text
    assert "Uit Word te verwerken" in screen
    unmatched = record(store, talk).queue[0].id
    nurse.submit(f"/gesprekken/{talk}/wachtrij/{unmatched}")
    assert f"wacht-{unmatched}" not in nurse.get(f"/gesprekken/{talk}").text


def test_another_document_is_refused_in_words_for_the_web(
    browser: Open, people: People, store: Store, talk: str, child: str
) -> None:
    other = draft(
        store, people.verpleegkundige.id, child, "ander.txt", "Moeder: Ik wil dat zij naar huis komt.\n"
    )
    page = upload(browser(people.verpleegkundige), talk, corrected(store, other))
    assert "hoort bij het plan van een ander gesprek" in page
    assert "--record" not in page


@pytest.mark.parametrize(("data", "sentence"), [(b"", "Kies het Word-bestand"), (b"geen word", "Word")])
def test_what_is_no_word_document_is_refused(
    browser: Open, people: People, talk: str, data: bytes, sentence: str
) -> None:
    assert sentence in upload(browser(people.verpleegkundige), talk, data)


def test_what_somebody_else_uploaded_cannot_be_taken_over(
    browser: Open, people: People, store: Store, talk: str
) -> None:
    page = upload(browser(people.verpleegkundige), talk, corrected(store, talk))
    answer = browser(people.behandelaar).submit(f"/gesprekken/{talk}/word/overnemen", bewijs=ticket(page))
    assert answer.status_code == 422
    assert record(store, talk).corrections == ()


def read_again(store: Store, talk: str, user_id: str) -> None:
    """Works the conversation out again: one statement is not found any more."""
    with work(store) as w:
        conversations.tell(w, Actor(user_id), talk, ParticipantsFile(date=dt.date(2026, 1, 1)))
    before = extraction()
    fewer = before.findings.model_copy(update={"statements": before.findings.statements[1:]})
    draft_waiting(store, before.model_copy(update={"findings": fewer}))


def test_nothing_is_taken_over_on_another_reading_than_was_shown(
    browser: Open, people: People, store: Store, talk: str
) -> None:
    nurse = browser(people.verpleegkundige)
    page = upload(nurse, talk, corrected(store, talk))
    read_again(store, talk, people.verpleegkundige.id)
    answer = nurse.submit(f"/gesprekken/{talk}/word/overnemen", bewijs=ticket(page))
    assert answer.status_code == 422
    assert "of het gesprek is daarna opnieuw uitgewerkt. Er is niets overgenomen." in text_of(answer.text)
    assert record(store, talk).corrections == ()


def test_nothing_is_taken_over_where_another_reading_comes_in_between(
    browser: Open, people: People, store: Store, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = browser(people.verpleegkundige)
    page = upload(nurse, talk, corrected(store, talk))

    def compared(*of: Any) -> Review:
        read_again(store, talk, people.verpleegkundige.id)
        return review(*of)

    monkeypatch.setattr(word, "review", compared)
    answer = nurse.submit(f"/gesprekken/{talk}/word/overnemen", bewijs=ticket(page))
    assert answer.status_code == 422
    assert "Dit gesprek is intussen opnieuw uitgewerkt. Er is niets gewijzigd" in text_of(answer.text)
    assert record(store, talk).corrections == ()


def test_a_document_from_before_the_plan_got_another_template_is_taken_over(
    browser: Open, people: People, store: Store, talk: str, tmp_path: Path
) -> None:
    nurse = browser(people.verpleegkundige)
    data = corrected(store, talk)
    restyle(store, tmp_path / "sjabloon", talk)
    page = upload(nurse, talk, data)
    assert "Dit wordt overgenomen (1)" in text_of(page)
    nurse.submit(f"/gesprekken/{talk}/word/overnemen", bewijs=ticket(page))
    assert [one.after for one in record(store, talk).corrections] == [CHANGED]
