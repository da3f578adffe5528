"""The kinds of edits that a reader makes, each with what must come of it.

A step names a place: `#name` is the words of a slot, `#name/some words` words in it, `#name>` right behind
its closing quotation mark, `#name<` right before its opening one; anything else is the first such words in
the body. Slots are called by short names here (`{hond}`), and get their ids when a document is made.
"""

from __future__ import annotations

from typing import NamedTuple

Step = tuple[str, ...]
Expected = tuple[str, str, str]
"""Kind, target, and the words that the correction ends with."""

SLOTS = {
    "hond": 0,
    "nacht": 1,
    "bed": 2,
    "zee": 3,
    "reanimatie": 4,
    "alles": 5,
    "acht": 6,
    "huisarts": 7,
    "school": 8,
    "bidden": 9,
}
"""Which statement of the sample each short name stands for."""


NOTHING_SAID = "niet besproken; alleen achtergrond genoemd"
"""What stands under the one heading of the sample of which only background was told."""


class Edit(NamedTuple):
    """Steps that a reader takes, the corrections they must give, and how many things must be in the queue."""

    name: str
    steps: tuple[Step, ...] = ()
    expected: tuple[Expected, ...] = ()
    queued: int = 0


def _both(name: str, steps: tuple[Step, ...], *expected: Expected, queued: int = 0) -> tuple[Edit, ...]:
    """An edit with track changes on, and off."""
    return (
        Edit(f"{name}, bijgehouden", (("track", "on"), *steps), expected, queued),
        Edit(name, steps, expected, queued),
    )


def _edited(name: str, words: str) -> Expected:
    return ("edit", name, words)


