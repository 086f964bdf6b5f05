"""The term dictionary: every term found, no other, from one block each."""

from __future__ import annotations

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import Damaged
from memcodec.format.blob import SEAL, Blob, BlobWriter, seal
from memcodec.index.lexical import terms as terms_module
from memcodec.index.lexical.postings import PostingLists
from memcodec.index.lexical.terms import BLOCK, FREQUENT, MOST, Terms, TermsWriter
from memcodec.model import Extent

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1, max_size=8)
Rows = dict[str, tuple[int, int, bytes]]  # of each term its df, its count bits and its list


def _written(rows: Rows, chunks: int = 1 << 20) -> Blob:
    writer = TermsWriter(chunks)
    ordered = sorted((word.encode(), *row) for word, row in rows.items())
    for at in range(0, len(ordered), 100):
        terms, df, count_bits, lists = zip(*ordered[at : at + 100], strict=True)
        sizes = np.array([len(each) for each in lists])
        writer.extend(terms, PostingLists(b"".join(lists), np.array(df), sizes, np.array(count_bits)))
    blob = BlobWriter("test")
    writer.add_to(blob)
    return _opened(blob.to_bytes())


def _opened(data: bytes) -> Blob:
    return Blob(
        lambda start, length: memoryview(data)[start : start + length], "test", None, Extent(0, len(data))
    )


def _found(terms: Terms, word: str) -> tuple[int, int, bytes] | None:
    entry = terms.lookup(word)
    return (entry.df, entry.count_bits, bytes(terms.read(entry))) if entry else None


_rows = st.dictionaries(
    words, st.tuples(st.integers(1, 2**40), st.integers(0, 24), st.binary(min_size=1, max_size=9))
)


@given(_rows, words, st.sampled_from([1, 20, MOST]))
@settings(deadline=None)
def test_round_trip(rows: Rows, other: str, limit: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terms_module, "lists_limit", lambda chunks: limit)
        terms = Terms(_written(rows))
    assert {word: _found(terms, word) for word in rows} == rows
    assert (terms.lookup(other) is None) == (other not in rows)
    assert _all(terms) == {word: rows[word] for word in sorted(rows, key=str.encode)}


def _all(terms: Terms) -> Rows:
    found: Rows = {}
    for names, (data, df, sizes, count_bits) in map(terms.block, range(terms.blocks)):
        ends = np.cumsum(sizes).tolist()
        for name, *row, size, end in zip(
            names, df.tolist(), count_bits.tolist(), sizes.tolist(), ends, strict=True
        ):
            found[name.decode()] = (row[0], row[1], bytes(data[end - size : end]))
    return found


