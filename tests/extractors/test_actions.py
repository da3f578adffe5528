"""Owner and due of action points. In the texts [brackets] mark the quote."""

import datetime as dt
import time

import pytest
import spacy
from spacy.tokens import Span

from extractors.actions import izp_actions
from extractors.dues import due_of
from extractors.names import writer_of
from extractors.owners import owner_of
from extractors.place import Place, sentences
from extractors.schema import Block, Conversation, Participant, Turn
from extractors.statements import STATEMENTS

WEDNESDAY = dt.date(2026, 11, 18)
PEOPLE = (
    Participant(label="Romy", role="parent", function="moeder"),
    Participant(label="Hanneke", role="care_team", function="verpleegkundig specialist"),
    Participant(label="Dr. Wolters", role="care_team", function="kinderarts"),
    Participant(label="SPEAKER_03", role="care_team", function="diëtist"),
    Participant(label="Kuba", role="child", function="kind"),
    Participant(label="Tolk", role="interpreter", function="tolk"),
)
Part = tuple[str | None, str] | tuple[str | None, str, Block, tuple[str, ...]]


def place_in(*parts: Part, people: tuple[Participant, ...] = PEOPLE) -> Place:
    """The quote in brackets, in a conversation of these turns: (label, text[, block, section])."""
    text, turns, found = "", [], None
    for index, part in enumerate(parts):
        label, marked = part[0], part[1]
        block: Block = part[2] if len(part) == 4 else "speech" if label else "list_item"
        section = part[3] if len(part) == 4 else ()
        begin, end = marked.find("["), marked.find("]") - 1
        said = marked.replace("[", "").replace("]", "")
        span = {"start": len(text), "end": len(text) + len(said)}
        turns.append(Turn(index=index, label=label, text=said, block=block, section=section, **span))
        found = (index, begin, end) if begin >= 0 else found
        text += said + "\n"
    conversation = Conversation(
        id="c1", source="x.txt", sha256="0", format="text", date=WEDNESDAY, child="Kuba", text=text,
        participants=people, turns=tuple(turns),
    )  # fmt: skip
    assert found is not None
    return Place(conversation.turns[found[0]], found[1], found[2], conversation)


def owner(*parts: Part) -> str | None:
    return owner_of(place_in(*parts))


def due(*parts: Part) -> str | None:
    return due_of(place_in(*parts))


# ---- rows and leads of a list ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1 / [één medicatielijst maken] / Ilse / 17-11", "Ilse"),
        ("1 / [steun voor de zus] / nog open / -", None),
        ("[spoedkaart naar de HAP] | huisarts | vrijdag", "huisarts"),
        ("huisarts - [besluit in het dossier], vandaag", "huisarts"),
        ("ik: [monitor aanvragen]", "ik"),
        ("Hanneke + Romy - [datum zoeken]", "Hanneke + Romy"),
        ("m. [vraagt een gesprek aan]", "m."),
        ("Hanneke [mailt de mentor], ik in cc", "Hanneke"),
        ("[kaart maken] doet Hanneke", "Hanneke"),
        ("[kennismaken met de cardioloog], febr., Tineke plant", "Tineke"),
        ("[scholing over de pomp] door thuiszorg", "thuiszorg"),
        ("school: [uitreiking naar voren?] mentor was er niet, wie belt?", None),
        ("[morfine in huis], apotheek of ik?", None),
        ("[leverancier bellen over de monitor]", None),
    ],
)
def test_a_line_of_a_list_names_who_does_it(line: str, expected: str | None) -> None:
    assert owner((None, line), (None, "Vandaag sprak ik met Ilse en met Tineke.")) == expected


def test_a_row_without_headings_names_who_and_when() -> None:
    row = (
        (None, "Els", "cell", ("Wie doet wat",)),
        (None, "[noodplan schrijven]", "cell", ("Wie doet wat", "Els")),
        (None, "4 dec.", "cell", ("Wie doet wat", "Els")),
        (None, "We spraken met Els."),
    )
    assert owner(*row) == "Els"
    assert due(*row) == "2026-12-04"


