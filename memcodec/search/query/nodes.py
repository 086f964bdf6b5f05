"""What a query is made of, and what follows from that alone: what is a condition, which words rank and are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from memcodec.index.lexical.stems import NO_STEMMING
from memcodec.index.lexical.tokens import Analyzer, analyzer


def surfaces(text: str) -> tuple[str, ...]:
    """The tokens of a text, before any language makes them terms."""
    return tuple(analyzer(NO_STEMMING).surfaces(text))


@dataclass(frozen=True, slots=True)
class Words:
    """A word between blanks. As a condition it is a phrase of the tokens that it is made of."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that stand next to each other, in this order."""

    text: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """All words that begin with ``text``, which is one token."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A condition on the chunk's document. ``column``: where it stands in the query, from 1."""

    name: str
    value: str
    column: int


@dataclass(frozen=True, slots=True)
class Not:
    """What ``node`` does not match."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """What all nodes match."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What at least one node matches."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """Nodes side by side: those that are conditions all match; unless they make sure of a word, so does another."""

    nodes: tuple[Node, ...]

    @property
    def conditions(self) -> tuple[Node, ...]:
        """The nodes that are conditions."""
        return tuple(node for node in self.nodes if is_condition(node))

    @property
    def choice(self) -> tuple[Node, ...]:
        """The nodes of which at least one matches."""
        if any(map(assures, self.conditions)):
            return ()
        return tuple(node for node in self.nodes if not is_condition(node))


Leaf = Words | Phrase | Beginning | Field
Node = Leaf | Not | And | Or | Side


def is_condition(node: Node) -> bool:
    """Whether what stands beside a node, with no operator between, leaves it necessary."""
    match node:
        case Words() | Beginning():
            return False
        case Or(nodes) | Side(nodes):
            return any(map(is_condition, nodes))
    return True


def assures(node: Node) -> bool:
    """Whether all that a node matches holds a word of it."""
    match node:
        case Field() | Not():
            return False
        case And(nodes):
            return any(map(assures, nodes))
        case Or(nodes):
            return all(map(assures, nodes))
        case Side(nodes):
            return not all(map(is_condition, nodes)) or any(map(assures, nodes))
    return True


def leaves(node: Node | None, *, positive: bool = True) -> Iterator[tuple[Leaf, bool]]:
    """The leaves in their order, each with whether it is wanted: not under one "not", or any odd number of them."""
    match node:
        case None:
            return
        case Not(inner):
            yield from leaves(inner, positive=not positive)
        case And(nodes) | Or(nodes) | Side(nodes):
            for each in nodes:
                yield from leaves(each, positive=positive)
        case _:
            yield node, positive


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was typed, and what it says. ``root`` is None when it says nothing.

    ``is_plain``: it has no operator, and is what a search without a query language takes it for.
    """

    text: str
    root: Node | None
    is_plain: bool

    @property
    def has_conditions(self) -> bool:
        """Whether it asks for more than any of its words."""
        return self.root is not None and is_condition(self.root)

    @property
    def choice(self) -> tuple[Node, ...]:
        """What a hit must hold one word of, beside meeting the conditions."""
        if self.root is None or isinstance(self.root, Side):
            return self.root.choice if self.root else ()
        return () if is_condition(self.root) else (self.root,)

    @property
    def wanted(self) -> list[Words | Phrase | Beginning]:
        """What is to be found, in the order it was typed: it ranks, and is shown."""
        found = leaves(self.root)
        return [leaf for leaf, positive in found if positive and not isinstance(leaf, Field)]

    @property
    def fields(self) -> list[Field]:
        """All conditions on documents, in the order they were typed."""
        return [leaf for leaf, _ in leaves(self.root) if isinstance(leaf, Field)]

    @property
    def meaning(self) -> str:
        """The text whose meaning is searched for: without operators, fields and what is not wanted."""
        return self.text if self.is_plain else " ".join(leaf.text for leaf in self.wanted)


def prefix(leaf: Beginning, analyzer: Analyzer) -> str:
    """What the terms of a beginning begin with."""
    return analyzer.plain(leaf.text)
