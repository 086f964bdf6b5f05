"""A file object that the caller has: read and written as a file, and his still."""

from __future__ import annotations

import gzip
import io
import random
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pytest

from memcodec.errors import ConfigError, StorageError
from memcodec.storage.open import place_of

DATA = random.Random(7).randbytes(100_000)


def test_it_is_closed_by_nobody_else(tmp_path: Path) -> None:
    for file in (io.BytesIO(), (tmp_path / "file").open("w+b")):
        place = place_of(file)
        with closing(place.create()) as target:
            target.append(DATA)
            target.publish()
        place.open().close()
        assert not file.closed
        file.seek(0)
        assert file.read() == DATA
        file.close()


def test_what_is_published_is_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("w+b") as file, closing(place_of(file).create()) as target:
        target.append(b"content")
        target.publish()
        assert path.read_bytes() == b"content"  # not in a buffer of this process


@pytest.mark.parametrize(
    ("mode", "begin", "told"),
    [
        ("rb", "create", "is not writable; open it in mode r\\+b"),
        ("rb", "reopen", "is not writable; open it in mode r\\+b"),
        ("wb", "open", "is not readable; open it in mode rb"),
        ("wb", "create", "is not readable; open it in mode r\\+b"),
        ("ab", "reopen", "is opened to write at its end alone; open it in mode r\\+b"),
        ("a+b", "create", "is opened to write at its end alone; open it in mode r\\+b"),
    ],
)
def test_one_opened_in_another_way_is_refused(tmp_path: Path, mode: str, begin: str, told: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    with path.open(mode) as file:
        place = place_of(file)  # type: ignore[arg-type]
        for _ in range(2):  # and nothing stays locked
            with pytest.raises(StorageError, match=f"^{path}: {told}$"):
                getattr(place, begin)()


def test_text_is_refused(tmp_path: Path) -> None:
    with (
        (tmp_path / "file").open("w+") as file,
        pytest.raises(ConfigError, match="is opened as text; open it in binary mode"),
    ):
        place_of(file)  # type: ignore[arg-type]


def test_one_that_is_closed_is_an_error_in_one_line() -> None:
    file = io.BytesIO(DATA)
    place = place_of(file)
    source, target = place.open(), place.reopen()
    file.close()
    for read in (lambda: source.get_bytes(0, 1), lambda: target.append(b"x"), place.open, place.mark):
        with pytest.raises(StorageError, match="I/O operation on closed file") as caught:
            read()
        assert str(caught.value).startswith(place.name)
    target.close()


class Short(io.BytesIO):
    """Takes and gives three bytes at once, as a raw file may."""

    def write(self, data: Any) -> int:
        return super().write(bytes(data[:3]))

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(3, size or 0))


def test_short_reads_and_writes_are_finished() -> None:
    place = place_of(Short())
    with closing(place.create()) as target:
        target.append(b"more than three")
        target.patch(1, b"ORE T")
        assert target.read(0, 100) == b"mORE Than three"
        target.publish()
    assert place.open().get_bytes(0, 15) == b"mORE Than three"


class Full(io.BytesIO):
    """Has room for ten bytes."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__()
        self._error = error

    def write(self, data: Any) -> int:
        taken = super().write(bytes(data[: max(0, 10 - self.tell())]))
        if not taken and self._error is not None:
            raise self._error
        return taken


@pytest.mark.parametrize("error", [None, OSError(28, "No space left on device")])
def test_a_failed_write_says_so_and_can_be_cut(error: Exception | None) -> None:
    file = Full(error)
    with closing(place_of(file).create()) as target:
        target.append(b"12345")
        target.publish()
        with pytest.raises(StorageError, match=r"cannot write: (it takes no more|No space left)"):
            target.append(b"67890 and more")
        target.cut(5)
        assert target.read(0, 100) == file.getvalue() == b"12345"


def test_all_who_use_one_object_take_turns() -> None:
    file = io.BytesIO(DATA)
    sources = [place_of(file).open() for _ in range(4)]  # given four times
    draws = random.Random(5)
    spans = [(draws.randrange(90_000), draws.randrange(1, 9_000)) for _ in range(400)]

    def right(number: int) -> bool:
        offset, length = spans[number]
        return sources[number % 4].get_bytes(offset, length) == DATA[offset : offset + length]

    with closing(place_of(file).reopen()) as target, ThreadPoolExecutor(8) as pool:
        found = pool.map(right, range(len(spans)))
        for number in range(50):
            assert target.append(b"grown") == len(DATA) + 5 * number
        assert all(found)
    assert file.getvalue() == DATA + b"grown" * 50


def test_one_writer_at_a_time_however_it_is_given() -> None:
    file = io.BytesIO()
    with closing(place_of(file).create()):
        for begin in (place_of(file).create, place_of(file).reopen):
            with pytest.raises(StorageError, match="another writer is at it"):
                begin()
    with closing(place_of(file).reopen()) as target:
        target.append(b"later")


@pytest.mark.parametrize("make", [tempfile.TemporaryFile, tempfile.SpooledTemporaryFile])
def test_files_of_many_kinds(make: Callable[[], IO[bytes]]) -> None:
    with make() as file:
        place = place_of(file)
        with closing(place.create()) as target:
            target.append(DATA)
            target.publish()
        assert place.open().get_bytes(10, 90_000) == DATA[10:90_010]


def test_its_name_is_shown_when_it_has_one(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        assert place_of(file).name == str(tmp_path / "file")
    with tempfile.TemporaryFile() as nameless:  # its name is a number
        assert place_of(nameless).name.startswith("<file ")
    packed = io.BytesIO(gzip.compress(DATA))
    with gzip.open(packed) as unpacked:
        assert place_of(unpacked).open().get_bytes(500, 10) == DATA[500:510]
