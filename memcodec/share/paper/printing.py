"""A memory file to pages: how many there will be, whether that is too many, and the PDF or the pictures."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from memcodec.config import units
from memcodec.errors import ConfigError, NotAMemoryFile
from memcodec.file.journal.settled import settled
from memcodec.file.reader import Reader
from memcodec.format.checksum import crc32c
from memcodec.format.packet import payload_size
from memcodec.model import FilePath, Progress
from memcodec.share.paper.drawing import Drawing, check_ready
from memcodec.share.paper.label import Label
from memcodec.share.paper.output import KINDS, Output
from memcodec.share.paper.packets import Cut, deal, shares
from memcodec.share.paper.page import PAPERS, RESOLUTIONS, Page, PaperName
from memcodec.share.paper.symbol import LEVELS, PACKET_SIZE, Level

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PAGES = 500  #: whatever is allowed: a commit's data packets stay one group of parity


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """How pages are made. ``parity`` in percent of the data symbols, ``pages`` the most there may be."""

    paper: PaperName = "a4"
    dpi: int = 300
    level: Level = "M"
    parity: float = 40.0
    pages: int = 100

    def check(self) -> None:
        """Raises ConfigError for what cannot be printed."""
        if self.paper not in PAPERS:
            raise ConfigError(f"paper {self.paper!r} is not known; use one of {', '.join(PAPERS)}")
        if self.dpi not in RESOLUTIONS:
            raise ConfigError(
                f"pages are not drawn at {self.dpi} dpi; use {' or '.join(map(str, RESOLUTIONS))}"
            )
        if self.level not in LEVELS:
            raise ConfigError(
                f"{self.level!r} is not a QR error correction level; use one of {', '.join(LEVELS)}"
            )
        if not 0 <= self.parity <= 200:
            raise ConfigError(
                f"a parity of {self.parity:g} is not possible; use 0 to 200, in percent of the data"
            )
        if not 1 <= self.pages <= MOST_PAGES:
            raise ConfigError(f"{self.pages} pages are not possible; allow 1 to {MOST_PAGES}")


@dataclass(frozen=True, slots=True)
class PrintReport:
    """What was printed. ``pages`` counts the page of instructions; ``stream`` is the compressed memory in bytes."""

    files: tuple[str, ...]
    pages: int
    symbols: int
    parity: int  #: how many of the symbols are
    stream: int
    size: int  #: bytes of the files

    @property
    def per_page(self) -> int:
        """Bytes of compressed memory on a page of symbols."""
        return self.stream // (self.pages - 1)


def print_sheets(
    path: FilePath,
    out: FilePath,
    options: PrintOptions | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> PrintReport:
    """Write the memory in ``path`` as pages of QR symbols: one PDF, or a numbered PNG a page.

    Every commit comes along, the indexes do not: ``scan_sheets`` makes them again. Raises ConfigError when there
    would be more pages than allowed, Damaged when part of the memory is lost.
    """
    options = options or PrintOptions()
    options.check()
    out = Path(out)
    if out.suffix.lower() not in KINDS:
        raise ConfigError(f"{out}: pages are written as {' or '.join(KINDS)}; name the output so")
    check_ready()
    with settled(path) as reader:
        if reader.sealed:
            raise ConfigError(f"{reader.source.name}: is sealed, and plain files alone are printed")
        printing = _Printing(reader, options, progress or (lambda stage, done, total: None))
        printing.refuse_too_many(str(path))
        pages = printing.packets()
        output = Output(out, printing.pages, options.dpi, force, reader.source)
        size = output.write(printing.drawn(pages))
    parity = sum(share.parity for share in printing.shares)
    names = tuple(map(str, output.paths))
    return PrintReport(names, printing.pages, sum(map(len, pages)), parity, printing.stream, size)


class _Printing:
    """From a memory to drawn pages."""

    def __init__(self, reader: Reader, options: PrintOptions, progress: Progress) -> None:
        self._reader, self._options, self._progress = reader, options, progress
        self._page = Page(options.paper, options.dpi)
        self._payload = payload_size(PACKET_SIZE[options.level])
        if not reader.segments:
            raise NotAMemoryFile("the file holds no documents; there is nothing to print")
        self.stream = sum(segment.record.stream for segment in reader.segments)
        self._share([-(-segment.record.stream // self._payload) for segment in reader.segments])

    def _share(self, data: Sequence[int]) -> None:
        """Settle symbols and pages for so many data packets a commit."""
        self.shares = shares(data, self._options.parity / 100, self._page.slots)
        symbols = sum(share.data + share.parity for share in self.shares)
        self.pages = 1 + -(-symbols // self._page.slots)

    def refuse_too_many(self, name: str) -> None:
        pages, most = self.pages, self._options.pages
        if pages <= most:
            return
        each = units.format_size(self.stream // (pages - 1))
        cure = f"allow them with `pages` {pages}" if pages <= MOST_PAGES else "paper is for small memories"
        raise ConfigError(
            f"{name}: {units.format_size(self.stream)} compressed would fill {pages:,} pages ({each} a page), "
            f"more than {most}; {cure}, or print a smaller file"
        )

    def packets(self) -> list[list[bytes]]:
        """The symbols of every page."""
        segments = self._reader.segments
        with contextlib.ExitStack() as stack:
            cuts = []
            for number, segment in enumerate(segments):
                self._progress("packets", number, len(segments))
                cuts.append(
                    stack.enter_context(contextlib.closing(Cut(segment, self._reader, self._payload)))
                )
            # Records that name their medium, or packets of it, may have grown or shrunk on the way.
            self._share([len(cut.data) for cut in cuts])
            streams = [cut.packets(share.parity) for cut, share in zip(cuts, self.shares, strict=True)]
        return deal(streams, self._page.slots)

    def drawn(self, pages: Sequence[Sequence[bytes]]) -> Iterator[Image]:
        """Every page, the instructions first."""
        everything = crc32c(b"".join(data for page in pages for data in page))
        record = self._reader.record
        total = sum(map(len, pages))
        first = Label(record.file, f"{everything:08x}", 1, len(pages) + 1, 0, total, len(self.shares))
        drawing = Drawing(self._page, self._options.level, first, self._what_is_needed(), self._notes(pages))
        yield drawing.instructions()
        for number, packets in enumerate(pages, 2):
            self._progress("pages", number - 1, len(pages))
            yield drawing.symbols(number, packets)

    def _what_is_needed(self) -> str:
        if not any(share.parity for share in self.shares):
            return "Every symbol is needed: there is no parity."
        if len(self.shares) > 1:
            return "Each commit has parity of its own, which brings back its symbols that are lost."
        [share] = self.shares
        return f"Any {share.needed:,} of the {share.data + share.parity:,} symbols restore everything."

    def _notes(self, pages: Sequence[Sequence[bytes]]) -> list[str]:
        record = self._reader.record
        documents = sum(segment.documents for segment in self._reader.segments)
        text = sum(segment.record.text for segment in self._reader.segments)
        symbols, data = sum(map(len, pages)), sum(share.data for share in self.shares)
        return [
            f"{_count(documents, 'document')} as of commit {record.commit} ({record.time[:10]}), "
            f"{units.format_size(text)} of text, compressed to {units.format_size(self.stream)}.",
            f"{_count(symbols, 'symbol')} on {_count(len(pages), 'page')} beside this one: {data:,} of data and "
            f"{symbols - data:,} of parity. {self._what_is_needed()}",
        ]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
