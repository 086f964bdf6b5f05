"""Recordings for the audio tests: made once a session, from fixed random packets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from memcodec.format.packet import DATA, HEADER_SIZE, Packet
from memcodec.media import registry
from memcodec.media.contract import Profile
from memcodec.storage import MemoryTarget

Recorder = Callable[..., tuple[Path, list[bytes]]]
BLOB = bytes(range(256)) * 70


def packets(count: int, size: int, seed: int = 1) -> list[bytes]:
    """Intact packets of that many bytes, header included."""
    random = np.random.default_rng(seed)
    payloads = [random.bytes(size - HEADER_SIZE) for _ in range(count)]
    made = [
        Packet(DATA, b"test", 1, number, 0, len(payload), payload) for number, payload in enumerate(payloads)
    ]
    return [packet.to_bytes() for packet in made]


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recorder:
    """A function from profile, packet count and options to a finished file of two commits and the packets in it."""
    made: dict[object, tuple[Path, list[bytes]]] = {}
    folder = tmp_path_factory.mktemp("recordings")

    def make(profile: Profile, count: int, **options: str) -> tuple[Path, list[bytes]]:
        key = (profile, count, *options.items())
        if key not in made:
            path = folder / f"{len(made)}.flac"
            target = MemoryTarget()
            writer = registry.get("flac").create(target, profile, options)
            content = packets(count, writer.packet_size)
            writer.write_guide(["A page of guide.\nIt says what this is.", "Another."])
            list(writer.write_packets(content[:-2], 1))
            writer.write_blob(BLOB)
            writer.commit(b"first")
            writer.write_blob(BLOB[5:])
            list(writer.write_packets(content[-2:], 1))
            writer.commit(b"second")
            writer.close()
            path.write_bytes(target.source().get_bytes(0, target.size))
            made[key] = path, content
        return made[key]

    return make
