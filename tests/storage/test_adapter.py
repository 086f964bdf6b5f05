"""What a caller's object says is checked: whatever it gives or raises, no wrong bytes come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from memcodec.errors import Changed, ConfigError, StorageError
from memcodec.storage.adapter import AdaptedSource, SourcePlace
from memcodec.storage.open import open_source, place_of
from tests.support.bare import Bare

DATA = bytes(range(200))


class Odd(Bare):
    """Answers in another way."""

    def __init__(self, answer: Callable[[bytes], Any]) -> None:
        super().__init__(DATA)
        self._answer = answer

    def get_bytes(self, offset: int, length: int) -> Any:
        return self._answer(super().get_bytes(offset, length))


def _raise(error: BaseException) -> Callable[[bytes], bytes]:
    def answer(data: bytes) -> bytes:
        raise error

    return answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda data: data[:-1], "gave 9 of the 10 bytes at 5"),
        (lambda data: data + b"x", "gave 11 of the 10 bytes at 5"),
        (lambda data: b"", "gave 0 of the 10 bytes at 5"),
        (lambda data: None, "cannot read: "),
        (lambda data: "0123456789", "cannot read: "),
        (_raise(OSError(5, "Input/output error")), "cannot read: Input/output error"),
        (_raise(KeyError()), "cannot read: KeyError"),
        (_raise(ValueError("two\nlines")), "cannot read: two"),
    ],
)
def test_anything_but_the_bytes_asked_for_is_an_error(answer: Callable[[bytes], Any], told: str) -> None:
    source = AdaptedSource(Odd(answer), "mine")
    for read in (source.get_bytes, source.view):
        with pytest.raises(StorageError) as caught:
            read(5, 10)
        assert str(caught.value).startswith(f"mine: {told}") and "\n" not in str(caught.value)
    assert source.get_bytes(5, 0) == b""  # nothing is asked


def test_our_own_errors_pass_as_they_are() -> None:
    with pytest.raises(Changed, match=r"^replaced$"):
        AdaptedSource(Odd(_raise(Changed("replaced"))), "mine").get_bytes(0, 1)


def test_what_it_gives_may_change_afterwards() -> None:
    kept = bytearray(10)

    def reuse(data: bytes) -> bytearray:
        kept[:] = data
        return kept

    source = AdaptedSource(Odd(reuse), "mine")
    first = source.get_bytes(0, 10)
    source.get_bytes(100, 10)
    assert first == DATA[:10] and first.readonly


@pytest.mark.parametrize("size", [-1, 2.5, "200", None, True])
def test_its_size_is_a_number_of_bytes(size: Any) -> None:
    bare = Bare(DATA)
    bare.size = size
    with pytest.raises(ConfigError, match="no number of bytes"):
        open_source(bare)


def test_a_size_that_grows_is_seen_when_it_is_opened_again() -> None:
    bare = Bare(DATA, 100)
    place = place_of(bare)
    source, mark = place.open(), place.mark()
    bare.size = 200
    assert source.size == 100
    with pytest.raises(StorageError, match="outside its 100 bytes"):
        source.get_bytes(100, 1)
    assert place.open().size == 200 and place.mark() != mark


class Able(Bare):
    """Has all that it may have."""

    name, far = "able", True

    def __init__(self) -> None:
        super().__init__(DATA)
        self.asked = list[object]()

    def view(self, offset: int, length: int) -> memoryview:
        self.asked.append("view")
        return memoryview(DATA)[offset : offset + length]

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        self.asked += spans

    def changed(self) -> bool:
        self.asked.append("changed")
        return False

    def close(self) -> None:
        raise AssertionError("it is its caller's")


def test_what_it_can_do_is_used() -> None:
    able = Able()
    place = place_of(able)
    assert (place.name, place.far, place.path, place.mark()) == ("able", True, None, None)
    source = place.open()
    assert source.far and source.view(2, 3) == DATA[2:5]
    source.prefetch([(0, 5), (190, 20), (-3, 4), (300, 1), (7, 0)])
    assert not source.changed()
    source.close()
    assert able.asked == ["view", (0, 5), (190, 10), (0, 1), "changed"]


def test_what_is_only_read_says_so() -> None:
    for place in (place_of(DATA), place_of(Bare(DATA)), SourcePlace(Bare(DATA), "mine")):
        for begin in (place.create, place.reopen):
            with pytest.raises(StorageError, match="can only be read; save the memory elsewhere") as caught:
                begin()
            assert str(caught.value).startswith(place.name)
