"""What the reliability tests share: what a file says at a moment, and processes that start in a blink."""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.file.reader import Reader
from memcodec.memory import Memory
from memcodec.search.engine import Searcher
from memcodec.storage import MemorySource
from memcodec.upkeep.verify import VerifyReport
from memcodec_audio import frames as audio
from memcodec_video import boxes
from tests.reliability import sealing

MEDIA = ("mp4", "flac")
PLAIN_AND_SEALED = (*MEDIA, *sealing.MEDIA)  #: how a name ends that ``create`` is given
PLAIN_AND_ONE_SEALED = (
    *MEDIA,
    *(sealing.MEDIA if sealing.FULL else sealing.MEDIA[-1:]),
)  #: for what takes longer
QUERY = "heron kettle"

# All that reads and writes memory files, so that a forked process need not import it again.
WARM = [
    "memcodec.cli.commands.append",
    "memcodec.cli.commands.sync",
    "memcodec.cli.console",
    "memcodec.cli.ingest_options",
    "memcodec.memory",
    "memcodec.upkeep.repair",
    "memcodec.index.fold",
    "memcodec_audio",
    "memcodec_audio.sound",
    "memcodec_audio.writer",
    "memcodec_video",
    "memcodec_video.encode",
    "memcodec_video.writer",
    "memcodec_video.symbols",
    "tests.reliability.media_only",
]


@dataclass(frozen=True)
class Snapshot:
    """What a reader sees: documents in order, each with the hash of its content, and hits with their texts."""

    commit: int
    documents: tuple[tuple[str, str, str], ...]
    hits: tuple[tuple[str, int, float, str], ...] = ()


def documents_of(reader: Reader) -> tuple[tuple[str, str, str], ...]:
    found = (each.stored.document for each in reader.documents())
    return tuple((document.id, document.uri, document.sha256) for document in found)


def snapshot(reader: Reader) -> Snapshot:
    hits = Searcher([reader]).search(QUERY, 10, "lexical")
    return Snapshot(
        reader.record.commit,
        documents_of(reader),
        tuple((hit.document.id, hit.chunk, hit.score, hit.text) for hit in hits),
    )


def snapshot_of(path: Path, as_of: int | None = None) -> Snapshot:
    with memcodec.open(path, as_of=as_of) as memory:
        return snapshot(memory.reader)


def contents(memory: Memory) -> dict[str, str]:
    """Restore everything; the hash of each restored file by its uri."""
    with tempfile.TemporaryDirectory() as folder:
        report = memory.restore(folder)
        assert not report.losses
        return {document.uri: digest(path.read_bytes()) for document, path in report.files}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def text(name: str, words: int = 40) -> str:
    """A short document that nothing else holds; ``heron`` and ``kettle`` are in it."""
    return f"The heron of {name} waits; the kettle of {name} sings. " + f"{name} reeds. " * words


def create(path: Path, documents: dict[str, str], like: str | Path | None = None, **options: Any) -> Path:
    with new(path, like, **options) as memory:
        add(memory, documents)
    return path


def new(path: Path, like: str | Path | None = None, *, steady: bool = False, **options: Any) -> Memory:
    """A new file; sealed if its name, or that of the one that it is like, says so.

    ``steady``: as many calls of the system make a file like it each time.
    """
    settings = memcodec.Settings.of(**{"model": "none", **options})
    return memcodec.create(path, settings=settings, seal=sealing.recipients_of(like or path, steady=steady))


def append(path: Path, documents: dict[str, str], **options: Any) -> list[str]:
    """One commit; returns the notes."""
    with memcodec.open(path, **options) as memory:
        add(memory, documents)
        return list(memory.commit().notes)


def add(memory: Memory, documents: dict[str, str]) -> None:
    for uri, content in documents.items():
        memory.add(content, uri=uri)


def ok_but_torn(report: VerifyReport) -> bool:
    """Whether nothing is wrong but what an interrupted commit left at the end."""
    return not report.losses and all(
        damage.part == "container" and damage.note == "torn part" for damage in report.damage
    )


def complaints(path: Path) -> str:
    """What the medium's own tool has to say about a file: nothing, if it is sound."""
    command = ["flac", "-ts"] if path.suffix == ".flac" else ["ffprobe", "-v", "error", "-count_frames"]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False, timeout=60)
    said = done.stdout + done.stderr
    # The one thing flac may note: a stream that is written on and on has no MD5.
    lines = [line for line in said.splitlines() if line.strip() and "MD5" not in line]
    return "\n".join(lines) + (f"\nexit code {done.returncode}" if done.returncode else "")


def forks() -> ForkServerContext:
    """Where processes come from that have everything imported: real ones, forked from a server without threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(WARM)
    return context


@contextlib.contextmanager
def running(process: ForkServerProcess) -> Iterator[ForkServerProcess]:
    """A process that is started, and gone at the end, whatever happens."""
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


def frame_boundaries(data: bytes, start: int) -> list[int]:
    """The offsets from ``start`` on at which a box or a FLAC frame of the file begins."""
    source = MemorySource(data)
    found = audio.walk(source) if data.startswith(b"fLaC") else boxes.walk(source)
    return [each.offset for each in found if each.offset >= start]


def as_bytes(path: Path) -> bytes:
    """A file's bytes, but for the recording's length that a FLAC file states: each commit may write that again."""
    data = bytearray(path.read_bytes())
    if path.suffix == ".flac":
        data[18:26] = bytes(8)
    return bytes(data)


def is_root() -> bool:
    return os.geteuid() == 0


@contextlib.contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A disk with room for little."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if not is_root() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
