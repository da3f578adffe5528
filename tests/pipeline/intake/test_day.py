import datetime as dt

import pytest

from pipeline.intake.day import find_day

LATEST = dt.date(2026, 12, 31)


@pytest.mark.parametrize(
    "said",
    [
        "dinsdag drieëntwintig juni",
        "dinsdag drieentwintig juni",
        "drieëntwintig juni tweeduizend zesentwintig",
    ],
)
def test_a_spoken_day_is_read_with_and_without_marks(said: str) -> None:
    assert find_day([f"ja hij neemt op {said} we beginnen"], LATEST) == dt.date(2026, 6, 23)


def test_a_day_without_year_or_weekday_is_none() -> None:
    assert find_day(["op drieëntwintig juni"], LATEST) is None
