"""Whole memory files to start from. They are kept in ``corpus/``: another encoder would make other bytes of them."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard
from PIL import Image

import memcodec
from fixtures.prose import prose
from memcodec.config.settings import Settings
from memcodec.errors import NotFound
from memcodec.file.filter import Filter
from memcodec.format.packet import payload_size
from memcodec.ingest.item import Item, OriginalBytes, text_item
from memcodec.model import Section
from memcodec.models import clip, embedding
from memcodec.share.parts import split
from memcodec.storage import RamFile
from memcodec.upkeep.merge import merge
from tests.fuzz import plain

CORPUS = Path(__file__).parent / "corpus"
assert payload_size(plain.PACKET) == 512


class Embedder:
    """Texts to vectors by their words, without a model."""

    model, precision, dimensions = "words@1", "float32", 8
    noise = -1.0  # all that is near at all is near

    def embed(self, batch: Sequence[str], **_: object) -> npt.NDArray[np.float32]:
        made = np.array(
            [[len(text) + sum(text.encode()[at::8]) for at in range(8)] for text in batch], np.float32
        )
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).reshape(-1, 8)

    def embed_query(self, text: str) -> npt.NDArray[np.float32]:
        vector: npt.NDArray[np.float32] = self.embed([text])[0]
        return vector


class Sight(Embedder):
    """Pictures to vectors by their colours, without a model."""

    model, preparation = "sight@1", clip.Preparation(side=4)

    def embed_pictures(self, pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        return self.embed([bytes(picture.tobytes()).hex() for picture in pictures])

    def embed_text(self, text: str) -> npt.NDArray[np.float32]:
        return self.embed_query(text)


def install() -> None:
    """The plain codec, and models that need no file."""
    plain.install()
    embedder = Embedder()
    embedding.available = lambda: True
    embedding.load = embedding.load_exact = lambda name: embedder
    clip.load = lambda folder: Sight()


@dataclass(frozen=True)
class Seed:
    """A file as it was written."""

    name: str
    data: bytes

    @property
    def codec(self) -> str:
        return self.name.split(".")[1]

    @property
    def is_part(self) -> bool:
        return self.name.startswith("part")

    @property
    def is_noted(self) -> bool:
        """Whether it ends in a journal."""
        return self.name.startswith("noted")

    @cached_property
    def texts(self) -> frozenset[bytes]:
        """All that documents held in any of its states."""
        found = set[bytes]()
        for memory in self._states():
            found |= {memory.read_bytes(each) for each in memory}
            found |= {memory.read_bytes(each, original=True) for each in memory if each.original is not None}
        return frozenset(found)

    @cached_property
    def chunks(self) -> frozenset[str]:
        """All that a hit may show."""
        found = set[str]()
        for memory in self._states():
            for number in range(memory.reader.chunks):
                with contextlib.suppress(NotFound):
                    found.add(memory.get(number).text)
        return frozenset(found)

    @cached_property
    def lines(self) -> frozenset[bytes]:
        """Those of documents that are made of events: which of them stand in one depends on what was lost."""
        return frozenset(
            line for text in self.texts if text.startswith(b'{"n":') for line in text.splitlines()
        )

    @cached_property
    def documents(self) -> frozenset[str]:
        """All that was said of documents."""
        return frozenset(repr(each) for memory in self._states() for each in memory)

    def _states(self) -> list[memcodec.Memory]:
        if self.is_part:
            return []
        with memcodec.open(self.data) as memory:
            found = [memcodec.open(self.data, as_of=each.number) for each in memory.log()]
            journal = memory.reader.media.journal
        if journal is not None:  # it may be cut behind any group
            ends = accumulate(journal.sizes, initial=journal.start)
            found += [memcodec.open(self.data[:end]) for end in ends]
        return found


def load() -> list[Seed]:
    """The corpus."""
    return [
        Seed(path.name.removesuffix(".zst"), zstandard.decompress(path.read_bytes()))
        for path in sorted(CORPUS.glob("*.zst"))
    ]


def make() -> None:
    """Write the corpus."""
    made = {
        "grown.plain": _grown("plain"),
        "many.plain": _many(),
        "shown.plain": _shown(),
        "film.av1": _grown("av1", 2),
        "sound.flac": _grown("flac", 1, model="none", parity=0),
    }
    made |= {f"noted.{codec}": _noted(codec) for codec in ("plain", "av1", "flac")}
    made["merged.plain"] = _merged([made["grown.plain"], made["many.plain"]])
    made |= _parts(made["grown.plain"])
    CORPUS.mkdir(exist_ok=True)
    for name, data in made.items():
        (CORPUS / f"{name}.zst").write_bytes(zstandard.ZstdCompressor(level=19).compress(data))


def _document(number: int) -> str:
    return f"# Heron {number}\n\nThe grey heron number {number} waits.\n\n## By the river\n\n{prose(number, 900)}"


def _grown(codec: str, count: int = 5, **options: Any) -> bytes:
    """A file of a few commits: documents added, changed, tagged, forgotten."""
    file = RamFile("grown")
    settings = Settings.of(**{"codec": codec, "parity": 20, **options})
    with memcodec.create(file, settings=settings) as memory:
        for number in range(count):
            memory.add(_document(number), uri=f"notes/{number}.md", tags={"kind": "note"})
    with memcodec.open(file, settings=settings) as memory:
        memory.add(_document(100), uri="notes/0.md", title="Größe")
        memory.add("short\nthing", uri="short.txt")
        memory.add_items([_extracted("page one\n\npage two", b"%PDF of two pages")])
    with memcodec.open(file) as memory:
        memory.forget(Filter(documents=("short.txt",)))
    return file.to_bytes()


def _extracted(text: str, original: bytes) -> Item:
    """A document that was taken out of a file of another kind, which is kept."""
    kept = OriginalBytes(len(original), hashlib.sha256(original).hexdigest(), lambda: [original])
    sections = (Section(0, ("One",), "page 1"), Section(10, ("One", "Two"), "page 2"))
    made = text_item(text, uri="paper.pdf")
    return replace(
        made, type="pdf", author="Größe", language="en", extracted=True, sections=sections, original=kept
    )


def _noted(codec: str) -> bytes:
    """A file with a journal: notes, a new version of one and of a document in media, events of two runs."""
    suffix = {"av1": "mp4"}.get(codec, codec)
    settings = Settings.of(codec=codec, model="none", parity=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"noted.{suffix}"
        with memcodec.create(path, settings=settings) as memory:
            memory.add(_document(60), uri="notes/0.md", tags={"kind": "note"})
        with memcodec.open(path, settings=settings) as memory, memory.ledger() as ledger:
            for number in range(4):
                memory.add(
                    f"# Note {number}\n\nA short heron {number} of the ledger.", uri=f"notes/{number % 3}.md"
                )
                memory.commit()
                ledger.append(
                    [("run-a", b'{"step":%d,"say":"grey heron"}' % number), ("run-b", bytes([number]) * 9)]
                )
        return path.read_bytes()


def _many() -> bytes:
    """More commits than a record holds."""
    file = RamFile("many")
    settings = Settings.of(codec="plain", model="none", parity=0)
    with memcodec.create(file, settings=settings) as memory:
        memory.add(_document(50), uri="first.md")
    for number in range(12):
        with memcodec.open(file, settings=settings) as memory:
            memory.add(f"# Ledger\n\nKettle and ledger {number}.", uri=f"many/{number}.md")
    return file.to_bytes()


def _shown() -> bytes:
    """A file of pictures that a model saw."""
    file = RamFile("shown")
    settings = Settings.of(codec="plain", model="none", image_model="sight")
    with memcodec.create(file, settings=settings) as memory:
        memory.add_items([_picture("heron.png", "grey"), _picture("lamp.png", "red")])
    with memcodec.open(file, settings=settings) as memory:
        memory.add_items([_picture("lamp.png", "blue")])
    return file.to_bytes()


def _picture(name: str, colour: str) -> Item:
    out = BytesIO()
    Image.new("RGB", (9, 7), colour).save(out, "PNG")
    made = _extracted(f"{name}, page one", out.getvalue())
    return replace(made, uri=name, type="image")


def _merged(files: Sequence[bytes]) -> bytes:
    file = RamFile("merged.plain")
    merge(files, file, settings=Settings.of(codec="plain", model="none"))
    return file.to_bytes()


def _parts(whole: bytes) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grown.plain"
        path.write_bytes(whole)
        made = split(path, len(whole) // 2 + 2000, spare=1, folder=folder)
        return {
            f"part{number}.plain": Path(part.path).read_bytes() for number, part in enumerate(made.parts, 1)
        }