@pytest.mark.parametrize(("field", "expected"), [("ma", "2026-11-23"), ("okt", "okt")])
def test_a_short_form_in_the_column_for_the_day_is_a_day(field: str, expected: str) -> None:
    told = due(
        (None, "[map maken]", "cell", ("Acties", "wat")),
        (None, field, "cell", ("Acties", "map maken", "wanneer")),
    )
    assert told == expected


def test_an_offer_behind_the_action_makes_the_speaker_its_owner() -> None:
    offered = owner(("Hanneke", "[De geestelijk verzorger, Mirjam, kan langskomen]. Zal ik haar vragen?"))
    assert offered == "Hanneke (verpleegkundig specialist)"


@pytest.mark.parametrize(
    "words", ["[de belknop, dat regel ik meteen]", "[Een kopie komt bij de post], dat regel ik."]
)
def test_dat_before_the_verb_and_ik_opens_a_main_clause(words: str) -> None:
    assert owner(("Hanneke", words)) == "Hanneke (verpleegkundig specialist)"


def test_a_name_before_a_colon_is_known_by_its_verb() -> None:
    assert owner((None, "Gesprek met school\nFemke: [belt de mentor]")) == "Femke"
    assert owner((None, "Kraamzorg: [kan met dubbele uren]")) is None


def test_a_sentence_that_tells_only_the_day_has_the_owner_of_the_one_before() -> None:
    assert owner(("Romy", "Ik bel hem. [Zondag, na de mis].")) == "Romy (moeder)"


def test_ik_without_a_speaker_is_nobody() -> None:
    assert owner((None, "[Ik bel morgen de thuiszorg].", "speech", ())) is None


def test_the_function_of_an_owner_has_its_usual_name() -> None:
    people = (Participant(label="SPEAKER_00", role="care_team", function="dokter"),)
    assert owner_of(place_in(("SPEAKER_00", "[Ik bel morgen de thuiszorg]."), people=people)) == "arts"


# ---- owner in speech -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Hanneke", "Hanneke (verpleegkundig specialist)"),
        ("SPEAKER_03", "diëtist"),
        ("Kuba", "Kuba"),
        ("Onbekende", "Onbekende"),
        ("Tolk", None),
    ],
)
def test_ik_is_the_speaker(label: str, expected: str | None) -> None:
    assert owner((label, "[Ik bel morgen de thuiszorg].")) == expected


@pytest.mark.parametrize(
    "words",
    [
        "[Zal ik haar vragen]?",
        "Dan [vraag ik Mirjam of ze donderdag kan].",
        "[De huisarts krijgt van mij een brief].",
        "[Het verslag krijg je per post].",
        "[U krijgt vrijdag de beelden].",
        "Ik leg dat vast en [geef het door aan de huisartsenpost].",
        "[Maatschappelijk werk komt volgende week, ik regel dat].",
        "Ik schrijf een brief voor in de map. En [daar een kopie van op de koelkast].",
    ],
)
def test_what_the_speaker_commits_to(words: str) -> None:
    assert owner(("Hanneke", words)) == "Hanneke (verpleegkundig specialist)"


def test_we_is_the_group_as_said() -> None:
    assert owner(("Romy", "[Dat gaan wij zaterdag doen].")) == "wij"
    assert owner(("Romy", "[Zullen we Sara vragen wat ze wil]?")) == "we"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("[Dokter Pruis bespreekt het dinsdag met haar].", "Dokter Pruis"),
        ("[Jeroen vraagt het na bij de gemeente].", "Jeroen"),
        ("En [Hanneke past het schema aan, vandaag nog].", "Hanneke"),
        ("[De diëtist maakt het schema].", "De diëtist"),
        ("[Dan belt de huisarts u morgen].", "de huisarts"),
        ("[Het recept wordt door Petra opgehaald].", "Petra"),
        ("[De kinderoncoloog, dr. Amrani, moet het met hen bespreken].", "De kinderoncoloog, dr. Amrani"),
    ],
)
def test_a_named_subject_takes_it_on(words: str, expected: str) -> None:
    assert owner(("Romy", words)) == expected


