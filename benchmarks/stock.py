"""The documents that the growth benchmarks work with, and what they do to files again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

import memcodec
from benchmarks import corpora
from memcodec import Hit, Memory, Settings

LENGTH = 20_000  #: characters of a document, but for the last of each round through the corpora
Documents = Mapping[str, str]  #: texts by uri


def documents(characters: int) -> dict[str, str]:
    """Texts of both corpora, then of both again with every line's words reversed, and so on: no two alike."""
    found: dict[str, str] = {}
    left = characters
    for turn in count():
        for number, text in enumerate(_cut(turn)):
            found[f"{turn}/{number:05}.txt"] = text[:left]
            left -= len(text)
            if left <= 0:
                return found
    raise AssertionError("the turns never end")


def _cut(turn: int) -> Iterator[str]:
    for folder in (corpora.python_docs(), corpora.gcide()):
        yield from pieces(corpora.varied(corpora.whole(folder).decode(), turn), LENGTH)


def pieces(text: str, length: int) -> Iterator[str]:
    """``text`` in pieces of at most ``length`` characters that end with a line where they can."""
    at = 0
    while at < len(text):
        end = text.rfind("\n", at, at + length) + 1 or at + length
        yield text[at:end]
        at = end


def start(texts: Documents, characters: int) -> dict[str, str]:
    """The first documents, until ``characters`` come together."""
    found: dict[str, str] = {}
    for uri, text in texts.items():
        if characters <= 0:
            break
        found[uri] = text
        characters -= len(text)
    return found


def size(texts: Documents) -> int:
    """Bytes of the texts."""
    return sum(len(text.encode()) for text in texts.values())


def encode(path: Path, texts: Documents, model: str = "none") -> None:
    """A new file, with a lexical index, and with vectors if a model is named; its suffix names the codec."""
    with memcodec.create(path, model=model, force=True) as memory:
        _add(memory, texts)


def append(path: Path, texts: Documents) -> None:
    """One more commit of a file, in media, however small."""
    with memcodec.open(path, settings=Settings().with_options(journal=False)) as memory:
        _add(memory, texts)


def _add(memory: Memory, texts: Documents) -> None:
    for uri, text in texts.items():
        memory.add(text, uri=uri)


def differing(one: Memory, other: Memory, queries: Sequence[str]) -> int:
    """How many queries the two do not answer with the same documents, spans, texts and scores in the same order."""
    return sum(_told(one.search(query)) != _told(other.search(query)) for query in queries)


def _told(hits: Sequence[Hit]) -> list[tuple[str, int, int, str, float]]:
    return [(hit.document.uri, hit.start, hit.end, hit.text, hit.score) for hit in hits]


def fresh(folder: Path, suffix: str) -> Callable[[], Path]:
    """Gives a path that no file has yet, each time: replacing a file would make the disk work."""
    numbers = count()
    folder.mkdir(parents=True, exist_ok=True)
    return lambda: folder / f"{next(numbers)}{suffix}"
