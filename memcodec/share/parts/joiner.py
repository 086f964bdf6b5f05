"""Parts back into the memory file. Every piece is checked on its own: a damaged part still gives its other pieces."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from memcodec.errors import ConfigError, Damaged, MemcodecError, NewerFormat, NotAMemoryFile, StorageError
from memcodec.format.checksum import crc32c
from memcodec.media import registry
from memcodec.media.contract import MediaReader
from memcodec.model import FilePath, Progress, Rights
from memcodec.share.parts import erasure, part
from memcodec.share.parts.part import Part
from memcodec.storage import Target
from memcodec.storage.attributes import close_as, granted_by
from memcodec.storage.open import open_source, place_of


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that was given and is no part, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class JoinReport:
    """What ``join`` found. ``name`` is what the file was called; ``missing`` are numbers of parts, from 1.

    ``damaged``: files some of whose pieces were wrong and had to come from other parts.
    """

    name: str
    size: int
    sha256: str
    needed: int
    spare: int
    missing: tuple[int, ...]
    damaged: tuple[str, ...]
    unusable: tuple[Unusable, ...]


def ranges(numbers: Sequence[int]) -> str:
    """Rising numbers for people: ``2, 5-60``."""
    runs: list[list[int]] = []
    for each in numbers:
        if runs and each == runs[-1][-1] + 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A part's file."""

    path: str
    part: Part
    media: MediaReader
    rights: Rights | None

    def piece(self, place: int) -> bytes | None:
        """A piece, or None when it is damaged."""
        try:
            piece = part.masked(bytes(self.media.read_blob(self.part.extent(place))))
        except (Damaged, StorageError):
            return None
        return piece if crc32c(piece) == self.part.pieces[place].crc32c else None


class PartSet:
    """Parts of one file, several of one number perhaps."""

    def __init__(self, opened: Sequence[OpenPart], progress: Progress) -> None:
        self._opened, self._progress = opened, progress
        self.part = opened[0].part
        self.plan = self.part.plan
        self._done = 0

    @cached_property
    def missing(self) -> tuple[int, ...]:
        """The numbers of the parts that are not here."""
        here = {each.part.number for each in self._opened}
        return tuple(number for number in range(1, self.plan.total + 1) if number not in here)

    @cached_property
    def good(self) -> list[dict[int, OpenPart]]:
        """For each place of a piece, where which part's piece is right; parts by their numbers from 0."""
        found: list[dict[int, OpenPart]] = [{} for _ in range(self.plan.pieces)]
        for each in self._opened:
            for place, files in enumerate(found):
                if each.part.number - 1 not in files and self._read(each, place) is not None:
                    files[each.part.number - 1] = each
        return found

    @cached_property
    def damaged(self) -> tuple[str, ...]:
        """The files that lack a piece which no copy of them has."""
        return tuple(
            each.path
            for each in self._opened
            if any(each.part.number - 1 not in files for files in self.good)
        )

    def check(self) -> None:
        """Raises Damaged, which says what is missing, when there is not enough."""
        here = min(len(files) for files in self.good)
        if here < self.plan.needed:
            raise Damaged(self._shortage(self.plan.needed - here))

    def _shortage(self, lack: int) -> str:
        names = [
            f"{each.path} (part {each.part.number})" for each in self._opened if each.path in self.damaged
        ]
        causes = [f"missing: {ranges(self.missing)}"] * bool(self.missing)
        causes += [f"damaged: {', '.join(names)}"] * bool(names)
        return (
            f"{self.part.name}: any {self.plan.needed} of its {self.plan.total} parts are needed; {'; '.join(causes)}: "
            f"find {lack} more of these"
        )

    def content(self) -> Iterator[bytes]:
        """The file."""
        left = self.plan.size
        for number in range(self.plan.needed):
            for place in range(self.plan.pieces):
                piece = self._piece(number, place)[:left]
                left -= len(piece)
                yield piece

    def _piece(self, number: int, place: int) -> bytes:
        files = self.good[place]
        if number in files:
            return self._right(files[number], place)
        have = tuple(sorted(files)[: self.plan.needed])
        words = erasure.basis(self.plan.needed, self.plan.spare, have)
        terms = (
            (word[number], self._right(files[each], place)) for each, word in zip(have, words, strict=True)
        )
        return erasure.combine(terms, self.plan.span(place)[1])

    def _right(self, opened: OpenPart, place: int) -> bytes:
        piece = self._read(opened, place)
        if piece is None:
            raise StorageError(f"{opened.path}: was changed while it was read; try again")
        return piece

    def _read(self, opened: OpenPart, place: int) -> bytes | None:
        self._done += self.plan.span(place)[1]
        lost = sum(number <= self.plan.needed for number in self.missing)
        total = (len(self._opened) + self.plan.needed - lost + lost * self.plan.needed) * self.plan.slice
        self._progress("joining", self._done, max(total, self._done))
        return opened.piece(place)


