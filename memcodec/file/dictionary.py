"""The dictionary that a commit's blocks share: which of its texts it is trained on, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain

from memcodec.format import block
from memcodec.ingest.item import Item

#: A document that the dictionary quotes is not forgotten without writing all of its commit anew (upkeep/redact.py).
#: So of a text of so many bytes one document in so many is quoted, which takes half a percent more room. Of a text much
#: longer than what a dictionary is trained on, few are anyway.
_MUCH, _QUOTED = 4 << 20, 4


class Dictionary:
    """That of some documents, made when it is first asked for, or meanwhile."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items, self._total = items, sum(item.total for item in items)
        self._making: Future[block.Trained] | None = None

    def begin(self) -> None:
        """Make it in a thread. Nobody reads the documents before ``trained`` has returned."""
        pool = ThreadPoolExecutor(1, "dictionary")
        self._making = pool.submit(self._train)
        pool.shutdown(wait=False)

    def trained(self) -> block.Trained:
        """The dictionary. Raises SourceError when a document has changed."""
        return self._making.result() if self._making is not None else self._train()

    def _train(self) -> block.Trained:
        quoted = list[bytes]()
        samples = list(self._samples(quoted))
        if sum(map(len, quoted)) * 2 * _QUOTED < self._total:  # those that were picked are short ones
            quoted.clear()
        return block.train(samples, self._total, quoted)

    def _samples(self, quoted: list[bytes]) -> Iterator[bytes]:
        """Blocks taken evenly from the whole text, about ``block.TRAINED_ON`` bytes of them.

        ``quoted`` gets the texts that the dictionary is to be made of, where those are not simply the samples.
        """
        step = max(1, self._total // block.TRAINED_ON)
        is_some = _MUCH <= self._total < _QUOTED * block.TRAINED_ON
        pending, number = bytearray(), 0
        for ordinal, item in enumerate(self._items):
            for piece in chain(item.open(), item.open_original()):
                pending += piece
                if is_some and ordinal % _QUOTED == 0:
                    quoted.append(bytes(piece))
                whole = len(pending) // block.BLOCK_SIZE
                for index in range(-number % step, whole, step):
                    yield bytes(pending[index * block.BLOCK_SIZE : (index + 1) * block.BLOCK_SIZE])
                del pending[: whole * block.BLOCK_SIZE]
                number += whole
        if step == 1 and pending:
            yield bytes(pending)
