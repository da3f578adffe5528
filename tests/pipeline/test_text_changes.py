from pipeline.text_changes import LONGEST_LINE, MOST_CHANGES, MOST_LINES, changes

PLAN = """\
::: titel
Zorgplan
:::

# Waarden { #waarden }

{.gegevens widths="28,72"}
| | |
|---|---|
| [Huisarts]{.wie} | [[nog in te vullen]{.open-plek}]{.veld #veld-huisarts} |

Wat ieder \\(zelf\\) zegt\\. [Zie 4](#s4)&nbsp;hier\\*
"""


def test_what_is_the_same_is_no_change():
    assert changes(PLAN, PLAN, {}) == ((), 0)


def test_markup_is_no_change():
    other = PLAN.replace("widths=", "breed=").replace(".wie", ".kop").replace("# Waarden {", "## Waarden {")
    assert changes(PLAN, other, {}) == ((), 0)


def test_a_change_is_told_as_text_with_the_lines_around_it():
    [change], further = changes(PLAN, PLAN.replace("Huisarts", "Dokter"), {})
    assert further == 0
    assert (change.before, change.after) == (
        ("Huisarts nog in te vullen",),
        ("Dokter nog in te vullen",),
    )
    assert (change.above, change.below) == ("Waarden", "Wat ieder (zelf) zegt. Zie 4 hier*")


def test_what_is_new_or_gone_has_one_side():
    [gone], _ = changes("een\n\ntwee\n", "een\n", {})
    [new], _ = changes("een\n", "een\ntwee\n", {})
    assert (gone.before, gone.after) == (("twee",), ())
    assert (new.before, new.after) == ((), ("twee",))


def test_words_that_stand_for_the_same_are_no_change():
    alike = {"versie 2, sjabloon 1": "versie 3, sjabloon 2"}
    assert changes("versie 2\\, sjabloon 1", "versie 3\\, sjabloon 2", alike) == ((), 0)


def test_how_much_is_told_is_bounded():
    before = "\n".join(f"gelijk {number}\nwas {number}" for number in range(MOST_CHANGES + 5))
    pieces, further = changes(before, before.replace("was", "is"), {})
    assert (len(pieces), further) == (MOST_CHANGES, 5)
    [change], _ = changes("", "\n".join("x" * 1000 for _ in range(MOST_LINES + 3)), {})
    assert len(change.after) == MOST_LINES + 1
    assert max(map(len, change.after)) == LONGEST_LINE
