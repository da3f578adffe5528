"""What a reviewer does with a plan, through HTTP: as HTMX sends it, and as a form of a page."""

import datetime as dt
import re
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from httpx import Response
from sqlalchemy import event

from extractors.schema import DOMAINS
from pipeline.dossier import Dossier, Extraction
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.store import conversations, drafts, reviews, templates
from pipeline.store.accounts import User
from pipeline.store.audit import Actor, Event
from pipeline.store.database import Store, look, work
from pipeline.template import TEMPLATE

from .conftest import BOTH_DATABASES, Browser, People
from .talks import TALK, card, draft, draft_waiting, extraction, revision, sample, statement_with, text_of

Open = Callable[..., Browser]
FILMS = "filmpjes mag maken"
NO_IC = "naar de IC gaat"
HOME = "liever thuis zijn"
MOST_QUESTIONS = 26
"""To the store, for an action: who asks, the plan, what is added, and the audit trail."""


class Desk(NamedTuple):
    """A reviewer with a plan on screen."""

    browser: Browser
    path: str
    page: str

    def at(self, words: str) -> str:
        """The address of the statement with these words."""
        return f"uitspraken/{statement_with(self.page, words)}"

    def act(self, what: str, **fields: str | list[str]) -> Response:
        """Does something, as HTMX sends it; the page is not loaded again."""
        shown = revision(self.page)
        data = {"csrf": self.browser.csrf, "gezien": shown, "toont": shown, **fields}
        return self.browser.post(f"{self.path}/{what}", data=data, headers={"HX-Request": "true"})

    def again(self) -> "Desk":
        """The same, with the page loaded again."""
        return self._replace(page=self.browser.get(self.path).text)


def point(desk: Desk, title: str) -> int:
    """The number of the open point with this title."""
    found = re.search(rf'id="punt-(\d+)-kop">.{{0,80}}<b>{title}', desk.page, re.DOTALL)
    assert found
    return int(found[1])


def first_to_review(page: str) -> str:
    """The id of the first statement to review."""
    found = re.search(r'id="lijst-te-beoordelen"><article [^>]*id="(\w{13})"', page)
    assert found
    return found[1]


@pytest.fixture
def talk(store: Store, people: People, child: str) -> str:
    return draft(store, people.verpleegkundige.id, child)


@pytest.fixture
def desk(browser: Open, talk: str) -> Callable[[User], Desk]:
    """Lets someone sit down at the plan."""

    def sit(user: User) -> Desk:
        return Desk(browser(user), f"/gesprekken/{talk}", "").again()

    return sit


@pytest.fixture
def nurse(desk: Callable[[User], Desk], people: People) -> Desk:
    return desk(people.verpleegkundige)


@pytest.fixture
def record(store: Store, talk: str) -> Callable[[], Dossier]:
    """Reads what is on record."""

    def read() -> Dossier:
        with look(store) as w:
            return reviews.dossier(w, talk)

    return read


def test_the_screen_shows_conversation_and_plan(nurse: Desk) -> None:
    text = text_of(nurse.page)
    said = text.replace(" ", "")
    assert all(line.split(": ", 1)[-1].replace(" ", "") in said for line in TALK.splitlines())
    assert "0 van 6 uitspraken bekeken" in text
    assert "0 van 2 punten behandeld" in text
    assert f'data-for="{statement_with(nurse.page, FILMS)}"' in nurse.page


