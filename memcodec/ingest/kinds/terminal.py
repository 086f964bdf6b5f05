"""What a terminal shows of text that was written to one: no colours, no overstrikes, no lines that were replaced.

Control sequences are those of ECMA-48, sections 5.3 to 5.6. The screen has one line here: a move to another begins a
new one, so that nothing is lost.
"""

from __future__ import annotations

import re
import unicodedata

# CSI; OSC, DCS, SOS, PM and APC with what they hold, which no text does, up to their end; other escapes
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)(?P<numbers>[0-?]{0,64})[ -/]{0,8}(?P<end>[@-~])"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]{1,3}[0-~]|\x1b[0-Z\\^-~]"
)
_DRAWN = re.compile(r"\x1b\(0([^\x1b\n]{0,1000})\x1b\(B")  # in the set of lines and corners (DEC's VT100)
_LINES = str.maketrans("jklmnqtuvwx", "┘┐┌└┼─├┤┴┬│")
_WIDEST = 16  # blanks that a move to the right leaves; a move to the left by more is one to the line's start
_ERASED, _ALL_ERASED = "\x18", "\x19"  # what stands for the erasing of a line's rest, and of the whole
_NO_MARKS = str.maketrans("", "", _ERASED + _ALL_ERASED)


def shown(text: str) -> str:
    """``text`` as its reader saw it. Text that holds no terminal's codes is given as it is."""
    has_codes = "\x1b" in text or "\x9b" in text
    if has_codes:
        text = _DRAWN.sub(lambda drawn: drawn[1].translate(_LINES), text.translate(_NO_MARKS))
        text = _SEQUENCE.sub(_meaning, text)
    if has_codes or "\b" in text or "\r" in text:
        lines = text.split("\n")
        text = "\n".join(_line(line, one_of_many=len(lines) > 1) for line in lines)
    return text.translate(_NO_MARKS) if has_codes else text


def _meaning(code: re.Match[str]) -> str:
    """What a sequence does to a line, in characters: blanks, backspaces, returns, marks of erasing."""
    numbers, end = code["numbers"] or "", code["end"] or ""
    count = int(numbers) if numbers.isdecimal() and len(numbers) < 5 else 1
    if end == "C":
        return " " * min(max(count, 1), _WIDEST)
    if end == "D":
        return "\b" * max(count, 1) if count <= _WIDEST else "\r"
    if end == "G":
        return "\r" if count <= 1 else " "
    if end == "K":
        return _ALL_ERASED if numbers == "2" else _ERASED if numbers in ("", "0") else ""
    if end and end in "ABEFHdf":
        before = code.string[code.start() - 1 : code.start()]
        return "\n" if before not in ("", "\n") else ""
    return ""


def _line(line: str, *, one_of_many: bool) -> str:
    if "\r" in line[:-1]:
        parts = _not_erased(line.split("\r"))
        line = "\r".join(
            part
            for part, after in zip(parts, [*parts[1:], ""], strict=True)
            if not _went_on(part, after, one_of_many=one_of_many)
        )
    return _overstruck(line) if "\b" in line else line


def _not_erased(parts: list[str]) -> list[str]:
    """What was written to a line, from one return to the next, without what was erased afterwards."""
    first = 0
    for number, part in enumerate(parts):
        if number and (_ERASED in part or _ALL_ERASED in part):
            first = number
        if part.endswith(_ALL_ERASED) and number + 1 < len(parts):
            first = number + 1
    return parts[first:]


def _went_on(part: str, after: str, *, one_of_many: bool) -> bool:
    """Whether ``after`` was written over ``part`` as its progress: the same words, other figures."""
    if not after:
        return False
    if one_of_many and not any(map(str.isalpha, part[:500])):
        return bool(part)  # figures, or a wheel that turns
    counts = "%" in part or "/" in part
    return (counts or (one_of_many and _is_same(part, after))) and _words(after).startswith(_words(part))


def _is_same(part: str, after: str) -> bool:
    """Whether all that ``part`` says stands in ``after`` as well."""
    said, then = ("".join(filter(str.isalnum, each[:500])).lower() for each in (part, after))
    return then.startswith(said)


def _words(part: str) -> str:
    return "".join(filter(str.isalpha, part[:500])).lower()


def _overstruck(line: str) -> str:
    """A line after its backspaces: the later character stands, but an underline never hides a letter."""
    cells: list[str] = []
    at = 0
    for c in line:
        if c == "\b":
            at = max(at - 1, 0)
        elif at < len(cells):
            if unicodedata.combining(c) and at and c not in cells[at] and cells[at] != "_":
                cells[at - 1] += c
                continue
            if (c not in "_ " or cells[at] == "_") and not (unicodedata.combining(c) and c in cells[at]):
                cells[at] = c
            at += 1
        elif cells and unicodedata.combining(c):
            cells[-1] += c
        else:
            cells.append(c)
            at += 1
    return "".join(cells)
