"""A memory file into parts. No part takes its name before all of them are written."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from memcodec.errors import Changed, CodecError, ConfigError, NotAMemoryFile, StorageError
from memcodec.format.checksum import crc32c
from memcodec.media import registry
from memcodec.media.contract import Codec
from memcodec.model import FilePath, Progress
from memcodec.share.parts import erasure, part
from memcodec.share.parts.part import Part
from memcodec.share.parts.plan import Cost, SplitPlan, plan
from memcodec.storage import MemoryTarget, Source, Target
from memcodec.storage.attributes import close_as, granted_by
from memcodec.storage.open import open_source, place_of

_SAMPLE = 1 << 20  # bytes of the piece that shows what a piece costs


@dataclass(frozen=True, slots=True)
class PartFile:
    """A part that was made: its path, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class SplitReport:
    """What ``split`` made of ``size`` bytes: any ``needed`` of ``parts`` give them back."""

    size: int
    sha256: str
    needed: int
    spare: int
    parts: tuple[PartFile, ...]


class Slices:
    """The file as its plan cuts it. Reading it twice gives the same, or raises Changed."""

    def __init__(self, source: Source, plan: SplitPlan, progress: Progress) -> None:
        self._source, self._plan, self._progress = source, plan, progress
        self._done = 0
        self._checksums: dict[tuple[int, int], int] = {}
        self.sha256 = self._take_in()

    def _take_in(self) -> str:
        digest, left = hashlib.sha256(), self._plan.size
        for number in range(self._plan.needed):
            for place in range(self._plan.pieces):
                piece = self._read(number, place)
                self._checksums[number, place] = crc32c(piece)
                digest.update(piece[:left])
                left = max(0, left - len(piece))
        return digest.hexdigest()

    def piece(self, number: int, place: int) -> bytes:
        """A piece of a slice, numbered from 0, or of a spare part behind them."""
        if number < self._plan.needed:
            piece = self._read(number, place)
            if crc32c(piece) != self._checksums[number, place]:
                raise Changed(f"{self._source.name}: was changed while it was split; try again")
            return piece
        words = erasure.basis(self._plan.needed, self._plan.spare, tuple(range(self._plan.needed)))
        terms = ((word[number], self.piece(each, place)) for each, word in enumerate(words))
        return erasure.combine(terms, self._plan.span(place)[1])

    def _read(self, number: int, place: int) -> bytes:
        start, length = self._plan.span(place)
        start += number * self._plan.slice
        inside = max(0, min(length, self._plan.size - start))
        self._done += inside
        self._progress("splitting", self._done, self._plan.size * (2 + self._plan.spare))
        return (
            bytes(self._source.get_bytes(start, inside)) + bytes(length - inside) if inside else bytes(length)
        )


def split(
    path: FilePath,
    size: int,
    *,
    spare: int = 1,
    folder: FilePath = ".",
    force: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> SplitReport:
    """Make parts of a memory file, media files of its own kind of at most ``size`` bytes, in ``folder``.

    Their names are the file's with ``-01-of-05``. Any ``spare`` of them may get lost. ``force`` replaces files of these
    names. Raises ConfigError for a size that is too small (it names the smallest) or not smaller than the file,
    NotAMemoryFile, Changed when the file is written to meanwhile, and StorageError.
    """
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(contextlib.closing(open_source(path)))
        codec = _codec_of(source)
        name = Path(path).name
        planned = plan(source.size, size, spare, _cost(codec, name, source.size))
        targets = [
            stack.enter_context(contextlib.closing(place_of(each).create(replace=force)))
            for each in _paths(Path(folder), name, codec, planned)
        ]
        for target in targets:
            close_as(target, [granted_by(source)])
        slices = Slices(source, planned, progress)
        for number, target in enumerate(targets):
            made = Part(planned, number + 1, _told(name), slices.sha256)
            part.write(codec, target, made, _pieces(slices, planned, number))
            _check_size(target, size)
        _publish(targets)
        parts = tuple(PartFile(target.name, target.size) for target in targets)
    return SplitReport(planned.size, slices.sha256, planned.needed, spare, parts)


def _codec_of(source: Source) -> Codec:
    """The codec of a memory file that is whole."""
    codec = registry.detect(source)
    if reason := codec.missing():
        raise CodecError(f"{source.name}: the codec {codec.name} cannot make parts here: {reason}")
    with contextlib.closing(codec.open(source)) as media:
        record = next(iter(media.commits()), None)
        if record is None:
            raise NotAMemoryFile(f"{source.name}: no complete commit in it; only memory files are split")
    if found := part.parse(record):
        raise ConfigError(f"{source.name}: is itself {found.words}; join the parts, then split the file")
    return codec


def _cost(codec: Codec, name: str, size: int) -> Cost:
    """What parts cost, found by making two: without a piece, and with one. Numbers of frames grow, so a bit more."""
    longest = Part(SplitPlan(size, erasure.MOST_PARTS, 0), erasure.MOST_PARTS, _told(name), "0" * 64)
    empty, full = MemoryTarget(), MemoryTarget()
    part.write(codec, empty, longest, [])
    part.write(codec, full, longest, [bytes(_SAMPLE)])
    piece = full.size - empty.size - _SAMPLE
    return Cost(empty.size + empty.size // 16 + 4608, piece + piece // 4 + 128)


def _told(name: str) -> str:
    """A file name as a part tells it: a name in Unicode, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")[-255:]


def _paths(folder: Path, name: str, codec: Codec, planned: SplitPlan) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder}: cannot create: {error.strerror or error}") from error
    # Whatever the file is called, its parts are called what players know.
    suffix = Path(name).suffix if name.lower().endswith(codec.suffixes) else ""
    stem, suffix = name.removesuffix(suffix), suffix or codec.suffixes[0]
    width = max(2, len(str(planned.total)))
    numbers = range(1, planned.total + 1)
    return [folder / f"{stem}-{each:0{width}}-of-{planned.total:0{width}}{suffix}" for each in numbers]


def _pieces(slices: Slices, planned: SplitPlan, number: int) -> Iterator[bytes]:
    return (slices.piece(number, place) for place in range(planned.pieces))


def _check_size(target: Target, limit: int) -> None:
    if target.size > limit:
        raise CodecError(
            f"{target.name}: came out at {target.size} bytes, more than {limit}; give a smaller size by some percent"
        )


def _publish(targets: list[Target]) -> None:
    """Give all their names, or none: a set that lacks more than its spare parts is good for nothing."""
    try:
        for target in targets:
            target.publish()
    except BaseException:
        for target in targets:
            if target.published:
                Path(target.name).unlink(missing_ok=True)
        raise
