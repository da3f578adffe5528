from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from pipeline.intake.blocks import Block, lay_out, sentences
from pipeline.intake.conversation import build
from pipeline.intake.participants_file import ParticipantsFile

DAY = dt.date(2026, 3, 12)
SENTENCES = [f"Zin {number} gaat over dr. Bakker en over thuis." for number in range(1000)]
LONG = " ".join(SENTENCES)


def test_long_paragraph_is_several_turns_cut_at_sentence_ends():
    text, turns = lay_out([Block(LONG, section=("Thuis",))])
    assert len(turns) > 50
    assert max(len(turn.text.split()) for turn in turns) <= 150
    assert all(turn.text.endswith("thuis.") for turn in turns)
    assert {turn.section for turn in turns} == {("Thuis",)}
    assert text.split() == LONG.split()
    assert all(text[turn.start : turn.end] == turn.text for turn in turns)


def test_text_of_150_words_stays_one_turn():
    assert len(lay_out([Block("woord " * 150)])[1]) == 1
    assert len(lay_out([Block("woord " * 151)])[1]) == 2


def test_long_text_without_sentence_ends_is_cut_at_commas_or_else_between_words():
    with_commas = "en toen ging hij naar huis, " * 100
    _, turns = lay_out([Block(with_commas)])
    assert all(turn.text.endswith("huis,") for turn in turns)
    text, turns = lay_out([Block("woord " * 1000)])
    assert max(len(turn.text.split()) for turn in turns) <= 150
    assert text.split() == ["woord"] * 1000


def test_parts_of_a_long_turn_keep_speaker_and_times():
    _, turns = lay_out([Block(LONG, "speech", "Moeder", 3.0, 900.0)])
    assert {(turn.label, turn.begin_s, turn.end_s) for turn in turns} == {("Moeder", 3.0, 900.0)}


@pytest.mark.parametrize("name", ["t.txt", "t.html", "t.json"])
def test_transcript_in_one_piece_is_many_turns_in_every_format(take_in, name):
    content = {
        "t.txt": LONG,
        "t.html": f"<html><body><p>{LONG}</p></body></html>",
        "t.json": json.dumps({"segments": [{"text": LONG}]}),
    }[name]
    conversation = take_in(name, content)
    assert max(len(turn.text.split()) for turn in conversation.turns) <= 150
    assert [word for turn in conversation.turns for word in turn.text.split()] == LONG.split()


def test_label_section_and_text_hold_only_what_can_be_encoded():
    odd = "Spr\ud800eker\x00 \ufffe 1\n"
    text, turns = lay_out([Block(odd, "speech", odd, section=(odd, "\udfff"))])
    assert (turns[0].text, turns[0].label, turns[0].section) == ("Spreker 1", "Spreker 1", ("Spreker 1",))
    assert re.fullmatch(r"[\w ]+", text.encode().decode())


def test_label_of_nothing_readable_is_no_label(take_in):
    data = '{"segments": [{"text": "Ja.", "speaker": "A\\ud800B"}, {"text": "Nee.", "speaker": "\\ud800"}]}'
    conversation = take_in("g.json", data)
    assert [turn.label for turn in conversation.turns] == ["AB", None]
    assert conversation.model_dump_json().encode()


def test_file_name_and_child_that_cannot_be_encoded_are_tidied(take_in):
    told = ParticipantsFile()
    conversation = build(
        [Block("Ja.")], data=b"Ja.", source="ge\udce9sprek.txt", source_format="notes", latest=DAY, given=told
    )
    assert conversation.source == "gesprek.txt"
    assert take_in("g.txt", "Moeder: Ja.\nArts: Nee.\nMoeder: Goed.", child="No\udce9or").child == "Noor"


def test_a_text_is_its_sentences_and_an_abbreviation_ends_none():
    assert list(sentences("Hij slaapt. Dr. Bakker komt? Ja")) == ["Hij slaapt.", "Dr. Bakker komt?", "Ja"]
