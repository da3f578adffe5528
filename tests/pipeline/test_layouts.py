"""What the layouts of the shipped template print, as Markdown."""

import datetime as dt
import re
from pathlib import Path

import pytest

from extractors.schema import Conversation, Findings, Flag, Participant, Statement, Turn
from pipeline.corrections import Correction
from pipeline.plan import Approval, assemble
from pipeline.render import lay_out
from pipeline.template import load_template

TEMPLATE = load_template(Path(__file__).parents[2] / "templates" / "izp")
FAMILY = "family.md.j2"
PEOPLE = (
    Participant(label="Mila", role="child", function="kind"),
    Participant(label="Anja", role="parent", function="moeder"),
)


def plan_of(*said, corrections=(), to_review=(), kind="het_belangrijk", flags=(), **version):
    """A plan of statements given by their fields; each is a turn of Mila's, unless it says otherwise."""
    turns, found, start = [], [], 0
    for index, fields in enumerate((*said, *to_review)):
        fields = {"quote": f"uitspraak {index + 1}", "speaker": "Mila", "perspective": "child", **fields}
        end = start + len(fields["quote"])
        turns.append(Turn(index=index, label=fields["speaker"], text=fields["quote"], start=start, end=end))
        place = {"id": f"s{index + 1}", "turn": index, "start": start, "end": end}
        found.append(Statement(**{"category": "preference", "domains": ("fysiek",), **fields, **place}))
        start = end + 1
    conversation = Conversation(
        id="gesprek",
        source="gesprek.txt",
        sha256="00",
        format="text",
        kind=kind,
        date=dt.date(2026, 3, 12),
        child="Mila",
        text="\n".join(turn.text for turn in turns),
        participants=PEOPLE,
        turns=tuple(turns),
    )
    findings = Findings(
        conversation="gesprek",
        statements=tuple(found[: len(said)]),
        to_review=tuple(found[len(said) :]),
        flags=tuple(flags),
    )
    made = [
        Correction(
            id=f"c{number}",
            kind=kind,
            target=target,
            after=after,
            author="Dr. Vos",
            at=dt.datetime(2026, 3, 14, 10, 30, tzinfo=dt.UTC),
            plan="00000000",
            **dict(*more),
        )
        for number, (kind, target, after, *more) in enumerate(corrections, start=1)
    ]
    return assemble(conversation, findings, TEMPLATE, made, **version)


def lines(plan, layout="plan.md.j2"):
    """The lines of a layout, without the signs that escape others."""
    return re.sub(r"\\(?=[!-/:-@\[-`{-~])", "", lay_out(plan, TEMPLATE, layout)).splitlines()


def line(plan, *words, layout="plan.md.j2"):
    """The one line that holds all these words."""
    (found,) = [text for text in lines(plan, layout) if all(word in text for word in words)]
    return found


def family(plan):
    return "\n".join(lines(plan, "family.md.j2"))


def chapter(plan, heading):
    """The lines under a heading, up to the next of its level."""
    text = "\n".join(lines(plan))
    level = "#" if f"\n# {heading} " in text else "##"
    return text.split(f"\n{level} {heading} ")[1].split(f"\n{level} ")[0]


def test_the_words_of_a_statement_stand_in_a_slot_with_its_id_within_the_quotation_marks():
    assert "“[naar school]{.uitspraak #s1}”" in line(plan_of({"quote": "naar school"}), "[1]{.nr}")


def test_every_slot_has_a_name_of_its_own_that_fits_in_word():
    flags = [Flag(type="conflict", statements=("s1", "s2"), note="Verschil.")]
    topics = {"topics": ("intensive_care", "ventilation", "pain"), "certainty": "conditional"}
    plan = plan_of(topics, {**topics, "category": "goal"}, {"category": "action_point"}, flags=flags)
    slots = re.findall(r"\{\.(?:uitspraak|veld) #([a-z0-9-]+)\}", "\n".join(lines(plan)))
    assert len(set(slots)) == len(slots)
    assert {"s1", "s1-n-ic", "s2-n-beademing", "s1-punt-1", "s2-toekomst", "veld-wie-s3"} <= set(slots)
    whole = [re.sub(r"\bs\d", "s0123456789ab", name) for name in slots]
    assert max(map(len, whole)) <= 40


