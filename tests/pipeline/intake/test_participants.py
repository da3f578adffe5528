from __future__ import annotations

import pytest

from pipeline.intake.participants import header_entries, map_label, prose_entries


def entries(line):
    return {entry.label: (entry.role, entry.function) for entry in header_entries([line])}


@pytest.mark.parametrize(
    ("line", "people"),
    [
        (
            "Aanwezig: Jurre (J.), moeder Anneke (m.), stiefvader Wim. Verslag: Ingrid, vpk thuisbeademing.",
            {
                "Anneke": ("parent", "moeder"),
                "m.": ("parent", "moeder"),
                "Wim": ("parent", "stiefvader"),
                "Ingrid": ("care_team", "vpk thuisbeademing"),
                "J.": (None, None),
            },
        ),
        (
            (
                "Djairo (22 maanden), moeder Romy, dr. Verkade (kindercardioloog), Hanneke "
                "(verpleegkundig specialist KCT)"
            ),
            {
                "Romy": ("parent", "moeder"),
                "dr. Verkade": ("care_team", "kindercardioloog"),
                "Hanneke": ("care_team", "verpleegkundig specialist KCT"),
            },
        ),
        (
            "aanwezig: Tessel, vader (Joost), moeder (Karlijn), Imke (gespecialiseerd verpleegkundige)",
            {
                "vader": ("parent", "vader"),
                "moeder": ("parent", "moeder"),
                "Imke": ("care_team", "verpleegkundige"),
            },
        ),
        (
            "A = arts (kinderneuroloog), VP = verpleegkundige, M = moeder, V = vader.",
            {
                "A": ("care_team", "arts"),
                "VP": ("care_team", "verpleegkundige"),
                "M": ("parent", "moeder"),
                "V": ("parent", "vader"),
            },
        ),
        (
            "Wietske = verpleegkundig specialist oncologie, Mama = Anouk, Mams = Jorien, Stef = broer, 12",
            {
                "Wietske": ("care_team", "verpleegkundig specialist oncologie"),
                "Mama": ("parent", "moeder"),
                "Mams": ("parent", "moeder"),
                "Stef": ("parent", "broer"),
            },
        ),
        (
            (
                "Ilyas, 4 jaar. Younes: vader. Marleen: moeder. Huisarts: dr. Schaap. Jolanda: "
                "kinderverpleegkundige (VPC)."
            ),
            {
                "Younes": ("parent", "vader"),
                "Marleen": ("parent", "moeder"),
                "Jolanda": ("care_team", "kinderverpleegkundige"),
            },
        ),
        (
            "Aan tafel: Wilma (kinderdagcentrum), dokter Bos (huisarts), Marit en Joëlle (moeders)",
            {
                "Wilma": ("care_team", "kinderdagcentrum"),
                "dokter Bos": ("care_team", "huisarts"),
                "Marit": ("parent", "moeder"),
                "Joëlle": ("parent", "moeder"),
            },
        ),
        (
            "Deel 1: Loïs en Nienke (pedagogisch medewerker)",
            {"Nienke": ("care_team", "pedagogisch medewerker")},
        ),
        (
            "Pleegouders Ria en Henk, voogd Petra (telefonisch, tot 10.45)",
            {"Ria": ("parent", "pleegouder"), "Henk": ("parent", "pleegouder"), "Petra": ("parent", "voogd")},
        ),
        (
            "Aanw.: mw. (Soraya, moeder), oma Ingrid",
            {"Soraya": ("parent", "moeder"), "mw.": ("parent", "moeder"), "Ingrid": ("parent", "oma")},
        ),
        (
            "Aanwezig: Noor, moeder, vader, kinderarts",
            {
                "moeder": ("parent", "moeder"),
                "vader": ("parent", "vader"),
                "kinderarts": ("care_team", "kinderarts"),
            },
        ),
        (
            "Guus en Pien (6), Marij en Twan, kinderoncoloog",
            {"kinderoncoloog": ("care_team", "kinderoncoloog")},
        ),
        ("Afwezig: dr. Bakker (huisarts)", {}),
        ("Daarna heeft moeder verteld dat zij het allemaal niet meer weet en wil stoppen.", {}),
    ],
)
def test_people_of_a_header(line, people):
    found = entries(line)
    assert {label: found[label] for label in people if label in found} == people
    assert (
        not {label for label, (role, _) in found.items() if role} - set(people) - {"Huisarts", "Mama", "Mams"}
    )


