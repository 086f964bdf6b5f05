"""What does not stay in memory while it is under way: a file without a name, which goes with the process."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from typing import IO

from memcodec.errors import StorageError


class ScratchFile:
    """Bytes in the system's folder for temporary files. Raises StorageError where that is full or closed."""

    def __init__(self) -> None:
        with _refused():
            self._file: IO[bytes] = tempfile.TemporaryFile(prefix="memcodec-")  # noqa: SIM115 -- as long as this

    def write(self, data: bytes, at: int | None = None) -> None:
        """Write behind what was written last, or ``at`` an offset."""
        with _refused():
            if at is not None:
                self._file.seek(at)
            self._file.write(data)

    def read(self, at: int, length: int) -> bytes:
        """At most ``length`` bytes from an offset."""
        with _refused():
            self._file.seek(at)
            return self._file.read(length)

    def fileno(self) -> int:
        """The descriptor of a file that holds all that was written."""
        with _refused():
            self._file.flush()
            return self._file.fileno()

    def close(self) -> None:
        """Drop it all."""
        with contextlib.suppress(OSError):  # what is still buffered finds no room, and is not wanted
            self._file.close()


@contextlib.contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"no room for what is under way ({error.strerror or error}); free some, or set TMPDIR to a folder with more"
        ) from error
