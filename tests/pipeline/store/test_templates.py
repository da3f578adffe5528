import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from pipeline.corrections import Correction
from pipeline.dossier import Extraction
from pipeline.plan.points import point_id
from pipeline.render import render, render_family
from pipeline.settings import Settings
from pipeline.store import approvals, drafts, reviews, templates, trail
from pipeline.store.audit import Actor
from pipeline.store.backup import back_up
from pipeline.store.database import Store, Work, look, open_store, work
from pipeline.store.documents import KINDS, stored
from pipeline.store.drafts import Version
from pipeline.store.erase import erase
from pipeline.store.errors import NotFound, Outdated, StoreError
from pipeline.store.export import export
from pipeline.store.recent import Recent
from pipeline.store.restore import restore
from pipeline.store.reviews import Appended
from pipeline.store.tables import DocumentRow, TemplateRow
from pipeline.store.templates import FOLDER, Installed
from pipeline.template import TEMPLATE, Mistake, TemplateError, installed_template
from pipeline.template_files import content_id, holds

ADMIN = Actor(origin="opdracht")
HEADING = "Als het dringend is"

Change = tuple[str, str]


@pytest.fixture
def checked() -> None:
    """For a test in which a template is looked at in full, which takes a second."""


@pytest.fixture
def other(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Path]:
    """A copy of the template that comes along, with another version and words of `template.yaml` replaced."""
    if "checked" not in request.fixturenames:
        monkeypatch.setattr(templates, "check", lambda _: [])

    def made(version: str = "2.3.0", *changes: Change, name: str = "izp") -> Path:
        folder = tmp_path / f"{name}-{version}"
        shutil.copytree(TEMPLATE, folder)
        manifest = folder / "template.yaml"
        words = manifest.read_text()
        along = installed_template()
        version_line, name_line = f"version: {along.version}", f"name: {along.name}"
        for old, new in ((version_line, f"version: {version}"), (name_line, f"name: {name}"), *changes):
            assert old in words
            words = words.replace(old, new, 1)
        manifest.write_text(words)
        return folder

    return made


@pytest.fixture
def newer(store: Store, other: Callable[..., Path]) -> Installed:
    """A newer template with another heading, installed."""
    return install(store, other("2.3.0", ("In geval van nood", HEADING)))


def install(store: Store, folder: Path) -> Installed:
    with work(store) as w:
        return templates.install(w, ADMIN, folder)


def there(store: Store) -> list[tuple[str, bool, int]]:
    with look(store) as w:
        return [(each.version, each.is_current, each.plans) for each in templates.installed(w)]


def unpacked(store: Store) -> list[str]:
    return [path.name for path in (store.folder / FOLDER).iterdir()]


def headings(store: Store, talk: str, number: int | None = None) -> list[str | None]:
    with look(store) as w:
        return [chapter.heading for chapter in reviews.plan_of(w, talk, number).chapters]


# What is there, and what is chosen


def test_a_new_store_has_the_template_that_comes_along(store: Store):
    with look(store) as w:
        assert templates.current_id(w) == content_id(TEMPLATE)
        assert templates.current(w) is installed_template()
        [each] = templates.installed(w)
    assert (each.name, each.is_current, each.plans) == ("izp", True, 0)
    assert not (store.folder / FOLDER).exists()


def test_one_that_is_installed_is_that_of_new_plans(store: Store, checked: None, other: Callable[..., Path]):
    made = install(store, other("2.3.0", ("In geval van nood", HEADING)))
    with look(store) as w:
        assert templates.current_id(w) == made.id
        template = templates.current(w)
        last = trail.events(w, trail.Wanted(), most=1)[0]
    assert (template.version, template.chapters[0].heading) == ("2.3.0", HEADING)
    assert template.directory == store.folder / FOLDER / made.id
    assert [each[:2] for each in there(store)] == [
        ("2.3.0", True),
        (installed_template().version, False),
    ]
    assert (last.action, last.object, last.origin) == ("install_template", made.id, "opdracht")


