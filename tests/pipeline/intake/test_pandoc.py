from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path

import pypandoc  # type: ignore[import-untyped] # it ships no type information
import pytest

from pipeline.intake import IntakeEndedError, IntakeError
from pipeline.intake.pandoc import ENDED, UNREADABLE

HTML = """<!DOCTYPE html><html><head><title>Verslag</title>
<style>p { color: red }</style><script>alert(1)</script></head>
<body><h1>Verslag Noor (8), 12 maart 2026</h1><!-- weg --><p>Moeder &eacute;n vader slapen <b>slecht</b>.</p>
<ul><li>geen prikken</li><li>eerst uitleggen<ul><li>rustig</li></ul></li></ul>
<img src="http://192.0.2.1/x.png" alt="">
<table><tr><th>Wat</th><th>Wie</th></tr><tr><td>Bellen</td><td>Tessa</td></tr></table></body></html>"""


def odt(body: str, **parts: str) -> bytes:
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            (
                f'<office:document-content {spaces} office:version="1.2"><office:body><office:text>'
                f"{body}</office:text></office:body></office:document-content>"
            ),
        )
        archive.writestr("META-INF/manifest.xml", parts.get("manifest", "<manifest/>"))
        archive.writestr(
            "styles.xml",
            parts.get(
                "styles",
                f'<office:document-styles {spaces} office:version="1.2"><office:styles/>'
                "</office:document-styles>",
            ),
        )
    return out.getvalue()


def test_html(take_in):
    conversation = take_in("v.html", HTML)
    assert conversation.format == "html"
    found = [(turn.block, turn.text) for turn in conversation.turns]
    assert ("list_item", "geen prikken") in found
    assert ("list_item", "rustig") in found
    assert ("cell", "Tessa") in found
    assert "Moeder én vader slapen slecht." in conversation.text
    assert not {"alert", "color", "weg"} & set(conversation.text.split())
    assert conversation.child == "Noor"


def test_html_is_known_by_content(take_in):
    assert take_in("v.txt", HTML).format == "html"


def test_html_in_another_encoding(take_in):
    assert "één" in take_in("v.html", "<html><body><p>Nog één keer.</p></body></html>".encode("cp1252")).text


def test_dialogue_in_html(take_in):
    conversation = take_in(
        "v.html",
        "<html><body><p>Moeder: Ja.</p><p>Vader: Nee.<br>Echt niet.</p><p>Moeder: Goed.</p></body></html>",
    )
    assert [(turn.label, turn.text) for turn in conversation.turns] == [
        ("Moeder", "Ja."),
        ("Vader", "Nee.\nEcht niet."),
        ("Moeder", "Goed."),
    ]


def test_rtf(take_in):
    text = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\pard Gesprek Noor\par Moeder: "
        r"Nog \'e9\'e9n keer.\par Vader: Nee.\par Moeder: Goed.\par}"
    )
    conversation = take_in("v.doc", text)
    assert conversation.format == "rtf"
    assert [(turn.label, turn.text) for turn in conversation.turns][1] == ("Moeder", "Nog één keer.")


def test_odt(take_in):
    body = (
        '<text:h text:outline-level="1">Thuis</text:h><text:p>Hij slaapt <text:span>'
        "slecht</text:span>.</text:p>"
        "<text:list><text:list-item><text:p>geen prikken</text:p></text:list-item></text:list>"
    )
    conversation = take_in("v.odt", odt(body))
    assert conversation.format == "odt"
    assert [(turn.block, turn.text) for turn in conversation.turns] == [
        ("heading", "Thuis"),
        ("paragraph", "Hij slaapt slecht."),
        ("list_item", "geen prikken"),
    ]


def test_deleted_text_in_odt_is_no_text(take_in):
    body = (
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>'
        "geschrapt</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:p>Blijft.</text:p>"
    )
    assert take_in("v.odt", odt(body)).text == "Blijft."


@pytest.fixture
def pandoc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where pandoc should be."""
    program = tmp_path / "pandoc"
    monkeypatch.setattr(pypandoc, "get_pandoc_path", lambda: str(program))
    return program


def does(program: Path, command: str) -> None:
    program.write_text(f"#!/bin/sh\n{command}\n")
    program.chmod(0o755)


def test_that_pandoc_cannot_be_started_is_not_the_files_fault(take_in, pandoc: Path):
    with pytest.raises(IntakeEndedError) as raised:
        take_in("v.html", HTML)
    assert str(raised.value) == ENDED


@pytest.mark.parametrize("command", ["kill -9 $$", "kill -15 $$", "exec sleep 60"])
def test_that_pandoc_was_ended_or_takes_long_is_not_the_files_fault(
    take_in, pandoc: Path, monkeypatch: pytest.MonkeyPatch, command: str
):
    monkeypatch.setattr("pipeline.intake.pandoc.TIMEOUT_S", 1)
    does(pandoc, command)
    with pytest.raises(IntakeEndedError):
        take_in("v.html", HTML)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_what_breaks_a_command_off_does_not_reach_pandoc(take_in, pandoc: Path, tmp_path: Path):
    does(pandoc, f"cut -d' ' -f5 /proc/$$/stat > {tmp_path / 'group'}")
    with pytest.raises(IntakeError):
        take_in("v.html", HTML)
    assert int((tmp_path / "group").read_text()) != os.getpgid(0)


@pytest.mark.parametrize("command", ["exit 251", "kill -11 $$", "echo '['", "echo '[]'"])
def test_what_pandoc_makes_nothing_of_cannot_be_read(take_in, pandoc: Path, command: str):
    does(pandoc, command)
    with pytest.raises(IntakeError) as raised:
        take_in("v.html", HTML)
    assert (type(raised.value), str(raised.value)) == (IntakeError, UNREADABLE)
