"""Collections of a few texts in memory, and a slow, obvious evaluator over the same texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from memcodec.format.blob import Blob
from memcodec.index.lexical.segment import LexicalBuilder, LexicalSegment
from memcodec.index.lexical.tokens import Analyzer, is_lone
from memcodec.model import Extent
from memcodec.search.query.nodes import And, Beginning, Field, Node, Not, Or, Phrase, Side, Words

Mask = npt.NDArray[np.bool_]


def opened(data: bytes) -> LexicalSegment:
    read = lambda start, length: memoryview(data)[start : start + length]  # noqa: E731
    return LexicalSegment(Blob(read, "test", None, Extent(0, len(data))))


def segment(texts: Sequence[str], *, positions: bool = True, language: str = "english") -> LexicalSegment:
    builder = LexicalBuilder(language, positions=positions)
    builder.add(texts)
    return opened(builder.to_bytes())


def no_fields(field: Field) -> Mask:
    raise AssertionError(f"asked for {field}")


def no_texts(chunks: Sequence[int]) -> list[str]:
    raise AssertionError(f"asked for the texts of {chunks}")


class Texts:
    """The texts of a collection, noting which were asked for."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts, self.asked = texts, list[int]()

    def __call__(self, chunks: Sequence[int]) -> list[str]:
        self.asked += chunks
        return [self.texts[chunk] for chunk in chunks]


class Documents:
    """A field's chunks are those whose text holds the value as it stands."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    def __call__(self, field: Field) -> Mask:
        return np.array([field.value in text for text in self.texts], np.bool_)


class Slow:
    """Decides one text at a time, from the meaning of each node alone."""

    def __init__(self, language: str = "english") -> None:
        self.analyzer = Analyzer(language)

    def allows(self, node: Node, text: str) -> bool | None:
        """Whether a query's conditions hold: None when it has none."""
        if not self.needed(node):
            return None
        nodes = node.nodes if isinstance(node, Side) else (node,)
        return all(self.matches(each, text) for each in nodes if self.needed(each))

    def hits(self, node: Node, text: str) -> bool:
        """Whether a text is one that a query finds."""
        return self.matches(node, text) if self.needed(node) else self.holds(node, self.indexed(text))

    def indexed(self, text: str) -> list[str]:
        """The terms of a text, those of the ends of runs too."""
        return list(map(self.analyzer.term, self.analyzer.indexed(text)))

    def needed(self, node: Node) -> bool:
        if isinstance(node, Or | Side):
            return any(self.needed(each) for each in node.nodes)
        return not isinstance(node, Words | Beginning)

    def matches(self, node: Node, text: str) -> bool:
        held = self.analyzer.tokens(text)
        match node:
            case Words(wanted) | Phrase(wanted):
                tokens = self.analyzer.tokens(wanted)
                if len(tokens) == 1:
                    return self.holds(Words(wanted), self.indexed(text))
                ends = range(len(held) - len(tokens) + 1)
                return any(held[at : at + len(tokens)] == tokens for at in ends)
            case Beginning():
                return self.holds(node, self.indexed(text))
            case Field(value=wanted):
                return wanted in text
            case Not(inner):
                return not self.matches(inner, text)
            case And(nodes):
                return all(self.matches(each, text) for each in nodes)
            case Or(nodes):
                return any(self.matches(each, text) for each in nodes)
            case Side(nodes):
                needed = [each for each in nodes if self.needed(each)]
                bare = [each for each in nodes if not self.needed(each)]
                chosen = all(self.matches(each, text) for each in needed)
                if not bare or any(self.is_sure(each) for each in needed):
                    return chosen
                return chosen and any(self.holds(each, self.indexed(text)) for each in bare)

    def holds(self, node: Node, held: list[str]) -> bool:
        """Whether any word of a node that is no condition is there."""
        if isinstance(node, Or | Side):
            return any(self.holds(each, held) for each in node.nodes)
        assert isinstance(node, Words | Beginning)
        tokens = self.analyzer.tokens(node.text)
        if isinstance(node, Beginning):
            begin = Analyzer("none").tokens(node.text)[0]
            return any(each.startswith(begin) or each in tokens for each in held)
        begins = tuple(each for each in tokens if is_lone(each))
        return any(each in tokens or (begins and each.startswith(begins)) for each in held)

    def is_sure(self, node: Node) -> bool:
        """Whether what matches must hold a wanted word."""
        if isinstance(node, Field | Not):
            return False
        if isinstance(node, And):
            return any(self.is_sure(each) for each in node.nodes)
        if isinstance(node, Or):
            return all(self.is_sure(each) for each in node.nodes)
        if isinstance(node, Side):
            return any(self.is_sure(each) or not self.needed(each) for each in node.nodes)
        return True
