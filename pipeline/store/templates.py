"""The versions of templates in the store: which there are, and which one new plans are shown in.

A version is known by a hash of its files and never changes; each version of a plan says in which one it is
shown. The files come out of the database into a folder of the installation when they are first needed, so
that every machine has them.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Select, func, select

from pipeline.staging import staging
from pipeline.store import audit
from pipeline.store.audit import Actor
from pipeline.store.database import Work, one_at_a_time
from pipeline.store.errors import NotFound, StoreError
from pipeline.store.recent import Recent
from pipeline.store.tables import DraftRow, TemplateRow
from pipeline.template import TEMPLATE, Template, TemplateError, installed_template, load_template
from pipeline.template_check import check
from pipeline.template_files import content_id, holds, id_of, pack, put, put_in, read, unpack

FOLDER: Final = "sjablonen"

NO_TEMPLATE: Final = "Dit sjabloon is niet geïnstalleerd."
NOT_INSTALLED: Final = "Sjabloon {} is niet geïnstalleerd. Wel: {}."
OTHER_FILES: Final = (
    "Sjabloon {} {} is er al, met andere bestanden. Verhoog het versienummer in template.yaml en installeer "
    "het dan."
)
UNUSABLE: Final = (
    "Sjabloon {} {} kan deze versie van izp niet gebruiken: {} Werk izp bij, of installeer een sjabloon dat "
    "past met izp template install."
)

_loaded: Final = Recent[Template](16)


class Installed(NamedTuple):
    """A version of a template in the store.

    The one that `is_current` is that of new plans; `plans` are shown in this one in their newest version.
    """

    id: str
    name: str
    version: str
    installed_at: dt.datetime
    is_current: bool
    plans: int


def install(w: Work, actor: Actor, directory: Path) -> Installed:
    """Installs a template, so that new plans are shown in it; what there is, stays.

    One with the same files may be there already: then it is chosen again, and where its files in the store
    were damaged, they are whole again.

    Args:
        w: The transaction.
        actor: Who does it.
        directory: The folder of the template.

    Raises:
        StoreError: Another one of this name and version is there.
        TemplateError: It cannot be used; with each mistake and its line.
        OSError: There is no place to check it.
    """
    files = read(directory)
    template = _checked(w, files)
    template_id = id_of(files)
    one_at_a_time(w.session.connection())
    row = w.session.get(TemplateRow, template_id)
    if row is None:
        same = TemplateRow.name == template.name, TemplateRow.version == template.version
        if w.session.scalar(select(TemplateRow.id).where(*same)):
            raise StoreError(OTHER_FILES.format(template.name, template.version))
        row = TemplateRow(
            id=template_id, name=template.name, version=template.version, installed_at=w.at, chosen_at=w.at
        )
        w.session.add(row)
    row.archive = pack(files)
    # Who waited for another, or whose clock runs behind, comes after it all the same.
    last = w.session.scalar(select(func.max(TemplateRow.chosen_at)).where(TemplateRow.id != template_id))
    row.chosen_at = max(w.at, last + dt.timedelta(microseconds=1)) if last else w.at
    w.session.flush()
    audit.record(w, actor, "install_template", object=template_id)
    return next(each for each in installed(w) if each.id == template_id)


def installed(w: Work) -> tuple[Installed, ...]:
    """The templates that there are, the one that was chosen last first."""
    newest = select(DraftRow.conversation_id, func.max(DraftRow.number).label("number"))
    heads = newest.group_by(DraftRow.conversation_id).subquery()
    shown = (
        select(DraftRow.template_id, func.count())
        .join(
            heads,
            (heads.c.conversation_id == DraftRow.conversation_id) & (heads.c.number == DraftRow.number),
        )
        .group_by(DraftRow.template_id)
    )
    plans = dict(w.session.execute(shown).all())
    return tuple(
        Installed(row.id, row.name, row.version, row.installed_at, not place, plans.get(row.id, 0))
        for place, row in enumerate(w.session.scalars(_newest_first()))
    )


def current_id(w: Work) -> str:
    """The id of the template that new plans are shown in."""
    return w.session.scalars(_newest_first().limit(1)).one().id


def current(w: Work) -> Template:
    """The template that new plans are shown in.

    Raises:
        StoreError: This version of izp cannot use it; says what to do.
    """
    return get(w, current_id(w))


def get(w: Work, template_id: str) -> Template:
    """A template.

    Raises:
        NotFound: There is none with this id.
        StoreError: This version of izp cannot use it; says what to do.
        OSError: Its files cannot be put down.
    """
    key = (w.folder, template_id)
    template = _loaded.get(w, key)
    if template is None:
        template = _load(w, template_id)
        _loaded.keep(w, key, template)
    return template


def known(w: Work, template_id: str) -> None:
    """Refuses the id of a template that is not there.

    Raises:
        NotFound: There is none with this id.
    """
    if w.session.get(TemplateRow, template_id) is None:
        raise NotFound(NO_TEMPLATE)


def named(w: Work, name: str | None = None, version: str | None = None) -> str:
    """The id of a version of a template: where it is not said which, of the one that was chosen last.

    Raises:
        NotFound: There is none; says which there are.
    """
    rows = w.session.scalars(_newest_first()).all()
    name = name or rows[0].name
    for row in rows:
        if row.name == name and version in (None, row.version):
            return row.id
    there = ", ".join(f"{row.name} {row.version}" for row in rows)
    raise NotFound(NOT_INSTALLED.format(f"{name} {version}" if version else name, there))


def name_and_version(w: Work, template_id: str) -> tuple[str, str]:
    """What a template is called, whether this version of izp can use it or not.

    Raises:
        NotFound: There is none with this id.
    """
    row = w.session.get(TemplateRow, template_id)
    if row is None:
        raise NotFound(NO_TEMPLATE)
    return row.name, row.version


def newer_along(w: Work) -> Template | None:
    """The template that comes along with izp, if it is newer than all of its name in the store."""
    along = installed_template()
    there = w.session.scalars(select(TemplateRow.version).where(TemplateRow.name == along.name))
    return along if all(_order(along.version) > _order(version) for version in there) else None


def _newest_first() -> Select[TemplateRow]:
    return select(TemplateRow).order_by(TemplateRow.chosen_at.desc(), TemplateRow.id)


def _checked(w: Work, files: dict[str, bytes]) -> Template:
    """The template of files that were read, if nothing is wrong with it."""
    folder = w.folder / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with staging(folder) as hidden:
        put_in(files, hidden / "new")
        if mistakes := check(hidden / "new"):
            raise TemplateError(*mistakes)
        return load_template(hidden / "new")


def _load(w: Work, template_id: str) -> Template:
    row = w.session.get(TemplateRow, template_id)
    if row is None:
        raise NotFound(NO_TEMPLATE)
    if template_id == _along():
        return installed_template()
    directory = w.folder / FOLDER / template_id
    try:
        if not holds(directory, template_id):
            put(unpack(row.archive, template_id), directory)
        return load_template(directory)
    except TemplateError as error:
        sentence = UNUSABLE.format(row.name, row.version, error)
    raise StoreError(sentence)


@cache
def _along() -> str:
    """The id of the template that comes along, whose files need not be put down."""
    return content_id(TEMPLATE)


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
