"""Which names a layout uses that are not there: found by reading the Jinja template, without rendering it.

Rendering finds only what the plan at hand comes to. Here every branch is read: the types of the plan's
records tell what each loop variable, macro argument and attribute may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import GenericAlias, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from jinja2 import Environment, TemplateSyntaxError, nodes
from pydantic import BaseModel

KEEP_ELEMENTS = frozenset(
    ("selectattr", "rejectattr", "select", "reject", "list", "sort", "reverse", "unique", "default")
)
"""Filters that give back elements of what they were given."""

BY_ATTRIBUTE = frozenset(("selectattr", "rejectattr", "sort", "groupby", "sum", "map", "unique"))


class Wrong(NamedTuple):
    """Something in a layout that cannot work: the line (from 1) and a Dutch sentence."""

    line: int
    sentence: str


class _Keys(NamedTuple):
    """A mapping of which the keys are known."""

    name: str
    keys: frozenset[str]
    values: Any


def wrong_names(
    source: str, environment: Environment, given: Mapping[str, Any], texts: Mapping[str, str]
) -> list[Wrong]:
    """Everything in a layout that names what does not exist, in the order of its lines.

    Args:
        source: The text of the layout.
        environment: The environment that it is rendered in, with its filters.
        given: The type of each variable that it is rendered with.
        texts: The fixed texts, which it uses as `text`.
    """
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        return [Wrong(error.lineno, f"Hier klopt de Jinja2-code niet: {error.message}")]
    return sorted(set(_Reader(tree, environment, given, texts).read()))


class _Reader:
    """Goes through a layout, keeping what type each name has at each place.

    A macro is read behind its calls, with the types it is called with.
    """

    def __init__(
        self,
        tree: nodes.Template,
        environment: Environment,
        given: Mapping[str, Any],
        texts: Mapping[str, str],
    ) -> None:
        self.tree, self.environment = tree, environment
        self.wrong: list[Wrong] = []
        self.names: dict[str, Any] = {**given, "text": _Keys("text", frozenset(texts), str)}
        self.macros = {macro.name: macro for macro in tree.find_all(nodes.Macro)}
        self.names |= dict.fromkeys(self.macros, Any)
        self.calls = {
            name: {call.node.name for call in macro.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
            for name, macro in self.macros.items()
        }
        self.called: dict[str, list[Any]] = {}

    def read(self) -> list[Wrong]:
        self._body(self.tree.body, self.names)  # a macro sees what the layout sets outside of it
        waiting = list(self.macros)
        while waiting:
            # A macro that another one calls is read behind it, so that its arguments are known.
            ready = next((name for name in waiting if not self._called_by(name, waiting)), waiting[0])
            waiting.remove(ready)
            self._macro(self.macros[ready])
        return self.wrong

    def _called_by(self, name: str, others: list[str]) -> bool:
        return any(name in self.calls[other] for other in others if other != name)

    def _macro(self, macro: nodes.Macro) -> None:
        arguments = self.called.get(macro.name, [])
        known = {
            argument.name: arguments[at] if at < len(arguments) else Any
            for at, argument in enumerate(macro.args)
        }
        self._body(macro.body, {**self.names, **known, "caller": Any, "varargs": Any, "kwargs": Any})

    def _body(self, body: list[nodes.Node], names: dict[str, Any]) -> None:
        for node in body:
            self._node(node, names)

    def _node(self, node: nodes.Node, names: dict[str, Any]) -> None:
        match node:
            case nodes.Macro():
                pass
            case nodes.For():
                inner = {**names, "loop": Any}
                self._assign(node.target, _element(self._type(node.iter, names)), inner)
                if node.test is not None:
                    self._type(node.test, inner)
                self._body(node.body, inner)
                self._body(node.else_, names)
            case nodes.Assign():
                self._assign(node.target, self._type(node.node, names), names)
            case nodes.Expr():
                self._type(node, names)
            case _:
                for child in node.iter_child_nodes():
                    self._node(child, names)

    def _assign(self, target: nodes.Node, kind: Any, names: dict[str, Any]) -> None:
        if isinstance(target, nodes.Name):
            names[target.name] = kind
        elif isinstance(target, nodes.Tuple):
            parts = get_args(kind) if get_origin(kind) is tuple else ()
            fixed = len(parts) == len(target.items) and Ellipsis not in parts
            for at, item in enumerate(target.items):
                self._assign(item, parts[at] if fixed else Any, names)

    def _type(self, node: nodes.Node, names: dict[str, Any]) -> Any:
        match node:
            case nodes.Name():
                if node.name not in names and node.name not in self.environment.globals:
                    self._complain(node.lineno, node.name, names)
                return names.get(node.name, Any)
            case nodes.Getattr():
                return self._attribute(self._type(node.node, names), node.attr, node)
            case nodes.Getitem():
                return self._item(node, names)
            case nodes.Filter() | nodes.Test():
                return self._filter(node, names)
            case nodes.Call():
                return self._call(node, names)
            case nodes.Compare():
                kind = self._type(node.expr, names)
                for operand in node.ops:
                    self._compared(kind, operand.expr, names)
                return bool
            case _:
                kinds = [self._type(child, names) for child in node.iter_child_nodes()]
                return kinds[0] if kinds and isinstance(node, nodes.Add | nodes.Or | nodes.And) else Any

    def _item(self, node: nodes.Getitem, names: dict[str, Any]) -> Any:
        kind = self._type(node.node, names)
        self._type(node.arg, names)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._attribute(kind, node.arg.value, node)
        return kind if isinstance(node.arg, nodes.Slice) else _value(kind)

    def _compared(self, kind: Any, expression: nodes.Node, names: dict[str, Any]) -> None:
        """A closed list of words can only equal one of them."""
        self._type(expression, names)
        kind = _not_none(kind)
        words = get_args(kind) if get_origin(kind) is Literal else ()
        constants = [expression] if isinstance(expression, nodes.Const) else expression.find_all(nodes.Const)
        for constant in constants if words else ():
            if isinstance(constant.value, str) and constant.value not in words:
                self._complain(constant.lineno, constant.value, dict.fromkeys(words))

    def _filter(self, node: nodes.Filter | nodes.Test, names: dict[str, Any]) -> Any:
        kind = self._type(node.node, names) if node.node is not None else Any
        known = self.environment.filters if isinstance(node, nodes.Filter) else self.environment.tests
        if node.name not in known:
            self._complain(node.lineno, node.name, known)
        arguments = [self._type(argument, names) for argument in node.args]
        arguments += [self._type(argument.value, names) for argument in node.kwargs]
        if isinstance(node, nodes.Test):
            return bool
        attributes = [argument.value for argument in node.kwargs if argument.key == "attribute"]
        attributes += node.args[:1] if node.name in ("selectattr", "rejectattr") else []
        of_each = _element(kind)
        for attribute in attributes:
            if node.name in BY_ATTRIBUTE and isinstance(attribute, nodes.Const):
                of_each = self._attribute(of_each, attribute.value, attribute)
        if node.name == "batch":
            return _many(kind)
        if node.name == "map":
            return _many(of_each)
        if node.name in ("first", "last"):
            return _element(kind)
        return kind if node.name in KEEP_ELEMENTS else Any

    def _call(self, node: nodes.Call, names: dict[str, Any]) -> Any:
        arguments = [self._type(argument, names) for argument in node.args]
        for argument in node.kwargs:
            self._type(argument.value, names)
        if isinstance(node.node, nodes.Name) and node.node.name in self.macros:
            self.called.setdefault(node.node.name, arguments)
            return str
        if isinstance(node.node, nodes.Getattr):
            kind = self._type(node.node.node, names)
            if get_origin(kind) is dict:
                key, value = get_args(kind)
                given = {"items": GenericAlias(tuple, (key, value)), "values": value, "keys": key}
                return _many(given.get(node.node.attr, Any))
            return Any
        self._type(node.node, names)
        return Any

    def _attribute(self, kind: Any, name: str, node: nodes.Node) -> Any:
        kind = _not_none(kind)
        if isinstance(kind, _Keys):
            if name not in kind.keys:
                self._complain(
                    node.lineno, f"{kind.name}.{name}", (f"{kind.name}.{key}" for key in kind.keys)
                )
            return kind.values
        if get_origin(kind) is dict:
            return get_args(kind)[1]
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return Any
        hints = get_type_hints(kind)
        if name not in kind.model_fields and not hasattr(kind, name):
            self._complain(node.lineno, name, kind.model_fields)
        return hints.get(name, Any) if name in kind.model_fields else Any

    def _complain(self, line: int, name: str, known: Any) -> None:
        near = get_close_matches(name, list(known), n=1)
        self.wrong.append(Wrong(line, f"“{name}” bestaat niet.{_advice(near)}"))


def _advice(near: list[str]) -> str:
    return f" Bedoelt u “{near[0]}”?" if near else ""


def _not_none(kind: Any) -> Any:
    """A type without the None that it may also be."""
    if get_origin(kind) in (Union, UnionType):
        kinds = [each for each in get_args(kind) if each is not type(None)]
        return kinds[0] if len(kinds) == 1 else Any
    return kind


def _many(kind: Any) -> Any:
    """A tuple of any length of a type."""
    return GenericAlias(tuple, (kind, ...))


def _element(kind: Any) -> Any:
    """The type of each element of a tuple of any length."""
    kind = _not_none(kind)
    arguments = get_args(kind)
    if get_origin(kind) in (tuple, list) and arguments:
        return arguments[0]
    return arguments[0] if get_origin(kind) is dict else Any


def _value(kind: Any) -> Any:
    """The type of what stands under a key or at a place."""
    kind = _not_none(kind)
    if isinstance(kind, _Keys):
        return kind.values
    return get_args(kind)[1] if get_origin(kind) is dict else _element(kind)
