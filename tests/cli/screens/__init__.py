"""Screens of the command line as text, beside this module: ``python -m tests.cli.screens`` writes them anew.

Each is what a command writes on a terminal of 60 or 100 columns, ``␛`` for the escape that begins a colour. What is
not the same on every machine and day in those of ``MASKED`` is masked by ``MASKS``, and by nothing else.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from click.testing import CliRunner

from memcodec.cli import console, main, progress
from tests.cli.support import write_documents

FOLDER = Path(__file__).parent
COLUMNS = (60, 100)
THEMES = {"dark": "15;0", "light": "0;15"}  #: what terminals say of their colours in COLORFGBG
SCREENS = {
    "help": "--help",
    "help-encode": "encode --help",
    "help-search": "search --help",
    "list": "list birds.mp4",
    "info": "info birds.mp4",
    "log": "log birds.mp4",
    "timeline": "timeline birds.mp4 --until 2026-01-31",
    "diff": "diff birds.mp4 1 2",
    "search": "search heron birds.mp4 --no-pager",
    "get": "get birds.mp4 0",
    "codecs": "codecs",
    "doctor": "doctor",
    "jobs": "jobs list",
    "verify": "verify birds.mp4",
    "error-file": "list nowhere.mp4",
    "error-command": "serch heron birds.mp4",
    "error-option": "list birds.mp4 --tga x",
}
DOCUMENTS = {
    "herons.md": "# Herons\n\nThe heron nests in April.\n\n" + "A grey heron waits in the reeds. " * 20,
    "projects/2026/winter/observations/field-notes-of-the-second-week.md": (
        "# A title that goes on and on, as titles of reports do, and is too long for any column\n\nSwans.\n"
    ),
    "漢字.txt": "漢字の文書、とても長い題名がここにあります、東京の冬は寒い\n\n東京の冬は寒い。\n",
    "café.md": "# Cafe\u0301s of the town 👩‍🔬\n\nOne has a parrot.\n",
}
MASKS = (
    (r"\b[0-9a-f]{16}\b", "0123456789abcdef"),  # ids of documents
    (r"\b[0-9a-f]{8}\b(?![-\d])", "01234567"),  # of files
    (r"\d{4}-\d\d-\d\d(.)\d\d:\d\d(:\d\d)?", r"2026-01-02\g<1>03:04"),
    (r"[█▏▎▍▌▋▊▉]+ *", "▇ "),  # bars
    (r" *(?<![\d.,])(?:<?\d[\d.]*%|\d[\d.,]* (?:B|kB|MB|bytes)\b)", " SIZE"),
    (r" +SIZE", " SIZE"),  # columns are as wide as what is in them
    (r"(?<![\d.,])\d[\d.]* m?s\b", "TIME"),
    (r"(?<=\[2m)\d+\.\d+(?=\x1b)", "SCORE"),
)
MASKED = {"list", "info", "log", "timeline", "search", "verify"}
_DOCTOR = {
    "works": True,
    "version": "1.2.3",
    "python": "3.11.7",
    "system": "Linux 6.1 x86_64",
    "checks": [{"name": "core", "works": True, "detail": "written and read"}],
    "machine": {
        "cores": 2,
        "machine_cores": 8,
        "memory": 3_200_000_000,
        "workers": 2,
        "simd": ["avx2"],
        "provider": "CPUExecutionProvider",
    },
    "sandbox": {"files": "landlock 7", "network": "seccomp", "programs": "seccomp", "memory": None},
    "codecs": [{"name": "av1", "encode": True, "decode": True, "detail": "written and read"}],
    "extras": [
        {
            "name": "core",
            "libraries": [{"name": name, "version": "1.0.0"} for name in ("av", "click", "numpy", "rich")],
        },
        {"name": "cloud", "libraries": [{"name": "botocore", "version": None}]},
    ],
    "native": {"libavcodec": "62.28.102", "libavformat": "62.12.102"},
    "folders": [{"name": "models", "path": "/home/ada/.cache/memcodec/models", "bytes": 0}],
}
_PHASES = (
    ("collect", 1_200_000, 0),
    ("media", 6_700_000, 11_000_000),
    ("vectors", 9_999, 10_000),
    ("sync", 0, 0),
)


@contextmanager
def made() -> Iterator[Path]:
    """A folder with birds.mp4, a file of two commits."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        stack.enter_context(_inside(Path(folder)))
        stack.enter_context(mock.patch.dict(os.environ, _environment(Path(folder))))
        for number, path in enumerate(sorted(Path(write_documents(Path("in"), DOCUMENTS)).rglob("*.*"))):
            os.utime(path, (1_767_322_800 + 60 * number,) * 2)
        assert _run("encode in -o birds.mp4 --model none --quiet") == ""
        assert _run("append birds.mp4 --text Tits. --uri tits --quiet") == ""
        yield Path(folder)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _environment(folder: Path) -> dict[str, str]:
    plain = {
        "TERM": "xterm",
        "NO_COLOR": "",
        "FORCE_COLOR": "",
        "CLICOLOR_FORCE": "",
        "FORCE_HYPERLINK": "0",
        "TZ": "UTC",
    }
    return plain | {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "CACHE", "STATE")}


def _run(arguments: str, columns: int = 80) -> str:
    # Click's runner has a terminal of its own, of 80 columns.
    return CliRunner().invoke(main, arguments.split(), color=True, terminal_width=columns - 2).output


def screen(name: str, columns: int, theme: str, folder: Path) -> str:
    """What a command writes on a terminal so wide, in what ``made`` made."""
    with ExitStack() as stack:
        stack.enter_context(_inside(folder))
        stack.enter_context(mock.patch.dict(os.environ, _environment(folder)))
        stack.enter_context(
            mock.patch.dict(os.environ, {"COLUMNS": str(columns), "COLORFGBG": THEMES[theme]})
        )
        stack.enter_context(mock.patch.object(console, "is_terminal", lambda stream: True))
        stack.enter_context(mock.patch.object(progress.Progress, "draw", lambda *args: None))
        stack.enter_context(mock.patch("memcodec.cli.machine.examined", lambda: _DOCTOR))
        return _run(SCREENS[name], columns) if name in SCREENS else bars(columns)


def bars(columns: int) -> str:
    """The line that is drawn in each of some phases, five seconds after it began."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    page = Console(
        file=StringIO(), width=columns, force_terminal=True, color_system="standard", highlight=False
    )
    for stage, done, total in _PHASES:
        name, in_bytes = progress._STAGES[stage]
        told = progress.facts(done, total, 5.0, in_bytes=in_bytes)
        page.print(Text.assemble(*progress.drawn(name, told, done, total, columns - 1)))
    return str(page.file.getvalue())  # type: ignore[attr-defined]


def kept(name: str, text: str) -> str:
    """The screen as it is kept."""
    for pattern, instead in MASKS if name in MASKED else ():
        text = re.sub(pattern, instead, text)
    return text.replace("\x1b", "␛")


def path_of(name: str, columns: int) -> Path:
    """Where a screen is kept."""
    return FOLDER / f"{name}-{columns}.txt"
