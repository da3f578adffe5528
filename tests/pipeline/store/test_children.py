import datetime as dt
from collections.abc import Callable

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from pipeline.store import children, conversations, drafts
from pipeline.store.accounts import add_user
from pipeline.store.audit import Actor
from pipeline.store.children import About
from pipeline.store.database import Store, look, work
from pipeline.store.errors import NotFound, Outdated
from pipeline.store.members import access, break_glass
from pipeline.store.tables import ChildRow

NOBODY = "0" * 32


def test_a_child_is_read_back_as_it_was_added(store: Store, nurse: Actor):
    about = About(name="Sem de Vries", born=dt.date(2014, 5, 1), number="P-0081")
    with work(store) as w:
        added = children.add(w, nurse, about)
    with look(store) as w:
        assert children.get(w, added.id) == added
        assert added.about == about


def test_who_adds_a_child_is_in_its_care_team(store: Store, nurse: Actor, child: str):
    with look(store) as w:
        assert access(w, child, nurse.user_id or "") == "team"


def test_a_child_that_does_not_exist_is_not_found(store: Store):
    with look(store) as w, pytest.raises(NotFound):
        children.get(w, NOBODY)


def test_a_change_is_kept(store: Store, nurse: Actor, child: str):
    with work(store) as w:
        changed = children.change(w, nurse, child, About(name="Sem Jansen"), version=1)
    with look(store) as w:
        assert children.get(w, child) == changed
        assert (changed.about.name, changed.version) == ("Sem Jansen", 2)


def test_a_change_of_what_somebody_else_changed_is_refused(store: Store, nurse: Actor, child: str):
    with work(store) as w:
        children.change(w, nurse, child, About(name="Sem Jansen"), version=1)
    with work(store) as w, pytest.raises(Outdated):
        children.change(w, nurse, child, About(name="Sem Pietersen"), version=1)
    with look(store) as w:
        assert children.get(w, child).about.name == "Sem Jansen"


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_child_has_a_name(name: str):
    with pytest.raises(ValidationError) as refused:
        About(name=name)
    assert "xxx" not in str(refused.value)


def test_a_list_holds_only_the_children_of_the_user(store: Store, nurse: Actor, physician: Actor, child: str):
    with look(store) as w:
        assert [one.id for one in children.of_user(w, nurse.user_id or "")] == [child]
        assert children.of_user(w, physician.user_id or "") == ()


def test_a_child_that_cannot_be_read_is_in_the_way_of_no_other(store: Store, nurse: Actor, child: str):
    with work(store) as w:
        other = children.add(w, nurse, About(name="Tim Bos", number="P-0082")).id
        w.session.flush()
        w.session.execute(update(ChildRow).where(ChildRow.id == child).values(wrapped=b"0" * 40))
    with look(store) as w:
        there = {
            one.id: one.child and one.child.about.name for one in children.of_user(w, nurse.user_id or "")
        }
        assert there == {other: "Tim Bos", child: None}
        assert children.find(w, "P-0082") == other
        assert children.find(w, child) == child


def test_emergency_access_puts_a_child_on_the_list(store: Store, physician: Actor, child: str):
    with work(store) as w:
        break_glass(w, physician, child, "Spoedopname, het team is er niet.")
    with look(store) as w:
        assert [one.id for one in children.of_user(w, physician.user_id or "")] == [child]


def test_a_list_tells_how_far_each_plan_is(store: Store, nurse: Actor, child: str, talk: str):
    with work(store) as w:
        drafts.set_ready(w, nurse, talk, 1)
    with look(store) as w:
        (one,) = children.of_user(w, nurse.user_id or "")
        status = conversations.status(w, talk)
    assert one.plans == ("ready",)
    assert one.open_points == status.open_points == 2
    assert one.changed_at == status.changed_at


def test_a_list_tells_that_a_draft_is_not_there_yet(store: Store, nurse: Actor, child: str, submit: Callable):
    submit(b"Moeder: Hij wil naar huis.")
    with look(store) as w:
        (one,) = children.of_user(w, nurse.user_id or "")
    assert (one.plans, one.open_points) == (("waiting",), 0)


def test_what_changed_last_stands_first(store: Store, nurse: Actor, child: str, submit: Callable):
    with work(store) as w:
        other = children.add(w, nurse, About(name="Noor Bakker")).id
    with look(store) as w:
        assert [one.id for one in children.of_user(w, nurse.user_id or "")] == [other, child]
    submit(b"Moeder: Hij wil naar huis.")
    with look(store) as w:
        assert [one.id for one in children.of_user(w, nurse.user_id or "")] == [child, other]


def test_another_account_sees_nothing_of_a_child_in_the_database(store: Store, child: str):
    with store.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM children").one()
    assert b"Sem" not in b"".join(value for value in row if isinstance(value, bytes))


def test_who_has_no_account_adds_no_child(store: Store):
    with pytest.raises(NotFound), work(store) as w:
        children.add(w, Actor(NOBODY), About(name="Sem"))
    with work(store) as w:
        user = add_user(w, Actor(), login="ria", name="R. Bos", role="verpleegkundige")
    with look(store) as w:
        assert children.of_user(w, user.id) == ()
