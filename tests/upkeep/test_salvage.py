"""Salvage believes nothing that its packets do not prove, and one bad record costs its own commit alone."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from memcodec.format import block, record
from memcodec.format.budget import Budget
from memcodec.upkeep.runs import RecordRun, Stretch, clipped, stretches
from memcodec.upkeep.salvage import SalvagedCommit, salvage
from tests.support import hostile

TEXT = b"The grey heron is patient."


def commit(
    stream: bytes, document: dict[str, Any], end: Any, text: bytes = TEXT, size: int = 64
) -> list[bytes]:
    """The packets of a commit with one document."""
    row = {
        "id": stream.hex() * 2,
        "uri": "a.txt",
        "title": "a",
        "time": hostile.TIME,
        "start": 0,
        "size": len(text),
    }
    row |= {"sha256": hashlib.sha256(text).hexdigest()} | document
    (frame,) = block.Compressor().compress([text])
    data = record.pack(
        record.DOCUMENTS, block.pack(json.dumps([row]).encode("utf-8", "surrogatepass"), 1 << 20, "documents")
    )
    data += record.pack(record.BLOCK, bytes(4) + frame) + record.pack(record.END, json.dumps(end).encode())
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return [
        hostile.data_packet(number, piece, 0 if not number else 0xFFFF, stream)
        for number, piece in enumerate(pieces)
    ]


def salvaged(packets: list[bytes]) -> dict[str, SalvagedCommit]:
    made = salvage(packets, Budget(sum(map(len, packets))))
    return {each.file_id.hex(): each for each in made}


END = {"documents": 1, "text": 26, "blocks": 1, "time": hostile.TIME, "codec": "h264", "profile": "dense"}
GOOD = commit(b"\1\1\1\1", {}, END)


def test_a_whole_commit_comes_back() -> None:
    found = salvaged(GOOD)["01010101"]
    assert [b"".join(item.open()) for item in found.items] == [TEXT]
    assert (found.lost, found.unnamed, found.codec) == (0, 0, "h264")


@pytest.mark.parametrize(
    ("document", "end"),
    [
        ({"title": "\ud800"}, END),
        ({"time": "0001-01-01T00:00:00+23:00"}, END),
        ({"time": "x"}, END),
        ({"size": 1 << 80}, END),
        ({"start": 1 << 63, "size": 1 << 63}, END),
        ({"sections": [[0]]}, END),
        ({"original": [1]}, END),
        ({"tags": [1]}, END),
        ({}, []),
        ({}, END | {"documents": "many"}),
        ({}, END | {"documents": 1 << 70, "time": 5}),
        ({}, END | {"time": "9999-12-31T23:59:59-23:00", "codec": ["x"]}),
    ],
)
def test_one_bad_record_costs_its_own_commit_alone(document: dict[str, Any], end: Any) -> None:
    found = salvaged(GOOD + commit(b"\2\2\2\2", document, end))
    assert [b"".join(item.open()) for item in found["01010101"].items] == [TEXT]
    assert len(found["02020202"].items) == (not document)


def test_a_document_that_is_not_utf8_is_lost_and_others_are_not() -> None:
    found = salvaged(GOOD + commit(b"\2\2\2\2", {}, END, b"\xff\xfe"))
    assert len(found["01010101"].items) == 1
    assert [loss.document.uri for loss in found["02020202"].losses] == ["a.txt"]


def test_lost_packets_are_counted_without_being_gone_through() -> None:
    total = (1 << 32) - 1000
    found = salvaged([*GOOD, hostile.parity_packet(total, 0, 64, b"\1\1\1\1")])["01010101"]
    assert found.packets == total and found.lost == total - len(GOOD)
    assert len(found.items) == 1


def test_runs_that_stand_nowhere() -> None:
    assert clipped(((6, 4), (2, 2), (3, 3)), 20) == ((2, 2), (4, 2), (6, 4))
    assert clipped(((0, 11),), 20) == ()
    assert clipped(((5, 1 << 40),), 8) == ((5, 3),)
    found = list(stretches([9, 1, 4], ((3, 4),)))
    assert found == [
        Stretch(1, 1, False),
        Stretch(3, 1, True),
        Stretch(4, 1, False),
        Stretch(5, 2, True),
        Stretch(9, 1, False),
    ]


@pytest.mark.parametrize("head", range(1, 12))
def test_a_record_of_nothing_is_passed_over(head: int) -> None:
    filler = record.pack(record.FILLER, bytes(60_000))  # 0x00EA60: the last byte of its word is zero
    run = RecordRun()
    assert run.feed(filler[: head + 2] if head == 1 else filler[: head + 3]) == []
    left = len(filler) - (head + 2 if head == 1 else head + 3)
    assert run.pass_over(left - 5)
    (found,) = run.feed(bytes(5) + record.pack(record.END, b"{}"))
    assert (found.kind, found.body) == (record.END, b"{}")


def test_zeros_that_no_record_claims_end_the_run() -> None:
    run = RecordRun()
    run.feed(record.pack(record.FILLER, bytes(100))[:50])
    assert not run.pass_over(1000)
