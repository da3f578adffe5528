import base64
import errno
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.store.keys import (
    BAD_KEY,
    NO_KEY,
    OTHER_KEY,
    KeysError,
    MainKeys,
    load_keys,
    name_of,
    new_key,
    read_keys,
    seal,
    unseal,
    write_keys,
)

WORDS = b"Ik wil graag naar huis. " * 50
PLACE = "statements.sealed:1"


def test_what_is_sealed_comes_back_with_its_key_at_its_place():
    key = new_key()
    assert unseal(seal(WORDS, key, PLACE), key, PLACE) == WORDS
    assert unseal(seal(b"", key, PLACE), key, PLACE) == b""


def test_nothing_of_the_words_is_in_what_is_sealed():
    sealed = seal(WORDS, new_key(), PLACE)
    assert b"huis" not in sealed
    assert len(sealed) < len(WORDS)


def test_the_same_words_are_never_sealed_the_same():
    key = new_key()
    assert seal(WORDS, key, PLACE) != seal(WORDS, key, PLACE)


@pytest.mark.parametrize("position", [0, 11, 12, 40, -1])
def test_a_sealed_text_that_was_changed_does_not_open(position: int):
    key = new_key()
    sealed = bytearray(seal(WORDS, key, PLACE))
    sealed[position] ^= 1
    with pytest.raises(KeysError, match="andere sleutel"):
        unseal(bytes(sealed), key, PLACE)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_sealed_text_that_was_cut_off_does_not_open(length: int):
    key = new_key()
    with pytest.raises(KeysError):
        unseal(seal(WORDS, key, PLACE)[:length], key, PLACE)


def test_a_sealed_text_does_not_open_in_another_row_or_with_another_key():
    key = new_key()
    sealed = seal(WORDS, key, PLACE)
    with pytest.raises(KeysError):
        unseal(sealed, key, "statements.sealed:2")
    with pytest.raises(KeysError):
        unseal(sealed, new_key(), PLACE)


def test_an_error_about_a_sealed_text_holds_nothing_of_it():
    key, nonce = new_key(), os.urandom(12)
    not_compressed = nonce + AESGCM(key).encrypt(nonce, WORDS, PLACE.encode())
    with pytest.raises(KeysError) as raised:
        unseal(not_compressed, key, PLACE)
    assert str(raised.value) == OTHER_KEY
    assert raised.value.__context__ is None


def test_a_key_is_unwrapped_by_the_main_key_that_wrapped_it_and_no_other():
    old, new, key = new_key(), new_key(), new_key()
    wrapped = MainKeys((old,)).wrap(key)
    assert wrapped.by == name_of(old)
    assert MainKeys((new, old)).unwrap(wrapped) == key
    with pytest.raises(KeysError, match="andere sleutel"):
        MainKeys((new,)).unwrap(wrapped)
    with pytest.raises(KeysError):
        MainKeys((new,)).unwrap(wrapped._replace(by=name_of(new)))
    with pytest.raises(KeysError):
        MainKeys((old,)).unwrap(wrapped._replace(wrapped=wrapped.wrapped[:-1] + b"!"))


def test_what_prints_main_keys_does_not_print_them():
    key = new_key()
    assert repr(key) not in repr(MainKeys((key,)))
    assert name_of(key) in repr(MainKeys((key,)))


def test_the_newest_main_key_wraps():
    old, new = new_key(), new_key()
    assert MainKeys((new, old)).wrap(new_key()).by == name_of(new)


def test_keys_that_were_written_are_read_back_in_order():
    keys = MainKeys((new_key(), new_key()))
    assert read_keys(write_keys(keys)) == keys
    assert read_keys(",".join(write_keys(keys).split())) == keys


@pytest.mark.parametrize(
    "text", ["geheim", "a" * 44, base64.b64encode(b"kort").decode(), write_keys(MainKeys((b"k" * 32,)))[:30]]
)
def test_what_is_no_key_is_told(text: str):
    with pytest.raises(KeysError) as raised:
        read_keys(text)
    assert str(raised.value) == BAD_KEY


@pytest.mark.parametrize("text", ["", "\n", " , "])
def test_an_empty_file_is_a_missing_key(text: str):
    with pytest.raises(KeysError) as raised:
        read_keys(text)
    assert str(raised.value) == NO_KEY


def test_a_new_store_gets_a_key_that_only_its_owner_can_read(tmp_path: Path):
    file = tmp_path / "new" / "sleutel"
    keys = load_keys(None, file, make=True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["sleutel"]
    assert load_keys(None, file, make=True) == keys == load_keys(None, file, make=False)


def test_a_key_that_is_there_is_only_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "sleutel"
    keys = load_keys(None, file, make=True)

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "open", read_only)
    assert load_keys(None, file, make=True) == keys


def test_no_key_is_made_for_a_store_that_holds_something(tmp_path: Path):
    with pytest.raises(KeysError) as raised:
        load_keys(None, tmp_path / "sleutel", make=False)
    assert str(raised.value) == NO_KEY
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_with_something_else_is_told(tmp_path: Path):
    (tmp_path / "sleutel").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KeysError) as raised:
        load_keys(None, tmp_path / "sleutel", make=True)
    assert str(raised.value) == BAD_KEY


def test_the_setting_comes_before_the_file(tmp_path: Path):
    keys = MainKeys((new_key(),))
    assert load_keys(write_keys(keys), tmp_path / "sleutel", make=True) == keys
    assert list(tmp_path.iterdir()) == []
