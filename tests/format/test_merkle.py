"""Trees of RFC 9162: roots, and proofs of leaves that follow one another."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.format import merkle

#: Certificate Transparency's own: trees over these leaves, from the tests of its reference implementation.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def split(hashes: list[bytes]) -> bytes:
    """MTH as RFC 9162 writes it."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return hashlib.sha256(b"\1" + split(hashes[:half]) + split(hashes[half:])).digest()


def test_the_roots_of_certificate_transparency() -> None:
    for count, root in enumerate(ROOTS, 1):
        assert merkle.root([merkle.leaf(each) for each in LEAVES[:count]]).hex() == root
    assert merkle.root([]) == hashlib.sha256(b"").digest()


@given(st.integers(0, 200))
def test_a_root_is_that_of_the_definition(count: int) -> None:
    hashes = [merkle.leaf(bytes([number])) for number in range(count)]
    assert merkle.root(hashes) == split(hashes)
    assert merkle.root(merkle.blocks(hashes)) == split(hashes)


@given(st.data())
def test_some_leaves_are_proven_and_no_others(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 100))
    first = data.draw(st.integers(0, count - 1))
    end = data.draw(st.integers(first + 1, count))
    hashes = [merkle.leaf(bytes([number])) for number in range(count)]
    root, mine = merkle.root(hashes), hashes[first:end]
    path = merkle.path_in_text(
        count, first, end, merkle.blocks(hashes), lambda block: hashes[block * 16 : block * 16 + 16]
    )
    assert merkle.proven(count, first, mine, path) == root
    if end == first + 1:
        assert path == merkle.path_among(hashes, first)
    for wrong in (path[:-1], [*path, root]):
        if wrong != path:
            with pytest.raises(ValueError):
                merkle.proven(count, first, mine, wrong)
    other = [*mine[:-1], merkle.leaf(b"other")]
    assert merkle.proven(count, first, other, path) != root


@given(st.binary(max_size=70_000))
def test_blocks_are_nodes_of_the_texts_tree(text: bytes) -> None:
    leaves = merkle.pieces(text)
    assert len(leaves) == -(-len(text) // 1024)
    assert merkle.root(merkle.blocks(leaves)) == split(leaves)


@pytest.mark.parametrize(
    ("total", "first", "count"), [(0, 0, 1), (3, 3, 1), (3, 2, 2), (3, -1, 1), (3, 0, 0)]
)
def test_leaves_outside_the_tree_are_refused(total: int, first: int, count: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        merkle.proven(total, first, [b"x" * 32] * count, [])


def test_a_tree_of_any_size_is_looked_at_by_its_path_alone() -> None:
    with pytest.raises(ValueError, match="missing"):
        merkle.proven((1 << 62) - 1, 5, [b"x" * 32], [b"y" * 32] * 3)
