"""Where documents go when they are restored: for each uri a path that this system allows, and no other document's."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from memcodec.ingest.names import from_uri
from memcodec.storage.local import PARTIAL

MAX_NAME = 255  #: bytes in one path component, on every file system in use


@dataclass(frozen=True, slots=True)
class NameRules:
    """What a system makes of names: characters it refuses, names that it keeps for its devices.

    ``folds``: "A" and "a" are one file. ``is_unicode``: names are text, and not whatever bytes.
    """

    refused: re.Pattern[str] = re.compile(r"\x00")
    devices: re.Pattern[str] = re.compile(r"(?!)")
    folds: bool = False
    is_unicode: bool = False


POSIX = NameRules()
MACOS = NameRules(folds=True, is_unicode=True)
#: "Naming Files, Paths, and Namespaces", Microsoft. A blank or a dot at the end is dropped there.
WINDOWS = NameRules(
    re.compile(r'[\x00-\x1f<>:"|?*\\]|[. ]\Z'),
    re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?", re.IGNORECASE | re.DOTALL),
    folds=True,
    is_unicode=True,
)
HERE = {"win32": WINDOWS, "darwin": MACOS}.get(sys.platform, POSIX)


def plan(uris: Sequence[str], rules: NameRules = HERE) -> list[Path]:
    """A relative path for each uri: one the system allows, inside its folder, and all different.

    Characters that the system refuses become %XX, ``..`` becomes ``%2E%2E``, long names are cut and end in a hash;
    a name that is taken gets `` (2)``, `` (3)`` ... before its suffix.
    """
    taken, paths = _Taken(rules), []
    for uri in uris:
        parts = [_component(part, rules) for part in uri.split("/") if part not in ("", ".")]
        paths.append(taken.free(parts or ["unnamed"]))
    return paths


def safe_name(name: str, rules: NameRules = HERE) -> str:
    """A name, wherever it comes from, as that of a file in the folder it is put in."""
    if name == "..":
        return "%2E%2E"
    name = rules.refused.sub(lambda match: f"%{ord(match[0]):02X}", name)
    # A file under way is called so (storage/local.py): a document must not be taken for one.
    if rules.devices.fullmatch(name) or (name.startswith(".") and name.endswith(PARTIAL)):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(os.fsencode(name)) <= MAX_NAME:
        return name
    suffix = Path(name).suffix[:16].rstrip(". ")
    return _fit(name, "~" + hashlib.sha256(os.fsencode(name)).hexdigest()[:8] + suffix)


def _component(part: str, rules: NameRules) -> str:
    name = from_uri(part)
    if rules.is_unicode and any("\udc80" <= letter <= "\udcff" for letter in name):
        name = part  # bytes that no name here can have
    return safe_name(name, rules)


class _Taken:
    """The paths that have their documents, by what the system tells names apart by."""

    def __init__(self, rules: NameRules) -> None:
        self._folds = rules.folds
        self._files, self._folders = set[str](), set[str]()

    def free(self, parts: list[str]) -> Path:
        """A path like that which no document has, nor is it a folder of one. It is taken then."""
        for depth in range(len(parts) - 1):
            if self._key(Path(*parts[: depth + 1])) in self._files:
                parts[depth] = _fit(parts[depth], "%2F")  # a document already has this folder's name
        number, path = 1, Path(*parts)
        while self._key(path) in self._files or self._key(path) in self._folders:
            number += 1
            stem, dot, suffix = parts[-1].rpartition(".")
            stem, suffix = (stem, dot + suffix) if stem else (parts[-1], "")
            path = Path(*parts[:-1], _fit(stem, f" ({number}){suffix}"))
        self._files.add(self._key(path))
        self._folders.update(self._key(parent) for parent in path.parents)
        return path

    def _key(self, path: Path) -> str:
        name = path.as_posix()
        return (
            unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
            if self._folds
            else name
        )


def _fit(stem: str, ending: str) -> str:
    room = MAX_NAME - len(os.fsencode(ending))
    return os.fsencode(stem)[:room].decode("utf-8", "ignore") + ending
