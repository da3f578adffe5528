"""The API for other systems."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pipeline.store import accounts, children, conversations, drafts, findings, tokens
from pipeline.store.accounts import User
from pipeline.store.audit import Actor, Event
from pipeline.store.database import Store, open_store, work
from review.app import create_app
from review.settings import ReviewSettings

from .conftest import BOTH_DATABASES, WORDS, Browser, Idle, People, drafted

Trail = Callable[[], list[Event]]
Programs = Callable[[User | None], Browser]
CORRECTION = "c0123456789ab"
ASGI = "http://testserver"  # what schemathesis calls it


def secret_of(store: Store, user_id: str) -> str:
    with work(store) as w:
        return tokens.make_token(w, Actor(user_id), "dossiersysteem", 30)


@pytest.fixture
def program(browser: Callable[[User | None], Browser], store: Store) -> Programs:
    """A program that acts for somebody: a browser without a session, with a token."""

    def act_for(user: User | None) -> Browser:
        one = browser(None)
        if user:
            one.headers["Authorization"] = f"Bearer {secret_of(store, user.id)}"
        return one

    return act_for


def shown(one: Browser, path: str) -> dict[str, Any]:
    """Which plan a program looks at."""
    version = one.get(f"{path}/versions").json()[-1]
    return {"drafting": version["drafting"], "template": version["template"]}


def is_problem(answer: httpx.Response, status: int) -> bool:
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["instance"].startswith("urn:izp:")
    return answer.status_code == told["status"] == status and bool(told["detail"])


def test_a_child_is_added_and_found(program: Programs, people: People) -> None:
    one = program(people.verpleegkundige)
    added = one.post("/api/v1/children", json={"name": "Sem", "born": "2014-06-05", "number": "44"})
    assert added.status_code == 201
    child = added.json()
    assert [child] == one.get("/api/v1/children").json()
    assert child == one.get(f"/api/v1/children/{child['id']}").json()
    assert program(people.stranger).get("/api/v1/children").json() == []


@BOTH_DATABASES
def test_a_conversation_is_handed_in_once(program: Programs, people: People, child: str) -> None:
    one = program(people.verpleegkundige)
    path = f"/api/v1/children/{child}/conversations"
    sent = {"date": "2026-03-12", "kind": "het_belangrijk"}
    answers = [
        one.post(path, files={"file": ("gesprek.txt", WORDS.encode())}, data=sent).json() for _ in range(2)
    ]
    assert [answer["is_new"] for answer in answers] == [True, False]
    assert answers[0]["id"] == answers[1]["id"]
    (listed,) = one.get(path).json()
    assert (listed["state"], listed["date"], listed["kind"]) == ("waiting", "2026-03-12", "het_belangrijk")
    assert listed == one.get(f"/api/v1/conversations/{listed['id']}").json()


@BOTH_DATABASES
def test_the_plan_is_given_and_corrected(
    program: Programs, people: People, conversation: str, trail: Trail
) -> None:
    one, path = program(people.verpleegkundige), f"/api/v1/conversations/{conversation}"
    plan = one.get(f"{path}/plan").json()
    entry = next(each for each in plan["entries"] if "thuis" in each["words"])
    correction = {
        "id": CORRECTION,
        "kind": "edit",
        "target": entry["id"],
        "before": entry["words"],
        "after": "Noor is het liefst thuis",
        "author": "iemand anders",
        "plan": plan["fingerprint"],
    }
    for _ in range(2):
        answer = one.post(
            f"{path}/corrections", json={"corrections": [correction], "shown": shown(one, path)}
        )
        assert answer.json() == {"version": 1, "opened": False}
    now = one.get(f"{path}/plan").json()
    assert "Noor is het liefst thuis" in {each["words"] for each in now["entries"]}
    assert people.verpleegkundige.name in str(now)
    assert "iemand anders" not in str(now)
    (version,) = one.get(f"{path}/versions").json()
    assert (version["number"], version["state"], version["corrections"]) == (1, "concept", 1)
    assert [event.user_id for event in trail() if event.action == "correct"] == [people.verpleegkundige.id]


def test_a_correction_of_what_another_changed_is_refused(
    program: Programs, people: People, conversation: str
) -> None:
    path = f"/api/v1/conversations/{conversation}"
    nurse = program(people.verpleegkundige)
    plan = nurse.get(f"{path}/plan").json()
    target = next(each["id"] for each in plan["entries"] if "thuis" in each["words"])
    answers = []
    for number, who in enumerate((people.verpleegkundige, people.behandelaar)):
        one = {"kind": "edit", "target": target, "after": f"Nummer {number}", "plan": plan["fingerprint"]}
        sent = {"corrections": [{"id": f"c00000000000{number}", **one}], "shown": shown(nurse, path)}
        answers.append(program(who).post(f"{path}/corrections", json=sent))
    assert answers[0].status_code == 200
    assert is_problem(answers[1], 409)


@pytest.mark.parametrize(("kind", "status"), [("ratify", 409), ("confirm", 409), ("edit", 200)])
def test_what_rests_on_an_earlier_reading_is_refused(
    program: Programs, people: People, store: Store, conversation: str, kind: str, status: int
) -> None:
    path, one = f"/api/v1/conversations/{conversation}", program(people.behandelaar)
    plan, seen = one.get(f"{path}/plan").json(), shown(one, f"/api/v1/conversations/{conversation}")
    target = next(each["id"] for each in plan["entries"] if "reanimeren" in each["words"])
    with work(store) as w:
        row = conversations.locked(w, conversation)
        findings.keep(w, row, findings.extraction(w, row, 1), None)
        drafts.follow(w, row)
    correction = {"id": CORRECTION, "kind": kind, "target": target, "after": "Nee", "plan": "0" * 8}
    answer = one.post(f"{path}/corrections", json={"corrections": [correction], "shown": seen})
    assert answer.status_code == status
    assert one.get(f"{path}/versions").json()[-1]["drafting"] == 2


def test_a_nurse_does_not_ratify(program: Programs, people: People, conversation: str, trail: Trail) -> None:
    path = f"/api/v1/conversations/{conversation}"
    one = program(people.verpleegkundige)
    plan = one.get(f"{path}/plan").json()
    target = next(each["id"] for each in plan["entries"] if "reanimeren" in each["words"])
    correction = {"id": CORRECTION, "kind": "ratify", "target": target, "plan": plan["fingerprint"]}
    sent = {"corrections": [correction], "shown": shown(one, path)}
    assert is_problem(one.post(f"{path}/corrections", json=sent), 403)
    assert (trail()[-1].action, trail()[-1].outcome) == ("ratify", "refused")
    assert program(people.behandelaar).post(f"{path}/corrections", json=sent).status_code == 200


class Limit(NamedTuple):
    """A treatment limit, and the nurse and the physician who send corrections of it."""

    nurse: Browser
    physician: Browser
    path: str
    statement: str
    point: str

    def send(self, who: Browser, number: int, kind: str, target: str, **more: Any) -> int:
        """Sends a correction by someone who saw all others; gives the status."""
        one = {"id": f"c{number:012x}", "kind": kind, "target": target, "plan": "0" * 8, **more}
        seen = {self.statement: f"c{number - 1:012x}"}
        sent = {"corrections": [one], "seen": seen, "shown": shown(who, self.path)}
        return who.post(f"{self.path}/corrections", json=sent).status_code

    def decided(self) -> tuple[bool, bool]:
        """Whether the limit is ratified, and whether its point is settled."""
        plan = self.nurse.get(f"{self.path}/plan").json()
        ratified = any(entry["ratified"] for entry in plan["entries"])
        return ratified, any(
            item["resolved"] is not None for item in plan["points"] if item["type"] == "treatment_limit"
        )


@pytest.fixture
def limit(program: Programs, people: People, conversation: str) -> Limit:
    one, path = program(people.verpleegkundige), f"/api/v1/conversations/{conversation}"
    plan = one.get(f"{path}/plan").json()
    (number,) = [item["number"] for item in plan["points"] if item["type"] == "treatment_limit"]
    statement = next(each["id"] for each in plan["entries"] if "Niet meer reanimeren" in each["words"])
    return Limit(one, program(people.behandelaar), path, statement, f"punt-{number}")


def test_a_nurse_does_not_settle_a_treatment_limit(limit: Limit) -> None:
    assert limit.send(limit.nurse, 1, "resolve", limit.point, outcome="resolved") == 422
    assert limit.decided() == (False, False)
    assert limit.send(limit.nurse, 2, "resolve", limit.point, outcome="next_conversation") == 200
    assert limit.send(limit.physician, 3, "resolve", limit.point, outcome="resolved") == 200
    assert limit.decided() == (False, True)
    assert limit.send(limit.nurse, 4, "undo", f"c{3:012x}") == 422


def test_a_nurse_neither_takes_a_ratification_back_nor_brings_it_back(limit: Limit) -> None:
    assert limit.send(limit.physician, 1, "ratify", limit.statement) == 200
    assert limit.send(limit.nurse, 2, "undo", f"c{1:012x}") == 422
    assert limit.decided()[0]
    assert limit.send(limit.physician, 2, "undo", f"c{1:012x}") == 200
    assert limit.send(limit.nurse, 3, "undo", f"c{2:012x}") == 422
    assert not limit.decided()[0]


def test_an_act_of_a_nurse_takes_nothing_of_another_along(limit: Limit) -> None:
    limit.send(limit.physician, 1, "ratify", limit.statement)
    limit.send(limit.physician, 2, "undo", f"c{1:012x}")
    told = {"after": "Nog navragen.", "act": f"c{2:012x}"}
    assert limit.send(limit.nurse, 3, "remark", limit.statement, **told) == 200
    assert limit.send(limit.nurse, 4, "undo", f"c{3:012x}") == 422
    assert not limit.decided()[0]


@pytest.mark.parametrize("kind", ["docx", "pdf", "family"])
def test_a_document_is_given_and_that_is_in_the_trail(
    program: Programs, people: People, conversation: str, trail: Trail, kind: str, child: str
) -> None:
    answer = program(people.lezer).get(f"/api/v1/conversations/{conversation}/documents/{kind}")
    assert answer.content == kind.encode()
    assert answer.headers["cache-control"] == "no-store"
    last = trail()[-1]
    assert (last.action, last.child_id, last.object) == ("download", child, f"{conversation} 1 {kind}")


def test_without_a_good_token_nothing_is_given(
    program: Programs, people: People, store: Store, trail: Trail
) -> None:
    one = program(None)
    assert is_problem(one.get("/api/v1/children"), 401)
    one.headers["Authorization"] = "Bearer izp_geraden"
    assert is_problem(one.get("/api/v1/children"), 401)
    stale = program(people.lezer)
    with work(store) as w:
        w.session.query(tokens.TokenRow).one().expires_at = w.at
    assert is_problem(stale.get("/api/v1/children"), 401)
    assert [event.action for event in trail()].count("sign_in_failed") == 3


def test_the_session_of_a_browser_opens_no_api(
    browser: Callable[[User | None], Browser], people: People
) -> None:
    assert is_problem(browser(people.verpleegkundige).get("/api/v1/children"), 401)


def test_the_token_of_an_account_that_is_not_in_use_gives_nothing(
    program: Programs, people: People, store: Store
) -> None:
    user = people.lezer
    one = program(user)
    with work(store) as w:
        w.session.get_one(accounts.UserRow, user.id).active = False
    assert is_problem(one.get("/api/v1/children"), 401)


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        ("stranger", "GET", "children/{child}", 404),
        ("stranger", "GET", "children/{child}/conversations", 404),
        ("stranger", "POST", "children/{child}/conversations", 404),
        ("stranger", "GET", "conversations/{conversation}", 404),
        ("stranger", "GET", "conversations/{conversation}/plan", 404),
        ("stranger", "GET", "conversations/{conversation}/versions", 404),
        ("stranger", "POST", "conversations/{conversation}/corrections", 404),
        ("stranger", "GET", "conversations/{conversation}/documents/pdf", 404),
        ("lezer", "POST", "children", 403),
        ("lezer", "POST", "children/{child}/conversations", 403),
        ("lezer", "POST", "conversations/{conversation}/corrections", 403),
        ("beheerder", "GET", "children", 403),
        ("beheerder", "POST", "children", 403),
        ("beheerder", "GET", "children/{child}", 404),
        ("beheerder", "GET", "conversations/{conversation}/plan", 404),
    ],
)
def test_the_rules_are_those_of_the_pages(
    program: Programs,
    people: People,
    child: str,
    conversation: str,
    trail: Trail,
    who: str,
    method: str,
    path: str,
    status: int,
) -> None:
    one = program(getattr(people, who))
    address = "/api/v1/" + path.format(child=child, conversation=conversation)
    assert is_problem(one.request(method, address), status)
    assert trail()[-1].outcome == "refused"


def test_what_is_wrong_is_said_without_what_was_sent(program: Programs, people: People, child: str) -> None:
    one = program(people.verpleegkundige)
    answer = one.post("/api/v1/children", json={"name": "", "geheim": "Noor"})
    assert is_problem(answer, 422)
    assert "Noor" not in answer.text


OPERATIONS = [
    ("GET", "/children"),
    ("POST", "/children"),
    ("GET", "/children/{child}"),
    ("GET", "/children/{child}/conversations"),
    ("POST", "/children/{child}/conversations"),
    ("GET", "/conversations/{conversation}"),
    ("GET", "/conversations/{conversation}/versions"),
    ("GET", "/conversations/{conversation}/plan"),
    ("POST", "/conversations/{conversation}/corrections"),
    ("GET", "/conversations/{conversation}/documents/{kind}"),
]


class Described(NamedTuple):
    """The API of a web app of its own as it describes itself, a token, and ids that are there."""

    schema: Any
    token: str
    there: dict[str, str]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    store = open_store(ReviewSettings(data_dir=Path(tmp_path_factory.mktemp("izp"))))
    with work(store) as w:
        user = accounts.add_user(
            w, Actor(), login="karin", name="Karin Smit", role="behandelaar", function="arts"
        )
        child = children.add(w, Actor(user.id), children.About(name="Noor de Wit")).id
    there = {"child": child, "conversation": drafted(store, user, child)}
    app = create_app(store, ReviewSettings(), ASGI, drafter=Idle(), renderer=Idle())  # type: ignore[arg-type]
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    yield Described(schema, secret_of(store, user.id), there)
    store.engine.dispose()


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda told: told)
def test_whatever_is_sent_the_answer_is_as_described(described: Described, method: str, path: str) -> None:
    operation = described.schema[f"/api/v1{path}"][method]

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), is_there=booleans())
    def answers(case: schemathesis.Case, is_there: bool) -> None:
        if is_there:
            ids = {name: value for name, value in described.there.items() if f"{{{name}}}" in path}
            case.path_parameters = {**(case.path_parameters or {}), **ids}
        case.call_and_validate(
            headers={"Authorization": f"Bearer {described.token}"},
            checks=[
                not_a_server_error,
                content_type_conformance,
                status_code_conformance,
                response_schema_conformance,
            ],
        )

    answers()


def test_every_operation_is_tried(described: Described) -> None:
    there = {(each.ok().method.upper(), each.ok().path) for each in described.schema.get_all_operations()}
    assert there == {(method, f"/api/v1{path}") for method, path in OPERATIONS}
