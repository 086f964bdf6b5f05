"""Texts to the numbers of the tokens that a model is given: no more of them than it takes.

A text that has more is cut. The default model's export names marks, punctuation and other signs, that are left out of
such a text before: as many tokens then say more, and docs/INDEXING.md has by how much.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.models.embedding.store import TOKENIZER, Exported

Ids = npt.NDArray[np.int64]


class Tokens:
    """The tokenizer of an exported model. Safe to use from several threads."""

    def __init__(self, exported: Exported) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(exported.folder / TOKENIZER))
        self._most, self._marks = exported.max_tokens, np.array(exported.marks, np.int64)
        if not exported.marks:
            self._tokenizer.enable_truncation(self._most)

    def __call__(self, texts: Iterable[str]) -> list[Ids]:
        """Each text's token numbers, int64 [tokens]. Lone surrogates, which tokenizers refuse, become "?"."""
        valid = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        return [self._cut(np.array(each.ids, np.int64)) for each in self._tokenizer.encode_batch_fast(valid)]

    def _cut(self, ids: Ids) -> Ids:
        """What the model takes of them, between the start and the end that all texts have."""
        if len(ids) <= self._most:
            return ids
        words = ids[1:-1]
        words = words[~np.isin(words, self._marks)]
        return np.concatenate([ids[:1], words[: self._most - 2], ids[-1:]])


def marks(pieces: Sequence[str]) -> list[int]:
    """The numbers of those pieces of a vocabulary that are punctuation or other signs alone."""
    return [number for number, piece in enumerate(pieces) if piece and all(map(_is_mark, piece))]


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
