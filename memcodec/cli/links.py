"""Links to where a hit's document lies, for terminals that are likely to know them (OSC 8: "Hyperlinks in Terminal
Emulators", E. Koblinger).

The uri comes from a memory file and is not trusted: only files below the working directory or beside the memory file
are linked, and web addresses, with every character quoted that could end the sequence.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from memcodec.cli import console

if TYPE_CHECKING:
    from memcodec.model import Hit

_WEB = re.compile(r"https?://[^/\s]+", re.IGNORECASE)
_PROGRAMS = {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby"}
_TERMS = ("xterm-kitty", "foot", "alacritty", "contour", "xterm-ghostty")
_MARKS = ("KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM")
_VTE = 5000  # the first release that knows links


def linked(text: str, hit: Hit) -> str:
    """``text`` as a link to the hit's document at its line, where there is something to link to."""
    target = target_of(hit) if are_known() else None
    return f"\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\" if target else text


def are_known() -> bool:
    """Whether standard output is a terminal that is likely to show links. FORCE_HYPERLINK=1 or 0 decides if set."""
    if not console.is_terminal(sys.stdout) or os.environ.get("TERM") == "dumb":
        return False
    forced = os.environ.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced not in ("", "0")
    if os.environ.get("TMUX") or os.environ.get("STY"):  # what is behind them is not known
        return False
    vte = os.environ.get("VTE_VERSION", "")
    return (
        (vte.isdecimal() and int(vte) >= _VTE)
        or os.environ.get("TERM_PROGRAM") in _PROGRAMS
        or os.environ.get("TERM", "").startswith(_TERMS)
        or any(name in os.environ for name in _MARKS)
    )


def target_of(hit: Hit) -> str | None:
    """The address of a hit's document, if it is one or there is such a file on this machine."""
    uri = hit.document.uri
    if _WEB.match(uri):
        return quote(uri, safe=":/?#[]@!$&'()*+,;=%~")
    path = PurePosixPath(uri)
    if path.is_absolute() or ".." in path.parts or "\0" in uri:
        return None
    for folder in (Path(), Path(hit.file).parent):
        try:
            if (folder / path).is_file():
                return f"{(folder / path).absolute().as_uri()}#{hit.line.first}"
        except (OSError, ValueError):  # a name that no file here can have
            continue
    return None