def test_the_same_files_again_are_chosen_again(store: Store, newer: Installed):
    install(store, TEMPLATE)
    assert [version for version, _, _ in there(store)] == [installed_template().version, "2.3.0"]
    with look(store) as w:
        assert templates.current(w) is installed_template()


def test_one_chosen_while_the_clock_runs_behind_is_the_newest_all_the_same(
    store: Store, newer: Installed, monkeypatch: pytest.MonkeyPatch
):
    with work(store) as w:
        w.at = w.at.replace(year=2020)
        templates.install(w, ADMIN, TEMPLATE)
    assert there(store)[0][0] == installed_template().version


def test_other_files_need_another_version(store: Store, newer: Installed, tmp_path: Path):
    (tmp_path / "izp-2.3.0" / "plan.md.j2").write_text("anders")
    with pytest.raises(StoreError, match="Verhoog het versienummer"):
        install(store, tmp_path / "izp-2.3.0")
    assert [version for version, _, _ in there(store)] == ["2.3.0", installed_template().version]


def test_one_with_mistakes_is_not_installed(store: Store, checked: None, other: Callable[..., Path]):
    folder = other("2.3.0", ("title:", "titel:"))
    with pytest.raises(TemplateError) as raised:
        install(store, folder)
    assert any("titel" in str(mistake) for mistake in raised.value.mistakes)
    assert len(there(store)) == 1
    assert unpacked(store) == []