@pytest.mark.parametrize(
    ("label", "role", "function"),
    [
        ("Moeder", "parent", "moeder"),
        ("Vader (tel.)", "parent", "vader"),
        ("Pleegmoeder", "parent", "pleegmoeder"),
        ("Stiefvader", "parent", "stiefvader"),
        ("Oma Lourdes", "parent", "oma"),
        ("Kinderarts", "care_team", "kinderarts"),
        ("Dr. Van Santen", "care_team", "arts"),
        ("KCT-arts", "care_team", "kct-arts"),
        ("VS KCT (Tineke)", "care_team", "verpleegkundig specialist"),
        ("POH", "care_team", "praktijkondersteuner"),
        ("Juf Petra", "care_team", "leerkracht"),
        ("Geestelijk verzorger", "care_team", "geestelijk verzorger"),
        ("Tolk", "interpreter", "tolk"),
        ("TPV-vpk", "care_team", "tpv-vpk"),
        ("Anja KinderThuisZorg", "care_team", None),
        ("Dochter", "parent", "dochter"),
        ("Onbekend (Teams)", "other", "onbekende spreker"),
        ("SPEAKER_00", None, None),
        ("Spreker 1", None, None),
        ("Petra", None, None),
        ("M", None, None),
        ("V", None, None),
        ("Saskia Vroom", None, None),
    ],
)
def test_label_by_its_own_words(label, role, function):
    person = map_label(label, [], None)
    assert (person.role, person.function) == (role, function)
    assert person.because == (("label",) if role else ())


def test_header_says_more_than_the_label():
    found = header_entries(["dr. Verkade (kindercardioloog), vader (Joost), Marloes de Wit (diëtist)"])
    assert map_label("Verkade", found, None).function == "kindercardioloog"
    assert map_label("Vader", found, None).name == "Joost"
    assert map_label("Marloes", found, None).role == "care_team"


def test_child_by_name_and_by_letter():
    found = header_entries(["G = Gerlinde, M = moeder"])
    assert map_label("G", found, "Gerlinde").role == "child"
    assert map_label("Gerlinde", found, "Gerlinde").because == ("header",)


def test_sentences_that_name_a_relative():
    found = prose_entries(
        [
            (
                "Vader Najib verstaat een beetje Nederlands, moeder Farzana niets. dr. Van "
                "Es (kinderarts) was er ook."
            )
        ]
    )
    assert {(entry.label, entry.function) for entry in found} == {
        ("dr. Van Es", "kinderarts"),
        ("Najib", "vader"),
        ("Farzana", "moeder"),
    }


def spoken(take_in, *lines):
    text = "\n".join(f"SPEAKER_0{who}: {what}" for who, what in lines)
    conversation = take_in("g.txt", text)
    return {person.label[-1]: person for person in conversation.participants}, conversation


def test_self_introduction(take_in):
    people, _ = spoken(
        take_in,
        (0, "Ik ben dus de neuroloog. En u bent?"),
        (1, "Oma Wil. de moeder van Gijs."),
        (0, "Fijn."),
        (2, "Ja ik ben haar moeder."),
    )
    assert [(people[n].role, people[n].function) for n in "012"] == [
        ("care_team", "neuroloog"),
        ("parent", "oma"),
        ("parent", "moeder"),
    ]
    assert people["0"].because == ("introduction",)


@pytest.mark.parametrize(
    "said",
    [
        "Ik ben de moeder niet.",
        "Hij zei ik ben de dokter.",
        "Als ik ben de dokter wordt genoemd.",
        "Ik ben geen arts.",
        "Ik ben meer verpleegkundige dan moeder.",
        "Ik bel de dokter.",
        "Ik ben bij de dokter geweest.",
        "Zij is mijn moeder.",
        "Ik ben de moeder van Gijs.",
    ],
)
def test_what_is_no_introduction_maps_nobody(take_in, said):
    people, _ = spoken(take_in, (0, said), (1, "Ja."), (0, "Goed."), (1, "Fijn."))
    assert people["0"].role is None


def test_introduced_by_another_and_called_by_name(take_in):
    people, _ = spoken(
        take_in,
        (
            0,
            (
                "Ik ben de arts van Lieke. Karin en Ilona zijn de moeders en Monique is de "
                "kinderverpleegkundige."
            ),
        ),
        (1, "En ik ben Ilona."),
        (0, "Monique kan jij dat doen?"),
        (2, "Ja, morgen."),
        (0, "Dank je Monique."),
        (2, "Graag."),
    )
    assert (people["1"].role, people["1"].name) == ("parent", "Ilona")
    assert (people["2"].role, people["2"].because) == ("care_team", ("address",))


def test_signs_that_disagree_leave_a_label_open(take_in):
    people, conversation = spoken(
        take_in, (0, "Ik ben de arts."), (1, "Hoi."), (0, "Ik ben haar moeder."), (1, "Ja.")
    )
    assert people["0"].role is None
    assert (0, 2) in {flag.turns for flag in conversation.flags}


