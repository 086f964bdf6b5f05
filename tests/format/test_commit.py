from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.errors import Damaged, MemcodecError, NewerFormat
from memcodec.format import commit
from memcodec.format.commit import CommitRecord, SegmentRecord
from memcodec.model import Extent

SEGMENT = SegmentRecord(
    "01020304", 1, 9, 4, 2840, 25000, 90000, 3, 95, Extent(4096, 500), Extent(4608, 700), None
)
RECORD = CommitRecord("01020304", 1, "2026-01-02T03:04:05Z", "av1", "dense", "memcodec 0.1.0", (SEGMENT,))


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
        commit.parse(json.dumps(raw() | {"format": commit.FORMAT + 1}).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"time": 5},
        {"commit": -1},
        {"commit": True},
        {"segments": [{}]},
        {"segments": 7},
        {"segments": [raw()["segments"][0] | {"catalogue": None}]},
        {"segments": [raw()["segments"][0] | {"catalogue": [1]}]},
        {"segments": [raw()["segments"][0] | {"lexical": [-1, 5]}]},
        {"segments": [raw()["segments"][0] | {"packets": 1 << 70}]},
        {"segments": [raw()["segments"][0] | {"payload": 13}]},
    ],
)
def test_fields_that_cannot_be_are_damage(change: dict[str, Any]) -> None:
    with pytest.raises(Damaged):
        commit.parse(json.dumps(raw() | change).encode())


@given(
    st.binary(max_size=100)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_anything_else_is_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(MemcodecError):
        commit.parse(data)
