"""The names in the XML of a Word file (ECMA-376 part 1), and reading and writing it."""

from __future__ import annotations

from lxml import etree

Element = etree._Element

OFFICE = "http://schemas.openxmlformats.org"
MICROSOFT = "http://schemas.microsoft.com/office"

NAMES = {
    "w": f"{OFFICE}/wordprocessingml/2006/main",
    "w14": f"{MICROSOFT}/word/2010/wordml",
    "w15": f"{MICROSOFT}/word/2012/wordml",
    "mc": f"{OFFICE}/markup-compatibility/2006",
}
W, W14, W15, MC = (f"{{{uri}}}" for uri in NAMES.values())
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_PARSER = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)


def parse(part: bytes) -> Element:
    """The root of a part; a word in it may be as long as it likes."""
    return etree.fromstring(part, _PARSER)


def serialise(root: Element) -> bytes:
    """A part as Word writes it."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def root_of(name: str, *prefixes: str) -> Element:
    """The root of a new part, with the namespaces that it names; only the first is for every program."""
    known = {prefix: NAMES[prefix] for prefix in (*prefixes, "mc")}
    root = etree.Element(f"{{{NAMES[prefixes[0]]}}}{name}", nsmap=known)
    root.set(f"{MC}Ignorable", prefixes[-1])
    return root


def w(name: str, *children: Element, text: str | None = None, **attributes: str) -> Element:
    """An element of WordprocessingML, with attributes of its namespace; white space in its text counts."""
    element = etree.Element(W + name)
    for key, value in attributes.items():
        element.set(W + key, value)
    if text is not None:
        element.text = text
        element.set(SPACE, "preserve")
    element.extend(children)
    return element


def add(parent: Element, name: str, **attributes: str) -> Element:
    """A new last child of WordprocessingML; quicker than to make it apart with `w` and move it there."""
    return etree.SubElement(parent, W + name, {W + key: value for key, value in attributes.items()})


def one(parent: Element, *path: str) -> Element:
    """The element that pandoc always writes there.

    Raises:
        LookupError: It did not.
    """
    element = parent.find("/".join(W + name for name in path))
    if element is None:
        raise LookupError("/".join(path))
    return element


def style_of(block: Element) -> str | None:
    """The id of the style of a paragraph or run, if it has one of its own."""
    kind = W + ("p" if block.tag == W + "p" else "r")
    for properties in block.iterchildren(kind + "Pr"):
        for style in properties.iterchildren(kind + "Style"):
            return style.get(W + "val")
    return None


def text_of(block: Element) -> str:
    """The words of a paragraph, cell or row."""
    return "".join(text.text or "" for text in block.iter(W + "t"))
