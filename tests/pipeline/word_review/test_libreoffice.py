"""Documents edited by LibreOffice itself, in one start; every kind of edit is in docs/word-roundtrip.md."""

import pytest

from benchmarks.roundtrip import libreoffice
from benchmarks.roundtrip.edits import EDITS, Edit
from benchmarks.roundtrip.judge import base, judge, steps_of

NAMES = (
    "niets",
    "een woord vervangen, bijgehouden",
    "woorden achter het aanhalingsteken",
    "een rij weg, bijgehouden",
    "opmerking van izp opgelost",
    "alles tegelijk",
)
CHOSEN = [edit for edit in EDITS if edit.name in NAMES]

pytestmark = pytest.mark.skipif(
    not libreoffice.installed(), reason="LibreOffice Writer (soffice) is not installed"
)


@pytest.fixture(scope="module")
def written() -> dict[tuple[str, bool], bytes]:
    steps = [steps_of(edit) for edit in CHOSEN]
    documents = {}
    for odt in (False, True):
        made = libreoffice.write(base().docx, steps, by_way_of_odt=odt)
        documents |= {(edit.name, odt): each for edit, each in zip(CHOSEN, made, strict=True)}
    return documents


@pytest.mark.parametrize("odt", [False, True], ids=["docx", "odt"])
@pytest.mark.parametrize("edit", CHOSEN, ids=lambda edit: edit.name)
def test_what_is_edited_in_libreoffice_comes_back(
    edit: Edit, odt: bool, written: dict[tuple[str, bool], bytes]
):
    outcome = judge(edit, written[edit.name, odt])
    assert (outcome.lost, outcome.unexpected) == ((), ())
