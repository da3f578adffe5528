"""Every kind of edit, as Word writes it in XML and as a program writes it with python-docx."""

import pytest

from benchmarks.roundtrip import python_docx
from benchmarks.roundtrip.__main__ import in_word
from benchmarks.roundtrip.edits import EDITS, WORD_ONLY, Edit
from benchmarks.roundtrip.judge import base, judge, steps_of

SCRIPTED = [edit for edit in EDITS if python_docx.can(edit)]


def named(edit: Edit) -> str:
    return edit.name


@pytest.mark.parametrize("edit", [*EDITS, *WORD_ONLY], ids=named)
def test_what_is_edited_in_word_comes_back_or_stands_in_the_queue(edit: Edit):
    outcome = judge(edit, in_word(edit))
    assert (outcome.lost, outcome.unexpected) == ((), ())


@pytest.mark.parametrize("edit", SCRIPTED, ids=named)
def test_what_python_docx_edits_comes_back_or_stands_in_the_queue(edit: Edit):
    outcome = judge(edit, python_docx.write(base().docx, steps_of(edit)))
    assert (outcome.lost, outcome.unexpected) == ((), ())


def test_there_are_at_least_sixty_kinds():
    assert len({edit.name for edit in (*EDITS, *WORD_ONLY)}) >= 60
