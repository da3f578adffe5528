import pytest

from pipeline.store.database import Store, look, work
from pipeline.store.recent import Recent


def test_what_was_read_is_kept(store: Store):
    recent = Recent[str](2)
    with look(store) as w:
        recent.keep(w, "a", "one")
        assert recent.get(w, "a") == "one"
        assert recent.get(w, "b") is None


def test_what_is_being_changed_is_kept_for_others_when_it_is_there(store: Store):
    recent = Recent[str](2)
    with work(store) as w:
        recent.keep(w, "a", "one")
        assert recent.get(w, "a") == "one"
        with look(store) as other:
            assert recent.get(other, "a") is None
    with look(store) as w:
        assert recent.get(w, "a") == "one"


def test_what_was_not_changed_after_all_is_not_kept(store: Store):
    recent = Recent[str](2)

    def given_up() -> None:
        with work(store) as w:
            recent.keep(w, "a", "one")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        given_up()
    with look(store) as w:
        assert recent.get(w, "a") is None


def test_what_was_asked_for_longest_ago_makes_place(store: Store):
    recent = Recent[str](2)
    with look(store) as w:
        recent.keep(w, "a", "one")
        recent.keep(w, "b", "two")
        recent.get(w, "a")
        recent.keep(w, "c", "three")
        assert [recent.get(w, key) for key in "abc"] == ["one", None, "three"]
