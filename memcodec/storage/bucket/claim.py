"""One writer of an object at a time, on servers that complete uploads whatever the condition.

A writer claims the object by a multipart upload that stays empty: begun first, then all uploads of that object are
listed; only who finds no other has the claim. Of two that begin at once, the later one to begin sees the other: both
may step back, never both go on. Nothing of a claim shows in the bucket. Under the claim the version in the bucket is
compared with the one expected, then the new one is put in its place, then the claim is dropped.

A claim's holder shows signs of life, small parts. Who waits and sees none for ``QUIET`` seconds of its own clock, no
change at all among the object's uploads, takes their writers for dead and aborts the uploads. So no clocks are
compared, and a writer that was only asleep finds that its upload is gone and cannot be completed.
"""

from __future__ import annotations

import os
import random
import threading
import time

from memcodec.errors import MemcodecError, StorageError
from memcodec.storage.bucket.object import BucketObject

QUIET = 15.0  #: seconds without a sign of life after which a writer is dead
_BEATS = 5  # signs of life in that time
_PAUSE = 0.5  # seconds between two looks, on average


class Claim:
    """The right to write an object. ``release`` it."""

    def __init__(self, place: BucketObject, upload: str, began: float) -> None:
        self._place, self._upload, self._alive = place, upload, began
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="claim")
        self._thread.start()

    @classmethod
    def acquire(cls, place: BucketObject, wait: float) -> Claim:
        """Waits ``wait`` seconds for a living writer to end, and as long as it takes to tell a dead one.

        Raises StorageError when another one goes on writing.
        """
        end, watch = time.monotonic() + wait, _ObjectWatch(place)
        while True:
            if not watch.others():
                began, mine = time.monotonic(), place.begin()
                try:
                    if place.uploads() == {mine}:
                        return cls(place, mine, began)
                except BaseException:
                    place.abort(mine)
                    raise
                place.abort(mine)
            if watch.alive and time.monotonic() > end:
                raise StorageError(
                    f"{place.name}: another writer is at it; try again later, or wait with `wait`"
                )
            time.sleep(random.uniform(0, 2 * min(_PAUSE, QUIET / 10)))

    def check(self) -> None:
        """Raises StorageError when others may have taken this writer for dead."""
        if time.monotonic() - self._alive > QUIET / 2:
            raise StorageError(
                f"{self._place.name}: the server did not answer for long; nothing was written: try again"
            )

    def release(self) -> None:
        """Let others write."""
        self._over.set()
        self._thread.join(QUIET)
        self._place.abort(self._upload)

    def _beat(self) -> None:
        while not self._over.wait(QUIET / _BEATS):
            began = time.monotonic()
            try:
                self._place.part(self._upload, 1, os.urandom(8))
            except MemcodecError:
                continue  # ``check`` tells what comes of it
            self._alive = began


class _ObjectWatch:
    """What goes on at an object, seen from outside."""

    def __init__(self, place: BucketObject) -> None:
        self._place = place
        self._seen: dict[str, tuple[tuple[int, str], ...]] | None = None
        self._since = time.monotonic()
        self.alive = False  #: whether something has changed since the first look

    def others(self) -> bool:
        """Whether there are uploads. Those of writers long silent are aborted: silent from one look's end to another's
        beginning, for a look may take long."""
        began = time.monotonic()
        now = {upload: self._place.pulse(upload) for upload in self._place.uploads()}
        if now != self._seen:
            self.alive, self._since = self._seen is not None, time.monotonic()
            self._seen = now
        elif now and began - self._since > QUIET:
            for upload in now:
                self._place.abort(upload)
            return False
        return bool(now)
