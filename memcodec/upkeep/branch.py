"""A new file from a state: the first bytes of a memory file, up to one of its commits, are that file."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from memcodec.file.reader import Reader, read_file
from memcodec.storage import Place, PlaceLike
from memcodec.storage.attributes import close_as, granted_by
from memcodec.storage.open import check_apart, place_of

if TYPE_CHECKING:
    from memcodec.seal.keyring import Keyring

_PIECE = 1 << 22


@dataclass(frozen=True, slots=True)
class BranchReport:
    """What ``branch`` made: the new ``file`` of ``size`` bytes, whose last commit is number ``commit``."""

    file: str
    commit: int
    size: int


def branch(
    file: PlaceLike,
    commit: int | datetime,
    out: PlaceLike,
    *,
    force: bool = False,
    keys: Keyring | None = None,
) -> BranchReport:
    """Write ``out``: the memory in ``file`` as it was when that commit was its last.

    ``keys`` open it if it is sealed. Raises NotFound without such a commit, StorageError when ``out`` exists and not
    ``force``.
    """
    place, new = place_of(file), place_of(out)
    check_apart("branch", new, place)
    with contextlib.closing(read_file(place, as_of=commit, keys=keys, use="copy")) as reader:
        size = copy(reader, new, force=force)
        return BranchReport(new.name, reader.record.commit, size)


def copy(reader: Reader, out: Place, *, force: bool = False) -> int:
    """Write what is read to a place of its own, byte for byte up to its last commit, of the newest state with its
    journal; how many bytes there are now.
    """
    reader.check_unmoved()
    end = reader.version[1] if reader.records.is_newest else reader.end
    target = out.create(replace=force)
    try:
        close_as(target, [granted_by(reader.source)])
        for at in range(0, end, _PIECE):
            target.append(reader.source.get_bytes(at, min(_PIECE, end - at)))
        reader.codec.reopen(target).close()  # states the recording's length, where the container has one
        target.sync()
        target.publish()
        return target.size
    finally:
        target.close()
