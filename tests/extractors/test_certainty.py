import pytest

from extractors.certainty import certainty_of


def test_a_wish_without_more_is_firm() -> None:
    assert certainty_of({"wish.want"}, "preference") == "firm"


def test_a_hedge_makes_it_tentative() -> None:
    assert certainty_of({"wish.want", "hedge.perhaps"}, "preference") == "tentative"


def test_a_condition_goes_before_a_hedge() -> None:
    assert certainty_of({"condition.if_then", "hedge.perhaps"}, "preference") == "conditional"


@pytest.mark.parametrize("category", ["context", "value", "concern"])
def test_a_condition_in_a_fact_only_says_when(category: str) -> None:
    assert certainty_of({"condition.if_then"}, category) == "firm"
