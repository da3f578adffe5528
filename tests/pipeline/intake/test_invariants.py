"""What holds for every file: turns stand at their spans, nothing is lost, and nothing is added."""

from __future__ import annotations

import contextlib
import json
import random
import re
import tempfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.intake import IntakeError, read
from pipeline.intake.formats import read_blocks

WORDS = st.text(alphabet="abcdefghijklmnopéëïçœ", min_size=2, max_size=9)
SENTENCE = st.lists(WORDS, min_size=1, max_size=12).map(lambda words: " ".join(words).capitalize() + ".")
LABELS = ["Moeder", "Kinderarts", "Spreker 3", "Dr. Van Es"]


def taken_in(data: bytes, name: str):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return read(path)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def said(conversation) -> list[str]:
    """All words of a conversation: of each turn its label, where it changes, and its text."""
    found: list[str] = []
    for turn in conversation.turns:
        found += words(turn.text)
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LABELS), SENTENCE), min_size=4, max_size=20))
def test_dialogue_keeps_every_word_in_order(talk):
    conversation = taken_in("\n".join(f"{who}: {what}" for who, what in talk).encode(), "g.txt")
    labels = {word for label in LABELS for word in words(label)}
    assert [w for w in said(conversation) if w not in labels] == [
        w for _, what in talk for w in words(what) if w not in labels
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["# {}", "## {}", "- {}", "1. {}", "{}", "**{}**", "**{}:** {}", "| {} | {} |", "> {}", ""]
            ),
            SENTENCE,
        ),
        min_size=1,
        max_size=25,
    )
)
def test_note_keeps_every_word_in_order(lines):
    text = "\n".join(shape.replace("{}", what) for shape, what in lines)
    if not words(text):
        return
    conversation = taken_in(text.encode(), "n.md")
    if conversation.format == "notes":
        assert [w for w in said(conversation) if w != "1"] == [w for w in words(text) if w != "1"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LABELS), SENTENCE), min_size=1, max_size=20), st.booleans())
def test_subtitles_keep_every_word_in_order(talk, voice_tags):
    cues = [f"<v {who}>{what}</v>" if voice_tags else f"{who}: {what}" for who, what in talk]
    text = "WEBVTT\n\n" + "\n\n".join(f"00:{n:02}.000 --> 00:{n:02}.900\n{cue}" for n, cue in enumerate(cues))
    conversation = taken_in(text.encode(), "g.vtt")
    labels = {word for label in LABELS for word in words(label)}
    assert [w for w in said(conversation) if w not in labels] == [
        w for _, what in talk for w in words(what) if w not in labels
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*LABELS, None]),
            st.lists(st.tuples(WORDS, st.sampled_from([*LABELS, None])), min_size=1, max_size=8),
        ),
        min_size=1,
        max_size=10,
    )
)
def test_json_keeps_every_word_in_order(segments):
    data = [
        {
            "text": " " + " ".join(word for word, _ in spoken),
            "speaker": who,
            "words": [{"word": word, "speaker": by} for word, by in spoken],
        }
        for who, spoken in segments
    ]
    conversation = taken_in(json.dumps({"segments": data}).encode(), "g.json")
    assert said(conversation) == [word for _, spoken in segments for word, _ in spoken]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["Normal", "Heading 1", "List Bullet", "table"]), SENTENCE),
        min_size=1,
        max_size=12,
    )
)
def test_docx_keeps_every_word_in_order(paragraphs):
    document = docx.Document()
    for style, text in paragraphs:
        if style == "table":
            document.add_table(1, 1).rows[0].cells[0].text = text
        else:
            document.add_paragraph(text, style=style)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "v.docx"
        document.save(str(path))
        conversation = read(path)
    assert said(conversation) == [w for _, what in paragraphs for w in words(what)]


def test_the_same_bytes_give_the_same_conversation(take_in):
    text = "Moeder: Ja.\nVader: Nee.\nMoeder: Goed."
    first, second = take_in("a.txt", text), take_in("a.txt", text)
    assert first == second
    assert len(first.id) == 16
    assert first.sha256.startswith(first.id)
    assert first.source == "a.txt"


SEEDS: dict[str, bytes] = {
    "g.txt": (
        "Gesprek Noor (8), 12 maart 2026\nAanwezig: Noor, moeder\n\n"
        "[00:01] Noor: Nog één keer.\n[00:03] Moeder: Ja //Noor: hoi//.\n"
        "(stilte)\nNoor: Ik ben Noor."
    ).encode(),
    "n.md": (
        b"# Noor (8)\n**Datum:** 12-03-2026\n\n| Wie | Rol |\n"
        b"|---|---|\n| An | moeder |\n\n## Thuis\n- geen *prik*\n"
        b"**Kort:** moe\n"
    ),
    "g.vtt": (
        b"WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Moeder>Ja &amp; nee</v>\n\n"
        b"00:02.000 --> 00:03.000\nVader: Goed\n"
    ),
    "g.srt": (
        b"1\n00:00:01,000 --> 00:00:02,000\nMoeder: Ja\n\n2\n00:00:02,000 --> 00:00:03,000\nVader: Nee\n"
    ),
    "g.json": json.dumps(
        {
            "segments": [
                {
                    "start": 0,
                    "end": 1,
                    "text": " Ja. Nee.",
                    "speaker": "A",
                    "words": [{"word": "Ja.", "speaker": "A"}, {"word": "Nee.", "speaker": "B"}],
                }
            ]
        }
    ).encode(),
}


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_file_gives_a_conversation_or_an_intake_error(name):
    chance = random.Random(7)  # noqa: S311 - damage need not be secret
    for _ in range(150):
        damaged(chance, SEEDS[name], "." + name.split(".")[1])


def test_damaged_document_gives_a_conversation_or_an_intake_error(raw_docx, pdf_bytes):
    chance = random.Random(8)  # noqa: S311 - damage need not be secret
    body = (
        "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Ja</w:t></w:r></w:p><w:tbl><w:tr>"
        "<w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    for _ in range(150):
        damaged(chance, raw_docx(body), ".docx")
        damaged(chance, pdf_bytes(["Moeder: ja.", "Vader: nee."]), ".pdf")


def damaged(chance: random.Random, data: bytes, suffix: str) -> None:
    """Flip some bytes or cut the file, and read it: only an IntakeError may come out."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    cut = bytes(changed[: chance.randint(1, len(changed))]) if chance.random() < 0.5 else bytes(changed)
    with contextlib.suppress(IntakeError):
        assert read_blocks(cut, suffix)[1] is not None
