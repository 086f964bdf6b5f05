"""Why a hit ranks where it does: what each word adds, and which of the conditions hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from memcodec.index.lexical.bm25 import LexicalIndex
from memcodec.index.lexical.words import Prefix, Run, Stems, Word
from memcodec.search.query.evaluation import Documents, matches, words_of
from memcodec.search.query.nodes import And, Beginning, Field, Node, Not, Or, Phrase, Query, Side, Words
from memcodec.search.query.phrases import Texts


@dataclass(frozen=True, slots=True)
class WordScore:
    """A word's part in a hit's BM25 score.

    ``word``: as the index has it, with "*" for a beginning, in quotes for words in a row; ``repeats``: how often the
    query has it, a row as often as it counts; ``df``: how many chunks hold it; ``tf``: how often this one does.
    """

    word: str
    repeats: float
    df: int
    tf: int
    score: float


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of the query, as it may be typed, and whether it holds for the hit."""

    text: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A hit of a query, whose BM25 score is the sum of the shares.

    ``length``: how many tokens scores take its chunk to have; ``mean``: that of all chunks on average; ``chunks``: how
    many there are.
    """

    length: int
    mean: float
    chunks: int
    shares: tuple[WordScore, ...]
    conditions: tuple[Condition, ...]


def explain(
    collection: LexicalIndex, query: Query, chunk: int, documents: Documents, texts: Texts
) -> Explanation:
    """Why chunk number ``chunk`` of the collection is a hit, or is not. Callables as for ``evaluate``."""
    at, alone = np.array([chunk]), np.zeros_like(collection.live)
    alone[chunk] = True
    shares = []
    for word, repeats in words_of(collection, query).items():
        df, tf, scores = collection.shares(word, repeats, at)
        shares.append(WordScore(_shown(word), repeats, df, int(tf[0]), float(scores[0])))
    conditions = [
        Condition(written(node), bool(matches(collection, node, alone, documents, texts)[chunk]))
        for node in (_conditions(query.root) if query.root and query.has_conditions else ())
    ]
    live = collection.live
    mean = float(collection.lengths(np.flatnonzero(live)).mean())
    length = int(collection.lengths(at)[0])
    return Explanation(length, mean, int(live.sum()), tuple(shares), tuple(conditions))


def _conditions(root: Node) -> tuple[Node, ...]:
    match root:
        case Side():
            return root.conditions + ((Side(root.choice),) if root.choice else ())
        case And(nodes):
            return nodes
    return (root,)


def _shown(word: Word) -> str:
    match word:
        case Prefix(text):
            return f"{text}*"
        case Run(words):
            return f'"{" ".join(map(_stems, words))}"'
    return _stems(word)


def _stems(word: Stems) -> str:
    return "/".join(dict.fromkeys(word))


def written(node: Node) -> str:
    """A node as it may be typed."""
    match node:
        case Words(text):
            return text
        case Phrase(text):
            return f'"{text}"'
        case Beginning(text):
            return f"{text}*"
        case Field(name, value):
            return f'{name}:"{value}"' if any(map(str.isspace, value)) else f"{name}:{value}"
        case Not(inner):
            return f"NOT {_bracketed(inner)}"
        case And(nodes):
            return " AND ".join(map(_bracketed, nodes))
        case Or(nodes):
            return " OR ".join(map(_bracketed, nodes))
        case Side(nodes):
            return " ".join(map(_bracketed, nodes))


def _bracketed(node: Node) -> str:
    return f"({written(node)})" if isinstance(node, And | Or | Side) else written(node)
