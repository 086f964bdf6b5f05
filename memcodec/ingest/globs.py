"""Patterns of gitignore(5), matched in time that grows with pattern times path and never faster.

They come from strangers' folders, so they are not made into regular expressions, which may take for ever. A star
that has matched too little is the only thing that is gone back to, and only the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

_STAR = "*"
_ANY = "?"
_CLASSES: dict[str, Callable[[str], bool]] = {
    "alnum": lambda c: c.isascii() and c.isalnum(),
    "alpha": lambda c: c.isascii() and c.isalpha(),
    "blank": lambda c: c in " \t",
    "cntrl": lambda c: c < " " or c == "\x7f",
    "digit": lambda c: "0" <= c <= "9",
    "graph": lambda c: "!" <= c <= "~",
    "lower": lambda c: "a" <= c <= "z",
    "print": lambda c: " " <= c <= "~",
    "punct": lambda c: "!" <= c <= "~" and not c.isalnum(),
    "space": lambda c: c in " \t\n\r\f\v",
    "upper": lambda c: "A" <= c <= "Z",
    "xdigit": lambda c: c in "0123456789abcdefABCDEF",
}
_P = TypeVar("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Set:
    """``[a-z]``: one character of some."""

    ranges: tuple[tuple[str, str], ...]
    classes: tuple[str, ...]
    negated: bool

    def holds(self, character: str) -> bool:
        inside = any(low <= character <= high for low, high in self.ranges)
        return (inside or any(_CLASSES[name](character) for name in self.classes)) is not self.negated


@dataclass(frozen=True, slots=True)
class _Literal:
    """One character that stands for itself."""

    character: str


_SLASH = _Literal("/")
_Token = str | _Set | _Literal
_Component = str | tuple[_Token, ...] | None  # a name as it is, a pattern, or two stars


@dataclass(frozen=True, slots=True)
class Pattern:
    """A line of a ``.gitignore``. ``include``: it takes names back in (``!``). ``folders``: it speaks of them alone."""

    components: tuple[_Component, ...]
    include: bool
    folders: bool

    def matches(self, names: Sequence[str], *, folder: bool) -> bool:
        """Whether it speaks of a path, given by the names it is made of."""
        if self.folders and not folder:
            return False
        if (
            len(self.components) == 2 and self.components[0] is None
        ):  # the common kind: a name, wherever it stands
            return _fits(self.components[1], names[-1])
        return _wild(self.components, names, lambda each: each is None, _fits)


def parse(line: str) -> Pattern | None:
    """The pattern in a line; None for a comment, an empty line and what is no pattern."""
    text = _stripped(line)
    if not text or text.startswith("#"):
        return None
    include = text.startswith("!")
    text = text[include:]
    folders = text.endswith("/")
    text = text[:-1] if folders else text
    tokens = _tokens(text.removeprefix("/"))
    if not tokens:
        return None
    parts = [_component(each) for each in _split(tokens)]
    if not all(part is None or part for part in parts):
        return None
    if "/" not in text:
        parts.insert(0, None)
    if parts[-1] is None:  # everything below, not the folder itself
        parts.append((_STAR,))
    return Pattern(tuple(parts), include, folders)


def _stripped(line: str) -> str:
    """Without the blanks at its end, but for one behind a backslash."""
    text = line.rstrip(" \t\r\n")
    slashes = len(text) - len(text.rstrip("\\"))
    return text + line[len(text) : len(text) + 1] if slashes % 2 else text


def _tokens(text: str) -> list[_Token] | None:
    """What a pattern is made of; None for one that is broken off, which nothing can match."""
    tokens, at = list[_Token](), 0
    while at < len(text):
        token, at = _token(text, at)
        if token is None:
            return None
        tokens.append(token)
    return tokens


def _split(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    part = list[_Token]()
    for token in tokens:
        if token == _SLASH:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _component(tokens: list[_Token]) -> _Component:
    if tokens == [_STAR, _STAR]:
        return None
    literal = "".join(each.character for each in tokens if isinstance(each, _Literal))
    if len(literal) == len(tokens):
        return literal
    return tuple(each for at, each in enumerate(tokens) if each != _STAR or tokens[at - 1 : at] != [_STAR])


def _token(text: str, at: int) -> tuple[_Token | None, int]:
    """The token that begins at a place, None when it is broken off; and where it ends."""
    character = text[at]
    if character in (_STAR, _ANY):
        return character, at + 1
    if character == "[":
        return _set(text, at + 1)
    if character == "\\":
        return (_Literal(text[at + 1]), at + 2) if at + 1 < len(text) else (None, at + 1)
    return _Literal(character), at + 1


def _set(text: str, at: int) -> tuple[_Set | None, int]:
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    ranges, classes, first = list[tuple[str, str]](), list[str](), True
    while at < len(text) and (text[at] != "]" or first):
        first = False
        if text.startswith("[:", at) and (end := text.find(":]", at + 2)) > 0:
            if (name := text[at + 2 : end]) not in _CLASSES:
                return None, end
            classes.append(name)
            at = end + 2
            continue
        low, at = _member(text, at)
        high = low
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high, at = _member(text, at + 1)
        ranges.append((low, high))
    if at >= len(text):
        return None, at
    return _Set(tuple(ranges), tuple(classes), negated), at + 1


def _member(text: str, at: int) -> tuple[str, int]:
    if text[at] == "\\" and at + 1 < len(text):
        return text[at + 1], at + 2
    return text[at], at + 1


def _fits(component: _Component, name: str) -> bool:
    """Whether a name is one that a component of a pattern stands for."""
    if component is None or isinstance(component, str):
        return component is None or component == name
    return _wild(component, name, lambda each: each == _STAR, _is)


def _is(token: _Token, character: str) -> bool:
    if isinstance(token, _Literal):
        return token.character == character
    return token == _ANY or (isinstance(token, _Set) and token.holds(character))


def _wild(
    pattern: Sequence[_P], items: Sequence[_T], is_star: Callable[[_P], bool], fits: Callable[[_P, _T], bool]
) -> bool:
    """Whether a pattern whose stars stand for any run stands for all of the items."""
    at = place = 0
    star, taken = -1, 0  # the last star, and where what it does not stand for begins
    while place < len(items):
        if at < len(pattern) and is_star(pattern[at]):
            star, taken = at, place
            at += 1
        elif at < len(pattern) and fits(pattern[at], items[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            taken += 1
            at, place = star + 1, taken
        else:
            return False
    return all(is_star(each) for each in pattern[at:])
