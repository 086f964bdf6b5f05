"""What the tests of the command line share: the documents, and how to run and to damage things."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

import memcodec

Run = Callable[..., Result]
Spawn = Callable[..., "subprocess.CompletedProcess[bytes]"]

FOLDER = "library"  #: what the folder of ``DOCUMENTS`` is called
ESCAPE = "\x9b\x07\x1b]0;owned"  # never finished: whole sequences are no part of a document's text
DOCUMENTS = {
    "birds/herons.md": "# Herons\n\nThe heron nests in April.\n\n" + "A grey heron waits in the reeds. " * 60,
    "birds/swifts.txt": "Swifts\n======\n\nA swift sleeps on the wing; no swift needs a branch.\n",
    "notes.txt": "Buy bread.\nThe kettle whistles.\n",
    "evil.txt": f"Harmless\n\nsteer {ESCAPE} terminal\n",
    "漢字.txt": "漢字の文書\n\n東京の冬は寒い。\n",
}

#: commands that write no memory file and nothing out of one
READING = {
    *"search show open get cat mount chat mcp serve list log timeline diff info verify publish".split(),
    *"runs live topics trends synthesize jobs codecs models about doctor config cache help completion".split(),
}

NEWER = {
    "notes.txt": "Buy bread.\nThe kettle is broken.\n",
    "letters/june.txt": "Dear Ada,\n\nthe swallows are back.\n",
}


def write_documents(folder: Path, documents: dict[str, str] = DOCUMENTS) -> Path:
    """Put documents into a folder."""
    for name, text in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def program(*args: object) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-m", "memcodec", *map(str, args)]


def without_signal_mask() -> None:
    """For a child: a shell that runs tests in the background has them ignore interrupts, which children inherit."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def bytes_written(child: subprocess.Popen[bytes], folder: Path, besides: Path | None = None) -> int:
    """How much of the new file in ``folder`` a process has written; the file has no name yet."""
    total = 0
    for entry in Path(f"/proc/{child.pid}/fd").iterdir():
        try:
            if str(folder) in str(entry.readlink()) and not (besides and entry.samefile(besides)):
                total += entry.stat().st_size
        except OSError:
            continue
    return total


def uris(run: Run, *args: object) -> set[str]:
    """The documents that ``list`` shows."""
    return {each["uri"] for each in documents(run, *args)}


def documents(run: Run, *args: object) -> list[dict[str, Any]]:
    """What ``list`` shows of each document."""
    found: list[dict[str, Any]] = json.loads(run("list", *args, "--json").stdout)["documents"]
    return found


def media_of(path: str) -> list[tuple[int, int]]:
    """Where the file's data frames lie, as offsets and lengths."""
    with memcodec.open(path) as memory:
        offsets, lengths, _, _ = memory.reader.segments[0].catalogue.frames()
        return list(zip(offsets.tolist(), lengths.tolist(), strict=True))


def damaged(path: str, copy: Path, frames: slice) -> str:
    """A copy with some frames' bytes zeroed."""
    data = bytearray(Path(path).read_bytes())
    for offset, length in media_of(path)[frames]:
        data[offset : offset + length] = bytes(length)
    copy.write_bytes(data)
    return str(copy)


def written_on_a_terminal(*args: object, typed: bool, **environ: str) -> str:
    """What a command writes on a terminal of 80 columns; ``typed``: its standard input is that terminal too."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **environ}
    child = subprocess.Popen(
        program(*args), stdin=follower if typed else None, stdout=follower, stderr=follower, env=environment
    )
    os.close(follower)
    written = b""
    try:
        while piece := os.read(leader, 65536):
            written += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(leader)
        child.wait(60)
    return written.decode()