@pytest.mark.parametrize(
    "words",
    [
        "[Er moet vrijdag een tolk zijn].",
        "[Iemand moet de school bellen].",
        "[Dat moet nog uitgezocht worden].",
        "[Over zes weken weer, zelfde plek].",
        "[Het verslag staat vrijdag in jullie portaal].",
        "[Daar moeten we nog iemand voor vinden].",
        "[Dan belt zij u].",
        "[Verslag gaat naar de huisarts].",
    ],
)
def test_passive_or_unclear_has_no_owner(words: str) -> None:
    assert owner(("Hanneke", words)) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("[Ik denk dat de huisarts vrijdag de apotheek belt].", "de huisarts"),
        ("Ik denk dat [de huisarts vrijdag de apotheek belt].", "de huisarts"),
        ("Ik denk [dat Petra morgen de thuiszorg belt].", "Petra"),
        ("[We hebben afgesproken dat de huisarts belt].", "de huisarts"),
        ("[Ik hoorde van Petra dat morgen de huisarts komt].", "de huisarts"),
        ("[Moeder wil dat Romy de school belt].", "Romy"),
        ("[Ik zou het fijn vinden als de diëtist belt].", "de diëtist"),
        ("[Ik weet zeker dat we het morgen regelen].", "we"),
        ("[Wil jij dat ik de huisarts bel]?", "Hanneke (verpleegkundig specialist)"),
        ("[Ik vraag of jij morgen de apotheek belt].", None),
        ("[Ik stel voor dat jullie kennismaken].", None),
        ("[Ik hoop dat de huisarts gebeld wordt].", None),
        ("[Ik heb met Romy afgesproken dat zij belt].", None),
        ("[Ik wil niet dat Romy belt].", None),
    ],
)
def test_after_a_verb_of_thinking_the_subordinate_clause_holds_the_owner(
    words: str, expected: str | None
) -> None:
    assert owner(("Hanneke", words)) == expected


@pytest.mark.parametrize(
    "words",
    [
        "[Ik vraag of ze een keer langskomen].",
        "[Ik zorg dat de huisarts belt].",
        "[Ik spreek met de afdeling af dat niemand prikt].",
        "[Ik zeg hem dat hij het moet uitleggen].",
    ],
)
def test_what_the_speaker_asks_arranges_or_tells_is_a_step_of_the_speaker(words: str) -> None:
    assert owner(("Hanneke", words)) == "Hanneke (verpleegkundig specialist)"


def test_who_is_asked_whether_takes_it_on_by_saying_so() -> None:
    asked: Part = ("Dr. Wolters", "[Ik vraag of jij morgen de apotheek belt].")
    assert owner(asked, ("Hanneke", "Ja, dat doe ik.")) == "Hanneke (verpleegkundig specialist)"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("[Romy belt morgen de thuiszorg, denk ik].", "Romy"),
        ("[Van mij mag Romy bellen].", "Romy"),
        ("[Als ik weg ben belt de huisarts].", "de huisarts"),
        ("[Zoals ik zei belt de huisarts].", "de huisarts"),
    ],
)
def test_an_ik_beside_the_action_takes_nothing_on(words: str, expected: str | None) -> None:
    assert owner(("Hanneke", words)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("[Romy zei: ik bel morgen].", "Romy"),
        ("'[Ik bel morgen]', zegt Romy.", "Romy"),
        ("[Ik bel morgen], zegt ze.", None),
        ("Ik zei: [ik bel morgen].", "Hanneke (verpleegkundig specialist)"),
        ("Romy zei dat het kan, dus [ik bel morgen].", "Hanneke (verpleegkundig specialist)"),
    ],
)
def test_ik_in_quoted_words_is_who_said_them(words: str, expected: str | None) -> None:
    assert owner(("Hanneke", words)) == expected


