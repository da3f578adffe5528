from extractors.schema import Conversation, Findings, Flag, Participant
from pipeline.dossier import Extraction
from pipeline.lasting import lasting_names
from pipeline.template import installed_template


def extraction(flags: tuple[Flag, ...], labels: tuple[str, ...] = ()) -> Extraction:
    people = tuple(Participant(label=label) for label in labels)
    talk = Conversation(
        id="g", source="g.txt", sha256="0" * 64, format="dialogue", text="", participants=people
    )
    return Extraction(conversation=talk, findings=Findings(conversation="g", flags=flags))


def flag(kind: str, *statements: str, note: str = "Kijk dit na.") -> Flag:
    return Flag(type=kind, statements=statements, note=note)


def names(*flags: Flag, labels: tuple[str, ...] = ()) -> dict[str, str]:
    return lasting_names(extraction(flags, labels), installed_template())


def test_a_point_keeps_its_name_when_another_comes_before_it():
    alone = names(flag("tentative", "s1"))
    after = names(flag("conflict", "s2", "s3"), flag("tentative", "s1"))
    assert alone["punt-1"] == after["punt-2"] != after["punt-1"]


def test_a_point_about_other_statements_is_another():
    assert names(flag("tentative", "s1"))["punt-1"] != names(flag("tentative", "s1", "s2"))["punt-1"]


def test_a_point_that_is_told_in_other_words_is_the_same():
    assert names(flag("tentative", "s1")) == names(flag("tentative", "s1", note="Vraag dit na."))


def test_points_that_are_alike_have_different_names():
    both = names(flag("tentative", "s1"), flag("tentative", "s1", note="Vraag dit na."))
    assert both["punt-1"] != both["punt-2"]


def test_the_fields_of_a_person_keep_their_names_when_another_comes_before():
    alone, after = names(labels=("Moeder",)), names(labels=("Sem", "Moeder"))
    assert alone["functie-1"] == after["functie-2"] != after["functie-1"]
    assert alone["bereikbaar-1"] == after["bereikbaar-2"] != alone["functie-1"]


def test_a_name_tells_nothing_of_a_person():
    assert all("Moeder" not in name for name in names(labels=("Moeder",)).values())