def test_an_action_asks_the_store_no_more_than_it_must(nurse: Desk, store: Store) -> None:
    asked: list[str] = []
    nurse.act(f"{nurse.at(HOME)}/bevestigen")
    event.listen(store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert nurse.act(f"{nurse.at(FILMS)}/bevestigen").status_code == 200
    assert len(asked) <= MOST_QUESTIONS


def test_what_is_confirmed_says_by_whom(nurse: Desk) -> None:
    answer = nurse.act(f"{nurse.at(FILMS)}/bevestigen")
    name = statement_with(nurse.page, FILMS)
    assert "bevestigd door Vera Zand (verpleegkundige)" in card(answer.text, name)
    assert "1 van 6" in text_of(answer.text)


def test_an_action_sends_only_what_it_changed(nurse: Desk) -> None:
    answer = nurse.act(f"{nurse.at(FILMS)}/bevestigen")
    assert answer.text.count('<article class="statement') == 1
    assert answer.headers["hx-reswap"] == "none"
    assert revision(answer.text).startswith("1.1.")


def test_words_can_be_changed_and_what_was_said_stays(nurse: Desk) -> None:
    answer = nurse.act(f"{nurse.at(FILMS)}/wijzigen", woorden="Filmpjes maken met Fenna")
    shown = card(answer.text, statement_with(nurse.page, FILMS))
    assert "Filmpjes maken met Fenna" in shown
    assert "Gezegd: “Als ik filmpjes mag maken met mijn zus”" in shown
    assert "gewijzigd door Vera Zand" in shown


def test_a_statement_is_struck_out_with_a_reason_and_stays_to_be_read(nurse: Desk) -> None:
    nurse.act(f"{nurse.at(FILMS)}/schrappen", reden="Dit staat er al", toelichting="zie 3")
    shown = card(nurse.again().page, statement_with(nurse.page, FILMS))
    assert "geschrapt door Vera Zand" in shown
    assert "Geschrapt: Dit staat er al: zie 3" in shown


def test_a_statement_is_put_elsewhere(nurse: Desk, record: Callable[[], Dossier]) -> None:
    answer = nurse.act(
        f"{nurse.at(FILMS)}/verplaatsen",
        soort="goal",
        van="child",
        lezing="affirmed",
        zekerheid="tentative",
        domein=["sociaal", "psychologisch"],
        deel="levenseinde-wensen",
    )
    shown = card(answer.text, statement_with(nurse.page, FILMS))
    assert "Doel" in shown
    assert "aarzelend" in shown
    assert {one.kind for one in record().corrections} == {"classify", "move"}
    assert len({one.act for one in record().corrections}) == 1


def test_a_statement_is_folded_into_another(nurse: Desk) -> None:
    films, home = statement_with(nurse.page, FILMS), statement_with(nurse.page, HOME)
    nurse.act(f"uitspraken/{films}/samenvoegen", met=home)
    page = nurse.again().page
    assert card(page, films) == ""
    assert "samengevoegd met uitspraak" in card(page, home)


def test_a_statement_is_split_where_there_is_an_enter(nurse: Desk, record: Callable[[], Dossier]) -> None:
    nurse.act(f"{nurse.at(HOME)}/splitsen", delen="Ik wil liever thuis zijn\nbij mama")
    added = [one for one in record().corrections if one.kind == "add"]
    text = record().conversation.text
    assert [one.after for one in added] == ["Ik wil liever thuis zijn", "bij mama"]
    assert all(one.place and text[one.place.start : one.place.end] == one.after for one in added)
    page = nurse.again().page
    assert "geschrapt door" in card(page, statement_with(nurse.page, HOME))
    assert "Voorkeur" in card(page, statement_with(page, "“bij mama”"))


@pytest.mark.parametrize(
    ("act", "fields", "sentence"),
    [
        ("wijzigen", {"woorden": " "}, "Vul eerst iets in"),
        ("wijzigen", {"woorden": "Als ik filmpjes mag maken met mijn zus"}, "niets gewijzigd"),
        ("splitsen", {"delen": "Als ik filmpjes mag maken met mijn zus"}, "druk op Enter"),
        ("splitsen", {"delen": "Als ik\nvissen vang"}, "dezelfde woorden"),
        ("opmerken", {"woorden": ""}, "Vul eerst iets in"),
        ("samenvoegen", {"met": "s000000000000"}, ""),
    ],
)
def test_what_makes_no_sense_is_refused_and_stays_in_the_form(
    nurse: Desk, act: str, fields: dict[str, str], sentence: str, record: Callable[[], Dossier]
) -> None:
    answer = nurse.act(f"{nurse.at(FILMS)}/{act}", **fields)
    assert answer.status_code == 422
    assert answer.headers["x-fragment"] == "1"
    assert sentence in answer.text
    assert 'role="alert"' in answer.text
    assert record().corrections == ()


def test_words_of_the_conversation_become_a_statement(nurse: Desk, record: Callable[[], Dossier]) -> None:
    turn = next(turn for turn in record().conversation.turns if "weer vandaag" in turn.text)
    form = nurse.browser.get(f"{nurse.path}/toevoegen", params={"beurt": turn.index})
    assert "Lekker weer vandaag." in form.text
    assert '<option value="parent" selected>' in form.text
    told = {"soort": "value", "van": "parent", "lezing": "affirmed", "zekerheid": "firm", "deel": "sociaal"}
    answer = nurse.act(
        "toevoegen",
        beurt=str(turn.index),
        begin=str(turn.start),
        woorden="Lekker  weer",
        domein="sociaal",
        **told,
    )
    page = nurse.again().page
    shown = card(page, statement_with(page, "Lekker weer"))
    assert answer.status_code == 200
    assert "“Lekker weer”" in shown
    assert "Waarde" in shown
    assert "Gezin" in shown


def test_chosen_words_are_taken_to_whole_words(nurse: Desk, record: Callable[[], Dossier]) -> None:
    turn = next(turn for turn in record().conversation.turns if "weer vandaag" in turn.text)
    at = {"beurt": turn.index, "begin": turn.start + 2, "eind": turn.start + 9}
    form = nurse.browser.get(f"{nurse.path}/toevoegen", params=at, headers={"HX-Request": "true"})
    assert ">Lekker weer</textarea>" in form.text


def test_words_that_nobody_said_are_no_quote(nurse: Desk, record: Callable[[], Dossier]) -> None:
    told = {"soort": "value", "van": "parent", "deel": "sociaal"}
    answer = nurse.act("toevoegen", beurt="4", begin="0", woorden="Zij wil naar Frankrijk", **told)
    assert answer.status_code == 422
    assert "staan zo niet in het gesprek" in answer.text
    assert "Zij wil naar Frankrijk</textarea>" in answer.text
    assert record().corrections == ()


def test_a_field_is_filled_in(nurse: Desk) -> None:
    answer = nurse.act("velden/huisarts", woorden=" dokter  Vos ")
    assert ">dokter Vos</a>" in answer.text
    assert nurse.act("velden/huisarts", woorden="dokter Vos").status_code == 200
    assert nurse.act("velden/onbekend", woorden="x").status_code == 404
    form = nurse.browser.get(f"{nurse.path}/velden/huisarts").text
    assert 'value="dokter Vos"' in form
    assert nurse.browser.get(f"{nurse.path}/velden/onbekend").status_code == 404


def test_who_asks_for_a_form_of_what_another_took_away_is_told_who_did(
    nurse: Desk, desk: Callable[[User], Desk], people: People
) -> None:
    films, home = statement_with(nurse.page, FILMS), statement_with(nurse.page, HOME)
    desk(people.behandelaar).act(f"uitspraken/{films}/samenvoegen", met=home)
    asked = f"{nurse.path}/uitspraken/{films}/wijzigen"
    answer = nurse.browser.get(asked, headers={"HX-Request": "true"})
    told = f"is intussen samengevoegd met een andere uitspraak door {people.behandelaar.name}"
    assert answer.status_code == 409
    assert answer.headers["X-Fragment"]
    assert told in text_of(answer.text)
    assert f'<article class="statement view-child stands-plan is-machine" id="{films}"' not in answer.text
    assert told in text_of(nurse.browser.get(asked).text)
    assert nurse.browser.get(f"{nurse.path}/uitspraken/s000000000000/wijzigen").status_code == 404


def test_who_asks_for_a_field_that_left_the_plan_is_told_what_happened(
    nurse: Desk, desk: Callable[[User], Desk], people: People
) -> None:
    field = re.search(r"velden/(wie-(s\w{12}))", nurse.page)
    assert field
    desk(people.behandelaar).act(f"uitspraken/{field[2]}/schrappen", reden="Dit klopt niet")
    answer = nurse.browser.get(f"{nurse.path}/velden/{field[1]}", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    told = text_of(answer.text)
    assert (
        f"is intussen geschrapt door {people.behandelaar.name}. Dit veld staat daarom niet meer in het plan"
        in told
    )


def test_what_else_can_be_done_with_a_statement_is_listed_without_script_too(nurse: Desk) -> None:
    name = nurse.at(FILMS)
    listed = nurse.browser.get(f"{nurse.path}/{name}/meer").text
    for what in (
        "wijzigen",
        "verplaatsen",
        "schrappen",
        "samenvoegen",
        "splitsen",
        "opmerken",
        "gezin",
        "waarom",
    ):
        assert f"{name}/{what}" in listed
    assert f"{name}/bekrachtigen" not in listed


def test_a_statement_is_kept_from_the_family_and_given_back(
    nurse: Desk, record: Callable[[], Dossier]
) -> None:
    name = nurse.at(FILMS)
    said = name.removeprefix("uitspraken/")
    assert 'value="team"' in nurse.browser.get(f"{nurse.path}/{name}/gezin").text
    answer = nurse.act(f"{name}/gezin", voor="team")
    assert "niet in de samenvatting voor het gezin" in card(answer.text, said)
    form = text_of(nurse.browser.get(f"{nurse.path}/{name}/gezin").text)
    assert "laat deze uitspraak weg: dat zei Vera Zand" in form
    assert nurse.again().act(f"{name}/gezin", voor="team").status_code == 422
    answer = nurse.again().act(f"{name}/gezin", voor="family")
    assert "niet in de samenvatting" not in card(answer.text, said)
    assert [one.after for one in record().corrections] == ["team", "family"]
    assert "mag in de samenvatting" in nurse.browser.get(f"{nurse.path}/{name}/waarom").text


def test_the_parts_of_a_statement_that_is_kept_from_the_family_are_kept_too(nurse: Desk) -> None:
    name = nurse.at(FILMS)
    nurse.act(f"{name}/gezin", voor="team")
    nurse.again().act(f"{name}/wijzigen", woorden="Zij wil filmpjes maken en zij is bang")
    nurse.again().act(f"{name}/splitsen", delen="Zij wil filmpjes maken\nen zij is bang")
    shown = nurse.again().page
    for words in ("Zij wil filmpjes maken", "en zij is bang"):
        assert "niet in de samenvatting voor het gezin" in card(shown, statement_with(shown, words))


def test_an_open_point_becomes_a_question_for_a_next_conversation(nurse: Desk) -> None:
    number = next(
        n for n in (1, 2) if "Verschil" in nurse.page.split(f'id="punt-{n}"')[1].split("</article>")[0]
    )
    answer = nurse.act(f"punten/{number}", uitkomst="next_conversation")
    assert "vraag voor een volgend gesprek, gezet door Vera Zand" in text_of(answer.text)
    assert "1 van 2 punten behandeld" in text_of(answer.text)


def test_a_point_is_not_dismissed_without_a_reason(nurse: Desk) -> None:
    number = point(nurse, "Verschil")
    answer = nurse.act(f"punten/{number}", uitkomst="dismissed")
    assert answer.status_code == 422
    assert nurse.act(f"punten/{number}", uitkomst="dismissed", reden="zij zijn het eens").status_code == 200


def test_a_point_of_a_page_in_another_template_is_not_decided_by_its_number(
    nurse: Desk, store: Store, talk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(TEMPLATE, folder := tmp_path / "sjabloon")
    manifest = folder / "template.yaml"
    manifest.write_text(re.sub(r"(?m)^version: .*", "version: 99.0.0", manifest.read_text()))
    monkeypatch.setattr(templates, "check", lambda _: [])  # it takes a second
    with work(store) as w:
        other = templates.install(w, Actor(), folder)
        drafts.restyle(w, Actor(), talk, 1, other.id)
    number = point(nurse, "Verschil")
    reason = {"uitkomst": "dismissed", "reden": "zij zijn het eens"}
    assert nurse.act(f"punten/{number}", **reason).status_code == 409
    answer = nurse.act(f"{nurse.at(FILMS)}/bevestigen")
    assert answer.status_code == 200
    assert '<div id="beurten" hx-swap-oob="innerHTML">' in answer.text
    assert nurse.again().act(f"punten/{number}", **reason).status_code == 200


def test_a_nurse_decides_nothing_about_a_treatment_limit(
    nurse: Desk, trail: Callable[[], list[Event]], record: Callable[[], Dossier]
) -> None:
    number = point(nurse, "Behandelgrens")
    assert nurse.act(f"{nurse.at(NO_IC)}/bekrachtigen").status_code == 403
    assert nurse.act(f"punten/{number}", uitkomst="resolved").status_code == 403
    assert nurse.act(f"punten/{number}", uitkomst="dismissed", reden="nee").status_code == 403
    assert [event.action for event in trail() if event.outcome == "refused"] == ["ratify"] * 3
    assert record().corrections == ()


def test_undo_takes_back_the_last_act_as_a_whole(nurse: Desk, record: Callable[[], Dossier]) -> None:
    nurse.act(f"{nurse.at(FILMS)}/bevestigen")
    nurse.act(f"{nurse.at(HOME)}/schrappen", reden="Dit klopt niet")
    nurse.again().act("ongedaan")
    page = nurse.again().page
    assert "geschrapt" not in card(page, statement_with(page, HOME))
    assert "Geschrapt: Dit klopt niet" not in text_of(page)
    nurse.again().act("ongedaan")
    page = nurse.again().page
    assert "bevestigd" not in card(page, statement_with(page, FILMS))
    answer = nurse.again().act("ongedaan")
    assert answer.status_code == 422
    assert "niets meer om ongedaan te maken" in answer.text
    assert len(record().corrections) == 5


def test_undo_leaves_what_others_did(desk: Callable[[User], Desk], people: People) -> None:
    nurse, doctor = desk(people.verpleegkundige), desk(people.behandelaar)
    nurse.act(f"{nurse.at(FILMS)}/bevestigen")
    doctor.act(f"{doctor.at(HOME)}/bevestigen")
    nurse.again().act("ongedaan")
    page = doctor.again().page
    assert "bevestigd door Karin Smit (arts)" in card(page, statement_with(page, HOME))
    assert "bevestigd" not in card(page, statement_with(page, FILMS))


def test_why_a_statement_is_there_is_told_in_words_with_what_was_done(nurse: Desk) -> None:
    nurse.act(f"{nurse.at(NO_IC)}/wijzigen", woorden="Niet naar de IC")
    text = text_of(nurse.browser.get(f"{nurse.path}/{nurse.at(NO_IC)}/waarom").text)
    assert "een afwijzing" in text
    assert "Het gaat over een behandeling waarvoor grenzen gelden." in text
    assert "gewijzigd in Niet naar de IC Vera Zand" in text
    assert "Maak ongedaan" in text


def test_the_same_form_sent_twice_is_one_act(nurse: Desk, record: Callable[[], Dossier]) -> None:
    for _ in range(2):
        assert nurse.act(f"{nurse.at(FILMS)}/wijzigen", woorden="Filmpjes").status_code == 200
    assert len(record().corrections) == 1


@BOTH_DATABASES
def test_two_who_change_one_statement_get_a_choice(
    desk: Callable[[User], Desk], people: People, record: Callable[[], Dossier]
) -> None:
    nurse, doctor = desk(people.verpleegkundige), desk(people.behandelaar)
    nurse.act(f"{nurse.at(FILMS)}/wijzigen", woorden="Filmpjes met Fenna")
    clash = doctor.act(f"{doctor.at(FILMS)}/wijzigen", woorden="Filmpjes maken")
    assert clash.status_code == 409
    assert "Intussen heeft een ander dit gewijzigd" in clash.text
    assert "Filmpjes met Fenna" in clash.text
    assert "Filmpjes maken</textarea>" in clash.text
    assert len(record().corrections) == 1
    mine = doctor._replace(page=clash.text).act(f"{nurse.at(FILMS)}/wijzigen", woorden="Filmpjes maken")
    assert mine.status_code == 200
    assert [one.after for one in record().corrections] == ["Filmpjes met Fenna", "Filmpjes maken"]


@BOTH_DATABASES
def test_of_two_who_change_one_statement_in_the_same_moment_one_gets_a_choice(
    desk: Callable[[User], Desk], people: People, record: Callable[[], Dossier]
) -> None:
    desks = [desk(people.verpleegkundige), desk(people.behandelaar)]
    together = threading.Barrier(len(desks), timeout=60)

    def change(one: Desk, words: str) -> int:
        together.wait()
        return one.act(f"{one.at(FILMS)}/wijzigen", woorden=words).status_code

    with ThreadPoolExecutor(len(desks)) as pool:
        assert sorted(pool.map(change, desks, ("Filmpjes", "Films"))) == [200, 409]
    assert len(record().corrections) == 1


def read_as_yes() -> Extraction:
    """Another reading of the conversation: the limit is wished for, and one wish is not found."""
    before = extraction()
    statements = tuple(
        each.model_copy(update={"polarity": "affirmed"}) if NO_IC in each.quote else each
        for each in before.findings.statements
        if HOME not in each.quote
    )
    there = {each.id for each in statements}
    flags = tuple(each for each in before.findings.flags if there.issuperset(each.statements))
    findings = before.findings.model_copy(update={"statements": statements, "flags": flags})
    return before.model_copy(update={"findings": findings})


@pytest.fixture
def reread(store: Store, people: People, talk: str) -> Callable[[], None]:
    """Works the conversation out again, with another reading."""

    def done() -> None:
        with work(store) as w:
            conversations.tell(
                w, Actor(people.verpleegkundige.id), talk, ParticipantsFile(date=dt.date(2026, 3, 12))
            )
        draft_waiting(store, read_as_yes())

    return done


def test_a_limit_that_is_read_otherwise_by_now_is_not_ratified_unseen(
    desk: Callable[[User], Desk], people: People, record: Callable[[], Dossier], reread: Callable[[], None]
) -> None:
    doctor = desk(people.behandelaar)
    act = f"{doctor.at(NO_IC)}/bekrachtigen"
    assert "Gelezen als nee" in text_of(doctor.browser.get(f"{doctor.path}/{act}").text)
    reread()
    answer = doctor.act(act)
    assert answer.status_code == 409
    assert "intussen opnieuw uitgewerkt. Er is niets gewijzigd" in text_of(answer.text)
    assert "Gelezen als ja" in text_of(answer.text)
    assert record().corrections == ()
    page = doctor.browser.submit(f"{doctor.path}/{act}", gezien=revision(doctor.page))
    assert (page.status_code, "Gelezen als ja" in text_of(page.text)) == (409, True)
    assert doctor._replace(page=answer.text).act(act).status_code == 200
    assert [one.kind for one in record().corrections] == ["ratify"]


@pytest.mark.parametrize("act", ["bevestigen", "schrappen", "verplaatsen"])
def test_what_rests_on_an_earlier_reading_changes_nothing(
    nurse: Desk, record: Callable[[], Dossier], reread: Callable[[], None], act: str
) -> None:
    reread()
    answer = nurse.act(f"{nurse.at(NO_IC)}/{act}", lezing="negated", domein=DOMAINS[0])
    assert answer.status_code == 409
    assert "Er is niets gewijzigd" in answer.text
    assert record().corrections == ()


def test_a_statement_that_is_no_longer_found_is_not_confirmed(
    nurse: Desk, record: Callable[[], Dossier], reread: Callable[[], None]
) -> None:
    reread()
    answer = nurse.act(f"{nurse.at(HOME)}/bevestigen")
    assert answer.status_code == 409
    assert "intussen opnieuw uitgewerkt" in answer.text
    assert record().corrections == ()


def test_a_point_of_an_earlier_reading_is_not_decided_by_its_number(
    nurse: Desk, record: Callable[[], Dossier], reread: Callable[[], None]
) -> None:
    reread()
    answer = nurse.act(f"punten/{point(nurse, 'Behandelgrens')}", uitkomst="next_conversation")
    assert answer.status_code == 409
    assert "intussen opnieuw uitgewerkt" in answer.text
    assert record().corrections == ()


def test_undoing_on_the_page_that_came_anew_works(
    nurse: Desk, record: Callable[[], Dossier], reread: Callable[[], None]
) -> None:
    nurse.act(f"{nurse.at(FILMS)}/bevestigen")
    reread()
    anew = nurse.act("ongedaan")
    assert anew.status_code == 409
    form = re.search(r'id="ongedaan" hx-swap-oob="true">.*?name="gezien" value="([\w.]+)"', anew.text)
    assert form
    assert nurse.act("ongedaan", gezien=form[1], toont=form[1]).status_code == 200
    assert [one.kind for one in record().corrections] == ["confirm", "undo"]


def test_words_of_ones_own_go_on_when_the_conversation_was_worked_out_again(
    nurse: Desk, record: Callable[[], Dossier], reread: Callable[[], None]
) -> None:
    reread()
    answer = nurse.act(f"{nurse.at(FILMS)}/wijzigen", woorden="Filmpjes met Fenna")
    assert answer.status_code == 200
    assert "opnieuw uitgewerkt: bekijk hoe het er nu staat" in text_of(answer.text)
    assert [one.after for one in record().corrections] == ["Filmpjes met Fenna"]


def test_what_another_changed_before_it_was_worked_out_again_is_a_choice(
    desk: Callable[[User], Desk], people: People, record: Callable[[], Dossier], reread: Callable[[], None]
) -> None:
    nurse, doctor = desk(people.verpleegkundige), desk(people.behandelaar)
    nurse.act(f"{nurse.at(FILMS)}/wijzigen", woorden="Filmpjes met Fenna")
    reread()
    clash = doctor.act(f"{doctor.at(FILMS)}/wijzigen", woorden="Filmpjes maken")
    assert clash.status_code == 409
    assert "Filmpjes met Fenna" in clash.text
    assert "Filmpjes maken</textarea>" in clash.text
    assert len(record().corrections) == 1


def test_a_page_follows_what_others_did_meanwhile(desk: Callable[[User], Desk], people: People) -> None:
    nurse, doctor = desk(people.verpleegkundige), desk(people.behandelaar)
    nurse.act(f"{nurse.at(FILMS)}/schrappen", reden="Dit klopt niet")
    answer = doctor.act(f"{doctor.at(HOME)}/bevestigen")
    name = statement_with(doctor.page, FILMS)
    assert f'id="{name}" hx-swap-oob="delete"' in answer.text
    assert "geschrapt door Vera Zand" in card(answer.text, name)


def test_a_form_of_a_page_works_without_script(nurse: Desk) -> None:
    path = f"{nurse.path}/{nurse.at(FILMS)}/wijzigen"
    assert "<h2" in nurse.browser.get(path).text
    answer = nurse.browser.submit(path, woorden="Filmpjes", gezien=revision(nurse.page))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{nurse.path}#{statement_with(nurse.page, FILMS)}"
    assert nurse.browser.submit(path, woorden="", gezien="1.1").status_code == 422


def test_what_a_reviewer_does_is_in_the_audit_trail_without_its_words(
    nurse: Desk, trail: Callable[[], list[Event]], child: str
) -> None:
    nurse.act(f"{nurse.at(FILMS)}/wijzigen", woorden="Filmpjes")
    last = trail()[-1]
    assert (last.action, last.outcome, last.child_id) == ("correct", "done", child)
    assert "Filmpjes" not in repr(last)


def test_statements_to_review_are_taken_up_or_left_out(
    browser: Open, store: Store, people: People, child: str
) -> None:
    talk = draft(store, people.verpleegkundige.id, child, "sample.txt", sample("noor-sma.txt"))
    nurse = Desk(browser(people.verpleegkundige), f"/gesprekken/{talk}", "").again()
    first = first_to_review(nurse.page)
    answer = nurse.act(f"uitspraken/{first}/bevestigen")
    assert 'hx-swap-oob="after' in answer.text
    assert "bevestigd door Vera Zand" in card(answer.text, first)
    second = first_to_review(nurse.again().page)
    nurse.again().act(f"uitspraken/{second}/schrappen")
    assert second != first
    assert "geschrapt door" in card(nurse.again().page, second)


@pytest.mark.parametrize("name", ["gezien", "toont", "beurt", "begin"])
def test_a_number_of_very_many_digits_is_no_number(nurse: Desk, name: str) -> None:
    told = {"beurt": "0", "begin": "0", "woorden": "fijne dag", "soort": "value", "deel": "identity"}
    answer = nurse.act(
        "toevoegen", **told | {name: ("1." if name in ("gezien", "toont") else "") + "9" * 5000}
    )
    assert answer.status_code < 500