@pytest.mark.parametrize(
    "words", ["[U belt de huisarts].", "[Ze belt morgen de huisarts].", "[Die belt de huisarts]."]
)
def test_whom_a_pronoun_calls_is_not_the_owner(words: str) -> None:
    assert owner(("Hanneke", words)) is None


def test_who_is_called_by_name_is_asked() -> None:
    assert owner(("Romy", "Dr. Wolters, [wilt u hem morgen bellen]?")) == "Dr. Wolters (kinderarts)"


@pytest.mark.parametrize("answer", ["Doe ik vanavond.", "Ja, dat doe ik."])
def test_who_takes_a_request_on_owns_it(answer: str) -> None:
    assert owner(("Dr. Wolters", "[Zet de pomp maar op veertig]."), ("Hanneke", answer)) == (
        "Hanneke (verpleegkundig specialist)"
    )


def test_yes_to_a_question_takes_it_on() -> None:
    asked: Part = ("Romy", "[Kunt u de school bellen]?")
    assert owner(asked, ("Hanneke", "Ja hoor.")) == "Hanneke (verpleegkundig specialist)"
    assert owner(asked, ("Hanneke", "Wat vindt Kuba daarvan?")) is None


def test_u_zou_is_the_one_the_speaker_is_talking_with() -> None:
    turns: tuple[Part, ...] = (
        ("Dr. Wolters", "Is er nog iets?"),
        ("Romy", "[U zou mijn zoon nog bellen]."),
        ("Dr. Wolters", "Ach, dat is waar."),
    )
    assert owner(*turns) == "Dr. Wolters (kinderarts)"
    assert owner(*turns[:2]) is None


# ---- owner in notes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Petra: [jurist vragen, antwoord uiterlijk 18-12]", None),
        ("Hanneke: [jurist vragen]", "Hanneke"),
        ("[Scholing oma afronden] (Petra)", "Petra"),
        ("[Scholing oma afronden] (ECMO, later)", None),
        ("[rolstoel laten passen] - Lotte", "Lotte"),
        ("[rolstoel laten passen] → Anouk", "Anouk"),
        ("[rolstoel laten passen (moeder)]", "moeder"),
        ("[06-lijst maken], Hanneke, bij ontslag", "Hanneke"),
        ("[canulewissel aftekenen] - Romy + Hanneke, vr 27/11", "Romy + Hanneke"),
        ("[vocht meten, woningbouw bellen]: Romy meet, Hanneke belt", "Romy en Hanneke"),
        ("[KCT-vpk belt de apotheek]", "KCT-vpk"),
        ("[mw. belt zelf pater Wout]", "mw."),
        ("[dr. B. belt ouders wo]", "dr. B."),
        ("[aanvraag douchestoel via Hanneke]", "Hanneke"),
        ("[Brussencoach voor Stan], weet nog niet wie dat oppakt", None),
        ("[nachtzorg: uitzoeken], nog niemand", None),
        ("[Medicijnverklaring regelen], wie: n.t.b.", None),
        ("[Noodplan maken], wie: Anouk, wanneer: vrijdag", "Anouk"),
    ],
)
def test_the_person_beside_an_item_of_a_list(words: str, expected: str | None) -> None:
    assert owner((None, words)) == expected


def test_without_a_verb_or_mark_a_name_in_a_note_is_no_owner() -> None:
    assert owner((None, "[Infectiekaart v. Romy moet in de map bij de voordeur]")) is None


def test_the_heading_names_the_subject_of_a_note_that_opens_with_its_verb() -> None:
    note: Part = (
        None,
        "ECMO: begrijpt mw.; [legt het vast op de poli]",
        "list_item",
        ("Dr. Lamers (telef.)",),
    )
    assert owner(note) == "Dr. Lamers"


