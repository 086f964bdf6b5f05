"""The documents of a state by the files that they come from: by their roots, and their paths there."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from memcodec.config.settings import Ingest
from memcodec.file.places import FoundDocument
from memcodec.file.reader import Reader
from memcodec.file.renames import content
from memcodec.file.roots import Home, Identity, digest, identity
from memcodec.ingest.names import from_uri, to_uri
from memcodec.model import Document


@dataclass(frozen=True, slots=True)
class Held:
    """A document of the state that has a root; ``rest`` is its path there."""

    found: FoundDocument
    rest: str

    @property
    def document(self) -> Document:
        """What is known of it."""
        return self.found.document

    @property
    def place(self) -> tuple[int, int]:
        """Its own place in the memory file."""
        return self.found.segment.number, self.found.ordinal

    @property
    def source(self) -> str:
        """The SHA-256 of the file that it came from, as far as that is known."""
        return self.document.source or content(self.document)

    def is_of(self, sha256: str, options: Ingest) -> bool:
        """Whether it is what a file of this SHA-256 gives."""
        document = self.document
        lacks = options.keep_originals and document.extracted and document.original is None
        return not lacks and sha256 == self.source


class HeldDocuments:
    """All those of a state that have a root."""

    def __init__(self, before: Reader | None) -> None:
        self.by_root: dict[Identity, list[Held]] = {}
        self._at: dict[tuple[Identity, str], list[Held]] = {}
        for found in before.documents() if before is not None else ():
            self._enter(found)

    def _enter(self, found: FoundDocument) -> None:
        root = found.document.root
        if root is None:
            return
        held, mine = Held(found, found.document.uri[len(root.base) :].lstrip("/")), identity(root)
        self.by_root.setdefault(mine, []).append(held)
        # Of an archive, its members are found by its name, too.
        for path in [held.rest, *above(held.rest)] if found.document.source else [held.rest]:
            self._at.setdefault((mine, path), []).append(held)

    def at(self, home: Home, rest: str) -> list[Held]:
        """Those of a file, by its root and its path there: of an archive, its members."""
        return [each for mine in home.identities for each in self._at.get((mine, rest), ())]

    def below(self, home: Home, prefix: str, lead: str = "") -> Iterator[tuple[str, Held]]:
        """Those of a root from ``prefix`` on, each with its path from there, and ``lead`` before that."""
        start = f"{prefix}/" if prefix else ""
        for mine in home.identities:
            for held in self.by_root.get(mine, ()):
                if held.rest == prefix or held.rest.startswith(start):
                    rest = held.rest.removeprefix(start) if held.rest != prefix else ""
                    yield "/".join(filter(None, (lead, rest))), held

    def lone_in(
        self, folders: Sequence[str], path: str, met: Collection[tuple[int, int]]
    ) -> Iterator[tuple[str, Held]]:
        """Those of lone files that lay in these folders below ``path``, but for those that were ``met``."""
        for held in [each for mine, some in self.by_root.items() if not mine[0] for each in some]:
            root = held.document.root
            if root is None or held.place in met:
                continue
            name = from_uri(PurePosixPath(root.base).name)
            for folder in folders:
                place = os.path.join(folder, name)  # noqa: PTH118
                if digest(root.key, place) == root.digest:
                    yield path_below(place, path), held


def path_below(path: str, folder: str) -> str:
    """The uri of a real path from a folder on; "" for the folder itself."""
    return to_uri(path[len(folder.rstrip(os.sep)) + 1 :].replace(os.sep, "/"))


def above(uri: str) -> Iterator[str]:
    """The folders that a uri lies in, the nearest first, and the whole itself as ""."""
    while uri:
        uri = uri.rpartition("/")[0]
        yield uri
