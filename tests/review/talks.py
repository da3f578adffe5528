"""A conversation that was handed in and drafted, for the tests of the pages of a plan."""

import datetime as dt
import re
import shutil
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from pipeline.dossier import Extraction
from pipeline.draft import find
from pipeline.intake import read_data
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.settings import Settings
from pipeline.store import approvals, claims, conversations, drafts, templates
from pipeline.store.audit import Actor
from pipeline.store.database import Store, work
from pipeline.store.documents import KINDS
from pipeline.template import TEMPLATE

NAME = "noor.txt"
TALK = """Gesprek Noor, 12 maart 2026
Aanwezig: Noor, moeder, kinderarts

Kinderarts: Wat vind jij een fijne dag, Noor?
Noor: Als ik filmpjes mag maken met mijn zus.
Kinderarts: En als je weer heel benauwd wordt?
Moeder: Ik wil niet dat ze nog naar de IC gaat.
Noor: Ik wil liever thuis zijn bij mama.
Kinderarts: We spreken af dat jullie dag en nacht de afdeling kunnen bellen.
Moeder: Ik maak me zorgen over de nachten.
Kinderarts: Ik bel morgen de thuiszorg.
Moeder: Lekker weer vandaag.
"""


@cache
def extraction(name: str = NAME, text: str = TALK) -> Extraction:
    """What is found in a conversation; found once for all tests of a process."""
    latest = dt.date(2030, 1, 1)
    return find(read_data(text.encode(), name, latest=latest, given=ParticipantsFile()), Settings())


def draft(store: Store, user_id: str, child: str, name: str = NAME, text: str = TALK) -> str:
    """Hands a conversation in and drafts it; gives its id."""
    with work(store) as w:
        given = ParticipantsFile()
        handed = conversations.submit(w, Actor(user_id), child, name, text.encode(), given, 10**6)
    draft_waiting(store, extraction(name, text))
    return handed.id


def draft_waiting(store: Store, found: Extraction) -> None:
    """Drafts the conversation that waits."""
    with work(store) as w:
        claimed = claims.claim(w, dt.timedelta(seconds=60))
    assert claimed
    with work(store) as w:
        claims.finish(w, claimed, found)


def approve(store: Store, user_id: str, conversation: str) -> None:
    """Approves a plan in which nothing is left to decide, with documents that are none."""
    physician = Actor(user_id)
    with work(store) as w:
        seen = approvals.approvable(w, conversation).seen
        approval = approvals.to_approve(w, physician, conversation, seen)
        approvals.approve(w, physician, conversation, seen, approval, dict.fromkeys(KINDS, b"document"))


def restyle(store: Store, folder: Path, *talks: str) -> str:
    """Puts plans in a newer version of their template, which is chosen from then on; gives its id."""
    shutil.copytree(TEMPLATE, folder)
    manifest = folder / "template.yaml"
    manifest.write_text(re.sub(r"(?m)^version: .*$", "version: 99.0.0", manifest.read_text()))
    with work(store) as w:
        newer = templates.install(w, Actor(), folder).id
    for conversation in talks:
        with work(store) as w:
            drafts.restyle(w, Actor(), conversation, drafts.head(w, conversation).number, newer)
    return newer


def sample(name: str) -> str:
    """The text of an invented conversation."""
    return (Path(__file__).parents[2] / "samples" / name).read_text()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def text_of(page: str) -> str:
    """The words of a page, without its tags."""
    parser = _Text()
    parser.feed(page)
    return " ".join(" ".join(parser.pieces).split())


def statement_with(page: str, words: str) -> str:
    """The id of the statement on a page that has these words."""
    for card in re.split(r'(?=<article class="statement)', page)[1:]:
        name = re.match(r'<article [^>]*id="([sc][0-9a-f]{12})"', card)
        if name and words in text_of(card.split("</article>")[0]):
            return name[1]
    raise AssertionError(f"no statement with {words!r}")


def card(page: str, name: str) -> str:
    """What a page shows of a statement, as text; "" if it is not there."""
    found = re.search(rf'<article class="statement[^>]*id="{name}".*?</article>', page, re.DOTALL)
    return text_of(found[0]) if found else ""


def revision(page: str) -> str:
    """What a page tells of the plan that it shows."""
    found = re.search(r'name="toont" value="([\w.]+)"', page)
    assert found
    return found[1]
