"""A new memory file from whatever a damaged, stripped or re-encoded one still holds. The old one is only read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from memcodec import codec as codecs_
from memcodec.config import Settings
from memcodec.content import Progress
from memcodec.errors import ConfigError, Damaged, MemcodecError, NotAMemoryFile
from memcodec.format.documents import Stored
from memcodec.memory import FilePath, Writing
from memcodec.reader import Reader
from memcodec.restore import Loss
from memcodec.salvage import Key, SalvagedCommit, salvage
from memcodec.storage import LocalSource, Source


@dataclass(slots=True)
class RepairReport:
    """What came back. ``lost`` data packets did not read; parity brought back ``recovered`` of the ``packets``."""

    codec: str
    profile: str
    commits: int = 0
    documents: int = 0
    packets: int = 0
    lost: int = 0
    recovered: int = 0
    losses: list[Loss] = field(default_factory=list)
    unnamed: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Every document the media speaks of came back."""
        return not self.losses and not self.unnamed


def repair(
    path: FilePath,
    out: FilePath,
    *,
    settings: Settings | None = None,
    codec: str | None = None,
    profile: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> RepairReport:
    """Read every packet the media of ``path`` still holds and write what they say to a new file ``out``.

    Needs no index and no boxes. The new file has the old one's codec and profile unless others are named, or the name
    of ``out`` ends as another codec's files do; the rest of how it is written comes from ``settings``. Raises Damaged
    when there is no whole document left.
    """
    path, out = Path(path), Path(out)
    if out.exists() and path.exists() and out.samefile(path):
        raise ConfigError(f"{out}: repair never overwrites its input; name another file")
    with contextlib.closing(LocalSource(path)) as source:
        commits = salvage(_scan(source), _described(path))
    if not any(commit.items for commit in commits):
        raise Damaged(f"{path}: no document could be saved; its frames hold no readable packets of one")
    plan = _plan(settings or Settings(), commits, out, codec, profile)
    report = RepairReport(plan.encode.codec, plan.encode.profile)
    writing = Writing(out, plan, force=force, progress=progress, file_id=commits[-1].file_id, hold=True)
    try:
        for commit in commits:
            _tally(report, commit)
            _write(writing, commit)
        writing.publish()
        report.notes = writing.notes
    finally:
        writing.close()
    return report


def _described(path: Path) -> dict[Key, list[Stored]]:
    """The documents that the file's index describes, as far as it is whole: the media alone must do without."""
    found: dict[Key, list[Stored]] = {}
    with contextlib.suppress(MemcodecError), contextlib.closing(Reader(LocalSource(path))) as reader:
        for segment in reader.segments:
            with contextlib.suppress(MemcodecError):
                key = bytes.fromhex(segment.record.file), segment.record.commit
                found[key] = list(segment.catalogue.all_documents())
    return found


def _scan(source: Source) -> Iterator[bytes]:
    """Every packet in the file, by the codec that knows it, or else by the first of the others that finds any."""
    candidates = [codecs_.get(name) for name in codecs_.names()]
    with contextlib.suppress(NotAMemoryFile):
        candidates.insert(0, codecs_.detect(source))  # the others too: sound may come in any container
    for candidate in dict.fromkeys(candidates):
        with contextlib.closing(candidate.open(source)) as media:
            found = False
            for data in media.scan():
                found = True
                yield data
        if found:
            return


def _plan(
    base: Settings, commits: list[SalvagedCommit], out: Path, codec: str | None, profile: str | None
) -> Settings:
    told = next((commit for commit in reversed(commits) if commit.codec), None)
    codec = codec or codecs_.for_file(str(out), told.codec if told else base.encode.codec)
    profile = profile or (told.profile if told else base.encode.profile)
    return replace(base, encode=replace(base.encode, codec=codec, profile=profile))


def _tally(report: RepairReport, commit: SalvagedCommit) -> None:
    report.commits += 1
    report.documents += len(commit.items)
    report.packets += commit.packets
    report.lost += commit.lost
    report.recovered += commit.recovered
    report.losses += commit.losses
    report.unnamed += commit.unnamed


def _write(writing: Writing, commit: SalvagedCommit) -> None:
    writing.pending.extend(commit.items)
    writing.commit(time=commit.time, number=commit.number, ids=commit.ids)
