"""How a page is made."""

import gc
import weakref

import pytest
from jinja2 import DictLoader
from starlette.requests import Request

from review import pages

TEMPLATES = {
    "parts.html": "{% macro shown() %}{{ screen.words }}{% endmacro %}"
    "{% macro twice() %}{{ shown() }}{{ shown() }}{% endmacro %}",
    "page.html": "{% from 'parts.html' import twice with context %}{{ twice() }}",
}


class Shown:
    words = "Samen naar zee"


def test_what_a_page_showed_is_let_go_of_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = pages._environment().overlay(loader=DictLoader(TEMPLATES))
    monkeypatch.setattr(pages, "_environment", lambda: environment)
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "state": {}})
    screen = Shown()
    is_there = weakref.ref(screen)
    gc.disable()
    try:
        made = pages.page(request, "page.html", screen=screen)
        del screen
        assert is_there() is None
    finally:
        gc.enable()
    assert bytes(made.body).decode() == Shown.words * 2