@pytest.mark.parametrize(
    "text",
    [
        (
            "Gesprek Noor (8)\n\nNoor: Ik wil naar school.\n"
            "Moeder: Goed.\nNoor: Onze dochter slaapt slecht.\n"
            "Moeder: Ja."
        ),
        "Gesprek Noor (8)\n\nNoor: Noor, hoe is het met jou?\nMoeder: Goed.\nNoor: Fijn.\nMoeder: Ja.",
    ],
    ids=["child with a daughter", "speaker who calls themselves"],
)
def test_labels_that_contradict_themselves_flag_the_file(take_in, text):
    flags = take_in("g.txt", text).flags
    assert [(flag.type, flag.turns, flag.statements) for flag in flags] == [("unclear_speaker", (), ())]


def test_adult_patient_may_have_a_daughter(take_in):
    conversation = take_in(
        "g.txt",
        (
            "Gesprek met Margriet (58, ALS)\n\nMargriet: Mijn dochter komt elke dag.\n"
            "Huisarts: Fijn.\nMargriet: Ja."
        ),
    )
    assert conversation.kind == "pzp"
    assert conversation.flags == ()


def test_only_titled_label_in_a_talk_with_an_adult_is_the_patient(take_in):
    conversation = take_in(
        "g.txt", "PZP-gesprek aan huis\n\nPOH: Zo.\nMw. De Vries: Ja.\nDochter: Mam.\nMw. De Vries: Nou ja."
    )
    person = conversation.participant("Mw. De Vries")
    assert person is not None
    assert (person.role, person.function) == ("child", "patiënt")


def test_participants_of_a_note_are_those_of_its_header(take_in):
    conversation = take_in(
        "n.txt",
        (
            "Verslag Jurre (17), 14 april 2026\nAanwezig: Jurre (J.), moeder Anneke (m.), "
            "stiefvader Wim\n\nHij slaapt slecht."
        ),
    )
    assert {person.label: person.role for person in conversation.participants} == {
        "J.": "child",
        "Jurre": "child",
        "Anneke": "parent",
        "m.": "parent",
        "Wim": "parent",
    }
    assert conversation.flags == ()


@pytest.mark.parametrize("line", ["Aanwezig: Noor, moeder", "Aanwezig: Noor, moeder (Anna)"])
def test_a_name_before_a_family_word_may_be_another_person(take_in, line):
    talk = take_in("g.txt", f"Verslag gesprek\n12 maart 2026\n{line}\n\nHet ging over de nachten thuis.\n")
    assert [(person.label, person.role) for person in talk.participants] == [("moeder", "parent")]


def test_a_name_with_a_title_before_a_profession_is_one_person(take_in):
    talk = take_in("g.txt", "Verslag\nAanwezig: dr. Bakker, kinderarts\n\nHet ging over de nachten thuis.\n")
    assert [(person.label, person.function) for person in talk.participants] == [("dr. Bakker", "kinderarts")]


def test_a_professional_with_more_than_one_function_on_a_line_is_one_person():
    assert entries("dr. Bakker, kinderneuroloog, voorzitter") == {
        "dr. Bakker": ("care_team", "kinderneuroloog")
    }


def test_the_short_form_of_a_note_has_its_name_in_brackets():
    assert entries("Aanw.: m. (Anouk), v. (Gerben)") == {
        "Anouk": ("parent", "moeder"),
        "m.": ("parent", "moeder"),
        "Gerben": ("parent", "vader"),
        "v.": ("parent", "vader"),
    }


def test_a_list_of_those_present_under_its_heading(take_in):
    note = (
        "# Verslag overleg Wout (3 jaar)\n\n## Aanwezig\nMama (Katrijn), papa (Bart, op afstand), "
        "Els (verpleegkundige)\n\n## Stand\n- Slikt slecht.\n"
    )
    known = {person.label: person.role for person in take_in("n.md", note).participants}
    assert known["Els"] == "care_team"
    assert known["Mama"] == known["papa"] == "parent"


def test_professionals_among_themselves_are_all_the_care_team(take_in):
    talk = (
        "Intercollegiaal overleg Kwame (9 jaar), zonder ouders\n\n"
        "KCT-arts: Lianne, hoe is het thuis?\nLianne: Vader slaapt vier uur.\nKCT-arts: Dank je.\n"
        "Huisarts: Dat wist ik niet.\nLianne: Nee.\nKCT-arts: Goed.\n"
    )
    assert take_in("t.txt", talk).participant("Lianne").role == "care_team"


def test_a_shared_surname_tells_nothing_where_the_childs_name_is_not_heard(take_in):
    talk = (
        "Huisbezoek Veldhoven, donderdag 22 oktober 2026\n\n"
        "Anna Maes: Ik wil naar buiten.\nLuc Maes: Straks.\nAnna Maes: Nu.\nLuc Maes: Goed.\n"
    )
    assert {person.role for person in take_in("t.txt", talk).participants} == {None}