def join(
    parts: Sequence[FilePath],
    output: FilePath,
    *,
    force: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> JoinReport:
    """Put parts together, in any order and under any names, and write the file they were made of, byte for byte.

    Files that are no parts, or are damaged, are done without. ``force`` replaces the output. Raises Damaged when not
    enough is left, NotAMemoryFile when there is no part at all, NewerFormat, ConfigError when the parts are of
    different files, and StorageError.
    """
    with contextlib.ExitStack() as stack:
        opened, unusable = _open_all(list(dict.fromkeys(os.fspath(each) for each in parts)), stack)
        _check_output(output, [each.path for each in opened])
        found = PartSet(opened, progress)
        with contextlib.closing(place_of(output).create(replace=force)) as target:
            close_as(target, [each.rights for each in opened])
            found.check()
            _write(found, target)
        return JoinReport(
            found.part.name,
            found.plan.size,
            found.part.sha256,
            found.plan.needed,
            found.plan.spare,
            found.missing,
            found.damaged,
            tuple(unusable),
        )


def _write(found: PartSet, target: Target) -> None:
    digest = hashlib.sha256()
    for piece in found.content():
        digest.update(piece)
        target.append(piece)
    if digest.hexdigest() != found.part.sha256:
        raise Damaged(f"{found.part.name}: what the parts give is not what was split; get the parts again")
    target.sync()
    target.publish()


def _open_all(paths: Sequence[str], stack: contextlib.ExitStack) -> tuple[list[OpenPart], list[Unusable]]:
    opened: list[OpenPart] = []
    unusable: list[Unusable] = []
    for path in paths:
        found = _open(path, stack)
        if isinstance(found, OpenPart):
            opened.append(found)
        else:
            unusable.append(Unusable(path, found))
    if not opened:
        reasons = "; ".join(f"{each.path}: {each.reason}" for each in unusable)
        raise NotAMemoryFile(f"no part that can be read among what was given: {reasons}")
    _check_one_set(opened)
    return opened, unusable


def _open(path: str, stack: contextlib.ExitStack) -> OpenPart | str:
    """The part, or why it is none."""
    source = stack.enter_context(contextlib.closing(open_source(path)))
    try:
        media = stack.enter_context(contextlib.closing(registry.detect(source).open(source)))
        record = next(iter(media.commits()), None)
        found = part.parse(record) if record is not None else None
    except NewerFormat as error:
        raise NewerFormat(f"{path}: {error}") from error
    except NotAMemoryFile:
        return "something else"
    except MemcodecError as error:
        return str(error)
    if record is None:
        return "cut short, or something else"
    return OpenPart(path, found, media, granted_by(source)) if found else "a memory file, not a part of one"


def _check_one_set(opened: Sequence[OpenPart]) -> None:
    sets: dict[tuple[object, ...], list[OpenPart]] = defaultdict(list)
    for each in opened:
        sets[each.part.sha256, each.part.plan].append(each)
    if len(sets) > 1:
        told = [
            f"{', '.join(each.path for each in group)} of {_set_words(group[0].part)}"
            for group in sets.values()
        ]
        raise ConfigError(f"parts of {len(sets)} sets are mixed, join one at a time: {'; '.join(told)}")


def _set_words(found: Part) -> str:
    return f"{found.name} in {found.plan.total} parts (SHA-256 {found.sha256[:8]}...)"


def _check_output(output: FilePath, paths: Sequence[str]) -> None:
    if os.path.exists(output) and any(os.path.samefile(output, path) for path in paths):  # noqa: PTH110, PTH121
        raise ConfigError(f"{os.fspath(output)}: is one of the parts; name another output")
