"""The ring: the newest lines in memory, each found from the moment that it is added until it expires."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from memcodec.arguments import Number, checked
from memcodec.errors import ConfigError
from memcodec.format.arrays import Vectors
from memcodec.live import clock
from memcodec.live.clock import Bounds
from memcodec.live.meaning import Meaning
from memcodec.live.searched import Searched
from memcodec.live.status import Status
from memcodec.live.view import instant
from memcodec.storage import PlaceLike

if TYPE_CHECKING:
    from memcodec.live.spill import Spill

LONGEST = 64 << 10  #: bytes of a line that the ring keeps; of a longer one it keeps so much
_AT_ONCE = 1024  # lines that become visible together


class Ring(Searched):
    """The newest lines, in memory alone. ``memcodec.live`` makes one. Use it in a ``with``, or ``close`` it.

    For many threads at once. What ``add`` returned from is found by words at once, and by meaning when its vector is
    made, some hundredths of a second later; what has expired is not found any more. The numbers of lines rise one by
    one. When the process ends, the ring is gone, but for what its ``spill`` has written.
    """

    def __init__(
        self,
        bounds: Bounds,
        *,
        name: str,
        model: str,
        language: str,
        dimensions: int | None = None,
        words: bool = True,
        wait_for_vectors: bool = False,
        spill: Spill | None = None,
    ) -> None:
        super().__init__(bounds, name=name, language=language, words=words, spill=spill)
        self._writing = threading.Lock()
        if model != "none" or dimensions is not None:
            self.meaning = Meaning(
                model, bounds.keep, self._ages.end, dimensions=dimensions, waits=wait_for_vectors, source=self
            )
            self.meaning.begin()
        if spill is not None:
            spill.begin(self)

    # Lines come

    @checked
    def add(self, text: str | bytes, *, tags: Mapping[str, str] | None = None) -> int:
        """Add a line; returns its number. Waits where the spill has too much to write (``when_full="block"``)."""
        return self.add_many([text], tags=[tags] if tags else None)

    @checked
    def add_many(
        self,
        texts: Sequence[str | bytes],
        *,
        tags: Sequence[Mapping[str, str] | None] | None = None,
        vectors: Vectors | None = None,
        first: Number | None = None,
    ) -> int:
        """Add lines; returns the number of the first. Of text that is not UTF-8, and of a line of more than 64 KB, the
        ring has what can be read of it, and the first 64 KB; the spill has it whole.

        ``tags``: of each line; ``vectors``: float32 [lines, dimensions], for a ring with ``dimensions``; they are
        scaled to length 1. ``first``: the number that the first line has where they come from; lines that the ring has
        had are left out then, so that they may be sent again. Raises Closed; ConfigError for what does not fit.
        """
        if tags is not None and len(tags) != len(texts):
            raise ConfigError(f"{len(texts):,} lines and tags of {len(tags):,}; give as many")
        with self._writing:
            self._check_open()
            begun = self._ages.end
            if vectors is not None:
                vectors = self._own_vectors(vectors, len(texts))
            if first is not None:
                known = begun - first
                if known < 0:
                    raise ConfigError(f"@{self.name}: its next line is number {begun:,}, and not {first:,}")
                texts = texts[known:]
                tags = tags[known:] if tags is not None else None
                vectors = vectors[known:] if vectors is not None else None
            for at in range(0, len(texts), _AT_ONCE):
                part = slice(at, at + _AT_ONCE)
                self._wait_for_room()
                self._add(
                    texts[part],
                    [each or {} for each in tags[part]] if tags is not None else None,
                    vectors[part] if vectors is not None else None,
                )
            return begun

    def _own_vectors(self, vectors: Vectors, count: int) -> Vectors:
        meaning = self.meaning
        if meaning is None or meaning.embedder is not None:
            raise ConfigError("vectors of your own need a ring that was made for them, with dimensions")
        if vectors.shape != (count, meaning.ring.dimensions):
            wanted = f"[{count:,}, {meaning.ring.dimensions}]"
            raise ConfigError(f"vectors are {list(vectors.shape)}; they must be {wanted}")
        made = vectors.astype(np.float32, copy=False)
        lengths = np.sqrt(np.einsum("ij,ij->i", made, made))
        if not np.isfinite(lengths).all():
            raise ConfigError("vectors must be finite numbers")
        scaled: Vectors = made / np.maximum(lengths, np.float32(1e-12))[:, None]
        return scaled

    def _add(
        self,
        texts: Sequence[str | bytes],
        tags: Sequence[Mapping[str, str]] | None,
        vectors: Vectors | None,
    ) -> None:
        wholes = dict[int, bytes]()
        stored = [text.encode("utf-8", "replace") if isinstance(text, str) else text for text in texts]
        shown = [text if isinstance(text, str) else text.decode("utf-8", "replace") for text in texts]
        sizes = list(map(len, stored))
        keeps_whole = self.spill is not None
        for at, text in enumerate(texts):
            if sizes[at] > LONGEST or (isinstance(text, bytes) and not text.isascii()):
                whole = stored[at]
                stored[at] = _cut(shown[at].encode("utf-8", "replace"))
                shown[at] = stored[at].decode()
                if keeps_whole and stored[at] != whole:
                    wholes[at] = whole
                else:
                    sizes[at] = len(stored[at])
        times = self._ages.times(len(texts), clock.now())
        if self._words is not None:
            self._words.add(shown)
        self._lines.add(stored, times, tags, wholes)
        if self.meaning is not None and self.meaning.embedder is None:
            self.meaning.put(self._ages.end, len(texts), vectors)
        with self._state:
            self._ages.add(sizes, times)
            self._let_go()
            self._state.notify_all()

    def _let_go(self) -> None:
        """Expired lines give their memory back, as soon as the spill has them."""
        tail = self._ages.tail(clock.now())
        if self._words is not None:
            self._words.drop(tail)
        self._lines.drop(tail if self.spill is None else min(tail, self.spill.written))

    def _wait_for_room(self) -> None:
        if self.spill is not None:
            with self._state:
                self._state.wait_for(lambda: self._closed or self._has_room())
                self._check_open()
        if self.meaning is not None and self.meaning.waits:
            meaning = self.meaning
            with self._state:
                self._state.wait_for(lambda: self._closed or not meaning.is_behind(self._ages.end))
                self._check_open()

    def _has_room(self) -> bool:
        assert self.spill is not None
        return self.spill.has_room(self._ages.tail(clock.now()), self._ages)

    # How it stands, and its end

    def status(self) -> Status:
        """How it stands."""
        with self._state:
            ages, spill, meaning = self._ages, self.spill, self.meaning
            first, end = ages.tail(clock.now()), ages.end
            some = first < end
            return Status(
                name=self.name,
                id=self.id,
                model=meaning.model if meaning is not None else "none",
                keep=self.bounds.keep,
                size=self.bounds.size,
                age=self.bounds.age,
                first=first,
                next=end,
                bytes=ages.bytes - ages.before(first) if some else 0,
                oldest=instant(ages.time(first)) if some else None,
                newest=instant(ages.time(end - 1)) if some else None,
                embedded=max(0, min(end, meaning.ring.end) - first) if meaning is not None else 0,
                skipped=meaning.skipped if meaning is not None else 0,
                subscriptions=len(self._subscriptions),
                spill=spill.file if spill is not None else None,
                spilled=spill.written if spill is not None else 0,
                dropped=spill.dropped if spill is not None else 0,
                error=spill.error if spill is not None else None,
            )

    def __len__(self) -> int:
        return self.status().lines

    @checked
    def save(self, out: PlaceLike, *, force: bool = False) -> int:
        """Write the lines that are there to a new memory file; returns how many. Raises as ``memcodec.create``."""
        from memcodec.live.spill import saved

        return saved(out, self.name, self.id, self.lines(), force=force)

    def flush(self) -> int:
        """Wait until the spill has written what it is to have; returns the number before which it has all."""
        if self.spill is None:
            raise ConfigError(f"@{self.name}: has no spill")
        return self.spill.flush()

    def close(self) -> None:
        """End it. What is in it goes to the spill, if there is one; raises what keeps it from that."""
        with self._state:
            if self._closed:
                return
            self._closed = True
            self._state.notify_all()
        with self._writing:  # what was being added is in it
            end = self._ages.end
        for each in list(self._subscriptions):
            each.close()
        if self.meaning is not None:
            self.meaning.close()
        if self.spill is not None:
            self.spill.close(end)

    def __enter__(self) -> Ring:
        self._check_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._closed:
            return f"<Ring {self.name}: closed>"
        return f"<Ring {self.name}: {len(self):,} lines>"


def _cut(data: bytes) -> bytes:
    """As much of UTF-8 as the ring keeps of a line, in whole characters."""
    if len(data) <= LONGEST:
        return data
    end = LONGEST
    while data[end] & 0xC0 == 0x80:
        end -= 1
    return data[:end]
