"""The list of children, the page of a child, and what is known of one."""

import datetime as dt
from collections.abc import Callable

import pytest

from pipeline.store.database import Store
from review.children import age

from .conftest import BOTH_DATABASES, Browser, People
from .talks import draft, text_of

Open = Callable[..., Browser]


def test_the_list_shows_the_children_of_whoever_looks(browser: Open, people: People, child: str) -> None:
    theirs = browser(people.verpleegkundige).get("/kinderen")
    other = browser(people.stranger).get("/kinderen")
    assert "Noor de Wit" in theirs.text
    assert f"/kinderen/{child}" in theirs.text
    assert "Noor de Wit" not in other.text
    assert "nog in geen enkel zorgteam" in other.text


def test_a_child_that_is_added_opens_with_whoever_added_it_in_the_team(browser: Open, people: People) -> None:
    nurse = browser(people.verpleegkundige)
    answer = nurse.submit("/kinderen/nieuw", naam="Sem Bos", geboren="2020-02-29", nummer="")
    page = nurse.get(answer.headers["location"])
    assert answer.status_code == 303
    assert "Sem Bos" in page.text
    assert "geboren op 29 februari 2020" in page.text
    assert "Vera Zand" in text_of(page.text)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"naam": " "}, "Vul de naam"),
        ({"naam": "Sem", "geboren": "31-02-2020"}, "geen dag die kan kloppen"),
        ({"naam": "Sem", "geboren": "1815-06-18"}, "geen dag die kan kloppen"),
        ({"naam": "S" * 201}, "hoogstens 200 tekens"),
    ],
)
def test_a_wrong_form_says_why_and_keeps_what_was_typed(
    browser: Open, people: People, fields: dict[str, str], sentence: str
) -> None:
    answer = browser(people.verpleegkundige).submit("/kinderen/nieuw", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{fields["naam"]}"' in answer.text


def test_what_is_known_of_a_child_can_be_changed(browser: Open, people: People, child: str) -> None:
    nurse = browser(people.verpleegkundige)
    answer = nurse.submit(f"/kinderen/{child}/gegevens", naam="Noor Wit", geboren="", nummer="9", versie="1")
    assert answer.status_code == 303
    assert "Noor Wit" in nurse.get(f"/kinderen/{child}").text


@BOTH_DATABASES
def test_two_who_change_a_child_at_once_do_not_overwrite_each_other(
    browser: Open, people: People, child: str
) -> None:
    path = f"/kinderen/{child}/gegevens"
    browser(people.verpleegkundige).submit(path, naam="Noor Wit", versie="1")
    second = browser(people.behandelaar).submit(path, naam="Nora", versie="1")
    assert second.status_code == 409
    assert "Noor Wit" in browser(people.behandelaar).get(f"/kinderen/{child}").text


def test_a_child_shows_its_conversations_with_the_state_of_their_plans(
    browser: Open, people: People, child: str, store: Store
) -> None:
    talk = draft(store, people.verpleegkundige.id, child)
    text = text_of(browser(people.behandelaar).get(f"/kinderen/{child}").text)
    assert "Gesprek van 12 maart 2026" in text
    assert "concept, versie 1" in text
    assert "2 open punten, waarvan 2 nodig voor goedkeuring" in text
    assert talk not in text


@pytest.mark.parametrize(
    ("days", "words"),
    [(10, "0 maanden"), (40, "1 maand"), (700, "2"), (2600, "7 jaar"), (-9, "nog")],
)
def test_an_age_is_told_in_words(days: int, words: str) -> None:
    assert age(dt.datetime.now().astimezone().date() - dt.timedelta(days=days)).startswith(words)


def test_an_age_that_is_not_known_is_said_so() -> None:
    assert age(None) == "leeftijd onbekend"
