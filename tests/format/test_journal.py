"""Groups of a journal as bytes: what goes in comes out, and nothing else passes for one."""

from __future__ import annotations

import struct
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.errors import Damaged, SourceError
from memcodec.format import journal
from memcodec.format.checksum import crc32c
from memcodec.format.journal import Event, Group, Note, Text

LINK = bytes(range(32))
SCOPES = st.text("abcXYZ019_-", min_size=1, max_size=journal.MAX_SCOPE)
BODIES = st.binary(max_size=2000)


def _group(records: list[bytes], **options: Any) -> bytes:
    given_ = {"events": 0, "number": 0, "base": 9, "durable": 9, "time": 5, "link": LINK} | options
    made = journal.group(records, **given_)
    read = Group(made.data)
    assert all(getattr(read, name) == getattr(made, name) for name in Group.__slots__)
    assert read.next_link == made.next_link
    return bytes(made.data)


def _text(data: bytes, uri: str = "a.txt", drop: tuple[str, ...] = ()) -> Text:
    row = {"id": "0" * 16, "uri": uri, "title": "", "time": "2026-01-01T00:00:00Z"}
    return Text({**row, "sha256": sha256(data).hexdigest(), "start": 0, "size": len(data)}, drop, data)


@given(st.lists(st.tuples(SCOPES, BODIES), max_size=20), st.integers(0, 1 << 61), st.integers(0, 5000))
def test_events_come_back_numbered_on(events: list[tuple[str, bytes]], number: int, more: int) -> None:
    records = [journal.pack_event(*each) for each in events]
    data = _group(records, events=len(events), number=number, padded=lambda size: size + more)
    read = Group(data)
    assert read.records == [Event(scope, number + n, body) for n, (scope, body) in enumerate(events)]
    assert (read.following, read.base, read.durable, read.time, read.link) == (
        number + len(events),
        9,
        9,
        5,
        LINK,
    )
    assert journal.claimed(data) == len(data)
    assert journal.trailer(data) == (9, len(data))


@given(
    st.text(max_size=500), st.text(max_size=30), st.lists(st.text("0123456789abcdef", min_size=1), max_size=3)
)
def test_documents_come_back(text: str, uri: str, drop: list[str]) -> None:
    made = _text(text.encode("utf-8", "ignore"), uri.encode("utf-8", "ignore").decode(), tuple(drop))
    assert Group(_group([journal.pack_note(Note(3, 1, 0)), journal.pack_text(made)])).records == [
        Note(3, 1, 0),
        made,
    ]


@given(st.lists(st.tuples(SCOPES, BODIES), min_size=1, max_size=5), st.data())
def test_no_changed_byte_passes(events: list[tuple[str, bytes]], data: st.DataObject) -> None:
    made = bytearray(_group([journal.pack_event(*each) for each in events], events=len(events)))
    at = data.draw(st.integers(0, len(made) - 1))
    made[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ValueError, match=r"no group|not what was written"):
        Group(bytes(made))


@given(st.binary(max_size=400))
def test_what_is_stored_cannot_pass_for_a_part_of_the_container(body: bytes) -> None:
    """A stranger's text may be a whole group, or a commit: masked by what he cannot know, it is neither."""
    inner = _group([journal.pack_event("s", body)], events=1)
    for inside in (inner, b"uuidmemcodec-commit\0" * 9, journal.END_MAGICS[0] * 9):
        outer = _group([journal.pack_event("s", inside)], events=1, link=sha256(body).digest())
        assert outer.find(inside[:8], 8, -8) < 0


@given(st.binary(max_size=300), st.integers(0, 3))
def test_right_checksums_over_wrong_contents_are_damage(body: bytes, events: int) -> None:
    """Whatever a group holds, it parses or is Damaged; it opens in either case."""
    group = Group(_group([body], events=events))
    try:
        assert isinstance(group.records, list)
    except Damaged as error:
        assert "repair" in str(error)


@pytest.mark.parametrize(
    "record",
    [
        journal.pack_event("a b", b""),
        journal.pack_event("", b"x"),
        struct.pack("<BI", 7, 0),
        struct.pack("<BI", journal.EVENT, 9),
        struct.pack("<BI", journal.DOCUMENT, 0),
        struct.pack("<BI", journal.COMMIT, 2) + b"{}",
        journal.pack_text(_text(b"abc")._replace(data=b"abd")),
        journal.pack_text(_text(b"abc")._replace(row={"start": 0, "size": 3, "original": [1, "a"]})),
        journal.pack_text(_text(b"\xff\xfe")),
        journal.pack_note(Note(-1, 0, 0)),
    ],
)
def test_records_that_no_writer_writes(record: bytes) -> None:
    with pytest.raises(Damaged, match="journal"):
        Group(_group([record], events=record[0] == journal.EVENT)).records  # noqa: B018


def test_a_group_that_would_unpack_to_too_much_is_damage() -> None:
    data = bytearray(_group([journal.pack_event("a", bytes(9000))], events=1))
    struct.pack_into("<I", data, 52, 1 << 31)  # bytes unpacked
    struct.pack_into("<I", data, len(data) - 12, crc32c(data[:-12]))
    with pytest.raises(Damaged, match="more than a group holds"):
        Group(bytes(data)).records  # noqa: B018


def test_too_much_at_once_is_refused() -> None:
    with pytest.raises(SourceError, match="write them in parts"):
        _group([bytes(journal.MAX_BODY + 1)])
    with pytest.raises(SourceError, match="a journal takes"):
        journal.pack_text(_text(bytes(journal.MAX_TEXT + 1)))


def test_links_tell_the_order() -> None:
    first = Group(_group([journal.pack_event("a", b"1")], events=1))
    other = Group(_group([journal.pack_event("a", b"2")], events=1))
    assert len({first.next_link, other.next_link, journal.first_link(b""), journal.first_link(b"{}")}) == 4
