"""The term dictionary: every term found, no other, from one block each."""

from __future__ import annotations

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import Damaged
from memcodec.index import terms as terms_module
from memcodec.index.blob import Blob, BlobWriter
from memcodec.index.terms import BLOCK, Entry, Terms, TermsWriter

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1, max_size=8)


def _written(rows: dict[str, tuple[int, int]]) -> Blob:
    writer = TermsWriter()
    ordered = sorted((word.encode(), *numbers) for word, numbers in rows.items())
    for at in range(0, len(ordered), 100):
        writer.extend(*zip(*ordered[at : at + 100], strict=True))
    blob = BlobWriter("test")
    writer.add_to(blob)
    return _opened(blob.to_bytes())


def _opened(data: bytes) -> Blob:
    return Blob(lambda start, length: memoryview(data)[start : start + length], "test")


@given(st.dictionaries(words, st.tuples(st.integers(1, 2**40), st.integers(1, 2**30))), words)
@settings(deadline=None)
def test_round_trip(rows: dict[str, tuple[int, int]], other: str) -> None:
    terms = Terms(_written(rows))
    start = 0
    for word in sorted(rows, key=str.encode):
        df, length = rows[word]
        assert terms.lookup(word) == Entry(df, start, length)
        start += length
    assert (terms.lookup(other) is None) == (other not in rows)


def _many(count: int) -> dict[str, tuple[int, int]]:
    return {f"term{number:05}": (number + 1, number % 7 + 1) for number in range(count)}


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 10 * BLOCK + 3])
def test_blocks_of_every_fill(count: int) -> None:
    rows = _many(count)
    terms = Terms(_written(rows))
    starts = np.cumsum([0, *(length for _, length in rows.values())]).tolist()
    for (word, (df, length)), start in zip(rows.items(), starts, strict=False):
        assert terms.lookup(word) == Entry(df, start, length)
    assert [terms.lookup(word) for word in ("", "a", "term", "term00000x", "zzz")] == [None] * 5


@given(st.dictionaries(words, st.just((1, 1))), st.text(max_size=2))
@settings(deadline=None)
def test_prefix(rows: dict[str, tuple[int, int]], prefix: str) -> None:
    terms = Terms(_written(rows))
    found = [word for word, _ in terms.with_prefix(prefix)]
    assert found == sorted((word for word in rows if word.startswith(prefix)), key=str.encode)


def test_prefix_crosses_blocks() -> None:
    terms = Terms(_written(_many(1000) | {"zebra": (1, 1)}))
    found = dict(terms.with_prefix("term00"))
    assert list(found) == list(_many(1000)) and found["term00700"] == terms.lookup("term00700")


def test_a_lookup_reads_one_block() -> None:
    blob = _written(_many(20 * BLOCK))
    terms, read = Terms(blob), 0
    inner = blob.read

    def count(name: str, start: int = 0, length: int | None = None) -> memoryview:
        nonlocal read
        data = inner(name, start, length)
        read += len(data)
        return data

    blob.read = count  # type: ignore[method-assign]
    assert terms.lookup("term03000") and 0 < read < blob.size("terms") / 10


def _with_directory(table: bytes) -> Terms:
    blob = BlobWriter("test")
    blob.add("terms", b"")
    blob.add("terms.dir", table)
    return Terms(_opened(blob.to_bytes()))


@pytest.mark.parametrize(
    "table",
    [
        b"junk",
        zstandard.compress(b""),
        zstandard.compress(b"\x01\0\0\0a"),
        zstandard.compress(b"\xff\xff\xff\xffa\x01\x01"),
        zstandard.compress(b"\x01\0\0\0a\x01\x80"),
    ],
)
def test_a_directory_that_makes_no_sense_is_damage(table: bytes) -> None:
    with pytest.raises(Damaged, match="repair"):
        _with_directory(table)


def test_a_block_outside_the_section_is_damage() -> None:
    with pytest.raises(Damaged):
        _with_directory(terms_module._pack([b"a"], [2**62], [1])).lookup("a")


def test_a_block_that_unfolds_without_end_is_damage() -> None:
    bomb = zstandard.compress(bytes(100 << 20))
    blob = BlobWriter("test")
    blob.add("terms", bomb)
    blob.add("terms.dir", terms_module._pack([b"a"], [len(bomb)], [1]))
    with pytest.raises(Damaged, match="impossible size"):
        Terms(_opened(blob.to_bytes())).lookup("a")