def test_every_field_of_the_plan_stands_in_a_slot_and_no_other():
    plan = plan_of({"category": "action_point"}, kind="samenwerkingsgesprek")
    slots = re.findall(r"\{\.veld #veld-([a-z0-9-]+)\}", "\n".join(lines(plan)))
    assert sorted(slots) == sorted(plan.fields)


def test_changed_words_have_no_quotation_marks_and_tell_who_changed_them_and_what_was_said():
    plan = plan_of({"quote": "naar huis"}, corrections=[("edit", "s1", "naar zolder")])
    told = "gewijzigd door Dr. Vos op 14 maart 2026; gezegd: “naar huis”"
    assert f"[1]{{.nr}} [naar zolder]{{.uitspraak #s1}} [–&nbsp;Mila]{{.spreker}} [{told}]" in line(
        plan, "[1]{.nr}"
    )


def test_what_was_struck_out_is_listed_with_who_did_so():
    plan = plan_of({"quote": "naar huis"}, corrections=[("reject", "s1", "")])
    struck_out = chapter(plan, "Geschrapt bij beoordeling")
    assert "“[naar huis]{.uitspraak #s1}”" in struck_out
    assert "geschrapt door Dr. Vos op 14 maart 2026" in struck_out
    assert "Geschrapt bij beoordeling" not in "\n".join(lines(plan_of({})))


def test_what_a_reader_added_says_so():
    plan = plan_of({}, corrections=[("add", "fysiek", "slaapt op haar zij")])
    told = "[slaapt op haar zij]{.uitspraak #c1} [toegevoegd door Dr. Vos op 14 maart 2026]"
    assert told in line(plan, "{.uitspraak #c1}")


@pytest.mark.parametrize(
    "target", ["s1", "fysiek", "reanimatie", "wie-is", "gezag", "opgesteld-door", "punt-1", "weg"]
)
def test_a_remark_is_printed_once_and_is_a_comment_under_the_name_of_its_reader(target):
    flags = [Flag(type="tentative", statements=("s1",), note="Nog niet zeker.")]
    plan = plan_of({}, flags=flags, corrections=[("remark", target, "klopt dit?")])
    text = "\n".join(lines(plan))
    comment = '[klopt dit?]{.comment-start id="1000000001" author="Dr. Vos" date="2026-03-14T10:30:00Z"}'
    assert text.count(comment) == text.count('[]{.comment-end id="1000000001"}') == 1
    assert text.count("opmerking van Dr. Vos op 14 maart 2026: klopt dit?") == 1


def test_a_resolved_point_tells_how_and_asks_for_nothing():
    flags = [Flag(type="conflict", statements=("s1",), note="Verschil.")]
    text = "\n".join(lines(plan_of({}, flags=flags, corrections=[("resolve", "punt-1", "uitgepraat")])))
    assert "opgelost door Dr. Vos op 14 maart 2026: uitgepraat" in text
    assert "comment-start" not in text
    assert "(#punt-1)" not in text


def test_what_was_chosen_from_the_source_is_a_quote_and_says_who_chose_it():
    place = {"turn": 0, "start": 0, "end": 4}
    plan = plan_of({"quote": "naar huis"}, corrections=[("add", "fysiek", "naar", {"place": place})])
    told = "“[naar]{.uitspraak #c1}” [–&nbsp;Mila]{.spreker} [gekozen door Dr. Vos op 14 maart 2026]"
    assert told in line(plan, "{.uitspraak #c1}")


def test_what_was_folded_in_is_read_below_and_told_to_the_family_once():
    said = [{"quote": "naar huis"}, {"quote": "liever thuis"}]
    plan = plan_of(*said, corrections=[("merge", "s2", "s1")])
    told = "[]{.regel}[2]{.nr} “[liever thuis]{.uitspraak #s2}”"
    assert told in line(plan, "“[naar huis]{.uitspraak #s1}”")
    assert "hierbij gevoegd door Dr. Vos op 14 maart 2026" in line(plan, "{.uitspraak #s2}")
    family = "\n".join(lines(plan, FAMILY))
    assert (family.count("naar huis"), family.count("liever thuis")) == (1, 0)