def _many(count: int, size: int = 3) -> Rows:
    return {
        f"term{number:05}": (number + 1, number % 3, bytes([number % 251]) * size) for number in range(count)
    }


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 10 * BLOCK + 3])
def test_blocks_of_every_fill(count: int) -> None:
    rows = _many(count)
    blob = _written(rows)
    terms = Terms(blob)
    assert {word: _found(terms, word) for word in rows} == rows
    assert [terms.lookup(word) for word in ("", "a", "term", "term00000x", "zzz")] == [None] * 5
    assert blob.units("terms") == -(-count // BLOCK)


def test_a_block_ends_before_its_lists_are_long() -> None:
    rows = _many(50, 1000) | {"term00020": (9, 0, bytes(70_000)), "term00035": (9, 0, bytes(MOST))}
    blob = _written(rows)
    terms = Terms(blob)
    assert {word: _found(terms, word) for word in rows} == rows
    sizes = [blob.unit_span("terms", number)[1] for number in range(blob.units("terms"))]
    assert max(sizes) < 70_100 and sorted(sizes)[-2] < MOST + 100 and len(sizes) <= 10


def test_a_frequent_term_is_known_before_it_is_read_and_stands_alone() -> None:
    often = {"term00020": (FREQUENT + 1, 0, b"x"), "term00021": (70_000, 0, b"x"), "zzz": (5000, 0, b"x")}
    rows = {word: (min(FREQUENT, row[0]), *row[1:]) for word, row in _many(50).items()} | often
    terms = Terms(_written(rows))
    assert {word: terms.at_least(word) for word in often} == {word: df for word, (df, _, _) in often.items()}
    assert not any(terms.at_least(word) for word in ("", "term00019", "term00022", "term00049"))
    assert _all(terms) == {word: rows[word] for word in sorted(rows)}


def test_frequent_terms_that_make_no_sense_are_damage() -> None:
    blob = BlobWriter("test")
    blob.add("frequent", b"\x01\x02\x03")
    blob.add("terms", b"", [], sealed=True)
    blob.add("terms.dir", b"")
    with pytest.raises(Damaged, match="repair"):
        Terms(_opened(blob.to_bytes())).at_least("a")


def test_blocks_grow_like_the_root_of_the_segment() -> None:
    limits = [terms_module.lists_limit(chunks) for chunks in (0, 1000, 10_000, 40_000, 90_000, 1 << 32)]
    assert limits == [2048, 2048, 2048, 3200, 4800, 8192]


def test_a_term_is_fetched_with_its_list_in_one_span() -> None:
    blob, rows = _written(_many(20 * BLOCK)), _many(20 * BLOCK)
    terms = Terms(blob)
    for word in ("term00000", "term03000", "term05119"):
        (span,) = terms.spans(word)
        entry = terms.lookup(word)
        assert entry and span.length < MOST + 2000
        (own,) = blob.span("terms", entry.start, entry.length)
        assert own == span and _found(terms, word) == rows[word]
    assert terms.spans("") == terms.spans("a") == []
    assert terms.spans("zzz") == terms.spans("term05119")


def test_the_directory_is_short() -> None:
    rows = {f"common beginning of {number:05}": (1, 0, b"x") for number in range(100 * BLOCK)}
    blob = _written(rows)
    assert blob.size("terms.dir") < 7 * 100
    assert all(_found(Terms(blob), word) for word in list(rows)[::97])


@given(st.dictionaries(words, st.just((1, 0, b"x"))), st.text(max_size=2))
@settings(deadline=None)
def test_prefix(rows: Rows, prefix: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terms_module, "lists_limit", lambda chunks: 3)
        terms = Terms(_written(rows))
    found = [word for word, _ in terms.with_prefix(prefix)]
    assert found == sorted((word for word in rows if word.startswith(prefix)), key=str.encode)


def test_prefix_crosses_blocks() -> None:
    terms = Terms(_written(_many(1000) | {"zebra": (1, 0, b"x")}))
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
    blob.add("terms", b"", [])
    blob.add("terms.dir", table)
    return Terms(_opened(blob.to_bytes()))


@pytest.mark.parametrize(
    "table",
    [b"junk", zstandard.compress(b""), zstandard.compress(b"a\nb"), zstandard.compress(bytes(100 << 20))],
)
def test_a_directory_that_makes_no_sense_is_damage(table: bytes) -> None:
    with pytest.raises(Damaged, match="repair"):
        _with_directory(table).lookup("a")


def _with_block(table: bytes, lists: bytes, size: int | None = None) -> Terms:
    blob, unit = (
        BlobWriter("test"),
        (len(table) if size is None else size).to_bytes(4, "little") + table + lists,
    )
    blob.add("terms", unit + seal(0, unit), [len(unit) + SEAL], sealed=True)
    blob.add("terms.dir", zstandard.compress(b"a"))
    return Terms(_opened(blob.to_bytes()))


def test_a_block_that_adds_up_is_read() -> None:
    assert _found(_with_block(terms_module._pack([b"a"], [1], [0], [3]), b"abc"), "a") == (1, 0, b"abc")


@pytest.mark.parametrize(
    ("table", "lists", "size"),
    [
        (b"junk", b"", None),
        (b"", b"", None),
        (zstandard.compress(b""), b"", None),
        (zstandard.compress(b"\x01\0\0\0a"), b"", None),
        (zstandard.compress(b"\xff\xff\xff\xffa\x01\x01"), b"", None),
        (zstandard.compress(b"\x01\0\0\0a\x01\x80"), b"", None),
        (terms_module._pack([b"a"], [1], [0], [3]), b"ab", None),
        (terms_module._pack([b"a"], [1], [0], [3]), b"abcd", None),
        (terms_module._pack([b"a"], [1], [0], [2**62]), b"abc", None),
        (terms_module._pack([b"a"], [1], [3]), b"abc", None),
        (terms_module._pack([b"a"], [1], [0], [3]), b"abc", 2),
        (terms_module._pack([b"a"], [1], [0], [3]), b"abc", 2**32 - 1),
    ],
)
def test_a_block_that_makes_no_sense_is_damage(table: bytes, lists: bytes, size: int | None) -> None:
    with pytest.raises(Damaged, match="repair"):
        _with_block(table, lists, size).lookup("a")


def test_a_block_that_unfolds_without_end_is_damage() -> None:
    with pytest.raises(Damaged, match="impossible size"):
        _with_block(zstandard.compress(bytes(100 << 20)), b"").lookup("a")
