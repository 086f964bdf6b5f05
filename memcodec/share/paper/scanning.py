"""Pictures of pages to a memory file: packets from any of them, documents checked by hash, indexes made again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from memcodec.config.settings import Settings
from memcodec.errors import ConfigError, Damaged, SourceError, StorageError
from memcodec.format import packet
from memcodec.format.budget import Budget
from memcodec.format.packet import DATA, PARITY, Packet
from memcodec.model import FilePath, Progress, silent
from memcodec.share.paper import pictures
from memcodec.share.paper.drawing import check_ready
from memcodec.share.paper.finder import FoundSymbols, find
from memcodec.share.paper.label import Label
from memcodec.storage.attributes import rights_of
from memcodec.upkeep.repair import RepairReport, rebuild
from memcodec.upkeep.salvage import salvage


@dataclass(slots=True)
class Gathered:
    """What all pictures gave. Pages, symbols and commits that are expected are known from labels alone."""

    pictures: int = 0
    labels: set[Label] = field(default_factory=set)
    packets: set[bytes] = field(default_factory=set)

    def take(self, found: FoundSymbols) -> None:
        """Another picture."""
        self.pictures += 1
        self.labels |= found.labels
        self.packets |= found.packets.keys()

    @property
    def symbols(self) -> int | None:
        """How many the pages had when they were printed; None where no label was read."""
        sets = {(label.file, label.set): label.total for label in self.labels}
        return max(sets.values(), default=None)

    @property
    def lacking(self) -> list[int]:
        """Pages with symbols that no picture shows: of the printing of which most is there."""
        sets: dict[tuple[str, str, int], set[int]] = {}
        for label in self.labels:
            sets.setdefault((label.file, label.set, label.pages), set()).add(label.page)
        if not sets:
            return []
        (_, _, pages), seen = max(sets.items(), key=lambda each: len(each[1]))
        return [page for page in range(2, pages + 1) if page not in seen]

    @property
    def commits(self) -> int:
        """How many commits the memory has."""
        return max((label.streams for label in self.labels), default=0)

    def check(self) -> None:
        """Raises ConfigError for pages that do not belong together."""
        files = sorted({label.file for label in self.labels})
        if len(files) > 1:
            raise ConfigError(
                f"the pages are of {len(files)} memories ({', '.join(files)}); scan one at a time"
            )
        streams: dict[tuple[bytes, int], list[Packet]] = {}
        for data in self.packets:
            if (parsed := packet.parse(data)) is not None:
                streams.setdefault(parsed.stream, []).append(parsed)
        if not all(_is_of_one_size(packets) for packets in streams.values()):
            raise ConfigError(
                "the pages are of printings with different `level`; scan the pages of one at a time"
            )

    def __str__(self) -> str:
        """``52 of 96 symbols were read; pages 3, 4 lack``."""
        total = f" of {self.symbols:,}" if self.symbols is not None else ""
        count = len(self.packets)
        text = f"{count:,}{total} symbols were read" if count != 1 or total else "1 symbol was read"
        return f"{text}; {_pages(self.lacking)}" if self.lacking else text


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What came back, and from what."""

    gathered: Gathered
    repair: RepairReport
    unseen: int  #: commits of which not one symbol was read

    @property
    def complete(self) -> bool:
        """Every document on the pages came back."""
        return self.repair.complete and not self.unseen


def scan_sheets(
    paths: Sequence[FilePath],
    out: FilePath,
    *,
    settings: Settings | None = None,
    codec: str | None = None,
    profile: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> ScanReport:
    """Read photographs, scans and PDFs of printed pages, in any order, and write the memory to a new file ``out``.

    The new file has the codec and profile that the printed memory had unless others are named. A document of
    which too many symbols are lost is left out, and named in the report. Raises SourceError for what is no picture or
    shows no symbol of a memory, ConfigError for pages of several memories, Damaged when no document is left.
    """
    out = Path(out)
    check_ready()
    if out.exists() and not force:
        raise StorageError(f"{out}: exists already; use `force=True` to replace it")
    gathered = gather(map(Path, paths), len(paths), progress or silent)
    if not gathered.packets and not gathered.labels:
        raise SourceError(
            "no symbol of a memory is in the pictures; photograph the pages from nearer, in focus"
        )
    gathered.check()
    read = (settings or Settings()).read
    commits = salvage(
        gathered.packets, Budget(sum(map(len, gathered.packets)), read.max_memory), None, progress or silent
    )
    if not any(commit.items for commit in commits):
        raise Damaged(f"{gathered}: too few for any document; scan what lacks, or scan it better")
    report = rebuild(
        commits,
        out,
        settings=settings,
        codec=codec,
        profile=profile,
        force=force,
        progress=progress,
        rights=map(rights_of, map(Path, paths)),
    )
    return ScanReport(gathered, report, max(0, gathered.commits - len(commits)))


def gather(paths: Iterable[Path], count: int, progress: Progress) -> Gathered:
    """Every label and packet in the pictures."""
    gathered = Gathered()
    for number, path in enumerate(paths):
        for picture in pictures.read(path):
            gathered.take(find(picture))
            progress("pictures", gathered.pictures, max(count + gathered.pictures - number - 1, 0))
    return gathered


def _is_of_one_size(packets: Sequence[Packet]) -> bool:
    """Whether a stream's packets were cut alike: all full ones of one size, and only the last data packet shorter."""
    size = max(len(each.payload) for each in packets)
    last = max((each.sequence for each in packets if each.kind == DATA), default=-1)
    return all(
        len(each.payload) == size or (each.kind != PARITY and each.sequence == last) for each in packets
    )


def _pages(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:12])) + (" ..." if len(numbers) > 12 else "")
    return f"pages {shown} lack" if len(numbers) > 1 else f"page {shown} lacks"
