"""From characters to tokens. A character is an operator only where it cannot well be anything else.

``"`` and ``(`` open where a word could begin, ``)`` closes what is open, ``-`` excludes when a letter, ``"`` or ``(``
follows it at once; everywhere else they are punctuation, as are brackets around no word. What opens and has no other
half is an error only beside operators that leave no doubt: AND, OR, NOT, -, a phrase, a field.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from memcodec.errors import ConfigError
from memcodec.search.query.nodes import surfaces

MAX_LENGTH = 1 << 16  # characters
FIELDS = ("title", "tag", "path", "type", "lang", "author", "since", "until", "before", "after")
_OPERATOR = re.compile(r'(AND|OR|NOT)(?=[\s()"]|$)')
_FIELD = re.compile(rf"({'|'.join(FIELDS)}):(?=\S)")
_BLANK = re.compile(r"\s*")

Kind = Literal["(", ")", "NOT", "AND", "OR", "phrase", "field", "prefix", "word"]


class Token(NamedTuple):
    """``at``: its first character; ``text`` is the value of a field, whose ``name`` is apart."""

    kind: Kind
    at: int
    text: str
    name: str = ""


class Lexer:
    """Reads one query from its start to its end."""

    def __init__(self, query: str) -> None:
        self._query, self._at = query, 0
        self._tokens: list[Token] = []
        self._open: list[int] = []  # which tokens are brackets not closed so far
        self._loose: list[tuple[int, str]] = []  # where a quote or bracket has no other half

    def tokens(self) -> list[Token]:
        """The tokens, their brackets in pairs. Raises ConfigError."""
        if len(self._query) > MAX_LENGTH:
            raise fault(self._query, MAX_LENGTH, f"a query has at most {MAX_LENGTH:,} characters")
        while self._blank() < len(self._query):
            self._next()
        self._loose += [(self._tokens[index].at, "(") for index in self._open]
        halves = set(self._open)
        left = [token for index, token in enumerate(self._tokens) if index not in halves]
        if self._loose and any(token.kind in _TELLING for token in left):
            at, character = min(self._loose)
            raise fault(self._query, at, f"this {character} has no other half")
        return left

    def _blank(self) -> int:
        found = _BLANK.match(self._query, self._at)
        assert found
        self._at = found.end()
        return self._at

    def _next(self) -> None:
        at, character = self._at, self._query[self._at]
        if operator := _OPERATOR.match(self._query, at):
            self._add(operator[1], operator.end())
        elif character == "-" and _is_excluding(self._query[at + 1 : at + 2]):
            self._add("NOT", at + 1)
        elif character == "(":
            self._open.append(len(self._tokens))
            self._add("(", at + 1)
        elif character == ")":
            self._close()
        elif character == '"':
            self._phrase()
        elif field := _FIELD.match(self._query, at):
            self._field(field[1], field.end())
        else:
            self._word()

    def _add(self, kind: str, end: int, text: str = "", name: str = "") -> None:
        self._tokens.append(Token(kind, self._at, text, name))  # type: ignore[arg-type]
        self._at = end

    def _close(self) -> None:
        if not self._open:
            self._at += 1
            return
        first = self._open.pop()
        if first == len(self._tokens) - 1:  # nothing between them
            self._tokens.pop()
            self._at += 1
        else:
            self._add(")", self._at + 1)

    def _phrase(self) -> None:
        end = self._query.find('"', self._at + 1)
        if end < 0:
            self._loose.append((self._at, '"'))
            self._at += 1
            return
        text = self._query[self._at + 1 : end]
        if surfaces(text):
            self._add("phrase", end + 1, text)
        self._at = end + 1

    def _field(self, name: str, start: int) -> None:
        value, end = self._value(start)
        if not value.strip():
            raise fault(self._query, start, f"{name}: needs a value")
        if not _is_text(value):
            raise fault(self._query, start, f"the value of {name}: is not Unicode text")
        self._add("field", end, value, name)

    def _value(self, at: int) -> tuple[str, int]:
        """Up to a blank or to the end of brackets around it; what is in quotes is taken as it is."""
        value, depth = "", 0
        while at < len(self._query) and not self._query[at].isspace():
            character = self._query[at]
            depth += (character == "(") - (character == ")")
            if depth < 0:
                break
            end = self._query.find('"', at + 1) if character == '"' else -1
            value += self._query[at + 1 : end] if end > 0 else character
            at = max(at, end) + 1
        return value, at

    def _word(self) -> None:
        end, depth, has_word = self._at, 0, False
        while end < len(self._query) and not (character := self._query[end]).isspace():
            depth += (character == "(") - (character == ")")
            # What follows punctuation alone is a face, not a bracket's other half.
            if depth < 0 and self._open and has_word:
                break
            depth, has_word, end = max(depth, 0), has_word or character.isalnum(), end + 1
        text = self._query[self._at : end]
        found = surfaces(text)
        if text.endswith("*") and [each.lower() for each in found] == [text[:-1].lower()]:
            self._add("prefix", end, text[:-1])
        elif found:
            self._add("word", end, text)
        self._at = end


_TELLING = {"NOT", "AND", "OR", "phrase", "field"}


def _is_excluding(following: str) -> bool:
    return following.isalpha() or following in ('"', "(")


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


_AROUND = 24  # characters shown on either side


def fault(query: str, at: int, why: str) -> ConfigError:
    """The error of a query at its character ``at``, counted from 0; the line counts from 1."""
    before = ("..." if at > _AROUND else "") + _shown(query[max(0, at - _AROUND) : at])
    after = _shown(query[at : at + _AROUND]) + ("..." if len(query) > at + _AROUND else "")
    return ConfigError(f"query, column {at + 1}: {why}: {before}>>>{after}")


def _shown(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
