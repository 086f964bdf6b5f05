from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.errors import Damaged, MemcodecError, NewerFormat, OlderFormat
from memcodec.format import commit
from memcodec.format.commit import (
    Change,
    CommitRecord,
    Entry,
    IndexRecord,
    Origin,
    SegmentRecord,
    Table,
    VectorsRecord,
)
from memcodec.model import Extent, Root

SEGMENT = SegmentRecord("01020304", 1, 9, 4, 2840, 25000, 90000, 3, 95, Extent(4096, 500), ((3, 2), (7, 1)))
ENTRY = Entry(
    commit=9,
    time="2026-01-02T03:04:05Z",
    kind="merge",
    begin=77,
    added=3,
    changed=0,
    removed=1,
    segments=(SEGMENT,),
    drop=(Change(0, ((0, 1), (2, 1))),),
    revive=(Change(4, ((5, 10),)),),
    origins=(Origin("größe.mp4", "0a0b0c0d", 8, 2, 40),),
    roots=(Root("größe", "größe/", "0a" * 16, "0b" * 16), Root("a", "", "0a" * 16, "0c" * 16, "/home/a")),
)
RECORD = CommitRecord(
    file="01020304",
    commit=9,
    time="2026-01-02T03:04:05Z",
    codec="av1",
    profile="dense",
    writer="memcodec 0.1.0",
    tables=(Table(8, 1, Extent(900, 300)),),
    entries=(ENTRY,),
    indexes=(
        IndexRecord(1, 95, Extent(4608, 700), (VectorsRecord(5, 80, Extent(9000, 64)),)),
        IndexRecord(8, 0),
    ),
)


VECTORS = {"first": 0, "chunks": 5, "place": [9, 9]}


def raw() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(RECORD.to_bytes())
    return made


def test_a_record_reads_back() -> None:
    assert commit.parse(RECORD.to_bytes()) == RECORD


def test_deep_nesting_is_damage() -> None:
    with pytest.raises(Damaged):
        commit.parse(b"[" * 1_000_000)


def test_a_newer_format_says_so() -> None:
    with pytest.raises(NewerFormat, match="update memcodec"):
        commit.parse(json.dumps(raw() | {"format": commit.SEALED_FORMAT + 1}).encode())


@pytest.mark.parametrize("version", range(commit.OLDEST))
def test_a_format_from_before_the_first_release_says_so(version: int) -> None:
    with pytest.raises(OlderFormat, match="encode its sources again"):
        commit.parse(json.dumps({"format": version}).encode())


def test_a_table_of_commits_reads_back() -> None:
    assert commit.unpack_entries(commit.pack_entries([ENTRY, ENTRY])) == [ENTRY, ENTRY]


def changed(**fields: Any) -> dict[str, Any]:
    """A record whose one entry differs."""
    return {"entries": [raw()["entries"][0] | fields]}


def segment(**fields: Any) -> dict[str, Any]:
    """A record whose one segment differs."""
    return changed(segments=[raw()["entries"][0]["segments"][0] | fields])


@pytest.mark.parametrize(
    "change",
    [
        {"format": 4.0},
        {"format": True},
        {"time": 5},
        {"commit": -1},
        {"commit": True},
        {"commit": (1 << 32) - 1},  # there could be none after it
        {"file": "0102030"},
        {"file": "0102030g"},
        {"file": "01 02 03"},
        {"file": "010203040506"},
        {"file": "0A0B0C0D"},
        {"entries": [{}]},
        {"entries": 7},
        {"tables": [{"entries": 1, "first": 1, "place": None}]},
        {"indexes": [{"segments": 1, "chunks": -1, "lexical": None, "vectors": []}]},
        {"indexes": [{"segments": 1, "chunks": 1, "lexical": [-1, 5], "vectors": []}]},
        {"indexes": [{"segments": 1, "chunks": 9, "lexical": None, "vectors": None}]},
        {"indexes": [{"segments": 1, "chunks": 9, "lexical": None, "vectors": [VECTORS, VECTORS]}]},
        {"indexes": [{"segments": 1, "chunks": 4, "lexical": None, "vectors": [VECTORS]}]},
        {"openings": None},
        {"openings": [{"begin": 0, "place": None}]},
        changed(kind="burn"),
        changed(begin=None),
        changed(drop=[{"segment": 0, "ordinals": [[3, 0]]}]),
        changed(drop=[{"segment": 0, "ordinals": [[3, 2], [4, 1]]}]),
        changed(drop=[{"segment": -1, "ordinals": []}]),
        changed(origins=[{"name": 5}]),
        segment(catalogue=None),
        segment(catalogue=[1]),
        segment(packets=1 << 70),
        segment(payload=13),
        segment(file="x"),
        segment(void=[[1, 2, 3]]),
    ],
)
def test_fields_that_cannot_be_are_damage(change: dict[str, Any]) -> None:
    with pytest.raises(Damaged):
        commit.parse(json.dumps(raw() | change).encode())


@pytest.mark.slow
@given(
    st.binary(max_size=100)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_anything_else_is_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(MemcodecError):
        commit.parse(data)
