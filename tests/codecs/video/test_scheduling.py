"""Encoding leaves the scheduling of every thread as it was. As root, without our care, SVT-AV1 takes SCHED_FIFO 99."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from memcodec_video.encode import Encoder, sample_description
from memcodec_video.layout import Luma
from memcodec_video.profiles import CODECS, SETTINGS

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getscheduler"), reason="this system shows no thread's policy"
)


def blank(codec: str) -> Luma:
    layout = SETTINGS[codec, "dense"].layout
    return np.zeros((layout.height, layout.width), np.uint8)


def policies() -> set[tuple[int, int]]:
    """How the threads of this process are scheduled."""
    found = set()
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(ProcessLookupError):  # it has ended
            each = int(thread.name)
            found.add((os.sched_getscheduler(each), os.sched_getparam(each).sched_priority))
    return found


@pytest.mark.parametrize("codec", CODECS)
def test_every_thread_is_scheduled_as_before(codec: str) -> None:
    before = policies()
    settings = SETTINGS[codec, "dense"]
    encoder = Encoder(settings)
    assert policies() == before
    encoder.encode(blank(codec))
    assert policies() == before
    encoder.finish()
    sample_description(settings)
    started: list[set[tuple[int, int]]] = []
    thread = threading.Thread(target=lambda: started.append(policies()))
    thread.start()
    thread.join()
    assert policies() == before == started[0]


def test_the_encoder_s_threads_are_scheduled_as_their_caller_s() -> None:
    seen: list[set[tuple[int, int]]] = []

    def encode() -> None:
        os.sched_setscheduler(threading.get_native_id(), os.SCHED_BATCH, os.sched_param(0))
        encoder = Encoder(SETTINGS["av1", "dense"])
        seen.append(policies())
        encoder.encode(blank("av1"))
        encoder.finish()

    before = policies()
    thread = threading.Thread(target=encode)
    thread.start()
    thread.join()
    assert seen[0] - before == {(os.SCHED_BATCH, 0)}
    for _ in range(500):  # threads that were told to end are seen for a moment
        if policies() == before:
            return
        time.sleep(0.01)
    assert policies() == before
