"""Every error memcodec raises on purpose, and the exit code the command line gives it.

    MemcodecError            1   anything below
    |-- ConfigError          3   a setting or argument that cannot be used (unknown key, bad value)
    |   `-- Closed           3   a memory or a collection is used after its end
    |-- SourceError          4   a source that cannot be taken in (unreadable, not UTF-8, nothing found)
    |-- NotAMemoryFile       5   the file is something else, or holds no commit
    |   |-- NewerFormat      5   a memory file of a format version this release does not know
    |   `-- OlderFormat      5   a memory file from before the first release
    |-- Damaged              6   stored bytes are wrong and cannot be made right; says which
    |   `-- Forged           6   sealed bytes that agree with their checksum and not with their seal
    |-- CodecError           7   a codec that is missing, or an encoder whose frames do not read back
    |-- MissingExtra         8   needs an optional part that is not installed; names the pip line
    |-- NotFound             9   no such document, chunk or path in the file
    |-- ModelError          10   an embedding model that cannot be loaded or does not match the file's
    |-- StorageError        11   the disk or server said no (full, read-only, exists, gone)
    |   |-- Changed         11   a file far away was replaced while it was read
    |   |-- Conflict        11   another process wrote first: what was expected of a run is so no longer
    |   `-- NotRestored     11   some documents could not be written; the others are
    |-- Diverged            12   a run that is executed again does something else than was recorded
    |-- Sealed              13   the file is sealed, and no key was given
    |   |-- WrongKey        13   none of the keys that were given opens it
    |   `-- NotAllowed      13   a capsule whose rules do not allow what is asked
    |       `-- Expired     13   a capsule whose time is over
    `-- Unproven            14   not signed as was asked: another's key, forged; or what was signed is gone or changed

Exit code 2 is the command line's own (wrong usage). One line each: what is wrong, then what to do.

What a program does wrong is what Python's own calls raise: an argument of a wrong type or name is a plain TypeError; a
value that is not allowed is a ConfigError, which is a ValueError, too, as is the use of what is closed; NotFound is a
LookupError. The others are faults of data, disks, servers and installations.
"""

from __future__ import annotations

from typing import Any

from memcodec.printable import line


class MemcodecError(Exception):
    """The root of the tree. ``str(error)`` is one line meant for a person."""

    exit_code = 1

    def __str__(self) -> str:
        """What names and texts of strangers it quotes cannot steer a terminal; ``args`` have them as they are."""
        return line(super().__str__())


class ConfigError(MemcodecError, ValueError):
    """A setting, or an argument, that cannot be used."""

    exit_code = 3


class Closed(ConfigError):
    """A memory or a collection was closed and is used again."""


class SourceError(MemcodecError):
    """A source that cannot be taken in."""

    exit_code = 4


class NotAMemoryFile(MemcodecError):
    """The file is not a memory file, or holds no complete commit."""

    exit_code = 5


class NewerFormat(NotAMemoryFile):
    """A memory file written in a format version this release does not know."""


class OlderFormat(NotAMemoryFile):
    """A memory file written in a format version from before the first release, which no release reads."""


class Damaged(MemcodecError):
    """Stored bytes are wrong and what protects them is used up."""

    exit_code = 6


class Forged(Damaged):
    """Sealed bytes that nobody with the key wrote there: changed on purpose, or moved from another place."""


class CodecError(MemcodecError):
    """A codec is missing or unusable, or its frames do not read back."""

    exit_code = 7


class MissingExtra(MemcodecError):
    """An optional part of memcodec is needed and not installed."""

    exit_code = 8


class NotFound(MemcodecError, LookupError):
    """The file has no such document, chunk or path."""

    exit_code = 9


class ModelError(MemcodecError):
    """An embedding model cannot be loaded, or is not the one the file was indexed with."""

    exit_code = 10


class StorageError(MemcodecError):
    """The operating system or a server refused to read or write."""

    exit_code = 11


class Changed(StorageError):
    """What is read was replaced by another version meanwhile: its bytes must not be mixed with those read before."""


class Conflict(StorageError):
    """Another process wrote first: a value of a run is not what it was expected to be."""


class Diverged(MemcodecError):
    """A run that is executed again asks something else than what was recorded."""

    exit_code = 12


class Sealed(MemcodecError):
    """The file is sealed, and no key to it was given."""

    exit_code = 13


class WrongKey(Sealed):
    """None of the keys that were given opens the sealed file."""


class NotAllowed(Sealed):
    """Who made the capsule does not allow this use of it."""


class Expired(NotAllowed):
    """The capsule was to be read until a time that is over."""


class Unproven(MemcodecError):
    """What a signature was to prove it does not: there is none by that key, or it is forged, or what was signed is
    missing or changed."""

    exit_code = 14


class NotRestored(StorageError):
    """Some documents could not be written to files; the others were. ``report``: the RestoreReport, which has both."""

    def __init__(self, message: str, report: Any = None) -> None:
        super().__init__(message)
        self.report = report
