"""Serves the web app with invented children, to try it: `make serve-demo`.

Everything is in a temporary folder that goes when it stops. The conversations are those of `samples/`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import signal
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.intake.participants_file import ParticipantsFile
from pipeline.store import accounts, children, conversations, members
from pipeline.store.accounts import User
from pipeline.store.audit import Actor
from pipeline.store.database import Work, open_store, work
from review.serving import serve
from review.settings import ReviewSettings

HOST: Final = "127.0.0.1"
PORT: Final = 8000
PASSWORD: Final = "vier losse woorden"  # noqa: S105  # of a demonstration
_SAMPLES: Final = Path(__file__).resolve().parents[1] / "samples"


class _Person(NamedTuple):
    login: str
    name: str
    role: str
    function: str | None


class _Child(NamedTuple):
    name: str
    born: dt.date
    number: str
    files: tuple[str, ...]


PEOPLE: Final = (
    _Person("vera", "Vera Zandstra", "verpleegkundige", None),
    _Person("karin", "Karin Smit", "behandelaar", "arts"),
    _Person("lars", "Lars Boom", "lezer", None),
    _Person("bea", "Bea de Heer", "beheerder", None),
    _Person("olaf", "Olaf Winter", "behandelaar", "verpleegkundig specialist"),
)
CHILDREN: Final = (
    _Child("Noor", dt.date(2018, 4, 2), "4401001", ("noor-sma.txt", "vervolg-noor.md")),
    _Child("Esra", dt.date(2011, 9, 17), "4401002", ("esra-cf.vtt",)),
    _Child("Tygo", dt.date(2020, 1, 30), "4401003", ("tygo-epilepsie.txt",)),
    _Child("Sem", dt.date(2014, 6, 5), "4401004", ("sem-leukemie.srt",)),
)


def fill(w: Work, max_bytes: int) -> dict[str, User]:
    """Puts the people, the children with their care team, and their conversations in a new store."""
    people = {
        each.login: accounts.add_user(w, Actor(), password=PASSWORD, **each._asdict()) for each in PEOPLE
    }
    nurse = Actor(people["vera"].id)
    for each in CHILDREN:
        about = children.About(name=each.name, born=each.born, number=each.number)
        child = children.add(w, nurse, about)
        for login in ("karin", "lars"):
            members.add_member(w, nurse, child.id, people[login].id)
        for name in each.files:
            data = (_SAMPLES / name).read_bytes()
            conversations.submit(w, nurse, child.id, name, data, ParticipantsFile(), max_bytes)
    return people


def main() -> None:
    """Makes the store, tells who can sign in, and serves."""
    # Being told to stop cleans up as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="izp-demo-") as folder:
        settings = ReviewSettings(data_dir=Path(folder), database=None, key=None, key_file=None, url=None)
        store = open_store(settings)
        with work(store) as w:
            fill(w, settings.max_bytes)
        told = [f"http://{HOST}:{PORT} – met verzonnen kinderen. Stoppen: Ctrl-C.", ""]
        told += [f"  {each.login:6} {each.name}, {each.function or each.role}" for each in PEOPLE]
        told += ["", f"Wachtwoord van allemaal: {PASSWORD}", "Olaf zit in geen zorgteam."]
        sys.stdout.write("\n".join(told) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            serve(settings, store, f"http://{HOST}:{PORT}", HOST, PORT)


if __name__ == "__main__":
    main()
