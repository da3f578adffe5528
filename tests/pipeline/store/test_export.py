import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from pipeline.dossier import Dossier, Extraction
from pipeline.store import audit, conversations, members, trail
from pipeline.store.audit import Actor
from pipeline.store.conversations import Submitted
from pipeline.store.database import Store, look, work
from pipeline.store.drafts import Version
from pipeline.store.errors import NotFound, StoreError
from pipeline.store.export import TAKEN, export
from pipeline.store.reviews import Appended

ADMIN = Actor(origin="opdracht")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "kind"


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig")), delimiter=";"))


def test_everything_of_a_child_is_there(
    store: Store, child: str, talk: str, out: Path, submit: Callable[..., Submitted]
):
    submit(b"Vader: Hij wil naar zee.")
    export(store, ADMIN, child, out)
    plan = {f"gesprek-1/versie-1/{name}" for name in ("plan.docx", "plan.pdf", "gezin.docx", "plan.json")}
    assert names(out) >= plan | {"LEESMIJ.txt", "kind.json", "logboek.csv", "gesprek-2/gesprek.json"}
    assert len(list((out / "gesprek-2" / "bron").iterdir())) == 1
    with look(store) as w:
        [bron] = (out / "gesprek-1" / "bron").iterdir()
        assert bron.read_bytes() == conversations.source(w, talk)


def test_the_documents_of_an_approved_version_are_those_that_were_approved(
    store: Store, child: str, approve: Callable[[], Version], out: Path
):
    approve()
    export(store, ADMIN, child, out)
    version = out / "gesprek-1" / "versie-1"
    assert (version / "plan.pdf").read_bytes() == b"%PDF"
    told = json.loads((version / "versie.json").read_text())
    assert (told["state"], told["approval"]["name"]) == ("goedgekeurd", "K. Smit")


def test_a_concept_is_made_anew(store: Store, child: str, talk: str, out: Path):
    export(store, ADMIN, child, out)
    version = out / "gesprek-1" / "versie-1"
    assert (version / "plan.pdf").read_bytes().startswith(b"%PDF-1")
    assert "word/document.xml" in ZipFile(version / "plan.docx").namelist()
    assert Dossier.model_validate_json((version / "plan.json").read_bytes()).findings.statements


def test_each_correction_says_who_and_when(
    store: Store,
    child: str,
    nurse: Actor,
    found: Callable[..., Extraction],
    correct: Callable[..., Appended],
    out: Path,
):
    correct(nurse, "edit", found().findings.statements[0].id, "=Thuis zijn.")
    export(store, ADMIN, child, out)
    [told] = table(out / "gesprek-1" / "versie-1" / "verbeteringen.csv")
    assert told["kind"] == "edit"
    assert told["author"] != ""
    assert told["at"].startswith("20")
    assert told["after"] == "'=Thuis zijn."  # no formula


def test_who_looked_is_there_by_name(store: Store, child: str, nurse: Actor, physician: Actor, out: Path):
    with work(store) as w:
        members.break_glass(w, physician, child, "Dienst overgenomen in de nacht")
        audit.record(w, nurse, "see_child", child_id=child)
        audit.record(w, nurse, "see_child", child_id="another")
    export(store, ADMIN, child, out)
    told = table(out / "logboek.csv")
    assert [row["wat"] for row in told][-1] == "kind bekeken"
    assert {row["wie"] for row in told} >= {"K. Smit"}
    assert len([row for row in told if row["wat"] == "kind bekeken"]) == 1
    about = json.loads((out / "kind.json").read_text())
    assert about["emergency_access"][0]["reason"] == "Dienst overgenomen in de nacht"


def test_the_name_of_a_file_leads_to_no_other_folder(
    store: Store, child: str, nurse: Actor, submit: Callable[..., Submitted], out: Path
):
    submit(b"Vader: Hij wil naar zee.", name="../../../.gesprek?.txt")
    export(store, ADMIN, child, out)
    [bron] = (out / "gesprek-1" / "bron").iterdir()
    assert bron.name == "_.._.._.gesprek_.txt"


def test_an_export_is_in_the_audit_trail_of_the_child(store: Store, child: str, out: Path):
    export(store, ADMIN, child, out)
    with look(store) as w:
        [last] = trail.events(w, trail.Wanted(child_id=child), most=1)
    assert (last.action, last.origin) == ("export", "opdracht")


def test_only_the_owner_can_read_it(store: Store, child: str, talk: str, out: Path):
    export(store, ADMIN, child, out)
    assert {path.stat().st_mode & 0o077 for path in [out, *out.rglob("*")]} == {0}


def test_nothing_is_written_over(store: Store, child: str, out: Path):
    out.mkdir(parents=True)
    with pytest.raises(StoreError, match=TAKEN):
        export(store, ADMIN, child, out)
    assert list(out.iterdir()) == []


def test_of_a_child_that_is_not_there_nothing_is_written(store: Store, out: Path):
    with pytest.raises(NotFound):
        export(store, ADMIN, "nobody", out)
    assert list(out.parent.iterdir()) == []
