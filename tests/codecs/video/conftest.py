"""Films for the video tests: made once a session, from fixed random packets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from memcodec.format.packet import DATA, HEADER_SIZE, Packet
from memcodec.media import registry
from memcodec.media.contract import Profile
from memcodec.storage import MemoryTarget


def packets(count: int, size: int, seed: int = 1) -> list[bytes]:
    """Intact packets of that many bytes, header included."""
    import numpy as np

    random = np.random.default_rng(seed)
    payloads = [random.bytes(size - HEADER_SIZE) for _ in range(count)]
    made = [
        Packet(DATA, b"test", 1, number, 0, len(payload), payload) for number, payload in enumerate(payloads)
    ]
    return [packet.to_bytes() for packet in made]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Profile, int], tuple[Path, list[bytes]]]:
    """A function from codec, profile and packet count to a finished file and the packets in it."""
    made: dict[tuple[str, str, int], tuple[Path, list[bytes]]] = {}
    folder = tmp_path_factory.mktemp("films")

    def make(codec: str, profile: Profile, count: int) -> tuple[Path, list[bytes]]:
        key = (codec, profile, count)
        if key not in made:
            path = folder / f"{codec}-{profile}-{count}.mp4"
            target = MemoryTarget()
            writer = registry.get(codec).create(target, profile)
            content = packets(count, writer.packet_size)
            writer.write_guide(["A page of guide.\nIt says what this is."])
            list(writer.write_packets(content, writer.frame_packets))
            writer.write_blob(bytes(range(256)) * 10)
            writer.commit(b"record")
            writer.close()
            path.write_bytes(target.source().get_bytes(0, target.size))
            made[key] = path, content
        return made[key]

    return make
