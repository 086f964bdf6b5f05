"""docs/KINDS.md's table of what is found, against files of each kind by independent writers (tests/ingest/writers)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import memcodec
from memcodec.model import Document
from tests.ingest.writers import sheets
from tests.ingest.writers.everything import everything
from tests.ingest.writers.words import LANGUAGE, WHEN, Made, Words

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[3] / "docs" / "KINDS.md").read_text("utf-8")
SAID = {  # of what is left out -> words of the note
    "deleted text": "tracked changes",
    "text moved away": "tracked changes",
    "ruby reading": "ruby",
    "embedded file": "lies in it|lie in it",
    "attached text": "attachments",
    "remark": "remark on the archive",
    "vectors": "'vectors'",
    "bytes": "bytes|binary",
}


class Row(NamedTuple):
    """A row of the table."""

    writers: set[str]
    found: set[str]
    left_out: set[str]
    passed_over: set[str]


def _rows() -> dict[str, Row]:
    """The rows, by the suffixes of their files: kinds that share a row are one here."""
    table = PAGE.partition("## What is found")[2].partition("\n## ")[0]
    rows = {}
    for line in re.findall(r"^\| .*`.*$", table, re.MULTILINE):
        kind, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        for suffix in re.findall(r"`\.([\w.]+)`", kind):
            rows[suffix] = Row(*(set(filter(None, cell.split(", "))) for cell in cells))
    return rows


ROWS = _rows()


class Taken(NamedTuple):
    """A file that was taken in: its documents, their text, the words that a search finds in it, what was said of it."""

    made: Made
    documents: list[Document]
    text: str
    found: set[str]
    notes: str

    @property
    def row(self) -> Row:
        suffix = self.made.name.partition(".")[2]
        return ROWS[suffix]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> list[Taken]:
    """One memory of everything, and which words a search finds in what."""
    folder = tmp_path_factory.mktemp("given")
    files = everything(tmp_path_factory.mktemp("making"))
    for at, each in enumerate(files):
        (folder / str(at)).mkdir()
        (folder / str(at) / each.name).write_bytes(each.data)
    with memcodec.create(tmp_path_factory.mktemp("memory") / "all.mp4", model="none") as memory:
        notes = memory.add_path(folder).notes
        memory.commit()
        documents = _by_file((each.uri, each) for each in memory.documents())
        texts = {at: "\n".join(map(memory.read, each)) for at, each in documents.items()}
        words = {word for each in files for word in map(Words().__getitem__, each.places)}
        found = _by_file(
            (hit.document.uri, word) for word in words for hit in memory.search(word, k=500, mode="lexical")
        )
        said = _by_file((note, note) for note in notes)
    return [
        Taken(each, documents[at], texts.get(at, ""), set(found[at]), "\n".join(said[at]))
        for at, each in enumerate(files)
    ]


def _by_file(pairs: Iterable[tuple[str, Any]]) -> dict[int, list[Any]]:
    """By the number of the file, which its path begins with."""
    found: dict[int, list[Any]] = defaultdict(list)
    for uri, value in pairs:
        found[int(uri.partition("/")[0])].append(value)
    return found


def _finds(taken: Taken, place: str) -> bool:
    word = Words()[place]
    document = taken.documents[0] if taken.documents else None
    if document is None:
        return False
    if place == "date":
        return document.time.date() == WHEN.date()
    if place == "language":
        return document.language == LANGUAGE
    if place in ("title", "author"):
        return word in (document.title if place == "title" else document.author)
    if place in sheets.SEEN:
        return sheets.SEEN[place] in taken.text
    if any(word in each.uri for each in taken.documents):
        return True
    return word in taken.found or any(word in value for value in document.tags.values())


def test_every_place_is_found_or_left_out_as_the_table_says(taken: list[Taken]) -> None:
    wrong = [
        f"{each.made.writer} {each.made.name}: {place} {what}"
        for each in taken
        for place, what in _wrong(each)
    ]
    assert not wrong, "\n".join(wrong)


def _wrong(taken: Taken) -> Iterator[tuple[str, str]]:
    for place in taken.made.places:
        if _finds(taken, place) != (place in taken.row.found):
            yield place, "is lost" if place in taken.row.found else "is found"
        elif place in taken.row.left_out and not re.search(SAID[place], taken.notes):
            yield place, "is left out, and nothing says so"


def test_the_table_names_its_writers_and_every_place_that_they_write_in(taken: list[Taken]) -> None:
    assert set(ROWS) == {each.made.name.partition(".")[2] for each in taken}
    for row in ROWS.values():
        files = [each.made for each in taken if each.row == row]
        assert row.writers == {each.writer for each in files} and len(row.writers) > 1
        assert row.found | row.left_out | row.passed_over == {
            place for each in files for place in each.places
        }
        assert not (row.found & row.left_out or (row.found | row.left_out) & row.passed_over)
