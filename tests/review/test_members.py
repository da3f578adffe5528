"""The care team, emergency access, and what a beheerder sees of either."""

from collections.abc import Callable

import pytest

from pipeline.store import members
from pipeline.store.accounts import User
from pipeline.store.audit import Actor, Event
from pipeline.store.database import Store, look, work
from review import members as pages

from .conftest import BOTH_DATABASES, Browser, People

Browsers = Callable[[User | None], Browser]
Trail = Callable[[], list[Event]]
REASON = "Dienst vannacht: benauwd op de afdeling"
NAME = "Noor de Wit"


def test_a_beheerder_reads_nothing_of_a_child_in_a_refusal(
    browser: Browsers, people: People, child: str
) -> None:
    one = browser(people.beheerder)
    for path, who in (("team", people.beheerder), ("team/weg", people.stranger)):
        answer = one.submit(f"/kinderen/{child}/{path}", wie=who.id)
        assert (answer.status_code, "Noor" in answer.text) == (404, False)


def test_who_is_added_sees_the_child(browser: Browsers, people: People, child: str, trail: Trail) -> None:
    stranger = browser(people.stranger)
    assert stranger.get(f"/kinderen/{child}/team").status_code == 404
    nurse = browser(people.verpleegkundige)
    assert nurse.submit(f"/kinderen/{child}/team", wie=people.stranger.id).status_code == 303
    assert stranger.get(f"/kinderen/{child}/team").status_code == 200
    changed = [event for event in trail() if event.action == "manage_members"][-1]
    assert (changed.child_id, changed.object) == (child, people.stranger.id)


def test_who_is_taken_out_does_not(browser: Browsers, people: People, child: str) -> None:
    nurse, reader = browser(people.verpleegkundige), browser(people.lezer)
    nurse.submit(f"/kinderen/{child}/team/weg", wie=people.lezer.id)
    assert reader.get(f"/kinderen/{child}/team").status_code == 404


def test_someone_who_gives_care_stays_in_the_team(browser: Browsers, people: People, child: str) -> None:
    nurse = browser(people.verpleegkundige)
    nurse.submit(f"/kinderen/{child}/team/weg", wie=people.behandelaar.id)
    answer = nurse.submit(f"/kinderen/{child}/team/weg", wie=people.verpleegkundige.id)
    assert (answer.status_code, "Er moet iemand" in answer.text) == (422, True)


def test_a_beheerder_cannot_be_in_a_team(browser: Browsers, people: People, child: str) -> None:
    answer = browser(people.verpleegkundige).submit(f"/kinderen/{child}/team", wie=people.beheerder.id)
    assert answer.status_code == 422


def test_a_beheerder_changes_a_team_and_sees_nothing_of_the_child(
    browser: Browsers, people: People, child: str
) -> None:
    admin = browser(people.beheerder)
    listed, shown = admin.get("/beheer/teams"), admin.get(f"/beheer/teams/{child}")
    assert child in listed.text
    assert "Vera Zand" in shown.text
    assert NAME not in listed.text + shown.text
    assert admin.submit(f"/beheer/teams/{child}", wie=people.stranger.id).status_code == 303
    assert "Stan Verre" in admin.get(f"/beheer/teams/{child}").text
    assert admin.submit(f"/beheer/teams/{child}/weg", wie=people.stranger.id).status_code == 303
    assert admin.get(f"/beheer/teams/{'f' * 32}").status_code == 404


@pytest.mark.parametrize("number", ["1234567", " 1234567 ", "id"])
@BOTH_DATABASES
def test_emergency_access_shows_the_child_and_tells_the_team(
    browser: Browsers, people: People, child: str, trail: Trail, number: str
) -> None:
    stranger = browser(people.stranger)
    answer = stranger.submit("/noodtoegang", nummer=child if number == "id" else number, reden=REASON)
    assert answer.headers["location"] == f"/kinderen/{child}"
    assert NAME in stranger.get(f"/kinderen/{child}/team").text
    assert REASON in browser(people.verpleegkundige).get(f"/kinderen/{child}/team").text
    taken = next(event for event in trail() if event.action == "break_glass")
    assert (taken.user_id, taken.child_id) == (people.stranger.id, child)


def test_the_reason_is_sealed(browser: Browsers, people: People, child: str, store: Store) -> None:
    browser(people.stranger).submit("/noodtoegang", nummer="1234567", reden=REASON)
    with look(store) as w:
        sealed = w.session.query(members.EmergencyAccessRow).one().reason_sealed
    assert REASON.encode() not in sealed


def test_emergency_access_needs_a_reason(browser: Browsers, people: People, child: str) -> None:
    answer = browser(people.stranger).submit("/noodtoegang", nummer="1234567", reden="nodig ...!!!")
    assert answer.status_code == 422
    assert browser(people.stranger).get(f"/kinderen/{child}/team").status_code == 404


@pytest.mark.parametrize("number", ["7654321", " "])
def test_a_number_that_is_of_no_child_is_in_the_trail(
    browser: Browsers, people: People, child: str, trail: Trail, number: str
) -> None:
    answer = browser(people.stranger).submit("/noodtoegang", nummer=number, reden=REASON)
    assert (answer.status_code, pages.NOT_FOUND in answer.text) == (422, True)
    last = trail()[-1]
    assert (last.action, last.outcome, last.child_id) == ("break_glass", "failed", None)


def test_emergency_access_is_over_after_four_hours(store: Store, people: People, child: str) -> None:
    with work(store) as w:
        members.break_glass(w, Actor(people.stranger.id), child, REASON)
        assert members.access(w, child, people.stranger.id) == "emergency"
        w.at += members.EMERGENCY_LASTS
        assert members.access(w, child, people.stranger.id) is None
