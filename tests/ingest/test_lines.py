"""Lines as they come down a pipe."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import SourceError
from memcodec.ingest.lines import Lines, lines_item

LONG = 60.0
NOW = datetime(2026, 4, 2, 8, 0, 5, 250000, UTC)


class Pipe:
    """Both ends of a pipe."""

    def __init__(self) -> None:
        self.read, self._write = os.pipe()

    def write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._write, data) :]

    def close(self) -> None:
        if self._write >= 0:
            os.close(self._write)
            self._write = -1


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close()
    os.close(made.read)


def test_lines_are_taken_when_the_first_is_old_enough(pipe: Pipe) -> None:
    with Lines(pipe.read) as lines:
        batches = lines.batches(0.2, 1 << 20)
        pipe.write(b"one\ntwo\nthr")
        began = time.monotonic()
        assert next(batches) == b"one\ntwo\n"
        assert 0.15 < time.monotonic() - began < 5
        pipe.write(b"ee\n")
        assert next(batches) == b"three\n"


def test_or_when_enough_of_them_wait(pipe: Pipe) -> None:
    with Lines(pipe.read) as lines:
        batches = lines.batches(LONG, 8)
        pipe.write(b"one\n")
        pipe.write(b"two\nthree")
        assert next(batches) == b"one\ntwo\n"


def test_the_end_brings_the_rest(pipe: Pipe) -> None:
    pipe.write(b"one\ntwo")
    pipe.close()
    with Lines(pipe.read) as lines:
        assert list(lines.batches(LONG, 1 << 20)) == [b"one\ntwo"]


def test_an_end_without_a_line_brings_nothing(pipe: Pipe) -> None:
    pipe.close()
    with Lines(pipe.read) as lines:
        assert list(lines.batches(LONG, 1)) == []


def test_stop_takes_what_stands_in_the_pipe(pipe: Pipe) -> None:
    with Lines(pipe.read) as lines:
        pipe.write(b"a line\n" * 5000)
        lines.stop()
        assert b"".join(lines.batches(LONG, 1 << 20)) == b"a line\n" * 5000


def test_stop_ends_although_the_writer_goes_on(pipe: Pipe) -> None:
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            pipe.write(b"a line\n" * 100)
        pipe.close()

    writer = threading.Thread(target=write)
    with Lines(pipe.read) as lines:
        batches = lines.batches(LONG, 1)
        writer.start()
        assert next(batches).endswith(b"line\n")
        lines.stop()
        assert sum(map(len, batches)) < 1 << 22  # it ends
        done.set()
        while os.read(
            pipe.read, 1 << 16
        ):  # to the end, which the writer makes: it may stand in a full pipe until then
            pass
        writer.join()


def test_a_full_buffer_makes_the_writer_wait(pipe: Pipe) -> None:
    written = 0

    def write() -> None:
        nonlocal written
        for _ in range(400):
            pipe.write(b"x" * 999 + b"\n")
            written += 1000
        pipe.close()

    with Lines(pipe.read, limit=100_000) as lines:
        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(0.3)
        assert written < 100_000 + 2 * 65536 + 65536  # the buffer, a piece, and what a pipe holds
        taken = b"".join(lines.batches(0.01, 1000))
        writer.join()
    assert taken == (b"x" * 999 + b"\n") * 400


def test_a_line_that_never_ends_comes_in_parts_of_whole_characters(pipe: Pipe) -> None:
    text = ("漢" * 40_000).encode()
    threading.Thread(target=lambda: (pipe.write(text), pipe.close())).start()
    with Lines(pipe.read, limit=10_000) as lines:
        parts = list(lines.batches(0.01, 1))
    assert b"".join(parts) == text
    assert len(parts) > 1 and all(part.decode() for part in parts)


def test_what_cannot_be_read_on_is_told_after_what_could(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    real, left = os.read, [b"one\n"]

    def read(fd: int, count: int) -> bytes:
        if fd != pipe.read:
            return real(fd, count)
        if not left:
            raise OSError(5, "Input/output error")
        return left.pop()

    monkeypatch.setattr(os, "read", read)
    pipe.write(b"x")
    with Lines(pipe.read) as lines:
        batches = lines.batches(LONG, 1 << 20)
        assert next(batches) == b"one\n"
        with pytest.raises(SourceError, match="standard input: cannot be read: Input/output error"):
            next(batches)


@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(1, 200), st.integers(1, 100))
@settings(deadline=None, max_examples=60)
def test_nothing_is_lost_or_altered(pieces: list[bytes], limit: int, size: int) -> None:
    pipe = Pipe()
    writer = threading.Thread(target=lambda: ([pipe.write(piece) for piece in pieces], pipe.close()))
    with Lines(pipe.read, limit) as lines:
        writer.start()
        taken = list(lines.batches(0.001, size))
    writer.join()
    os.close(pipe.read)
    assert b"".join(taken) == b"".join(pieces)
    assert all(taken)


def test_a_document_of_lines() -> None:
    item = lines_item("grüße\n".encode(), NOW, {"host": "a"})
    assert (item.uri, item.title) == ("stdin/2026-04-02/08-00-05.250000.txt", "stdin 2026-04-02 08:00:05Z")
    assert (item.time, item.tags, item.type, item.original) == (NOW, {"host": "a"}, "text", None)
    assert b"".join(item.open()) == "grüße\n".encode()


def test_bytes_that_are_not_utf8_are_kept_beside_the_text() -> None:
    item = lines_item(b"ok\ngr\xfc\xdfe\n", NOW, {})
    assert b"".join(item.open()).decode() == "ok\ngr\ufffd\ufffde\n"
    assert b"".join(item.open_original()) == b"ok\ngr\xfc\xdfe\n"
    assert item.extracted


def test_lines_for_a_terminal_are_a_document_as_they_were_seen_with_the_bytes_beside_it() -> None:
    data = b"\x1b[31mERROR\x1b[0m disk\n"
    item = lines_item(data, NOW, {})
    assert (b"".join(item.open()), b"".join(item.open_original())) == (b"ERROR disk\n", data)