def test_words_of_someone_else_that_were_folded_in_are_told_to_the_family_all_the_same():
    said = [{"quote": "naar huis"}, {"quote": "liever thuis", "perspective": "parent", "speaker": "Anja"}]
    plan = plan_of(*said, corrections=[("merge", "s2", "s1")])
    assert "liever thuis" in "\n".join(lines(plan, FAMILY))


@pytest.mark.parametrize("merge", [("merge", "s1", "s3"), ("merge", "s3", "s1")])
def test_what_was_folded_together_with_something_told_in_confidence_stays_out_of_the_summary(merge):
    said = [{"quote": "ik ben bang"}, {"quote": "dit hoeft mama niet te weten"}]
    said += [{"quote": f"iets anders {number}"} for number in range(3)] + [{"quote": "bang is hij"}]
    merge = tuple(name.replace("s3", "s6") for name in merge)
    family = "\n".join(lines(plan_of(*said, corrections=[merge]), FAMILY))
    assert "bang" not in family
    assert "bang is hij" in "\n".join(lines(plan_of(*said), FAMILY))


LIMIT = {"quote": "niet reanimeren", "topics": ("resuscitation",)}
RATIFIED = ("ratify", "s1", "", {"function": "arts"})


def test_a_ratified_limit_says_by_whom_and_the_others_that_they_are_not():
    told = "[bekrachtigd door Dr. Vos, arts, op 14 maart 2026]{.wie}"
    plan = plan_of(LIMIT, {**LIMIT, "quote": "geen hartmassage"}, corrections=[RATIFIED])
    page, table = chapter(plan, "In geval van nood"), chapter(plan, "Behandelgrenzen")
    for part in (page, table):
        assert (part.count(told), part.count("wens (niet bekrachtigd)")) == (1, 1)
    assert told in line(plan, "{.uitspraak #s1}")


def test_the_family_reads_of_a_ratified_limit_that_it_was_laid_down():
    family = lines(plan_of(LIMIT, corrections=[RATIFIED]), FAMILY)
    assert any("Dit is vastgelegd over behandelingen" in text for text in family)
    assert not any("nog geen afspraak" in text for text in family)
    family = lines(plan_of(LIMIT), FAMILY)
    assert any("nog geen afspraak" in text for text in family)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [("dismissed", "vervallen volgens"), ("next_conversation", "bewaard voor een volgend gesprek door")],
)
def test_a_point_tells_how_it_was_dealt_with(outcome, told):
    flags = [Flag(type="conflict", statements=("s1",), note="Verschil.")]
    plan = plan_of({}, flags=flags, corrections=[("resolve", "punt-1", "weer vragen", {"outcome": outcome})])
    assert f"{told} Dr. Vos op 14 maart 2026: weer vragen" in line(plan, "{.melding #punt-1}")
    asked = [text for text in lines(plan) if text.startswith("| [Verschil in wensen]{.wie} | weer vragen")]
    assert len(asked) == (outcome == "next_conversation")
    assert "weer vragen" not in "\n".join(lines(plan, FAMILY))


def test_an_approved_plan_does_not_speak_of_a_draft():
    approval = Approval(by="K. Smit", function="arts", at=dt.datetime(2026, 11, 22), version=3)
    plan = plan_of({}, approval=approval)
    for layout in ("plan.md.j2", FAMILY):
        text = "\n".join(lines(plan, layout))
        assert "Goedgekeurd door K. Smit, arts, op 22 november 2026 – versie 3" in text
        assert "concept" not in text.casefold()
        assert "Nog niet klaar" not in text


def test_the_page_for_emergencies_quotes_limits_with_the_question_and_their_status():
    said = {"quote": "Nee", "question": "Wil je naar de IC?", "topics": ("intensive_care",)}
    page = chapter(plan_of(said), "In geval van nood")
    row = next(text for text in page.splitlines() if "Opname op de IC" in text)
    assert "Op de vraag “Wil je naar de IC?”" in row
    assert "“[Nee]{.uitspraak #s1-n-ic}”" in row
    assert row.endswith("| wens (niet bekrachtigd) |")
    assert "| [Bloedproducten]{.wie} | [niet besproken]{.open-plek} | |" in page


