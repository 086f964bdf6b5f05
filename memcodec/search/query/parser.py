"""From tokens to nodes: recursive descent.

side   = either, {either}                   loosest
either = both, {"OR", both}
both   = single, {"AND", single}
single = {"NOT"}, (word | phrase | prefix | field | "(", side, ")")
"""

from __future__ import annotations

from collections.abc import Callable

from memcodec.errors import ConfigError
from memcodec.search.query.lexer import Lexer, Token, fault
from memcodec.search.query.nodes import And, Beginning, Field, Node, Not, Or, Phrase, Query, Side, Words

MAX_DEPTH = 32  # brackets and "not"s inside each other
MAX_TOKENS = 1000  # of a query with operators: each may look at all chunks


def plain(text: str) -> Query:
    """The words of a text, whatever else stands in it: for questions that were not written as queries."""
    words = tuple(map(Words, text.split()))
    return Query(text, Side(words) if words else None, is_plain=True)


def parse(text: str) -> Query:
    """What a query says. Raises ConfigError, one line that points at the place, for one that cannot be read."""
    tokens = Lexer(text).tokens()
    is_plain = all(token.kind in ("word", "(", ")") for token in tokens)
    if is_plain:
        nodes = tuple(Words(token.text) for token in tokens if token.kind == "word")
        return Query(text, Side(nodes) if nodes else None, is_plain)
    if len(tokens) > MAX_TOKENS:
        raise fault(text, tokens[MAX_TOKENS].at, f"a query with operators has at most {MAX_TOKENS:,} parts")
    return Query(text, _Parser(text, tokens).parse(), is_plain)


def question(text: str) -> Query:
    """What somebody asks who does not write queries: one that cannot be read as a query is taken as plain words."""
    try:
        return parse(text)
    except ConfigError:
        return plain(text)


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text, self._tokens, self._at = text, tokens, 0
        self._depth = 0

    def parse(self) -> Node:
        made = self._side()
        assert self._kind is None, "brackets come in pairs"
        return made

    @property
    def _kind(self) -> str | None:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else None

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _side(self) -> Node:
        nodes = [self._either()]
        while self._kind not in (None, ")"):
            nodes.append(self._either())
        return nodes[0] if len(nodes) == 1 else Side(tuple(nodes))

    def _either(self) -> Node:
        nodes = self._chain("OR", self._both)
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def _both(self) -> Node:
        nodes = self._chain("AND", self._single)
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _chain(self, operator: str, part: Callable[[], Node]) -> list[Node]:
        nodes = [part()]
        while self._kind == operator:
            self._take()
            nodes.append(part())
        return nodes

    def _single(self) -> Node:
        if self._kind not in ("NOT", "("):
            return self._leaf()
        token = self._take()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise fault(self._text, token.at, f"more than {MAX_DEPTH} brackets and NOTs inside each other")
        if token.kind == "NOT":
            made: Node = Not(self._single())
        else:
            made = self._side()
            self._take()
        self._depth -= 1
        return made

    def _leaf(self) -> Node:
        if self._kind in (None, "AND", "OR", ")"):
            raise self._missing()
        token = self._take()
        match token.kind:
            case "phrase":
                return Phrase(token.text)
            case "prefix":
                return Beginning(token.text)
            case "field":
                return Field(token.name, token.text, token.at + 1)
        return Words(token.text)

    def _missing(self) -> ConfigError:
        """Nothing stands where something must: told at the operator before, if there is one, or else at this one."""
        before = self._tokens[self._at - 1] if self._at else None
        token = before if before and before.kind in ("AND", "OR", "NOT") else self._tokens[self._at]
        if self._text[token.at] == "-":
            return fault(self._text, token.at, "nothing to exclude follows this -")
        side = "after" if token is before else "before"
        why = (
            f'{token.kind} needs something {side} it (as a word to search for, write "{token.kind.lower()}")'
        )
        return fault(self._text, token.at, why)
