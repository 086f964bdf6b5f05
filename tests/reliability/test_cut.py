"""An append that stops after any byte: the file is what it was before, or what it is after, and goes on from there."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from memcodec.file.reader import Reader
from memcodec.storage import LocalSource
from memcodec.upkeep.verify import verify
from tests.reliability.sealing import share
from tests.reliability.support import (
    PLAIN_AND_SEALED,
    Snapshot,
    append,
    complaints,
    create,
    documents_of,
    frame_boundaries,
    ok_but_torn,
    snapshot,
    snapshot_of,
    text,
)

pytestmark = pytest.mark.slow

SEARCHED = 16  # every so many lengths, hits are compared too
HEAD = 42  # bytes of a FLAC file that state its length
SPARSE = 23  # every so many lengths of a sealed file, unless all are looked at
CONTINUED = 500  # every so many lengths, and at every box or frame, the next append is tried


@dataclass(frozen=True)
class Append:
    """A file before and after an append of a few frames."""

    path: Path
    data: bytes
    old: int
    before: Snapshot
    after: Snapshot

    @property
    def new(self) -> int:
        return len(self.data)

    def at(self, length: int) -> Snapshot:
        """What the file must say when that many bytes of it are there."""
        return self.after if length >= self.new else self.before

    def stopped(self, length: int, path: Path) -> None:
        """The file of a writer that stopped there: FLAC's stated length is written last of all."""
        data = bytearray(self.data[:length])
        data[:HEAD] = self.path.read_bytes()[:HEAD]
        path.write_bytes(data)


@pytest.fixture(scope="module", params=PLAIN_AND_SEALED)
def appended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Append:
    path = tmp_path_factory.mktemp("cut") / f"m.{request.param}"
    create(path, {"a.txt": text("anna"), "b.txt": text("berta")})
    longer = Path(shutil.copy(path, path.with_name("longer" + path.suffix)))
    append(longer, {"b.txt": text("berta and bert"), "c.txt": text("clara")})
    return Append(path, longer.read_bytes(), path.stat().st_size, snapshot_of(path), snapshot_of(longer))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Reader]:
    with contextlib.closing(Reader(LocalSource(path))) as reader:
        yield reader


def test_cut_at_every_byte_it_is_the_old_state_or_the_new(
    appended: Append, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert appended.before.hits
    assert appended.before.documents != appended.after.documents
    assert {uri for _, uri, _ in appended.after.documents} == {"a.txt", "b.txt", "c.txt"}
    path = tmp_path / appended.path.name
    path.write_bytes(appended.data)
    lengths = range(appended.new, appended.old - 1, -share(path, 1, SPARSE))
    for length in lengths:
        os.truncate(path, length)
        expected = appended.at(length)
        with opened(path) as reader:
            assert documents_of(reader) == expected.documents, length
            assert reader.media.torn == (length - appended.old if length < appended.new else 0)
            if length % SEARCHED == 0:
                assert snapshot(reader) == expected, length
    with capsys.disabled():
        print(f" [{path.name}: {len(lengths):,} lengths]", end="")  # noqa: T201


def sampled(appended: Append) -> list[int]:
    """Lengths at which to go on: all around boxes and frames, and some in between."""
    boundaries = frame_boundaries(appended.data, appended.old)
    near = {place + step for place in boundaries for step in (-1, 0, 1)}
    near = set(sorted(near)[:: share(appended.path, 1, 5)])
    near |= set(range(appended.old, appended.new + 1, share(appended.path, CONTINUED, 5 * CONTINUED))) | {
        appended.new - 1,
        appended.new,
    }
    return sorted(length for length in near if appended.old <= length <= appended.new)


def test_the_next_append_cuts_what_is_torn_says_so_and_works(appended: Append, tmp_path: Path) -> None:
    path = tmp_path / appended.path.name
    lengths = sampled(appended)
    asked = set(lengths[:: len(lengths) // 4])
    for length in lengths:
        appended.stopped(length, path)
        with opened(path) as reader:
            assert ok_but_torn(verify(reader)), length
        torn = length not in (appended.old, appended.new)
        notes = append(path, {"d.txt": text("dora")})
        assert [note.startswith("cut ") for note in notes] == [True] * torn, (length, notes)
        expected = {(uri, sha256) for _, uri, sha256 in appended.at(length).documents}
        with opened(path) as reader:
            found = {(uri, sha256) for _, uri, sha256 in documents_of(reader)}
            assert expected < found
            assert {uri for uri, _ in found - expected} == {"d.txt"}
            assert reader.media.torn == 0
            assert verify(reader, deep=length in asked).ok, length
        if length in asked:
            assert complaints(path) == ""