def test_the_page_for_emergencies_begins_with_the_named_treatments_in_the_same_order_whatever_was_said():
    said = ({"topics": ("oxygen",)}, {"topics": ("antibiotics",)})
    page = chapter(plan_of(*said), "In geval van nood")
    order = ["[Reanimatie]", "[Opname op de IC]", "[Antibiotica]", "Wie u belt", "[Overige behandelingen]"]
    assert sorted(order, key=page.index) == order


def test_every_row_of_the_limits_names_its_treatment_as_a_table_may_go_on_upon_the_next_page():
    plan = plan_of({"topics": ("antibiotics",)}, {"topics": ("antibiotics",)})
    for heading in ("In geval van nood", "Behandelgrenzen"):
        rows = [text for text in chapter(plan, heading).splitlines() if "uitspraak" in text and "| " in text]
        assert len(rows) == 2
        assert all("Antibiotica" in text.split("|")[1] for text in rows)


def test_a_voice_that_said_nothing_leaves_its_room_to_the_others():
    text = chapter(plan_of({"category": "goal"}, {"category": "goal"}), "Toekomstverwachting")
    assert '{.stemmen widths="60,20,20,"}' in text


def test_side_by_side_every_voice_but_that_of_the_child_has_its_name():
    plan = plan_of({"category": "goal"}, {"category": "goal", "perspective": "parent", "speaker": "Anja"})
    text = chapter(plan, "Toekomstverwachting")
    assert "#s1-toekomst}” |" in text
    assert "#s2-toekomst}” [–&nbsp;Anja (moeder)]{.spreker} |" in text


def test_a_copy_keeps_its_question_and_how_it_was_read():
    said = {
        "quote": "Nee",
        "question": "Nog naar de kerk?",
        "domains": ("spiritueel",),
        "polarity": "negated",
    }
    text = chapter(plan_of(said), "Beleving van ziekte en levensvisie")
    assert "[Op de vraag “Nog naar de kerk?”]{.vraag} “[Nee]{.uitspraak #s1-beleving}”" in text
    assert "(gelezen als nee)" in text


def test_a_statement_on_two_treatments_is_quoted_at_both_on_the_page_for_emergencies():
    page = chapter(plan_of({"topics": ("intensive_care", "ventilation")}), "In geval van nood")
    assert page.count("“[uitspraak 1]") == 2


def test_no_status_is_called_ratified_while_nobody_can_ratify():
    plan = plan_of(*({"topics": ("resuscitation",), "category": name} for name in TEMPLATE.labels.statuses))
    statuses = [text for text in lines(plan) if "bekrachtigd)" in text]
    assert statuses
    assert all("(niet bekrachtigd)" in text for text in statuses)


def test_whom_to_call_stands_on_the_page_for_emergencies_and_what_may_be_shared_with_the_share_list():
    plan = plan_of(
        {"quote": "Lotte is het eerste aanspreekpunt", "category": "agreement", "topics": ("call_contact",)},
        {"quote": "niet met school", "topics": ("confidentiality",)},
    )
    assert "“[Lotte is het eerste" in chapter(plan, "Wie u belt")
    assert "“[niet met school]" in chapter(plan, "Wat is gezegd over wie wat mag weten")


def test_nobody_is_said_to_have_agreed_to_sharing():
    rows = chapter(plan_of({}), "Delen en toestemming").splitlines()
    assert sum("[nog niet gevraagd]{.open-plek}" in row for row in rows) == 9


def test_the_medical_goal_and_a_joint_goal_are_never_chosen():
    text = chapter(plan_of({"category": "goal", "quote": "Samen willen we geen pijn"}), "Zorg en behandeling")
    assert "[[nog onbekend]{.open-plek}]{.veld #veld-medisch-beleid}" in text
    assert "[[nog samen vast te stellen]{.open-plek}]{.veld #veld-gezamenlijk-doel}" in text


def test_the_family_reads_its_own_words_the_child_first_without_codes():
    text = family(
        plan_of(
            {"quote": "wel slapen", "perspective": "parent", "speaker": "Anja"},
            {"quote": "met de hond", "category": "value"},
        )
    )
    assert text.index("“met de hond”") < text.index("“wel slapen” [–&nbsp;Anja (moeder)]")
    assert not re.search(r"\d+ op 10|\.nr|niet bekrachtigd|gelezen als", text)