EDITS: tuple[Edit, ...] = (
    Edit("niets"),
    *_both(
        "een woord vervangen",
        (("replace", "#{bed}/haar eigen", "een groot"),),
        _edited("{bed}", "wij willen dat ze thuis in een groot bed slaapt"),
    ),
    *_both(
        "alle woorden vervangen",
        (("replace", "#{zee}", "liever naar het bos"),),
        _edited("{zee}", "liever naar het bos"),
    ),
    *_both(
        "woorden erbij, midden",
        (("after", "#{bed}/thuis", " bij oma"),),
        _edited("{bed}", "wij willen dat ze thuis bij oma in haar eigen bed slaapt"),
    ),
    *_both(
        "woorden erbij, begin",
        (("before", "#{bed}/wij", "soms "),),
        _edited("{bed}", "soms wij willen dat ze thuis in haar eigen bed slaapt"),
    ),
    *_both(
        "woorden erbij, eind",
        (("after", "#{bed}/slaapt", " als het kan"),),
        _edited("{bed}", "wij willen dat ze thuis in haar eigen bed slaapt als het kan"),
    ),
    *_both(
        "woorden achter het aanhalingsteken",
        (("after", "#{bed}>", ", als het kan"),),
        _edited("{bed}", "wij willen dat ze thuis in haar eigen bed slaapt, als het kan"),
    ),
    *_both(
        "woorden voor het aanhalingsteken",
        (("before", "#{bed}<", "Soms "),),
        _edited("{bed}", "Soms wij willen dat ze thuis in haar eigen bed slaapt"),
    ),
    *_both(
        "een woord weg",
        (("delete", "#{zee}/nog "),),
        _edited("{zee}", "ik hoop dat we in de zomer naar zee gaan"),
    ),
    *_both(
        "eerste letter",
        (("replace", "#{bed}/wij", "Wij allebei"),),
        _edited("{bed}", "Wij allebei willen dat ze thuis in haar eigen bed slaapt"),
    ),
    *_both(
        "ontkenning weg",
        (("delete", "#{reanimatie}/geen "),),
        _edited("{reanimatie}", "we willen reanimatie als het hart stopt"),
    ),
    *_both(
        "twee plekken in één uitspraak",
        (("replace", "#{zee}/zomer", "herfst"), ("replace", "#{zee}/zee", "het bos")),
        _edited("{zee}", "ik hoop dat we in de herfst nog naar het bos gaan"),
    ),
    *_both(
        "twee uitspraken",
        (("replace", "#{bed}/haar", "hun"), ("after", "#{acht}/komt", " en om vier")),
        _edited("{bed}", "wij willen dat ze thuis in hun eigen bed slaapt"),
        _edited("{acht}", "we spreken af dat de thuiszorg om acht uur komt en om vier"),
    ),
    *_both(
        "aanhalingstekens en tekens",
        (("after", "#{bed}/slaapt", " & <altijd> “echt” – é😀"),),
        _edited("{bed}", "wij willen dat ze thuis in haar eigen bed slaapt & <altijd> “echt” – é😀"),
    ),
    *_both("woorden van een uitspraak weg", (("delete", "#{acht}"),), ("reject", "{acht}", "")),
    *_both(
        "een herhaling gewijzigd",
        (("replace", "#{hond}-wie-is/hond", "poes"),),
        _edited("{hond}", "ik wil elke dag even naar buiten met de poes"),
    ),
    *_both(
        "herhaling en uitspraak gelijk gewijzigd",
        (("replace", "#{hond}-wie-is/hond", "poes"), ("replace", "#{hond}/hond", "poes")),
        _edited("{hond}", "ik wil elke dag even naar buiten met de poes"),
    ),
    *_both(
        "herhaling en uitspraak anders gewijzigd",
        (("replace", "#{hond}-wie-is/hond", "poes"), ("replace", "#{hond}/hond", "kat")),
        queued=2,
    ),
    *_both("een herhaling weg", (("delete", "#{hond}-wie-is"),), queued=1),
    *_both(
        "een veld ingevuld",
        (("replace", "#veld-huisarts", "dr. De Boer, 010-1234567"),),
        ("fill", "huisarts", "dr. De Boer, 010-1234567"),
    ),
    *_both(
        "een veld gewijzigd",
        (("replace", "#veld-wie-{huisarts}", "de verpleegkundige"),),
        ("fill", "wie-{huisarts}", "de verpleegkundige"),
    ),
    *_both("een veld leeggemaakt", (("delete", "#veld-wie-{huisarts}"),), ("fill", "wie-{huisarts}", "")),
    *_both(
        "achter een open veld getypt",
        (("after", "#veld-huisarts", " dr. De Boer"),),
        ("fill", "huisarts", "dr. De Boer"),
    ),
    *_both(
        "twee velden naast elkaar",
        (("replace", "#veld-huisarts", "dr. De Boer"), ("replace", "#veld-thuiszorg", "Zuster Jo")),
        ("fill", "huisarts", "dr. De Boer"),
        ("fill", "thuiszorg", "Zuster Jo"),
    ),
    *_both(
        "vaste tekst gewijzigd",
        (("replace", "Verschillen mogen blijven staan", "Verschillen zijn goed"),),
        queued=1,
    ),
    *_both("vaste tekst weg", (("delete", "Verschillen mogen blijven staan."),), queued=1),
    *_both("een kopje gewijzigd", (("replace", "Toekomstverwachting", "Later"),), queued=1),
    *_both("de spreker gewijzigd", (("replace", "@{bed}/Moeder", "Vader"),), queued=1),
    *_both("van wie gewijzigd", (("replace", "@{acht}/Zorgteam", "Gezin"),), queued=1),
    *_both(
        "een alinea onder een kopje",
        (("paragraph", "Scenario’s", "Bij benauwdheid bellen we eerst."),),
        ("add", "scenarios", "Bij benauwdheid bellen we eerst."),
    ),
    *_both(
        "twee alinea's onder een kopje",
        (
            ("paragraph", "Complementaire zorg", "Muziek helpt."),
            ("paragraph", "Muziek helpt.", "Massage ook."),
        ),
        ("add", "complementair", "Muziek helpt."),
        ("add", "complementair", "Massage ook."),
    ),
    *_both(
        "een alinea na vaste tekst",
        (("paragraph", "Elders in dit plan: Actiepunten 9.", "Na de lunch rust."),),
        ("add", "pedagogisch", "Na de lunch rust."),
    ),
    *_both(
        "over een lege plek getypt",
        (("replace", NOTHING_SAID, "Sleutel bij de buren."),),
        ("add", "veiligheid", "Sleutel bij de buren."),
    ),
    *_both(
        "achter een lege plek getypt",
        (("after", NOTHING_SAID, ": de sleutel ligt bij de buren"),),
        ("add", "veiligheid", "de sleutel ligt bij de buren"),
    ),
    *_both(
        "over een deel van een lege plek getypt",
        (("replace", NOTHING_SAID.removeprefix("niet "), "zonder sleutel weg"),),
        ("add", "veiligheid", "niet zonder sleutel weg"),
    ),
    *_both("een lege plek leeggemaakt", (("delete", NOTHING_SAID),), queued=1),
    *_both(
        "een rij erbij",
        (("row", "@{acht}", "||Zaterdag komt oma oppassen|"),),
        ("add", "werkafspraken", "Zaterdag komt oma oppassen"),
    ),
    *_both(
        "een rij erbij met meer kolommen",
        (("row", "@{acht}", "Gezin|Afspraak|Zondag komt opa|"),),
        ("add", "werkafspraken", "Zondag komt opa"),
        queued=1,
    ),
    *_both("een rij weg", (("remove", "@{zee}"),), ("reject", "{zee}", "")),
    *_both("de enige rij weg", (("remove", "@{bidden}"),), ("reject", "{bidden}", "")),
    *_both("een actie weg", (("remove", "@{school}"),), ("reject", "{school}", "")),
    *_both("een rij zonder uitspraak weg", (("remove", "Beademing"),), queued=1),
    Edit(
        "een rij naar een ander onderdeel",
        (("move", "@{zee}", "@{bidden}"),),
        (("move", "{zee}", "spiritueel"),),
    ),
    Edit(
        "verplaatst en gewijzigd",
        (("move", "@{zee}", "@{bidden}"), ("replace", "#{zee}/zee", "het strand")),
        (
            ("move", "{zee}", "spiritueel"),
            _edited("{zee}", "ik hoop dat we in de zomer nog naar het strand gaan"),
        ),
    ),
    Edit("een rij binnen het onderdeel", (("move", "@{hond}", "@{zee}"),), (), 1),
    Edit(
        "opmerking bij een uitspraak",
        (("comment", "#{bed}", "Klopt dit nog?"),),
        (("remark", "{bed}", "Klopt dit nog?"),),
    ),
    Edit(
        "opmerking bij een herhaling",
        (("comment", "#{nacht}-beleving", "Vraag Fem zelf."),),
        (("remark", "{nacht}", "Vraag Fem zelf."),),
    ),
    Edit(
        "opmerking bij een veld",
        (("comment", "#veld-huisarts", "Wie is dat?"),),
        (("remark", "huisarts", "Wie is dat?"),),
    ),
    Edit(
        "opmerking bij een kopje",
        (("comment", "Palliatieve sedatie", "Volgende keer."),),
        (("remark", "sedatie", "Volgende keer."),),
    ),
    Edit(
        "opmerking bij een open punt",
        (("comment", "Er is niet gezegd wie dit doet.", "Dat doe ik."),),
        (("remark", "punt-4", "Dat doe ik."),),
    ),
    Edit(
        "twee opmerkingen",
        (("comment", "#{bed}", "Een."), ("comment", "#{bidden}", "Twee.")),
        (("remark", "{bed}", "Een."), ("remark", "{bidden}", "Twee.")),
    ),
    Edit(
        "opmerking en wijziging",
        (("track", "on"), ("replace", "#{bed}/haar", "hun"), ("comment", "#{bed}", "Van beiden.")),
        (
            _edited("{bed}", "wij willen dat ze thuis in hun eigen bed slaapt"),
            ("remark", "{bed}", "Van beiden."),
        ),
    ),
    Edit(
        "antwoord op een opmerking van izp",
        (("reply", "Nog op te lossen 4:", "De vader belt."),),
        (("remark", "punt-4", "De vader belt."),),
    ),
    Edit("opmerking van izp opgelost", (("resolve", "Nog op te lossen 4:"),), (("resolve", "punt-4", ""),)),
    Edit("opmerking van izp verwijderd", (("uncomment", "Nog op te lossen 4:"),)),
    Edit("vet en schuin", (("format", "#{bed}/eigen"),)),
    Edit("regeleinde in een uitspraak", (("after", "#{bed}/thuis", "\n"),)),
    Edit(
        "alles tegelijk",
        (
            ("track", "on"),
            ("replace", "#{bed}/haar", "hun"),
            ("delete", "#{zee}/nog "),
            ("replace", "#veld-huisarts", "dr. De Boer"),
            ("paragraph", "Scenario’s", "Eerst bellen."),
            ("track", "off"),
            ("replace", "#{bidden}/rust", "steun"),
            ("comment", "#{acht}", "Ook zondag?"),
            ("replace", "Toekomstverwachting", "Later"),
        ),
        (
            _edited("{bed}", "wij willen dat ze thuis in hun eigen bed slaapt"),
            _edited("{zee}", "ik hoop dat we in de zomer naar zee gaan"),
            ("fill", "huisarts", "dr. De Boer"),
            ("add", "scenarios", "Eerst bellen."),
            _edited("{bidden}", "bidden geeft ons steun"),
            ("remark", "{acht}", "Ook zondag?"),
        ),
        1,
    ),
)

