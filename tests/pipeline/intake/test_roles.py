from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

import pipeline.intake
from pipeline.intake.roles import PeopleWords
from pipeline.intake.saying import SayingWords

FOLDER = Path(pipeline.intake.__file__).parent


def people() -> dict[str, object]:
    return yaml.safe_load((FOLDER / "people.yaml").read_text(encoding="utf-8"))


def test_word_lists_keep_to_their_schema():
    assert PeopleWords.model_validate(people()).roles["parent"]["moeder"]
    saying = yaml.safe_load((FOLDER / "saying.yaml").read_text(encoding="utf-8"))
    assert "geen" in SayingWords.model_validate(saying).denials


@pytest.mark.parametrize(
    "change",
    [
        {"rolls": {}},
        {"roles": {"nurse": {"arts": ["arts"]}}},
        {"roles": {"care_team": {"arts": "arts"}}},
        {"roles": {"care_team": {"arts": [True]}}},
        {"roles": {"care_team": {"arts": ["Arts"]}}},
        {"roles": {"care_team": {"arts": [""]}}},
        {"roles": {"care_team": {"arts": ["dokter"], "huisarts": ["dokter"]}}},
        {"titles": {"care_team": []}},
    ],
    ids=["unknown key", "unknown role", "no list", "no word", "capital", "empty", "two functions", "missing"],
)
def test_people_file_that_breaks_the_schema_is_refused(change):
    with pytest.raises(ValidationError):
        PeopleWords.model_validate(people() | change)