@pytest.mark.parametrize(
    "header",
    [
        "Aanwezig: Romy, Kuba. Verslag: Hanneke, vpk",
        "Erbij: Romy, ik = Hanneke (vpk)",
        "Romy (moeder), Hanneke (KCT, verslag)",
        "Hanneke, verpleegkundig specialist KCT",
        "Van: Hanneke, vpk metabole ziekten",
    ],
)
def test_ik_in_a_note_is_its_writer(header: str) -> None:
    place = place_in((None, header, "header", ()), (None, "[ik bel morgen het kdc]"))
    assert owner_of(place) == writer_of(place.conversation) == "Hanneke (verpleegkundig specialist)"


def test_ik_in_a_note_without_a_writer_stays_ik() -> None:
    assert owner((None, "Huisbezoek", "header", ()), (None, "[ik bel morgen het kdc]")) == "ik"


def test_ik_before_a_colon_is_the_writer() -> None:
    assert owner((None, "Verslag: Ingrid", "header", ()), (None, "ik: [kaart maken]")) == "Ingrid"


def test_jij_in_a_letter_is_the_addressee() -> None:
    assert owner((None, "Aan: Sanne", "header", ()), (None, "[jij gaat donderdag kennismaken]")) == "Sanne"


@pytest.mark.parametrize(
    ("who", "expected"),
    [("Wie: Anouk", "Anouk"), ("Wie: -", None), ("- **Wie:** de huisarts", "de huisarts")],
)
def test_wie_and_wanneer_may_be_blocks_of_their_own(who: str, expected: str | None) -> None:
    blocks: tuple[Part, ...] = (
        (None, "Actie: [stoel laten passen]"),
        (None, who),
        (None, "Wanneer: voor 1 december"),
    )
    assert owner(*blocks) == expected
    assert due(*blocks) == "2026-12-01"


def test_the_fields_of_the_next_action_are_not_those_of_this_one() -> None:
    blocks: tuple[Part, ...] = (
        (None, "Actie: [stoel laten passen]"),
        (None, "Actie: tolk regelen"),
        (None, "Wie: Anouk"),
    )
    assert owner(*blocks) is None


def table(*rows: tuple[str, str, str]) -> list[Part]:
    """The cells of a table with the columns wat, wie and wanneer, empty cells left out."""
    cells: list[Part] = []
    for what, who, when in rows:
        row = what.replace("[", "").replace("]", "")
        cells += [(None, what, "cell", ("Acties", "wat"))]
        cells += [(None, who, "cell", ("Acties", row, "wie"))] if who else []
        cells += [(None, when, "cell", ("Acties", row, "wanneer"))] if when else []
    return cells


def test_the_columns_wie_and_wanneer_of_its_own_row_count() -> None:
    cells = table(
        ("spreekuur 3 juli", "Caspar", "vr 27-11"),
        ("[crisisplan op de koelkast]", "Dr. Smeets / Bregje", "di 1-12"),
    )
    assert (owner(*cells), due(*cells)) == ("Dr. Smeets / Bregje", "2026-12-01")


@pytest.mark.parametrize("empty", ["", "-", "??", "n.t.b."])
def test_an_empty_cell_is_not_filled_from_the_next_row(empty: str) -> None:
    cells = table(
        ("[respijt navragen bij Petra op 3 december]", empty, empty), ("crisisplan", "Bregje", "di 1-12")
    )
    assert (owner(*cells), due(*cells)) == (None, None)