WORD_ONLY: tuple[Edit, ...] = (
    Edit("runs en proeflezen", (("split",),)),
    Edit(
        "inhoudsbesturing weg",
        (("strip", "sdt"), ("replace", "#{bed}/haar", "hun")),
        (_edited("{bed}", "wij willen dat ze thuis in hun eigen bed slaapt"),),
    ),
    Edit(
        "bladwijzers weg",
        (("replace", "#{bed}/haar", "hun"), ("strip", "bookmarks")),
        (_edited("{bed}", "wij willen dat ze thuis in hun eigen bed slaapt"),),
    ),
    Edit(
        "bladwijzers en besturing weg",
        (("replace", "#{bed}/haar", "hun"), ("strip", "bookmarks"), ("strip", "sdt")),
        (_edited("{bed}", "wij willen dat ze thuis in hun eigen bed slaapt"),),
    ),
    Edit(
        "eigenschappen weg",
        (("replace", "#{bed}/haar", "hun"), ("strip", "properties")),
        (_edited("{bed}", "wij willen dat ze thuis in hun eigen bed slaapt"),),
    ),
    Edit("rechte aanhalingstekens", (("straight",),)),
    Edit("vaste koppeltekens en spaties", (("typography",),)),
    Edit("ingevoegd en door een ander verwijderd", (("undone", "#{bed}/thuis", " heel"),)),
    Edit(
        "besturing leeggemaakt door Word",
        (("prompt", "veld-wie-{huisarts}"),),
        (("fill", "wie-{huisarts}", ""),),
    ),
    Edit("voetnoot", (("footnote", "#{bed}", "Zie verslag."),), (), 1),
    Edit("tekstvak", (("box", "Scenario’s", "Los kader"),), (), 1),
    Edit("afbeelding", (("picture", "Scenario’s"),), (), 1),
    Edit("koptekst gewijzigd", (("header", "Concept van ons"),), (), 1),
    Edit("inhoudsopgave bijgewerkt", (("contents",),)),
    Edit("in de inhoudsopgave getypt", (("contents", "Iets nieuws"),), (), 1),
    Edit("alineamarkering verwijderd, bijgehouden", (("merge", "Elders in dit plan: Actiepunten 9."),)),
    Edit(
        "verplaatst, bijgehouden",
        (("track", "on"), ("move", "@{zee}", "@{bidden}")),
        (("move", "{zee}", "spiritueel"),),
    ),
    Edit(
        "alinea verplaatst, bijgehouden (moveFrom)",
        (("moved", "Verschillen mogen blijven staan.", "Scenario’s"),),
        (("add", "scenarios", "Verschillen mogen blijven staan."),),
        1,
    ),
    Edit("kolom weg", (("column", "@{acht}", "3"),), (), 2),
    Edit("kolom erbij", (("column", "@{acht}", "nieuw"),), (), 1),
    Edit("een tabel erbij", (("table", "Scenario’s", "Wat|Wie"),), (), 1),
    Edit("een alinea in de cel van een uitspraak", (("cell", "@{bed}", "Losse notitie"),), (), 1),
    Edit(
        "twee mensen in één uitspraak",
        (
            ("track", "on"),
            ("replace", "#{zee}/zomer", "herfst"),
            ("author", "Dr. Bos"),
            ("replace", "#{zee}/zee", "het bos"),
        ),
        (_edited("{zee}", "ik hoop dat we in de herfst nog naar het bos gaan"),),
    ),
    Edit("uitspraak nog eens geplakt", (("paragraph", "Scenario’s", "bidden geeft ons rust"),), (), 1),
    Edit("alinea voor het eerste kopje", (("paragraph", "Wat eerst aandacht vraagt", "Let op."),), (), 1),
)
"""What only shows in the XML, as Word writes it."""
