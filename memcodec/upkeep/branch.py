"""A new file from an old state: the first bytes of a memory file, up to one of its commits, are that file."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

from memcodec.file.reader import read_file
from memcodec.storage import LocalTarget
from memcodec.upkeep.inputs import refuse_input

_PIECE = 1 << 22


def branch(path: Path, commit: int | datetime, out: Path, *, force: bool = False) -> None:
    """Write ``out``: the file ``path`` as it was when that commit was its last.

    Raises NotFound without such a commit, StorageError when ``out`` exists and not ``force``.
    """
    refuse_input(out, path, "branch")
    with contextlib.closing(read_file(path, as_of=commit)) as reader:
        target = LocalTarget.create(out, replace=force)
        try:
            for at in range(0, reader.end, _PIECE):
                target.append(reader.source.get_bytes(at, min(_PIECE, reader.end - at)))
            reader.codec.reopen(target).close()  # states the recording's length, where the container has one
            target.sync()
            target.publish()
        finally:
            target.close()
