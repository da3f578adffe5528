from __future__ import annotations

import codecs

import pytest

TEXT = "Moeder: Nog één keer.\r\nVader: Niet meer naar de IC.\r\nMoeder: Goed.\r\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.replace("\r\n", "\r").encode(),
    ],
    ids=[
        "utf-8",
        "utf-8 bom",
        "cp1252",
        "utf-16",
        "utf-16-be bom",
        "utf-16-le no bom",
        "utf-16-be no bom",
        "utf-32",
        "old mac line ends",
    ],
)
def test_each_encoding_gives_the_same_text(take_in, data):
    assert take_in("g.txt", data).text == "Nog één keer.\nNiet meer naar de IC.\nGoed."


def test_letters_with_a_loose_accent_are_composed(take_in):
    assert (
        take_in("g.txt", "Hij wil nog e\u0301e\u0301n keer naar zee.").text
        == "Hij wil nog één keer naar zee."
    )
