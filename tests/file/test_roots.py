"""A document is known by where it lies: against a model of folders with equal names, named in any order and way."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from hypothesis import example, given, settings
from hypothesis import strategies as st

from memcodec.file.arrivals import Arrivals, arrivals
from memcodec.file.places import FoundDocument
from memcodec.file.reader import Reader
from memcodec.file.roots import digest, known
from memcodec.format.documents import Stored
from memcodec.ingest.item import text_item
from memcodec.ingest.walk import walk
from memcodec.model import Document, Root

FOLDERS = ("x/notes", "x/notes/work", "x/notes/notes", "y/notes", "y/Notes", "z/notes-2", "z/pond")
NAMES = ("README.txt", "a.txt")


@dataclass
class Held:
    """A memory file as ``arrivals`` sees it: every document that it ever held, and which are in its state."""

    documents: list[Document] = field(default_factory=list)
    live: set[int] = field(default_factory=set)

    @property
    def reader(self) -> Reader:
        roots = list(dict.fromkeys(each.root for each in self.documents if each.root))
        segment = SimpleNamespace(number=0)
        self.segment = segment
        return cast("Reader", SimpleNamespace(entries=[], roots=lambda: roots, named=self.named))

    def named(self, uris: Iterable[str]) -> Iterator[FoundDocument]:
        for ordinal in sorted(self.live):
            if self.documents[ordinal].uri in uris:
                yield FoundDocument(self.segment, ordinal, Stored(self.documents[ordinal], 0))  # type: ignore[arg-type]

    def append(self, *sources: str, root: str | None = None) -> tuple[Arrivals, dict[Path, str]]:
        """What became of it, and the uri of every file."""
        items = list(walk(sources, root=root))
        made = arrivals(self.reader, items)
        self.live -= {each.ordinal for each in made.replaced}
        for item in made.fresh:
            self.live.add(len(self.documents))
            number = f"{len(self.documents):016x}"
            self.documents.append(
                Document(number, item.uri, item.title, item.time, item.sha256, item.size, root=item.root)
            )
        paths = [Path(item.spot.path) for item in items if item.spot is not None]
        return made, dict(zip(paths, made.uris, strict=True))

    @property
    def state(self) -> dict[str, str]:
        """The hashes of the documents by their uris, of which no two are the same."""
        found = [self.documents[ordinal] for ordinal in self.live]
        assert len({each.uri for each in found}) == len(found)
        return {each.uri: each.sha256 for each in found}


Action = tuple[str, str, str, int]
actions = st.tuples(
    st.sampled_from(["append", "edit", "delete", "forget", "move"]),
    st.sampled_from(FOLDERS),
    st.sampled_from(["", *NAMES]),
    st.integers(0, 3),
)


@settings(deadline=None, max_examples=50)  # files are read
@example(  # the folder's name stands before its README: that is not the README of the folder in it
    [
        ("append", "y/notes", "README.txt", 0),
        ("append", "x/notes", "", 0),
        ("append", "x/notes/notes", "README.txt", 0),
        ("edit", "x/notes/notes", "README.txt", 0),
        ("append", "x/notes/notes", "README.txt", 3),
        ("append", "x/notes", "", 2),
    ]
)
@given(st.lists(actions, max_size=12))
def test_every_place_is_one_document_and_keeps_its_uri(steps: list[Action]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder).resolve()
        for path, name in itertools.product(FOLDERS, NAMES):
            (top / path).mkdir(parents=True, exist_ok=True)
            (top / path / name).write_text(f"{path}/{name}")
        (top / "link").symlink_to(top)
        model = _Model(top)
        for number, step in enumerate(steps):
            model.take(number, *step)
            model.check()


class _Model:
    """What a person expects: a document for each file that was named or lay in a folder that was."""

    def __init__(self, top: Path) -> None:
        self.top, self.held = top, Held()
        self.uris: dict[Path, str] = {}  # of every file in the state
        self.texts: dict[str, str] = {}  # what is in the state, by uri

    def take(self, number: int, what: str, folder: str, name: str, way: int) -> None:
        path = self.top / folder / name
        if not path.exists():
            return
        if what == "append":
            self.append(path, way)
        elif what == "edit" and name:
            path.write_text(f"edited {number}")
        elif what == "delete" and name:
            path.unlink()
        elif what == "forget" and path in self.uris:
            uri = self.uris.pop(path)
            self.held.live -= {each for each in self.held.live if self.held.documents[each].uri == uri}
            del self.texts[uri]
        elif what == "move" and not name:
            self.move(path, number)

    def append(self, path: Path, way: int, root: str | None = None) -> None:
        relative = path.relative_to(self.top)
        ways = [(self.top, str(path)), (self.top, str(relative)), (self.top, f"link/{relative}")]
        cwd, given = [*ways, (path.parent, path.name)][way]
        with chdir(cwd):
            made, uris = self.held.append(given, root=root)
        assert made.elsewhere == 0 or root is not None
        assert set(uris) == (
            {path} if path.is_file() else {each for each in path.rglob("*") if each.is_file()}
        )
        for file, uri in uris.items():
            assert self.uris[file] == uri if file in self.uris else uri not in self.texts
            self.uris[file] = uri
            self.texts[uri] = text_item(file.read_text()).sha256

    def move(self, path: Path, number: int) -> None:
        """A folder that goes elsewhere and is named by its root's name goes on."""
        mine = {file: uri for file, uri in self.uris.items() if file.is_relative_to(path)}
        lies = {
            digest(key, str(each)) for key in self.keys for file in mine for each in (file, *file.parents)
        }
        near = {row.name for row in self.rows if row.digest in lies}
        own = {row.name for row in self.rows if row.digest in {digest(key, str(path)) for key in self.keys}}
        if not own or own != near:
            return  # part of it is another root: that part is not told where it went
        new = self.top / f"moved-{number}"
        path.rename(new)
        self.uris = {
            new / file.relative_to(path) if file in mine else file: uri for file, uri in self.uris.items()
        }
        if any(each.is_file() for each in new.rglob("*")):
            self.append(new, 0, root=next(iter(own)))
            self.append(new, 0)

    @property
    def rows(self) -> list[Root]:
        return known(self.held.reader)

    @property
    def keys(self) -> set[str]:
        return {row.key for row in self.rows}

    def check(self) -> None:
        assert self.held.state == self.texts
