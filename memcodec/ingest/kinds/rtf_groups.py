"""The groups of an RTF document that striprtf passes over or takes for text (RTF 1.9): what stands beside the text, and
what stands in it in another guise: formulas, lists to choose from, readings above characters, one text spelt twice.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from memcodec.ingest.kinds.note_marks import is_mark

_TOKEN = re.compile(r"\\bin(\d{1,9}) ?|\\([a-zA-Z]+)(-?\d{1,10})?|\\.|([{}])", re.DOTALL)
_BESIDE = {  # destinations that a person sees -> what they are called
    **{f"header{which}": "header" for which in ("", "l", "r", "f")},
    **{f"footer{which}": "footer" for which in ("", "l", "r", "f")},
    "footnote": "footnote",
    "annotation": "comment",
    "shptxt": "text box",
    "dptxbxtext": "text box",
    "result": "object",
}
_INSIDE = {"super", "upr", "ud", "fldinst", "moMath", "mmath", "mr", "picprop", "sp", "objemb"}
_DESCRIPTION = re.compile(r"\{\\sn wzDescription\}\s*\{\\sv ([^{}]+)\}")
_RUBY = re.compile(r"\\o\\a[a-z]\(\\s\\up ?\d+\((.*?)\),(.*)\)\s*$", re.DOTALL)  # a field EQ, as Word sets it
_ENTRY = re.compile(r"\{\\\*\\ffl ([^{}]*)\}")
_CHOSEN = re.compile(r"\\ff(def)?res(\d{1,4})")


@dataclass
class Groups:
    """What was found: ``beside``, by what it is called; ``edits``, spans of the source and what stands for them."""

    source: str
    text_of: Callable[[str], str]
    beside: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    edits: list[tuple[int, int, str]] = field(default_factory=list)  # in the order in which they end
    pictures: list[str] = field(default_factory=list)
    deleted: int = 0
    embedded: int = 0
    has_ruby: bool = False

    def edited(self, start: int, end: int) -> str:
        """A span of the source with the edits in it, of edits in edits the outer one."""
        pieces, at = [], start
        within = slice(bisect_left(self.edits, start, key=_end), bisect_right(self.edits, end, key=_end))
        for first, last, text in sorted(self.edits[within], key=lambda edit: (edit[0], -edit[1])):
            if first >= at:
                pieces += [self.source[at:first], text]
                at = last
        return "".join([*pieces, self.source[at:end]])

    def close(self, destination: str, start: int, begin: int, end: int) -> None:
        """A group ends: it opened at ``start``, what it holds is ``begin`` to ``end``, its brace stands there."""
        inner = self.source[begin:end]
        if destination in _BESIDE:
            self.beside.setdefault(_BESIDE[destination], []).append((begin, end))
        elif destination == "super":
            if is_mark(mark := _plain(inner), _plain(self.source[max(start - 99, 0) : start])):
                self.edits.append((start, end + 1, f"[{mark}]"))
        elif destination == "ud":
            self._unicode = (begin, end)
        elif destination == "upr":
            self.edits.append((start, end + 1, f"{{{self.edited(*self._unicode)}}}"))
        elif destination == "fldinst":
            self._field(inner, end + 1)
        elif destination == "mr":
            self._signs.append((begin, end))
        elif destination == "moMath":
            self._formula = "".join(f"{{{self.edited(*span)}}}" for span in self._signs)
            self.edits.append((start, end + 1, self._formula))
            self._signs.clear()
        elif destination == "mmath":
            self.edits.append((start, end + 1, self._formula))
        elif destination in ("picprop", "sp"):
            self.pictures += _DESCRIPTION.findall(
                inner if destination == "picprop" else self.source[start : end + 1]
            )
        elif destination == "objemb":
            self.embedded += 1

    def _cut(self, start: int, end: int) -> int:
        """Cuts what is deleted, from ``start`` on; gives where the next such text begins: nowhere yet."""
        if start:
            self.deleted += 1
            self.edits.append((start, end, ""))
        return 0

    def _field(self, instruction: str, after: int) -> None:
        """What a field shows that is stored in its instruction alone: it is put behind that."""
        if "\\fftype2" in instruction:
            entries, chosen = _ENTRY.findall(instruction), dict(_CHOSEN.findall(instruction))
            number = int(chosen.get("", "25"))
            number = int(chosen.get("def", "0")) if number == 25 else number  # 25: none was chosen
            self.edits.append((after, after, f"{{{next(iter(entries[number:]), '')}}}"))
        elif "up" in instruction and (ruby := _RUBY.search(self.text_of(instruction))):
            self.has_ruby = True
            self.edits.append((after, after, "".join(map(_escaped, ruby[2]))))

    def __post_init__(self) -> None:
        self._unicode = (0, 0)
        self._formula = ""
        self._signs: list[tuple[int, int]] = []
        cut_from = 0  # where text that is deleted begins
        opened: list[
            tuple[str, int, int]
        ] = []  # of each open group: destination, its start, that of what it holds
        for kind, start, end in _tokens(self.source):
            if kind == "{":
                opened.append(("", start, end))
            elif kind == "}" and opened:
                cut_from = self._cut(cut_from, start) if opened[-1][1] < cut_from else cut_from
                self.close(*opened.pop(), start)
            elif kind == "deleted":
                cut_from = cut_from or start
            elif kind in ("deleted0", "plain"):
                cut_from = self._cut(cut_from, start)
            elif kind == "column":
                self.edits.append((start, end, "\\par "))
            elif opened and not opened[-1][0] and (kind in _BESIDE or kind in _INSIDE):
                opened[-1] = (kind, opened[-1][1], end)


def _end(edit: tuple[int, int, str]) -> int:
    return edit[1]


def _tokens(source: str) -> Iterator[tuple[str, int, int]]:
    """Braces and control words, with where they start and end. Binary data is passed over."""
    position = 0
    while match := _TOKEN.search(source, position):
        position = match.end() + int(match[1] or 0)
        if kind := match[4] or match[2]:
            yield kind + "0" * (match[3] == "0"), match.start(), match.end()


def _plain(source: str) -> str:
    """What a piece of RTF says, roughly: without its control words and groups."""
    return re.sub(r"\\[a-zA-Z]+-?\d* ?|[{}\r\n]", "", source).strip()


def _escaped(c: str) -> str:
    """A character as RTF has it."""
    units = c.encode("utf-16-le")
    pairs = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
    return c if c.isascii() and c.isalnum() else "".join(f"\\u{unit}?" for unit in pairs)