# ---- due ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("[Ik bel morgen de thuiszorg].", "2026-11-19"),
        ("[Ik mail hem deze week].", "deze week"),
        ("[Ik bel haar voor het weekend].", "voor het weekend"),
        ("[Ik plan dat vóór 1 december].", "2026-12-01"),
        ("[Ik bel pas na 1 december].", "pas na 1 december"),
        ("[Ik ga mee, dinsdag of donderdag].", "dinsdag of donderdag"),
        ("[Ik kom elke vrijdag].", None),
        ("[Ik had hem vorige week al gebeld].", None),
        ("[Ik regel een tolk].", None),
    ],
)
def test_the_day_in_the_quote(words: str, expected: str | None) -> None:
    assert due(("Hanneke", words)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("[Ik maak een kaart], voor vrijdag.", "2026-11-20"),
        ("Vrijdag [maak ik een kaart].", "2026-11-20"),
        ("[Ik maak een kaart]. Vanavond.", "2026-11-18"),
        ("[Ik maak een kaart]. Die hebben jullie maandag.", "2026-11-23"),
        ("[Ik vraag een bed aan]. Dan kan ze direct komen. Voor vrijdag is dat rond.", "2026-11-20"),
        ("Ik kan vrijdag. [Dan doen we dat thuis].", "2026-11-20"),
        ("[Ik maak een kaart]. Ik heb vrijdag vrij.", None),
        ("[Ik maak een kaart]. Hoe ging het maandag op school?", None),
        ("Maandag was zwaar. [Ik maak een kaart].", None),
    ],
)
def test_the_day_near_the_quote(words: str, expected: str | None) -> None:
    assert due(("Hanneke", words)) == expected


def test_the_answer_to_wanneer_gives_the_day() -> None:
    asked: tuple[Part, ...] = (
        ("Hanneke", "[Ik bel de school]."),
        ("Romy", "Wanneer?"),
        ("Hanneke", "Vrijdag. Goed?"),
    )
    assert due(*asked) == "2026-11-20"
    assert due(asked[0], ("Romy", "Fijn."), asked[2]) is None


def test_the_answer_to_a_request_gives_the_day() -> None:
    assert due(("Dr. Wolters", "[Zet de pomp maar lager]."), ("Hanneke", "Doe ik vanavond.")) == "2026-11-18"


def test_the_question_before_gives_the_day_of_then() -> None:
    assert due(
        ("Dr. Wolters", "Wil jij daar vrijdag naar kijken?"), ("Hanneke", "Ja, en [dan bel ik u].")
    ) == ("2026-11-20")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. B. belt wo. Petra mailt.", 2),
        ("Uiterlijk vr. 10 juli. Daarna verder.", 2),
        ("Ik schrijf het zo op. Kelly, kijk jij?", 2),
        ("mw. belt zelf", 1),
        ("", 0),
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@pytest.mark.parametrize("label", ["Hanneke", None])
def test_many_action_points_in_one_turn_take_linear_time(label: str | None) -> None:
    sentence = "Ik bel morgen de huisarts over de medicatie. "
    place = place_in((label, f"[{sentence}]{sentence * 999}"))
    began = time.thread_time()
    for number in range(1000):
        start = number * len(sentence)
        one = Place(place.turn, start, start + len(sentence) - 2, place.conversation)
        assert due_of(one) == "2026-11-19"
        owner_of(one)
    assert time.thread_time() - began < 3


# ---- the component -----------------------------------------------------------------------------------


def test_the_component_fills_in_action_points_only() -> None:
    place = place_in(("Hanneke", "[Ik bel morgen de school]. Rust is belangrijk."))
    doc = spacy.blank("nl")(place.turn.text)
    doc._.izp_turn, doc._.izp_conversation = place.turn, place.conversation
    action, value = Span(doc, 0, 5), Span(doc, 6, 9)
    action._.izp_category, value._.izp_category = "action_point", "value"
    doc.spans[STATEMENTS] = [action, value]
    izp_actions(doc)
    assert (action._.izp_owner, action._.izp_due) == ("Hanneke (verpleegkundig specialist)", "2026-11-19")
    assert (value._.izp_owner, value._.izp_due) == (None, None)
