"""A static embedder: a text's vector is the mean of its tokens' vectors, which a table holds. No network is run.

It is far quicker than a sentence model and tells less well what a text means: for lines that come by the thousand. The
table is WordLlama's (D. L. Miller, 2024; PyPI ``wordllama``, MIT), 32,000 tokens by 256 numbers, read from the files
of the package, whose code is not run. A text is cut at blanks, and each word makes its tokens alone, whose sum is kept
for the next time: lines of a log say the same words again and again. Of words of more than four characters all digits
are taken for 0, as numbers and addresses differ from line to line and mean the same; words tell them apart.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.errors import MissingExtra, ModelError
from memcodec.models.embedding.noise import measure

Vectors = npt.NDArray[np.float32]

NAME = "static"
_TABLE, _TOKENS = "weights/l2_supercat_256.safetensors", "tokenizers/l2_supercat_tokenizer_config.json"
_IDENTITY = "wordllama/l2_supercat_256/words-1"
_WORDS = 1 << 14  # whose sums are kept
_LONGEST = 64  # characters of a word that are looked at
_MOST = 512  # words of a text that are looked at
_AT_ONCE = 256  # texts
_EXACT = 4  # characters of a word whose digits are told apart
_DIGITS = {ord(digit): "0" for digit in "123456789"}


class StaticEmbedder:
    """Texts to unit vectors. Safe to use from several threads. A text of no token known has the vector 0."""

    name, model = NAME, _IDENTITY

    def __init__(self, table: Vectors, tokenizer: Any) -> None:
        self._table, self._tokenizer = table, tokenizer
        self.dimensions = table.shape[1]
        self._known: dict[str, int] = {}
        self._sums: Vectors = np.zeros((_WORDS, self.dimensions), np.float32)
        self._lock = threading.Lock()
        self.noise = -1.0
        self.noise = measure(self)

    def embed(
        self,
        texts: Sequence[str],
        *,
        threads: int | None = None,
        tell: Callable[[int], None] = lambda count: None,
    ) -> Vectors:
        """Texts to float32 [len(texts), dimensions], each row of length 1. One thread does it."""
        made = np.zeros((len(texts), self.dimensions), np.float32)
        for at in range(0, len(texts), _AT_ONCE):
            part = texts[at : at + _AT_ONCE]
            made[at : at + len(part)] = self._means(part)
            tell(at + len(part))
        return made

    def embed_query(self, text: str) -> Vectors:
        """One text to float32 [dimensions], of length 1."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def _means(self, texts: Sequence[str]) -> Vectors:
        words = [list(_words(text)) for text in texts]
        with self._lock:
            sums = self._sums_of(self._rows_of(words), self._sums, len(texts))
        lengths = np.sqrt(np.einsum("ij,ij->i", sums, sums))
        scaled: Vectors = sums / np.maximum(lengths, np.float32(1e-12))[:, None]
        return scaled

    def _sums_of(self, rows: Sequence[Sequence[int]], table: Vectors, count: int) -> Vectors:
        """Of each list of rows of a table their sum."""
        counts = np.fromiter(map(len, rows), np.int64, count)
        some = np.flatnonzero(counts)
        sums = np.zeros((count, self.dimensions), np.float32)
        if len(some):
            flat = np.fromiter(chain.from_iterable(rows), np.int64, int(counts.sum()))
            starts = (np.cumsum(counts) - counts)[some]
            sums[some] = np.add.reduceat(table[flat], starts, axis=0)
        return sums

    def _rows_of(self, words: Sequence[Sequence[str]]) -> list[list[int]]:
        """Of each word the row that has the sum of its tokens; those that are not kept yet are made."""
        known = self._known
        lacking = list({word for each in words for word in each if word not in known})
        if len(known) + len(lacking) > len(self._sums):
            known.clear()
            lacking = list({word for each in words for word in each})
            if len(lacking) > len(self._sums):
                self._sums = np.zeros((len(lacking), self.dimensions), np.float32)
        if lacking:
            found = self._tokenizer.encode_batch_fast(lacking, add_special_tokens=False)
            first = len(known)
            made = self._sums_of([each.ids for each in found], self._table, len(lacking))
            self._sums[first : first + len(lacking)] = made
            known.update(zip(lacking, range(first, first + len(lacking)), strict=True))
        return [list(map(known.__getitem__, each)) for each in words]


def _words(text: str) -> Iterator[str]:
    found = text.split(None, _MOST)[:_MOST]
    alike = text.translate(_DIGITS).split(None, _MOST)
    for word, masked in zip(found, alike, strict=False):
        yield word if len(word) <= _EXACT else masked[:_LONGEST]


@cache
def load() -> StaticEmbedder:
    """The embedder. Raises MissingExtra without `live`, ModelError when its files are not what they are to be."""
    folder = _folder()
    try:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingExtra(f"the static model needs {error.name}: pip install 'memcodec[live]'") from None
    try:
        (table,) = load_file(folder / _TABLE).values()
        tokenizer = Tokenizer.from_file(str(folder / _TOKENS))
    except Exception as error:  # both libraries raise classes of their own making
        reason = str(error).strip().splitlines()[0]
        raise ModelError(f"{folder}: is not the static model that this release knows ({reason})") from None
    if table.ndim != 2 or tokenizer.get_vocab_size() > len(table):
        raise ModelError(f"{folder}: its table and its tokens do not belong together")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return StaticEmbedder(table.astype(np.float32), tokenizer)


def _folder() -> Path:
    found = find_spec("wordllama")
    places = found.submodule_search_locations if found is not None else None
    if not places:
        raise MissingExtra("the static model needs wordllama: pip install 'memcodec[live]'")
    return Path(places[0])
