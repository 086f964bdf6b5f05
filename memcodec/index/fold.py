"""Folding: several segments become one, without reading a text again. Chunks that are not kept leave no trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

import numpy as np

from memcodec.errors import ConfigError, ModelError
from memcodec.format.arrays import Codes, Mask
from memcodec.index.lexical import segment as lexical
from memcodec.index.lexical.postings import Postings
from memcodec.index.lexical.segment import LexicalSegment
from memcodec.index.lexical.sorting import Batch, merge
from memcodec.index.vectors import segment as vectors
from memcodec.index.vectors.coder import Coder
from memcodec.index.vectors.segment import VectorSegment

_Part = tuple[VectorSegment, Mask | None]


def fold_lexical(parts: Sequence[tuple[LexicalSegment, Mask | None]]) -> bytes:
    """The blob of one segment with the kept chunks of one or more, numbered on in that order.

    A mask has a boolean for each chunk of its segment, true for those kept; None keeps all. The blob is byte for byte
    that of a LexicalBuilder given the kept texts alone, with positions when all parts have them. Raises ConfigError
    when languages or analysers differ, Damaged.
    """
    analyses = sorted({segment.analyses for segment, _ in parts})
    if len(analyses) != 1:
        languages = sorted({segment.language for segment, _ in parts})
        several = " and ".join(languages) if len(languages) > 1 else f"{languages[0]} by several analysers"
        raise ConfigError(f"indexes in {several} cannot become one: `repair()` makes a new one")
    kept = [segment.codes if mask is None else segment.codes[mask] for segment, mask in parts]
    bases = np.cumsum([0, *map(len, kept)]).tolist()
    sources: list[Iterable[Batch]] = [
        _kept(segment, mask, base) for (segment, mask), base in zip(parts, bases, strict=False)
    ]
    placed = all(segment.has_positions for segment, _ in parts)
    if not placed:
        sources = [map(_unplaced, source) for source in sources]
    return lexical.write(analyses[0][0], np.concatenate(kept), merge(sources), positions=placed)


def _unplaced(batch: Batch) -> Batch:
    return batch._replace(positions=None)


def _kept(segment: LexicalSegment, mask: Mask | None, base: int) -> Iterator[Batch]:
    if mask is None:
        for terms, df, (chunks, counts), positions in segment.batches():
            yield Batch(terms, df, Postings(chunks + base, counts), positions)
        return
    numbers = np.cumsum(mask) + (base - 1)
    for terms, df, (chunks, counts), positions in segment.batches():
        stays = mask[chunks]
        left = np.add.reduceat(stays, np.cumsum(df) - df, dtype=np.int64)
        if stays.any():
            postings = Postings(numbers[chunks[stays]], counts[stays])
            placed = None if positions is None else positions[np.repeat(stays, counts)]
            yield Batch(list(compress(terms, left)), left[left > 0], postings, placed)


def fold_vectors(parts: Sequence[tuple[VectorSegment, Mask | None]]) -> bytes:
    """The blob of one segment with the kept vectors of one or more, numbered on in that order; masks as above.

    Codes of as many bits as those of the first part stay as they are; others are made of what they stand for. Raises
    ModelError when models differ, Damaged.
    """
    models = sorted({(segment.model, segment.meta.dimensions) for segment, _ in parts})
    if len(models) != 1:
        names = " and ".join(f"{model} ({dimensions} numbers)" for model, dimensions in models)
        raise ModelError(f"vectors of {names} cannot become one index: `repair()` makes a new one")
    meta = parts[0][0].meta
    stated = [segment.meta.recall for segment, _ in parts if segment.meta.layout == "flat"]
    recall = min((each for each in stated if each is not None), default=None)
    coder = parts[0][0].coder
    return vectors.write(
        _gathered(parts, coder), coder, model=meta.model, precision=meta.precision, recall=recall
    )


def _gathered(parts: Sequence[_Part], coder: Coder) -> Codes:
    count = sum(segment.meta.count if mask is None else int(mask.sum()) for segment, mask in parts)
    codes = np.empty((count, coder.width), np.uint8)
    at = 0
    for piece in _pieces(parts, coder):
        codes[at : at + len(piece)] = piece
        at += len(piece)
    return codes


def _pieces(parts: Sequence[_Part], coder: Coder) -> Iterator[Codes]:
    for segment, mask in parts:
        for piece in segment.codes(mask):
            yield piece if segment.coder == coder else coder.encode(segment.coder.decode(piece))