def test_a_limit_is_told_to_the_family_as_no_agreement_yet():
    said = {"quote": "niet naar de IC", "topics": ("intensive_care",), "category": "agreement"}
    text = family(plan_of(said))
    assert text.index("nog geen afspraak. De dokter bespreekt dit met jullie") < text.index("niet naar de IC")
    assert "We hebben nog geen afspraken opgeschreven." in text


@pytest.mark.parametrize("corrections", [(), [("reject", "s1", "")]])
def test_the_family_reads_nothing_that_is_not_sure_or_was_struck_out(corrections):
    said = {"quote": "misschien toch"}
    plan = plan_of(said, corrections=corrections) if corrections else plan_of(to_review=[said])
    assert "misschien toch" not in family(plan)


@pytest.mark.parametrize("topic", ["confidentiality", "honesty_information"])
def test_what_is_said_of_who_may_know_what_is_kept_from_the_family_and_its_reader_is_told_so(topic):
    text = family(plan_of({"quote": "alles eerlijk tegen mij", "topics": (topic,)}, {"quote": "wel slapen"}))
    assert "alles eerlijk tegen mij" not in text
    assert "wel slapen" in text
    assert "Wat is gezegd over wie wat mag weten, staat er niet in" in text


CONFIDED = (
    {"quote": "gewoon slapen"},
    {"quote": "een hond"},
    {"quote": "soms ben ik bang", "category": "concern"},
    {"quote": "dat hoeft mama niet te weten"},
    {"quote": "knuffel mee", "category": "agreement"},
    {"quote": "papa belt", "category": "action_point", "speaker": "Anja", "perspective": "parent"},
)


def test_what_was_told_in_confidence_and_what_stands_around_it_is_kept_from_the_family():
    text = family(plan_of(*CONFIDED))
    assert all(words in text for words in ("gewoon slapen", "een hond", "papa belt"))
    assert all(words not in text for words in ("soms ben ik bang", "niet te weten", "knuffel mee"))


def test_what_was_told_in_confidence_stays_so_whatever_its_words_are_made_to_and_wherever_it_is_put():
    plan = plan_of(*CONFIDED, corrections=[("edit", "s3", "wel eens angstig"), ("move", "s5", "sociaal")])
    assert "angstig" not in family(plan)
    assert "knuffel" not in family(plan)


def test_who_keeps_the_plan_reads_what_was_perhaps_told_in_confidence_and_where_that_is_seen():
    plan = plan_of(*CONFIDED)
    assert "misschien in vertrouwen" in line(plan, "[soms ben ik bang]{.uitspraak #s3}", "[3]{.nr}")
    assert "misschien in vertrouwen" not in line(plan, "[een hond]{.uitspraak #s2}")
    assert "[beurt 4](#bron-3): uitspraak [3](#s3), [4](#s4), [5](#s5)." in chapter(
        plan, "Delen en toestemming"
    )
    assert "(1) | [Delen en toestemming](#delen)" in line(plan, "Misschien in vertrouwen verteld", "|")


def test_a_plan_in_which_nobody_asks_for_confidence_does_not_speak_of_it():
    assert "vertrouwen verteld" not in "\n".join(lines(plan_of({"quote": "een hond"})))


def test_the_family_finds_no_question_on_paper_that_is_one_to_ask_in_person():
    plan = plan_of({})
    asked = [question.words for question in plan.questions if question.in_person]
    assert [words for words in asked if "behandelingen" in words]
    assert [words for words in asked if "niet meer beter wordt" in words]
    text = family(plan)
    assert not [words for words in asked if words in text]
    assert [question for question in plan.questions if not question.in_person and question.words in text]


def test_the_family_reads_who_does_what_and_what_is_not_known_yet():
    said = {"quote": "ik bel de school", "category": "action_point", "owner": "Anja"}
    assert "| “ik bel de school” | Anja | weten we nog niet |" in family(plan_of(said))


def test_an_adult_is_called_u():
    plan = plan_of({"topics": ("resuscitation",)}, kind="pzp")
    text = family(plan)
    assert "De dokter bespreekt dit met u." in text
    assert not re.search(r"\bjullie\b", text)
    assert not re.search(r"\bjullie\b", "\n".join(lines(plan)))
