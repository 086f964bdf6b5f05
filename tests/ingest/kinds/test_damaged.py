"""Two hundred damaged files: each gives its text, notes or one line of error, in bounded time, and nothing else."""

from __future__ import annotations

import random
import time

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import archive, kind_of, sandbox
from memcodec.ingest.kinds.extracted import Extracted
from tests.ingest import made

SECONDS = 20.0


def mutated(data: bytes, chance: random.Random) -> bytes:
    """``data`` cut short, with bytes changed, a piece moved, or a piece of another file in it."""
    kind = chance.randrange(4)
    if kind == 0:
        return data[: chance.randrange(len(data))]
    changed = bytearray(data)
    if kind == 1:
        for _ in range(1 + len(data) // 200):
            changed[chance.randrange(len(data))] = chance.randrange(256)
    elif kind == 2:
        start, end = sorted(chance.randrange(len(data)) for _ in range(2))
        del changed[start:end]
    else:
        at = chance.randrange(len(data))
        changed[at : at + 64] = chance.randbytes(chance.randrange(128))
    return bytes(changed)


def outcome(data: bytes, name: str) -> Extracted | str:
    """What comes of reading ``data``; anything but these two fails the test."""
    start = time.monotonic()
    try:
        if kind_of(data, name).name == "archive":
            notes: list[str] = []
            found: Extracted | str = Extracted(
                str([member for member, _ in archive.members(data, name, notes)])
            )
        else:
            found = sandbox.extract(data, name, seconds=SECONDS)
    except SourceError as error:
        found = str(error)
        assert name in found and "\n" not in found and len(found) < 500
    assert time.monotonic() - start < SECONDS + 10
    return found


@pytest.mark.slow
def test_two_hundred_damaged_files_stop_nothing() -> None:
    chance, sound = random.Random(7), made.simple()
    names = sorted(sound)
    results = []
    for number in range(170):
        name = names[number % len(names)]
        results.append(outcome(mutated(sound[name], chance), name))
    for number in range(30):  # sound files under a wrong name
        name, other = chance.choice(names), chance.choice(names)
        results.append(outcome(sound[name], f"{number}{other}"))
    assert len(results) == 200
    assert sum(isinstance(result, str) for result in results) > 40  # the damage is real
    for name in names:  # and after all that the child still reads sound files
        assert not isinstance(outcome(sound[name], name), str)


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind, part",
    [
        ("docx", "word/document.xml"),
        ("pptx", "ppt/presentation.xml"),
        ("odt", "content.xml"),
        ("epub", "META-INF/container.xml"),
        ("xlsx", "xl/workbook.xml"),
    ],
)
def test_billion_laughs_and_bombs_are_one_line(kind: str, part: str) -> None:
    sound = made.workbook() if kind == "xlsx" else made.pandoc(kind)
    laughs = (made.LAUGHS + "<a>&lol9;</a>").encode()
    assert isinstance(outcome(made.with_part(sound, part, laughs), f"a.{kind}"), str)
    bomb = made.with_part(sound, part, bytes(70 << 20))
    assert "zip bombs" in str(outcome(bomb, f"a.{kind}"))


def test_entities_in_html_and_in_a_sheet_do_not_grow() -> None:
    found = outcome((made.LAUGHS + "<html><p>&lol9; after</p></html>").encode(), "a.html")
    assert len(found.text if isinstance(found, Extracted) else found) < 5000
    sheet = (
        made.LAUGHS
        + "<worksheet><sheetData><row><c t='inlineStr'><is><t>&lol9;</t></is></c></row></sheetData>"
    )
    data = made.with_part(made.workbook(), "xl/worksheets/sheet1.xml", (sheet + "</worksheet>").encode())
    assert isinstance(outcome(data, "a.xlsx"), str)


@pytest.mark.parametrize("opening, name", [(b"[", "a.ipynb"), (b"{\\rtf1" + b"{", "a.rtf"), (b"(", "a.py")])
def test_brackets_without_end_are_one_line_or_text(opening: bytes, name: str) -> None:
    outcome(opening + b"{(["[len(opening) % 3 :][:1] * 200_000, name)


def test_a_part_that_declares_entities_is_refused_even_when_they_are_small() -> None:
    part = made.LAUGHS.replace("lol9", "other") + "<a>no entity used</a>"
    with pytest.raises(SourceError, match="declares XML entities"):
        sandbox.extract(made.with_part(made.pandoc("docx"), "word/document.xml", part.encode()), "a.docx")
