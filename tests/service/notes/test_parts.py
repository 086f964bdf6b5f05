"""What notes are made of: updates that are let in, differences of texts, the file of updates, pace, presence."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pycrdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import StorageError
from memcodec.service.notes import kept, wire
from memcodec.service.notes.changes import are_versions, changes
from memcodec.service.notes.kept import Base, Head, Kept
from memcodec.service.notes.pace import Due, Pace
from memcodec.service.notes.presence import Presence
from memcodec.service.notes.shared import Shared, begun
from memcodec.service.notes.updates import measure
from memcodec.service.notes.wire import Malformed

TEXTS = st.text(st.sampled_from("ab é𝔘\n"), max_size=40)
_HEAD = Head("/a.mp4", "a.md", "a.md", 7)


def applied(old: str, new: str) -> str:
    made, last = old, len(old)
    for change in reversed(changes(old, new)):
        assert change.start <= change.end <= last
        last = change.start
        made = made[: change.start] + change.text + made[change.end :]
    return made


@given(TEXTS, TEXTS)
def test_changes_make_one_text_of_the_other(old: str, new: str) -> None:
    assert applied(old, new) == new
    assert changes(new, new) == []


def test_changes_are_of_words_in_lines_that_changed() -> None:
    old, new = "one two\nthree four\nfive\n", "one two\nthree 4\nfive\nsix\n"
    assert [tuple(each) for each in changes(old, new)] == [(14, 18, "4"), (24, 24, "six\n")]
    assert are_versions(old, new)
    assert not are_versions("The heron nests in April.\n" * 9, "Prices, by quarter; see also: taxes\n")


@settings(max_examples=50)
@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_what_is_edited_here_is_the_same_elsewhere(text: str, others: list[str]) -> None:
    first, state = begun(text)
    one, other = Shared(state), Shared(state)
    assert first in wire.vector_of(one.vector())
    for each in others:
        update = one.edit(changes(one.text, each))
        measured = measure(update)
        assert measured.inserted <= len(each.encode())
        other.apply(update)
        assert not other.lacks(measured.clocks)
        assert other.text == one.text == each
    assert one.length == len(one.text.encode())


@settings(max_examples=50)
@given(TEXTS, TEXTS, TEXTS)
def test_two_versions_of_a_text_are_joined_from_either_side(base: str, ours: str, theirs: str) -> None:
    _, state = begun(base)
    one, other = Shared(state), Shared(state)
    mine, yours = one.edit(changes(base, ours)), other.edit(changes(base, theirs))
    one.apply(yours)
    other.apply(mine)
    assert one.text == other.text
    if ours == base:
        assert one.text == theirs


def test_an_update_that_builds_on_what_never_came_waits() -> None:
    _, state = begun("text")
    one, other = Shared(state), Shared(state)
    first = one.edit(changes("text", "text more"))
    second = one.edit(changes("text more", "text more still"))
    other.apply(second)
    assert other.text == "text"
    assert other.lacks(measure(second).clocks)
    other.apply(first)
    assert not other.lacks(measure(second).clocks)
    assert other.text == "text more still"


def _rich(kind: str) -> bytes:
    doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
    text = doc.get("text" if kind != "elsewhere" else "others", type=pycrdt.Text)
    text += "plain" if kind != "returns" else "a\r\n"
    if kind == "marks":
        text.format(0, 2, {"bold": True})
    elif kind == "objects":
        text.insert_embed(1, {"image": "x"})
    elif kind == "keys":
        doc.get("map", type=pycrdt.Map)["a"] = "b"  # type: ignore[type-var]
    return doc.get_update()


@pytest.mark.parametrize("kind", ["marks", "objects", "keys", "elsewhere", "returns"])
def test_what_is_not_plain_text_is_refused(kind: str) -> None:
    with pytest.raises(Malformed):
        measure(_rich(kind))


def test_damaged_updates_are_refused_or_harmless() -> None:
    chance, (_, state) = random.Random(5), begun("The heron nests in April. Ä𝔘")
    one = Shared(state)
    update = one.edit(changes(one.text, "A heron nested in May, or in April. Ä𝔘!"))
    refused = 0
    for _ in range(2000):
        data = bytearray(chance.choice([state, update]))
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)) :]
        other = Shared(state)
        try:
            measured = measure(bytes(data))
            other.apply(bytes(data))
        except Malformed:
            refused += 1
            continue
        assert other.length <= len("The heron nests in April. Ä𝔘".encode()) + measured.inserted
    assert 200 < refused < 2000


@pytest.mark.parametrize(
    "data", [b"", b"\xff" * 20, b"\x01\x05ab", b"\x01\x01\x07\x00\x04\x02\x04text\x01a\x00"]
)
def test_what_is_no_update_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        measure(data)


@given(st.integers(0, 1 << 53), st.binary(max_size=300))
def test_numbers_and_runs_are_read_as_written(number: int, data: bytes) -> None:
    reader = wire.Reader(wire.number(number) + wire.run(data))
    assert (reader.number(), reader.bytes()) == (number, data)
    reader.end()


# The file of updates


def test_what_is_kept_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "notes" / "a.note"
    base, intent = Base(None, b"state"), Base("ab" * 32, b"later")
    file = Kept.make(path, _HEAD, base, [], [b"one"])
    file.append([kept.update_record(b"two"), kept.intent_record(intent)])
    whole = path.read_bytes()
    file.append([kept.update_record(b"three")])
    read = kept.read(path)
    assert read == (_HEAD, base, [intent], [b"one", b"two", b"three"])
    for end in range(len(whole), path.stat().st_size):  # torn anywhere in the last record
        torn = tmp_path / "torn.note"
        torn.write_bytes(path.read_bytes()[:end])
        assert kept.read(torn) == (_HEAD, base, [intent], [b"one", b"two"])
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)
    assert kept.read(path) == (_HEAD, base, [intent], [b"one", b"two"])
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    file.remove()
    assert not path.exists()


@pytest.mark.parametrize(
    "data", [b"", b"something else", b"memcodec note 1\n", b"memcodec note 1\n" + bytes(9)]
)
def test_a_file_that_says_nothing_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.note").write_bytes(data)
    assert kept.read(tmp_path / "a.note") is None


def test_it_is_synced_before_it_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced, made = list[int](), Kept.make(tmp_path / "a.note", _HEAD, Base(None, b""), [], [])
    monkeypatch.setattr(kept, "sync_data", lambda fd: synced.append(os.fstat(fd).st_size))
    made.append([kept.update_record(b"one")])
    assert synced == [made.path.stat().st_size]

    def fails(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept, "sync_data", fails)
    with pytest.raises(StorageError, match="cannot be kept there: No space left"):
        made.append([kept.update_record(b"two")])
    made.close()


# When, and who


def test_it_is_due_when_it_rests_and_at_the_latest_after_a_while() -> None:
    due = Due(Pace())
    assert due.at() is None
    due.edited(100)
    assert due.at() == 105
    for now in range(101, 158):
        due.edited(now)
        assert due.at() == min(now + 5, 160)
    due.edited(159)
    assert due.at() == 160
    due.taken()
    assert due.at() is None
    due.edited(170)
    due.failed(171)
    assert due.at() == 176


def _states(*rows: tuple[int, int, str]) -> bytes:
    return wire.number(len(rows)) + b"".join(
        wire.number(client) + wire.number(clock) + wire.run(text.encode()) for client, clock, text in rows
    )


def test_nobody_speaks_for_others() -> None:
    presence = Presence[str]()
    ada = _states((1, 1, '{"user":{"name":"Ada"}}'))
    assert presence.told(ada, "a") == ada
    assert presence.told(_states((1, 9, "null")), "b") is None
    assert presence.told(_states((1, 0, '{"user":{"name":"Eve"}}')), "a") is None
    assert list(presence.names("a")) == ["Ada"]
    assert presence.told(_states(*((2 + each, 1, "{}") for each in range(9))), "b") == _states(
        (2, 1, "{}"), (3, 1, "{}")
    )
    assert presence.left("a") == _states((1, 2, "null"))
    assert presence.all() == _states((2, 1, "{}"), (3, 1, "{}"))
    for wrong in (_states((5, 1, "{")), _states((5, 1, '"' + "x" * 5000 + '"')), b"\x09", ada + b"x"):
        with pytest.raises(Malformed):
            presence.told(wrong, "c")
