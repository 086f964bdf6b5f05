"""Where on this machine a document lies. Files keep no such thing: only what ``file.roots`` makes of it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from memcodec.errors import SourceError
from memcodec.ingest.names import to_uri

_LONGEST = 120  # characters of a root's name


@dataclass(frozen=True, slots=True)
class Named:
    """A source that the user named: a ``folder``, by its real path, or "" for a lone file.

    ``name`` is what the folder is called, ``root`` the root's name that the user chose, "" for none; ``keep``: the
    path itself may be kept.
    """

    folder: str = ""
    name: str = ""
    root: str = ""
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A file by its real ``path``, and its ``uri`` below the source that was named."""

    path: str
    uri: str
    source: Named


def named_folder(folder: str, root: str | None, *, keep: bool) -> Named:
    """A folder that the user named. Raises SourceError for a root's name that is none."""
    path = os.path.realpath(folder)
    called = os.path.basename(os.path.abspath(folder)) or os.path.basename(path)  # noqa: PTH100, PTH119
    return Named(path, to_uri(called) or "root", checked_root(root) if root is not None else "", keep)


def spot_in(source: Named, name: str, uri: str) -> Spot:
    """A file in a folder; ``name`` is its path from there, with slashes."""
    return Spot(os.path.join(source.folder, *name.split("/")), uri, source)  # noqa: PTH118


def lone_spot(path: str, uri: str, *, keep: bool) -> Spot:
    """A file that was named itself."""
    return Spot(os.path.realpath(path), uri, Named(keep=keep))


def checked_root(name: str) -> str:
    """The name of a root. Raises SourceError."""
    is_plain = name.isprintable() and name == name.strip() and name not in ("", ".", "..")
    if not is_plain or len(name) > _LONGEST or "/" in name or "\\" in name:
        raise SourceError(
            f"root {name!r}: no name for one; take a short name of one line without slashes, for example notes"
        )
    return name
