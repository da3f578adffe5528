import datetime as dt
import threading
from collections.abc import Callable

import pytest

from extractors.schema import Statement
from pipeline.corrections import Correction, Kind, Unmatched
from pipeline.dossier import Extraction
from pipeline.store import audit, conversations, drafts, reviews
from pipeline.store.additions import Shown
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, work
from pipeline.store.errors import Conflict, NotFound, Outdated, Unfit
from pipeline.store.reviews import Appended
from pipeline.template import installed_template

HOME = "Hij wil het liefst thuis zijn."
ELSEWHERE = "Zij willen dat hij thuis is."


@pytest.fixture
def statement(found: Callable[..., Extraction]) -> Statement:
    return found().findings.statements[0]


def edit(target: str, after: str, number: int = 1) -> Correction:
    return Correction(id=f"c{number:012x}", kind="edit", target=target, after=after, plan="0" * 8)


def words(store: Store, talk: str) -> dict[str, str]:
    with look(store) as w:
        return {entry.id: entry.words for entry in reviews.plan_of(w, talk).entries}


def test_a_correction_is_on_record_with_who_made_it_as_what_and_when(
    store: Store, nurse: Actor, talk: str, statement: Statement
):
    told = edit(statement.id, HOME).model_copy(
        update={"author": "Iemand anders", "function": "arts", "at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}
    )
    with work(store) as w:
        done = reviews.append(w, nurse, talk, (told,), {})
        now = w.at
    (kept,) = done.dossier.corrections
    assert (kept.author, kept.function, kept.at) == ("S. de Wit", "verpleegkundige", now)
    assert kept.after == HOME
    with look(store) as w:
        assert reviews.dossier(w, talk) == done.dossier
        assert reviews.plan_of(w, talk) == done.plan
    assert words(store, talk)[statement.id] == HOME


def test_a_function_is_that_of_the_account(
    physician: Actor, statement: Statement, correct: Callable[..., Appended]
):
    assert correct(physician, "confirm", statement.id).dossier.corrections[0].function == "arts"


def test_the_same_correction_twice_is_one(store: Store, nurse: Actor, talk: str, statement: Statement):
    for _ in range(2):
        with work(store) as w:
            done = reviews.append(w, nurse, talk, (edit(statement.id, HOME),), {})
    assert len(done.dossier.corrections) == 1


@pytest.mark.parametrize("kind", ["confirm", "ratify", "reject", "classify"])
def test_what_rests_on_a_reading_that_is_no_longer_there_is_refused(
    store: Store,
    physician: Actor,
    talk: str,
    statement: Statement,
    redraft: Callable[[Extraction], None],
    found: Callable[..., Extraction],
    kind: Kind,
):
    with look(store) as w:
        head = drafts.head(w, talk)
    redraft(found())
    one = Correction(
        id="c0123456789ab",
        kind=kind,
        target=statement.id,
        after="agreement" if kind == "classify" else "",
        aspect="category" if kind == "classify" else None,
        plan="0" * 8,
    )
    shown = Shown(head.drafting, head.template_id)
    with pytest.raises(Outdated, match="opnieuw uitgewerkt"), work(store) as w:
        reviews.append(w, physician, talk, (one,), {}, shown)
    with look(store) as w:
        assert reviews.dossier(w, talk).corrections == ()


def test_ones_own_words_are_added_on_any_reading(
    store: Store,
    nurse: Actor,
    talk: str,
    statement: Statement,
    redraft: Callable[[Extraction], None],
    found: Callable[..., Extraction],
):
    with look(store) as w:
        head = drafts.head(w, talk)
    redraft(found())
    with work(store) as w:
        shown = Shown(head.drafting, head.template_id)
        done = reviews.append(w, nurse, talk, (edit(statement.id, HOME),), {}, shown)
    assert [one.after for one in done.dossier.corrections] == [HOME]


def test_two_who_confirm_the_same_at_once_both_do(
    store: Store, nurse: Actor, physician: Actor, talk: str, statement: Statement
):
    one = edit(statement.id, "").model_copy(update={"kind": "confirm"})  # a page makes one id for both
    for who in (nurse, physician, physician):
        with work(store) as w:
            done = reviews.append(w, who, talk, (one,), {})
    (entry,) = [each for each in done.plan.entries if each.id == statement.id]
    assert [told.function for told in entry.confirmed] == ["verpleegkundige", "arts"]


def test_an_id_that_is_taken_keeps_nothing_out(
    store: Store, nurse: Actor, physician: Actor, talk: str, statement: Statement
):
    first = edit(statement.id, "Nog navragen.").model_copy(update={"kind": "remark"})
    with work(store) as w:
        reviews.append(w, nurse, talk, (first,), {})
    for _ in range(2):
        with work(store) as w:
            done = reviews.append(w, physician, talk, (edit(statement.id, HOME),), {})
    assert len(done.dossier.corrections) == len({one.id for one in done.dossier.corrections}) == 2
    assert words(store, talk)[statement.id] == HOME


def share(name: str, audience: str) -> Correction:
    return edit(name, audience, len(audience)).model_copy(update={"kind": "share"})


def test_nobody_lets_the_family_read_what_another_kept_to_the_care_team_unseen(
    store: Store, nurse: Actor, physician: Actor, talk: str, statement: Statement
):
    with work(store) as w:
        reviews.append(w, nurse, talk, (share(statement.id, "team"),), {})
    with work(store) as w, pytest.raises(Conflict):
        reviews.append(w, physician, talk, (share(statement.id, "family"),), {})


def test_for_whom_a_statement_is_can_be_said_while_another_accepts_it(
    store: Store, nurse: Actor, physician: Actor, talk: str, statement: Statement
):
    with work(store) as w:
        one = edit(statement.id, "").model_copy(update={"kind": "confirm"})
        reviews.append(w, nurse, talk, (one,), {})
    with work(store) as w:
        done = reviews.append(w, physician, talk, (share(statement.id, "team"),), {})
    assert {one.kind for one in done.dossier.corrections} == {"confirm", "share"}


def test_who_did_not_see_what_another_did_gets_that_to_choose_from(
    store: Store, nurse: Actor, physician: Actor, talk: str, statement: Statement
):
    with work(store) as w:
        first = reviews.append(w, nurse, talk, (edit(statement.id, HOME),), {})
    with work(store) as w, pytest.raises(Conflict) as refused:
        reviews.append(w, physician, talk, (edit(statement.id, ELSEWHERE, 2),), {})
    assert refused.value.others == first.dossier.corrections
    assert HOME not in str(refused.value)
    assert words(store, talk)[statement.id] == HOME


def test_who_saw_what_another_did_replaces_it(
    store: Store, nurse: Actor, physician: Actor, talk: str, statement: Statement
):
    with work(store) as w:
        first = reviews.append(w, nurse, talk, (edit(statement.id, HOME),), {})
    seen = reviews.last_seen(first.dossier.corrections)
    with work(store) as w:
        reviews.append(w, physician, talk, (edit(statement.id, ELSEWHERE, 2),), seen)
    assert words(store, talk)[statement.id] == ELSEWHERE


def test_nobody_is_in_the_own_way(store: Store, nurse: Actor, talk: str, statement: Statement):
    for number, after in enumerate((HOME, ELSEWHERE), start=1):
        with work(store) as w:
            reviews.append(w, nurse, talk, (edit(statement.id, after, number),), {})
    assert words(store, talk)[statement.id] == ELSEWHERE


def test_readers_of_different_statements_are_not_in_each_others_way(
    store: Store,
    nurse: Actor,
    physician: Actor,
    talk: str,
    found: Callable[..., Extraction],
):
    first, second, _ = found().findings.statements
    with work(store) as w:
        reviews.append(w, nurse, talk, (edit(first.id, HOME),), {})
    with work(store) as w:
        reviews.append(w, physician, talk, (edit(second.id, ELSEWHERE, 2),), {})
    assert len(words(store, talk)) == 3


@pytest.mark.parametrize(("kind", "other"), [("confirm", "confirm"), ("remark", "edit"), ("edit", "remark")])
def test_what_stands_side_by_side_is_no_conflict(
    store: Store,
    nurse: Actor,
    physician: Actor,
    talk: str,
    statement: Statement,
    kind: str,
    other: str,
):
    one = edit(statement.id, HOME).model_copy(update={"kind": kind})
    two = edit(statement.id, ELSEWHERE, 2).model_copy(update={"kind": other})
    with work(store) as w:
        reviews.append(w, nurse, talk, (one,), {})
    with work(store) as w:
        assert len(reviews.append(w, physician, talk, (two,), {}).dossier.corrections) == 2


def test_folding_a_statement_into_one_that_changed_is_a_conflict(
    store: Store,
    nurse: Actor,
    physician: Actor,
    talk: str,
    found: Callable[..., Extraction],
):
    first, second, _ = found().findings.statements
    with work(store) as w:
        reviews.append(w, nurse, talk, (edit(second.id, HOME),), {})
    merge = edit(first.id, second.id, 2).model_copy(update={"kind": "merge"})
    with work(store) as w, pytest.raises(Conflict):
        reviews.append(w, physician, talk, (merge,), {})


def test_of_two_at_the_same_moment_one_gets_the_choice(
    store: Store, nurse: Actor, physician: Actor, talk: str, statement: Statement
):
    together, came = threading.Barrier(2, timeout=60), []

    def correct(actor: Actor, one: Correction) -> None:
        together.wait()
        try:
            with work(store) as w:
                reviews.append(w, actor, talk, (one,), {})
            came.append("added")
        except Conflict:
            came.append("conflict")

    threads = [
        threading.Thread(target=correct, args=(nurse, edit(statement.id, HOME))),
        threading.Thread(target=correct, args=(physician, edit(statement.id, ELSEWHERE, 2))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["added", "conflict"]


def test_of_several_corrections_all_are_added_or_none(
    store: Store, nurse: Actor, talk: str, statement: Statement
):
    both = (edit(statement.id, HOME), edit(statement.id, "x" * 10_001, 2))
    with pytest.raises(Unfit), work(store) as w:
        reviews.append(w, nurse, talk, both, {})
    assert words(store, talk)[statement.id] == statement.quote


@pytest.mark.parametrize("name", ["s0123456789ab", "c0", "../../etc", "C0123456789AB"])
def test_a_correction_has_an_id_of_its_own_kind(
    store: Store, nurse: Actor, talk: str, statement: Statement, name: str
):
    one = edit(statement.id, HOME).model_copy(update={"id": name})
    with pytest.raises(Unfit), work(store) as w:
        reviews.append(w, nurse, talk, (one,), {})


def test_a_correction_of_what_is_not_in_the_plan_is_refused(store: Store, nurse: Actor, talk: str):
    with pytest.raises(Unfit), work(store) as w:
        reviews.append(w, nurse, talk, (edit("s0123456789ab", HOME),), {})


def test_a_correction_may_be_about_one_made_in_the_same_go(
    store: Store, nurse: Actor, talk: str, statement: Statement
):
    with look(store) as w:
        home = next(entry.home for entry in reviews.plan_of(w, talk).entries)
    add = edit(home, HOME).model_copy(update={"kind": "add"})
    confirm = edit(add.id, "", 2).model_copy(update={"kind": "confirm"})
    with work(store) as w:
        reviews.append(w, nurse, talk, (add, confirm), {})
    assert words(store, talk)[add.id] == HOME


def test_a_nurse_ratifies_nothing(
    store: Store, nurse: Actor, talk: str, found: Callable[..., Extraction], correct: Callable[..., Appended]
):
    limit = found().findings.statements[1]
    with pytest.raises(Unfit):
        correct(nurse, "ratify", limit.id)


def test_a_physician_ratifies_a_treatment_limit(
    store: Store,
    physician: Actor,
    talk: str,
    found: Callable[..., Extraction],
    correct: Callable[..., Appended],
):
    limit = found().findings.statements[1]
    done = correct(physician, "ratify", limit.id)
    entry = next(entry for entry in done.plan.entries if entry.id == limit.id)
    assert entry.ratified is not None
    assert entry.ratified.by == "K. Smit"
    with store.engine.connect() as connection:
        actions = connection.exec_driver_sql("SELECT action FROM audit ORDER BY number").scalars().all()
    assert actions[-1] == "ratify"


def test_how_many_points_are_open_is_noted(
    store: Store, nurse: Actor, talk: str, correct: Callable[..., Appended]
):
    with look(store) as w:
        before = conversations.status(w, talk)
        doubt = next(p.number for p in reviews.plan_of(w, talk).points if p.type == "tentative")
    correct(nurse, "resolve", f"punt-{doubt}")
    with look(store) as w:
        after = conversations.status(w, talk)
    assert (before.open_points, after.open_points) == (2, 1)


def test_an_earlier_correction_is_not_in_an_earlier_version(
    store: Store,
    nurse: Actor,
    talk: str,
    statement: Statement,
    approve: Callable[[], drafts.Version],
    correct: Callable[..., Appended],
):
    approved = approve()
    done = correct(nurse, "edit", statement.id, HOME)
    assert (done.version, done.opened) == (2, True)
    with look(store) as w:
        before = reviews.plan_of(w, talk, approved.number)
        assert (
            reviews.dossier(w, talk, approved.number).corrections
            == (done.dossier.corrections[: approved.corrections])
        )
    assert {entry.id: entry.words for entry in before.entries}[statement.id] == statement.quote
    assert before.approval is not None
    assert done.plan.approval is None


def test_nothing_of_a_correction_can_be_read_in_the_database(
    store: Store, nurse: Actor, statement: Statement, correct: Callable[..., Appended]
):
    correct(nurse, "edit", statement.id, "kwartelkoning")
    with store.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM corrections").one()
    kept = b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert b"kwartelkoning" not in kept


def test_a_plan_that_is_not_there_yet_is_not_found(store: Store, submit: Callable):
    handed = submit(b"Moeder: Hij wil naar huis.")
    with look(store) as w, pytest.raises(NotFound):
        reviews.dossier(w, handed.id)


# What comes from a Word document.


UNMATCHED = Unmatched(
    id="c00000000000f", where="Doelen", why="Dit is opmaak.", before="a", after="b", plan="0" * 8
)


def test_what_a_document_holds_keeps_its_author_and_no_function(
    store: Store, nurse: Actor, talk: str, statement: Statement
):
    one = edit(statement.id, HOME).model_copy(update={"author": "Oma", "function": "arts"})
    with work(store) as w:
        done = reviews.take_over(
            w, nurse, talk, (one,), (UNMATCHED,), installed_template(), drafting=1, since=0
        )
    assert (done.dossier.corrections[0].author, done.dossier.corrections[0].function) == ("Oma", None)
    assert done.dossier.queue == (UNMATCHED,)


def test_a_document_cannot_ratify(store: Store, physician: Actor, talk: str, statement: Statement):
    one = edit(statement.id, "").model_copy(update={"kind": "ratify"})
    with pytest.raises(Unfit), work(store) as w:
        reviews.take_over(w, physician, talk, (one,), (), installed_template(), drafting=1, since=0)


@pytest.mark.parametrize("who", ["nurse", "physician"])
def test_what_a_document_decides_on_a_limit_waits_for_who_may(
    store: Store, talk: str, request: pytest.FixtureRequest, who: str
):
    with look(store) as w:
        points = {item.type: item.number for item in reviews.plan_of(w, talk).points}
    one, other = (
        Correction(
            id=f"c{number:012x}", kind="resolve", target=f"punt-{number}", after="Besproken.", plan="0" * 8
        )
        for number in (points["treatment_limit"], points["tentative"])
    )
    for since in (0, 1):
        with work(store) as w:
            done = reviews.take_over(
                w,
                request.getfixturevalue(who),
                talk,
                (one, other),
                (),
                installed_template(),
                drafting=1,
                since=since,
            )
    assert [each.id for each in done.dossier.corrections] == [other.id]
    assert [(each.id, each.after, each.why) for each in done.dossier.queue] == [
        (one.id, "Besproken.", reviews.NOT_BY_WORD)
    ]


def test_a_document_that_was_read_before_a_correction_is_read_again(
    store: Store,
    nurse: Actor,
    talk: str,
    statement: Statement,
    correct: Callable[..., Appended],
):
    correct(nurse, "edit", statement.id, HOME)
    with pytest.raises(Outdated), work(store) as w:
        reviews.take_over(
            w, nurse, talk, (edit(statement.id, ELSEWHERE),), (), installed_template(), drafting=1, since=0
        )


def test_a_document_that_was_read_before_another_drafting_is_read_again(
    store: Store,
    nurse: Actor,
    talk: str,
    statement: Statement,
    found: Callable[..., Extraction],
    redraft: Callable[[Extraction], None],
):
    redraft(found(Vader="other"))
    one = edit(statement.id, HOME)
    with pytest.raises(Outdated), work(store) as w:
        reviews.take_over(w, nurse, talk, (one,), (), installed_template(), drafting=1, since=0)
    with work(store) as w:
        done = reviews.take_over(w, nurse, talk, (one,), (), installed_template(), drafting=2, since=0)
    assert [each.id for each in done.dossier.corrections] == [one.id]


def test_the_same_document_twice_changes_nothing(store: Store, nurse: Actor, talk: str, statement: Statement):
    for since in (0, 1):
        with work(store) as w:
            done = reviews.take_over(
                w,
                nurse,
                talk,
                (edit(statement.id, HOME),),
                (UNMATCHED,),
                installed_template(),
                drafting=1,
                since=since,
            )
    assert (len(done.dossier.corrections), len(done.dossier.queue)) == (1, 1)


def test_what_was_worked_in_by_hand_is_noted_and_can_be_taken_back(store: Store, nurse: Actor, talk: str):
    with work(store) as w:
        reviews.take_over(w, nurse, talk, (), (UNMATCHED,), installed_template(), drafting=1, since=0)
    for done, by in ((True, nurse.user_id), (False, None)):
        with work(store) as w:
            reviews.set_done(w, nurse, talk, UNMATCHED.id, done=done)
        with look(store) as w:
            assert [(one.unmatched, one.done_by) for one in reviews.queue(w, talk)] == [(UNMATCHED, by)]


def test_what_is_not_in_the_queue_cannot_be_worked_in(store: Store, nurse: Actor, talk: str):
    with pytest.raises(NotFound), work(store) as w:
        reviews.set_done(w, nurse, talk, "c0", done=True)


def test_the_audit_trail_stays_whole(store: Store, nurse: Actor, statement: Statement, correct: Callable):
    correct(nurse, "edit", statement.id, HOME)
    with look(store) as w:
        assert audit.verify(w).broken_at is None
