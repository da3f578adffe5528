"""The properties of the Word file: what it is called, when the talk was, and of which plan it was made."""

from __future__ import annotations

from lxml import etree

from pipeline.plan import Plan
from pipeline.render.layout import printable
from pipeline.render.ooxml import OFFICE, serialise
from pipeline.render.running import author, day, document_title

_OWN = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""What the format calls properties that are not its own."""


def properties(plan: Plan) -> dict[str, bytes]:
    """The parts with the properties; the custom ones (`izp-plan` and so on) tell which plan it is.

    Together with the record they are enough to make the document again.
    """
    return {
        "docProps/core.xml": _core(plan),
        "docProps/app.xml": _app(),
        "docProps/custom.xml": _custom(plan),
    }


def _core(plan: Plan) -> bytes:
    names = {
        "cp": f"{OFFICE}/package/2006/metadata/core-properties",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
        "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    }
    root = etree.Element(f"{{{names['cp']}}}coreProperties", nsmap=names)
    for name, text in (
        ("title", document_title(plan)),
        ("creator", author(plan)),
        ("language", plan.language),
    ):
        etree.SubElement(root, f"{{{names['dc']}}}{name}").text = text
    created = etree.SubElement(root, f"{{{names['dcterms']}}}created")
    created.set(f"{{{names['xsi']}}}type", "dcterms:W3CDTF")
    created.text = f"{day(plan):%Y-%m-%dT%H:%M:%SZ}"
    return serialise(root)


def _app() -> bytes:
    """Without the counts of words and pages that pandoc fills in, which are not those of this document."""
    name = f"{OFFICE}/officeDocument/2006/extended-properties"
    root = etree.Element(f"{{{name}}}Properties", nsmap={"ep": name})
    etree.SubElement(root, f"{{{name}}}Application").text = "izp"
    return serialise(root)


def _custom(plan: Plan) -> bytes:
    name, types = (f"{OFFICE}/officeDocument/2006/{kind}" for kind in ("custom-properties", "docPropsVTypes"))
    root = etree.Element(f"{{{name}}}Properties", nsmap={"cp": name, "vt": types})
    own = {
        "izp-conversation": plan.conversation,
        "izp-plan": plan.fingerprint,
        "izp-template": f"{plan.template} {plan.version}",
    }
    if plan.approval:
        own["izp-approval"] = plan.approval.model_dump_json()
    for number, (key, text) in enumerate(own.items(), start=2):  # the format keeps 0 and 1 to itself
        one = etree.SubElement(root, f"{{{name}}}property", {"fmtid": _OWN, "pid": str(number), "name": key})
        etree.SubElement(one, f"{{{types}}}lpwstr").text = printable(text)
    return serialise(root)