def test_what_was_checked_is_what_is_installed(
    store: Store, other: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    folder = other("2.3.0")

    def change(checked: Path) -> list[Mistake]:
        assert checked != folder
        (folder / "plan.md.j2").write_text("{{ anders }}")
        return []

    monkeypatch.setattr(templates, "check", change)
    made = install(store, folder)
    with look(store) as w:
        kept = templates.get(w, made.id).directory / "plan.md.j2"
    assert "anders" not in kept.read_text()


def test_a_version_is_found_by_name(store: Store, newer: Installed, other: Callable[..., Path]):
    own = install(store, other("1.0.0", name="uzk"))
    along = content_id(TEMPLATE)
    with look(store) as w:
        assert templates.named(w, "izp") == newer.id
        assert templates.named(w, "izp", installed_template().version) == along
        assert templates.named(w, "uzk") == own.id
        with pytest.raises(
            NotFound, match=r"Sjabloon izp 9\.9\.9 is niet geïnstalleerd\. Wel: uzk 1\.0\.0, izp"
        ):
            templates.named(w, "izp", "9.9.9")
        with pytest.raises(NotFound):
            templates.get(w, "0" * 64)


@pytest.mark.parametrize(("version", "tells"), [("0.9.9", True), ("99.0.0", False)])
def test_that_a_newer_one_comes_along_is_told(
    store: Store, other: Callable[..., Path], version: str, tells: bool
):
    install(store, other(version))
    with work(store) as w:
        w.session.execute(delete(TemplateRow).where(TemplateRow.id == content_id(TEMPLATE)))
        along = templates.newer_along(w)
    assert along == (installed_template() if tells else None)


def test_another_template_that_comes_along_changes_nothing_by_itself(
    store: Store, settings: Settings, talk: str, other: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    before = headings(store, talk)
    updated = other("2.3.0", ("In geval van nood", HEADING))
    for module in ("pipeline.store.templates", "pipeline.store.database"):
        monkeypatch.setattr(f"{module}.TEMPLATE", updated)
    templates._along.cache_clear()
    again = open_store(settings)
    assert headings(again, talk) == before
    assert [each[:2] for each in there(again)] == [(installed_template().version, True)]
    again.engine.dispose()
    templates._along.cache_clear()


# The files


def test_files_come_out_of_the_store_again_where_they_are_damaged_or_gone(
    store: Store, newer: Installed, monkeypatch: pytest.MonkeyPatch
):
    folder = store.folder / FOLDER / newer.id
    for damage in (lambda: (folder / "plan.typ").write_text("x"), lambda: shutil.rmtree(folder)):
        with look(store) as w:
            assert templates.get(w, newer.id).directory == folder
        damage()
        monkeypatch.setattr(templates, "_loaded", Recent(16))  # as in another process
        with look(store) as w:
            templates.get(w, newer.id)
        assert holds(folder, newer.id)


def test_files_that_are_damaged_in_the_store_are_told_and_can_be_installed_again(
    store: Store, newer: Installed, other: Callable[..., Path], tmp_path: Path
):
    with work(store) as w:
        w.session.execute(
            update(TemplateRow).where(TemplateRow.id == newer.id).values(archive=b"geen archief")
        )
    with look(store) as w, pytest.raises(StoreError) as raised:
        templates.current(w)
    assert "izp template install" in str(raised.value)
    assert "2.3.0" in str(raised.value)
    install(store, tmp_path / "izp-2.3.0")
    with look(store) as w:
        assert templates.current(w).version == "2.3.0"


def test_a_template_with_a_key_that_this_izp_does_not_know_is_told(
    store: Store, other: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, talk: str
):
    folder = other("2.3.0", ("title:", "nieuw: ja\ntitle:"))
    monkeypatch.setattr(
        templates, "load_template", lambda _: installed_template().model_copy(update={"version": "2.3.0"})
    )
    install(store, folder)
    monkeypatch.undo()
    with look(store) as w:
        with pytest.raises(StoreError, match=r"De sleutel “nieuw” bestaat niet.*Werk izp bij"):
            templates.current(w)
        assert reviews.plan_of(w, talk)  # is in another


def test_two_who_install_at_once_both_do(store: Store, other: Callable[..., Path]):
    folders = [other("2.3.0"), other("2.4.0"), other("2.5.0")]
    threads = [threading.Thread(target=install, args=(store, folder)) for folder in (*folders, *folders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = there(store)
    assert {version for version, _, _ in found} == {"2.3.0", "2.4.0", "2.5.0", installed_template().version}
    assert [is_current for _, is_current, _ in found] == [True, False, False, False]


# Plans


def test_plans_from_before_there_were_versions_are_shown_in_the_first(
    store: Store, settings: Settings, talk: str
):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE drafts SET template_id = NULL"))
        connection.execute(text("DELETE FROM templates"))
    again = open_store(settings)
    with look(again) as w:
        assert drafts.head(w, talk).template_id == templates.current_id(w)
    again.engine.dispose()


def test_a_plan_stays_in_its_template(store: Store, talk: str, newer: Installed):
    assert HEADING not in headings(store, talk)
    assert [(version, plans) for version, _, plans in there(store)] == [
        ("2.3.0", 0),
        (installed_template().version, 1),
    ]


def test_a_plan_that_is_drafted_again_stays_in_its_template(
    store: Store,
    talk: str,
    newer: Installed,
    found: Callable[..., Extraction],
    redraft: Callable[[Extraction], None],
):
    redraft(found(Vader="other"))
    assert HEADING not in headings(store, talk)


def test_what_follows_an_approved_version_is_shown_in_the_newest(
    store: Store, talk: str, nurse: Actor, approve: Callable[[], Version], newer: Installed
):
    approve()
    with work(store) as w:
        assert drafts.reopen(w, nurse, talk, 1).template_id == newer.id
    assert HEADING in headings(store, talk)
    assert HEADING not in headings(store, talk, 1)


def test_a_correction_keeps_its_point_where_the_new_version_numbers_them_otherwise(
    store: Store,
    talk: str,
    nurse: Actor,
    approve: Callable[[], Version],
    correct: Callable[..., Appended],
    other: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
):
    approve()
    template = reordered(store, other)
    with look(store) as w:
        before = {item.type: item.number for item in reviews.plan_of(w, talk).points}
    added = correct(nurse, "resolve", point_id(before["tentative"]), outcome="resolved")
    assert added.opened
    after = {item.type: item for item in added.plan.points}
    assert {kind: item.number for kind, item in after.items()} != before
    assert after["tentative"].resolved is not None
    with look(store) as w:
        assert drafts.head(w, talk).template_id == template.id
        assert reviews.dossier(w, talk) == added.dossier


def reordered(store: Store, other: Callable[..., Path]) -> Installed:
    """Installs a template with the kinds of flags in the opposite order."""
    lines = (TEMPLATE / "template.yaml").read_text().splitlines(keepends=True)
    begin = lines.index("  flags:\n") + 1
    end = next(at for at in range(begin, len(lines)) if not lines[at].startswith("    "))
    starts = [at for at in range(begin, end) if lines[at][4] not in " #"]
    blocks = ["".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], end], strict=True)]
    return install(store, other("2.4.0", ("".join(blocks), "".join(reversed(blocks)))))


# Another template for a plan that is there


def restyle(store: Store, talk: str, number: int, template_id: str) -> Version:
    with work(store) as w:
        return drafts.restyle(w, ADMIN, talk, number, template_id)


@pytest.mark.parametrize("ready", [False, True])
def test_a_concept_gets_another_template_and_stays_what_it_is(
    store: Store, talk: str, nurse: Actor, newer: Installed, ready: bool
):
    if ready:
        with work(store) as w:
            drafts.set_ready(w, nurse, talk, 1)
    with look(store) as w:
        before = drafts.head(w, talk)
    assert restyle(store, talk, 1, newer.id) == before._replace(template_id=newer.id)
    assert HEADING in headings(store, talk)
    with look(store) as w:
        last = trail.events(w, trail.Wanted(), most=1)[0]
    assert (last.action, last.object) == ("rerender", f"{talk}/1")


def test_an_approved_version_stays_and_a_concept_follows_it(
    store: Store, talk: str, approve: Callable[[], Version], newer: Installed
):
    approved = approve()
    made = restyle(store, talk, 1, newer.id)
    assert (made.number, made.state, made.restyled) == (2, "concept", 1)
    assert (made.drafting, made.corrections) == (approved.drafting, approved.corrections)
    with look(store) as w:
        assert drafts.version(w, talk, 1) == approved
        hashed = reviews.content(w, talk, drafts.head(w, talk))
    assert approved.approval is not None
    assert hashed == approved.approval.content_hash


def test_what_was_approved_is_the_same_where_the_points_are_numbered_otherwise(
    store: Store,
    talk: str,
    nurse: Actor,
    approve: Callable[[], Version],
    correct: Callable[..., Appended],
    other: Callable[..., Path],
):
    with look(store) as w:
        point = next(item for item in reviews.plan_of(w, talk).points if item.type == "tentative")
    correct(nurse, "resolve", point_id(point.number), outcome="resolved")
    approved = approve()
    restyle(store, talk, 1, reordered(store, other).id)
    with look(store) as w:
        now = next(item for item in reviews.plan_of(w, talk).points if item.type == "tentative")
        assert now.number != point.number
        assert approved.approval
        assert approvals.approvable(w, talk).seen.content_hash == approved.approval.content_hash


def test_a_document_of_the_former_template_is_taken_over_by_its_own_numbers(
    store: Store, talk: str, nurse: Actor, other: Callable[..., Path]
):
    with look(store) as w:
        former, plan = reviews.template_of(w, talk), reviews.plan_of(w, talk)
    point = next(item for item in plan.points if item.type == "tentative")
    restyle(store, talk, 1, reordered(store, other).id)
    one = Correction(
        id="c00000000000a", kind="resolve", target=point_id(point.number), after="Nagevraagd.", plan="0" * 8
    )
    with work(store) as w:
        done = reviews.take_over(w, nurse, talk, (one,), (), former, drafting=1, since=0)
    now = next(item for item in done.plan.points if item.type == "tentative")
    assert now.number != point.number
    assert now.resolved is not None
    assert sum(item.resolved is not None for item in done.plan.points) == 1


def test_what_a_document_fills_in_where_there_is_no_field_any_more_waits_to_be_worked_in(
    store: Store, talk: str, nurse: Actor, other: Callable[..., Path]
):
    with look(store) as w:
        former = reviews.template_of(w, talk)
    manifest = (TEMPLATE / "template.yaml").read_text()
    field = next(line for line in manifest.splitlines(keepends=True) if "id: dag-en-nacht" in line)
    restyle(store, talk, 1, install(store, other("2.4.0", (field, ""))).id)
    one = Correction(
        id="c00000000000b", kind="fill", target="dag-en-nacht", after="de afdeling", plan="0" * 8
    )
    with work(store) as w:
        done = reviews.take_over(w, nurse, talk, (one,), (), former, drafting=1, since=0)
    assert done.dossier.corrections == ()
    assert [(each.where, each.after) for each in done.dossier.queue] == [
        ("Dag en nacht bereikbaar", "de afdeling")
    ]


def test_after_a_correction_it_is_no_longer_only_restyled(
    store: Store,
    talk: str,
    nurse: Actor,
    found: Callable[..., Extraction],
    approve: Callable[[], Version],
    correct: Callable[..., Appended],
    newer: Installed,
):
    approve()
    restyle(store, talk, 1, newer.id)
    correct(nurse, "edit", found().findings.statements[0].id, "Thuis zijn")
    with look(store) as w:
        assert drafts.head(w, talk).restyled is None


def test_a_restyled_version_that_was_approved_stays_as_it_is_after_a_correction(
    store: Store,
    talk: str,
    nurse: Actor,
    physician: Actor,
    found: Callable[..., Extraction],
    approve: Callable[[], Version],
    correct: Callable[..., Appended],
    newer: Installed,
):
    approve()
    restyle(store, talk, 1, newer.id)
    with work(store) as w:
        seen = approvals.approvable(w, talk).seen
        approval = approvals.to_approve(w, physician, talk, seen)
        approvals.approve(w, physician, talk, seen, approval, dict.fromkeys(KINDS, b"%PDF"))
    correct(nurse, "edit", found().findings.statements[0].id, "Thuis zijn")
    with look(store) as w:
        assert [each.restyled for each in drafts.versions(w, talk)] == [None, 1, None]


def test_after_another_drafting_it_is_no_longer_only_restyled(
    store: Store,
    talk: str,
    found: Callable[..., Extraction],
    approve: Callable[[], Version],
    redraft: Callable[[Extraction], None],
    newer: Installed,
):
    approve()
    restyle(store, talk, 1, newer.id)
    redraft(found(Vader="other"))
    with look(store) as w:
        assert drafts.head(w, talk).restyled is None


def test_it_stays_restyled_in_a_third_template(
    store: Store, talk: str, approve: Callable[[], Version], newer: Installed, other: Callable[..., Path]
):
    approve()
    restyle(store, talk, 1, newer.id)
    third = install(store, other("2.4.0"))
    made = restyle(store, talk, 2, third.id)
    assert (made.number, made.restyled, made.template_id) == (2, 1, third.id)


def test_a_plan_that_has_the_template_is_left_alone(
    store: Store, talk: str, approve: Callable[[], Version], newer: Installed
):
    approved = approve()
    assert restyle(store, talk, 1, approved.template_id) == approved


def test_a_plan_that_is_another_by_now_is_not_restyled(
    store: Store, talk: str, nurse: Actor, approve: Callable[[], Version], newer: Installed
):
    approve()
    with work(store) as w:
        drafts.reopen(w, nurse, talk, 1)
    with pytest.raises(Outdated):
        restyle(store, talk, 1, newer.id)


def test_a_template_that_is_not_there_is_refused(store: Store, talk: str):
    with pytest.raises(NotFound):
        restyle(store, talk, 1, "0" * 64)


def test_a_plan_can_be_seen_in_another_template_first(store: Store, talk: str, newer: Installed):
    with look(store) as w:
        template = templates.get(w, newer.id)
        _, plan = reviews.plan_in(w, talk, template, drafts.head(w, talk))
        assert plan.chapters[0].heading == HEADING
        assert reviews.template_of(w, talk) is installed_template()
    restyle(store, talk, 1, newer.id)
    with look(store) as w:
        assert reviews.plan_of(w, talk) == plan
        assert reviews.template_of(w, talk).version == "2.3.0"


# For good


def documents(w: Work, talk: str, number: int) -> dict[str, bytes]:
    template, plan = reviews.template_of(w, talk, number), reviews.plan_of(w, talk, number)
    return {**render(plan, template)._asdict(), "family": render_family(plan, template)}


def test_approved_documents_can_be_made_again_to_the_byte(
    store: Store,
    talk: str,
    physician: Actor,
    found: Callable[..., Extraction],
    correct: Callable[..., Appended],
    monkeypatch: pytest.MonkeyPatch,
    other: Callable[..., Path],
):
    for limit in (each for each in found().findings.statements if each.topics):
        correct(physician, "ratify", limit.id)
    with look(store) as w:
        seen = approvals.approvable(w, talk).seen
        approval = approvals.to_approve(w, physician, talk, seen)
        template, plan = reviews.template_of(w, talk), reviews.plan_of(w, talk, 1, approval)
    made = {**render(plan, template)._asdict(), "family": render_family(plan, template)}
    with work(store) as w:
        approvals.approve(w, physician, talk, seen, approval, made)  # type: ignore[arg-type]
    install(store, other("2.3.0", ("In geval van nood", HEADING)))
    with work(store) as w:
        w.session.execute(delete(DocumentRow))
    # A later izp, with which another template comes along: the files come out of the store.
    monkeypatch.setattr(templates, "_along", lambda: "0" * 64)
    monkeypatch.setattr(templates, "_loaded", Recent(16))
    with look(store) as w:
        assert stored(w, talk, 1, "pdf", None) is None
        assert documents(w, talk, 1) == made
    assert unpacked(store) == [content_id(TEMPLATE)]


def test_templates_are_in_a_backup(
    store: Store,
    settings: Settings,
    talk: str,
    newer: Installed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    restyle(store, talk, 1, newer.id)
    before = there(store)
    back_up(store, ADMIN, tmp_path / "kopie")
    store.engine.dispose()
    shutil.rmtree(store.folder / FOLDER)
    monkeypatch.setattr(templates, "_loaded", Recent(16))
    restore(settings, ADMIN, tmp_path / "kopie", replace=True)
    again = open_store(settings)
    assert there(again) == before
    assert HEADING in headings(again, talk)
    again.engine.dispose()


def test_erasing_a_child_leaves_the_templates(store: Store, child: str, talk: str, newer: Installed):
    erase(store, ADMIN, child)
    assert there(store) == [("2.3.0", True, 0), (installed_template().version, False, 0)]


def test_an_export_names_the_template_of_each_version(
    store: Store, child: str, talk: str, approve: Callable[[], Version], newer: Installed, tmp_path: Path
):
    approve()
    restyle(store, talk, 1, newer.id)
    export(store, ADMIN, child, tmp_path / "kind")
    told = [
        (tmp_path / "kind" / "gesprek-1" / f"versie-{number}" / "versie.json").read_text()
        for number in (1, 2)
    ]
    assert f'"template": "izp {installed_template().version}"' in told[0]
    assert '"template": "izp 2.3.0"' in told[1]
