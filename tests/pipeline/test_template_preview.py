import shutil
from pathlib import Path
from typing import get_args

import pytest

from extractors.schema import CATEGORIES, DOMAINS, FlagType
from pipeline.dossier import Dossier
from pipeline.template import TemplateError
from pipeline.template_preview import SAMPLE, preview

SHIPPED = Path(__file__).parents[2] / "templates" / "izp"


def test_the_sample_has_something_for_every_part_of_a_template():
    dossier = Dossier.model_validate_json(SAMPLE.read_bytes())
    statements = dossier.findings.statements
    assert {one.category for one in statements} == set(CATEGORIES)
    assert {one.domains[0] for one in statements} == set(DOMAINS)
    assert {flag.type for flag in dossier.findings.flags} == set(get_args(FlagType)) - {"unclear_speaker"}
    assert {one.kind for one in dossier.corrections} == {"edit", "reject", "add", "fill", "remark"}


def test_a_preview_is_named_after_the_template_and_replaces_an_earlier_one(tmp_path):
    folder = shutil.copytree(SHIPPED, tmp_path / "eigen")
    manifest = folder / "template.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("name: izp", "name: eigen", 1), "utf-8")
    first = preview(folder, tmp_path / "out")
    again = preview(folder, tmp_path / "out")
    assert sorted(path.name.split("-")[0] for path in first) == ["eigen"] * 3
    assert first == again
    assert all(path.read_bytes() for path in again)


def test_a_template_that_is_wrong_gives_no_preview(tmp_path):
    (tmp_path / "template.yaml").write_text("name: x\n", "utf-8")
    with pytest.raises(TemplateError):
        preview(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
