"""A store with many invented plans, made by the store's own functions, to measure the web app on.

What was found in a conversation is made here and not extracted, so that two hundred plans take seconds.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from typing import Final, NamedTuple

from extractors.schema import (
    CATEGORIES,
    CERTAINTIES,
    DOMAINS,
    POLARITIES,
    Conversation,
    Findings,
    Flag,
    Perspective,
    Statement,
    statement_id,
)
from pipeline.dossier import Extraction
from pipeline.intake import read_data
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.store import accounts, children, claims, conversations, members
from pipeline.store.audit import Actor
from pipeline.store.children import About
from pipeline.store.database import Store, Work, work

PASSWORD: Final = "alleen voor de metingen"  # noqa: S105  # of accounts that end with the measurement
TEAM: Final = 5
"""So many are in the care team of a child, of whom two can ratify."""

PLANS_OF_A_CHILD: Final = 5
TO_REVIEW: Final = 10
"""So many statements of a plan wait to be taken up."""

_DAY: Final = dt.date(2026, 3, 12)
_SPEAKERS: Final[tuple[tuple[str, Perspective], ...]] = (
    ("Moeder", "parent"),
    ("Vader", "parent"),
    ("Sem", "child"),
    ("Kinderarts", "care_team"),
)
_BEGINNINGS: Final = (
    "Ik wil graag dat we",
    "Ik hoop dat we",
    "Het is voor ons belangrijk dat we",
    "Liever niet dat we",
    "We spreken af dat we",
    "Ik maak me zorgen of we",
)
_THINGS: Final = (
    "thuis slapen",
    "naar school gaan",
    "met de honden wandelen",
    "bij opa en oma eten",
    "zelf de medicijnen geven",
    "de nachten samen doen",
    "een dag naar zee gaan",
    "de pijn eerder behandelen",
    "met zijn zusje praten",
    "de thuiszorg vaker bellen",
    "het zwemmen volhouden",
    "de sonde thuis verwisselen",
    "rustig de dag beginnen",
    "samen muziek maken",
    "met de juf overleggen",
    "een hoog-laagbed huren",
    "zijn verjaardag vieren",
    "minder vaak bloed prikken",
    "de rolstoel laten aanpassen",
    "over het einde praten",
)
_WHEN: Final = (
    "in het weekend.",
    "als de benauwdheid meevalt.",
    "na de volgende controle.",
    "zolang hij dat zelf wil.",
    "wanneer de nachten rustiger zijn.",
    "ook als er koorts is.",
    "deze zomer.",
    "zonder dat het moet.",
    "met hulp van de verpleegkundige.",
    "voor de operatie.",
    "op de dagen dat het goed gaat.",
    "nu het nog kan.",
)
_LIMITS: Final = (
    ("Wij willen niet dat hij nog gereanimeerd wordt", "resuscitation"),
    ("Wij willen niet dat hij nog naar de IC gaat", "intensive_care"),
)


class Reviewers(NamedTuple):
    """The logins of those who treat the same children; the first `TEAM - 2` are nurses, the others arts."""

    logins: tuple[str, ...]


def fill(store: Store, people: int, plans: int, statements: int) -> tuple[Reviewers, ...]:
    """Fills a new store.

    Args:
        store: The store, with nothing in it.
        people: How many reviewers there are, in teams of `TEAM`; all have the same `PASSWORD`.
        plans: How many plans there are, each team as many.
        statements: How many statements each has.
    """
    chance = random.Random(plans)  # noqa: S311  # the same store each time
    teams = []
    for number in range(people // TEAM):
        logins = tuple(f"reviewer-{number}-{each}" for each in range(TEAM))
        with work(store) as w:
            ids = [_add_user(w, login, is_nurse=at < TEAM - 2) for at, login in enumerate(logins)]
        nurse = Actor(ids[0])
        for at in range(plans * TEAM // people):
            if at % PLANS_OF_A_CHILD == 0:
                with work(store) as w:
                    child = children.add(w, nurse, About(name=f"Kind {number}.{at}")).id
                    for each in ids[1:]:
                        members.add_member(w, nurse, child, each)
            _draft(store, nurse, child, statements, chance)
        teams.append(Reviewers(logins))
    return tuple(teams)


def _add_user(w: Work, login: str, *, is_nurse: bool) -> str:
    role, function = ("verpleegkundige", None) if is_nurse else ("behandelaar", "arts")
    name = f"N. {login.capitalize()}"
    return accounts.add_user(
        w, Actor(), login=login, name=name, role=role, function=function, password=PASSWORD
    ).id


def _draft(store: Store, nurse: Actor, child: str, statements: int, chance: random.Random) -> None:
    """Hands a conversation in, and keeps what is found in it."""
    sayings = _sayings(statements + TO_REVIEW, chance)
    data = "\n".join(_lines(sayings, chance)).encode()
    given = ParticipantsFile(date=_DAY)
    name = f"gesprek-{chance.getrandbits(32):08x}.txt"
    with work(store) as w:
        conversations.submit(w, nurse, child, name, data, given, len(data))
    talk = read_data(data, name, latest=_DAY, given=given)
    with work(store) as w:
        claimed = claims.claim(w, dt.timedelta(minutes=1))
        if claimed is None:
            raise RuntimeError("the store was not empty")
        claims.finish(w, claimed, _found(talk, sayings, statements, chance))


def _sayings(count: int, chance: random.Random) -> list[str]:
    every = [" ".join(words) for words in itertools.product(_BEGINNINGS, _THINGS, _WHEN)]
    return [*(f"{limit}." for limit, _ in _LIMITS), *chance.sample(every, count - len(_LIMITS))]


def _lines(sayings: list[str], chance: random.Random) -> Iterator[str]:
    """Each saying with a turn before it that nobody makes a statement of."""
    for number, said in enumerate(sayings):
        yield f"Verpleegkundige: En hoe zien jullie dat, bij vraag {number + 1}?"
        yield f"{chance.choice(_SPEAKERS)[0]}: {said}"


def _found(talk: Conversation, sayings: list[str], statements: int, chance: random.Random) -> Extraction:
    views, topics = dict(_SPEAKERS), dict(_LIMITS)
    turns = {turn.text: turn for turn in talk.turns}
    made = []
    for number, said in enumerate(sayings):
        turn, quote = turns[said], said.rstrip(".")
        limit = topics.get(quote)
        made.append(
            Statement(
                id=statement_id(talk.id, turn.start, turn.start + len(quote)),
                quote=quote,
                turn=turn.index,
                start=turn.start,
                end=turn.start + len(quote),
                perspective=views[turn.label or ""],
                speaker=turn.label,
                category="preference" if limit else chance.choice(CATEGORIES),
                domains=tuple(chance.sample(DOMAINS, chance.randint(1, 2))),
                polarity="negated" if limit else chance.choice(POLARITIES),
                certainty="firm" if limit else chance.choice(CERTAINTIES),
                topics=(limit,) if limit else (),
                confidence=0.9 if number < statements else 0.4,
            )
        )
    kept = made[:statements]
    flags = [Flag(type="treatment_limit", statements=(one.id,), note="Bespreek dit.") for one in kept[:2]]
    for one in kept[2:]:
        if one.category == "action_point":
            flags.append(Flag(type="missing_owner", statements=(one.id,), note="Wie doet dit?"))
        elif one.certainty == "tentative" and chance.random() < 0.3:
            flags.append(Flag(type="tentative", statements=(one.id,), note="Dit is nog niet zeker."))
    findings = Findings(
        conversation=talk.id, statements=tuple(kept), to_review=tuple(made[statements:]), flags=tuple(flags)
    )
    return Extraction(conversation=talk, findings=findings)
