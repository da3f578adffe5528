"""What is rendered again after an action: all that changed, and no more than that."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corrections import Correction
from pipeline.dossier import Dossier
from pipeline.plan import assemble
from pipeline.template import installed_template
from review import acts
from review.reasons import reasons
from review.screen import FURTHER, Screen, changes, screen_of

from .talks import extraction, sample

KINDS = ("confirm", "edit", "reject", "merge", "undo", "resolve", "fill")


@cache
def record() -> Dossier:
    found = extraction("noor.txt", sample("noor-sma.txt"))
    return Dossier(conversation=found.conversation, findings=found.findings)


def screen_after(corrections: tuple[Correction, ...]) -> Screen:
    template = installed_template()
    dossier = record().model_copy(update={"corrections": corrections})
    plan = assemble(dossier.conversation, dossier.findings, template, corrections)
    return screen_of(dossier, plan, template)


@cache
def untouched() -> Screen:
    return screen_after(())


def made(screen: Screen, kind: str, at: int, done: tuple[Correction, ...]) -> Correction:
    """A correction of a kind, of whatever a number stands for."""
    plan, names = screen.plan, list(screen.statements)
    one, other = (screen.statements[names[n % len(names)]].entry for n in (at, at * 7 + 1))
    match kind:
        case "confirm":
            return acts.confirm(plan, one.id)
        case "edit":
            return acts.edit(plan, one, f"{one.words} {len(done)}")
        case "reject":
            return acts.reject(plan, one)[0]
        case "merge":
            return acts.merge(plan, one, other.id)
        case "resolve":
            return acts.resolve(plan, f"punt-{at % len(screen.points) + 1}", "resolved")
        case "undo" if done:
            return acts.undo(plan, done[at % len(done)].id)
        case _:
            return acts.fill(plan, "huisarts", f"dokter {len(done)}")


def lists(screen: Screen) -> dict[str, list[str]]:
    found = {name: list(block.statements) for name, block in screen.blocks.items()}
    return found | {f"{name}{FURTHER}": list(block.further) for name, block in screen.blocks.items()}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 500)), min_size=1, max_size=6),
    st.integers(0, 5),
)
def test_a_page_that_takes_the_changes_is_as_one_that_is_loaded(
    steps: list[tuple[str, int]], seen: int
) -> None:
    screens, done = [untouched()], ()
    for kind, at in steps:
        done = (*done, made(screens[-1], kind, at, done))
        screens.append(screen_after(done))
    old, new = screens[min(seen, len(screens) - 1)], screens[-1]
    found = changes(old, new)
    if found.whole:
        return
    page, statements = lists(old), dict(old.statements)
    for name in found.gone:
        for here in page.values():
            if name in here:
                here.remove(name)
    for one in found.placed:
        here = page[one.list]
        here.insert(here.index(one.behind) + 1 if one.behind else 0, one.id)
        statements[one.id] = new.statements[one.id]
    statements |= {name: new.statements[name] for name in found.statements}
    assert page == lists(new)
    assert {name: statements[name] for name in new.statements} == new.statements
    assert {**old.points, **{n: new.points[n] for n in found.points}} == new.points
    assert {**old.turns, **{n: new.turns[n] for n in found.turns}} == new.turns


def test_every_statement_stands_once_on_the_screen() -> None:
    screen = untouched()
    shown = [name for here in lists(screen).values() for name in here]
    assert sorted(shown) == sorted(screen.statements)


def test_the_conversation_is_shown_to_the_letter() -> None:
    turns = {turn.index: turn.text for turn in record().conversation.turns}
    assert {
        n: "".join(piece.text for piece in turn.passages) for n, turn in untouched().turns.items()
    } == turns


def test_nothing_changes_on_a_screen_that_is_up_to_date() -> None:
    found = changes(untouched(), untouched())
    assert not any(found)


@pytest.mark.parametrize(
    ("because", "sentences"),
    [
        (("both", "wish.want", "words:6", "no_verb"), 2),
        (("concept:school",), 1),
        (("first:ik", "block:speech"), 0),
        (("refusal.no_thing", "negation.not", "speaker:parent"), 2),
    ],
)
def test_reasons_tell_what_means_something_to_a_reader(because: tuple[str, ...], sentences: int) -> None:
    told = reasons(because)
    assert len(told) == sentences
    assert all(sentence.endswith(".") for sentence in told)
