"""Reading the audit trail."""

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest

from pipeline.store import accounts, audit
from pipeline.store.accounts import User
from pipeline.store.audit import Actor
from pipeline.store.database import Store, work
from review import audit_pages

from .conftest import Browser, People

Browsers = Callable[[User | None], Browser]


@pytest.mark.parametrize("query", ["tot=9999-12-31", "van=0001-01-01", "van=geen-dag"])
def test_a_day_that_cannot_be_asked_for_does_not_count(browser: Browsers, people: People, query: str) -> None:
    assert browser(people.beheerder).get(f"/beheer/logboek?{query}").status_code == 200


def test_a_number_that_no_event_has_is_refused(browser: Browsers, people: People) -> None:
    assert browser(people.beheerder).get(f"/beheer/logboek?voor={10**30}").status_code == 422


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


@pytest.mark.parametrize("path", ["logboek", "logboek.csv"])
def test_what_is_no_text_is_refused(browser: Browsers, people: People, path: str) -> None:
    assert browser(people.beheerder).get(f"/beheer/{path}?kind=%00").status_code == 422


def test_a_beheerder_reads_who_did_what_and_nothing_of_the_child(
    browser: Browsers, people: People, child: str
) -> None:
    browser(people.stranger).get(f"/kinderen/{child}/team")
    text = browser(people.beheerder).get("/beheer/logboek").text
    for words in ("Stan Verre", "kind bekeken", "geweigerd", child[:8], "testclient"):
        assert words in text
    assert "Noor" not in text


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("wat=add_child", {"kind toegevoegd"}),
        ("uitkomst=refused", {"kind bekeken"}),
        ("kind={child}&wat=manage_members", {"zorgteam gewijzigd"}),
        ("wie={stranger}", {"kind bekeken"}),
        ("tot=2001-01-01", set()),
        ("van={tomorrow}", set()),
        ("van={today}&tot={today}&wat=add_child", {"kind toegevoegd"}),
        ("van=gisteren&wat=add_child", {"kind toegevoegd"}),
    ],
)
def test_the_trail_is_searched(
    browser: Browsers, people: People, child: str, query: str, actions: set[str]
) -> None:
    browser(people.stranger).get(f"/kinderen/{child}/team")
    today = dt.datetime.now().astimezone().date()
    asked = query.format(
        child=child, stranger=people.stranger.id, today=today, tomorrow=today + dt.timedelta(days=1)
    )
    answer = browser(people.beheerder).get(f"/beheer/logboek.csv?{asked}")
    assert {row[2] for row in rows(answer.text)[1:]} == actions


def test_the_trail_has_pages(
    browser: Browsers, people: People, monkeypatch: pytest.MonkeyPatch, child: str
) -> None:
    monkeypatch.setattr(audit_pages, "_PER_PAGE", 5)
    admin = browser(people.beheerder)
    assert "Ouder" in admin.get("/beheer/logboek").text
    second = admin.get("/beheer/logboek?voor=4").text
    assert (second.count("account beheerd</td>"), "Nieuwste" in second) == (3, True)


def test_the_file_holds_the_whole_trail(
    browser: Browsers, people: People, monkeypatch: pytest.MonkeyPatch, child: str
) -> None:
    monkeypatch.setattr(audit_pages, "_PER_READ", 3)
    answer = browser(people.beheerder).get("/beheer/logboek.csv")
    head, *lines = rows(answer.text)
    assert head == list(audit_pages.COLUMNS)
    numbers = [int(line[0]) for line in lines]
    assert numbers == list(range(len(numbers), 0, -1))
    assert "attachment" in answer.headers["content-disposition"]


def test_a_name_that_looks_like_a_formula_is_text_in_the_file(
    browser: Browsers, people: People, store: Store
) -> None:
    with work(store) as w:
        made = accounts.add_user(w, Actor(), login="jan", name="=1+1", role="lezer")
        audit.record(w, Actor(made.id), "sign_in")
    answer = browser(people.beheerder).get(f"/beheer/logboek.csv?wie={made.id}")
    assert rows(answer.text)[1][4] == "'=1+1"


def test_the_team_reads_who_saw_the_child(browser: Browsers, people: People, child: str) -> None:
    browser(people.lezer).get(f"/kinderen/{child}/team")
    text = browser(people.verpleegkundige).get(f"/kinderen/{child}/logboek").text
    assert "Lars Boom" in text
    assert "account beheerd" not in text


def test_what_is_seen_is_in_the_trail_itself(
    browser: Browsers, people: People, child: str, trail: Callable[[], list[audit.Event]]
) -> None:
    browser(people.beheerder).get("/beheer/logboek")
    browser(people.behandelaar).get(f"/kinderen/{child}/logboek")
    assert [(event.action, event.child_id) for event in trail()[-2:]] == [
        ("see_audit", None),
        ("see_child_audit", child),
    ]
