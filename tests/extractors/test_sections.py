import pytest

from extractors.sections import section_kinds


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Actiepunten", "actions"),
        ("4. Besluiten", "agreements"),
        ("Medisch, kort", "medical"),
        ("Wat wens je", "wishes"),
        ("Wie ben je", "identity"),
        ("Bereikbaarheid 24/7", "reach"),
    ],
)
def test_a_heading_says_what_stands_under_it(heading: str, kind: str) -> None:
    assert kind in section_kinds(heading)


def test_a_name_says_nothing() -> None:
    assert section_kinds("Noor") == ()
