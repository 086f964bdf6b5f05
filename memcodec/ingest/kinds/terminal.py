"""What a terminal shows of text that was written to one: no colours, no overstrikes, no lines that were replaced.

Control sequences are those of ECMA-48, sections 5.3 to 5.6.
"""

from __future__ import annotations

import re

# CSI; OSC, DCS, SOS, PM and APC with what they hold, which no text does, up to their end; other escapes
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]{1,3}[0-~]|\x1b[0-Z\\^-~]"
)


def shown(text: str) -> str:
    """``text`` as its reader saw it. Text that holds no terminal's codes is given as it is."""
    if "\x1b" in text or "\x9b" in text:
        text = _SEQUENCE.sub("", text)
    if "\b" in text or "\r" in text:
        text = "\n".join(_line(line) for line in text.split("\n"))
    return text


def _line(line: str) -> str:
    if "\r" in line[:-1]:
        parts = line.split("\r")
        line = "\r".join(
            part for part, after in zip(parts, [*parts[1:], ""], strict=True) if not _went_on(part, after)
        )
    return _overstruck(line) if "\b" in line else line


def _went_on(part: str, after: str) -> bool:
    """Whether ``after`` was written over ``part`` as its progress: the same words, other figures."""
    return ("%" in part or "/" in part) and bool(after) and _words(after).startswith(_words(part))


def _words(part: str) -> str:
    return "".join(filter(str.isalpha, part[:500])).lower()


def _overstruck(line: str) -> str:
    """A line after its backspaces: the later character stands, but an underline never hides a letter."""
    cells: list[str] = []
    at = 0
    for c in line:
        if c == "\b":
            at = max(at - 1, 0)
        elif at == len(cells):
            cells.append(c)
            at += 1
        else:
            if c not in "_ " or cells[at] == "_":
                cells[at] = c
            at += 1
    return "".join(cells)
