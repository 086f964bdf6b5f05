"""What a FLAC memory file can be: profile, sample size, rate; and the modem that each of them takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple, Protocol

import numpy as np

from memcodec.errors import ConfigError
from memcodec.media.contract import PROFILES, PacketSize, Profile
from memcodec_audio.flac import BLOCK
from memcodec_audio.modem import DenseModem, Samples

RATES = ("normal", "low")
_FULL_SCALE = 1 << 15


class AudioConfig(NamedTuple):
    """What a reader must know of a file before its first frame. ``rate`` counts in the robust profile alone."""

    profile: Profile
    bits: int
    rate: str

    def to_bytes(self) -> bytes:
        return bytes([PROFILES.index(self.profile), self.bits, RATES.index(self.rate)])

    @classmethod
    def from_bytes(cls, data: bytes) -> AudioConfig:
        """Raises ValueError for what does not exist."""
        profile, bits, rate = data
        if (profile, bits, rate) not in ((0, 16, 0), (0, 24, 0), (1, 16, 0), (1, 16, 1)):
            raise ValueError("no such profile, sample size or rate")
        return cls(PROFILES[profile], bits, RATES[rate])


CONFIG_SIZE = 3


def configure(profile: Profile, options: Mapping[str, str]) -> AudioConfig:
    """The configuration for some options. Raises ConfigError for one that does not exist or does not fit."""
    allowed = {"bits": ("16", "24")} if profile == "dense" else {"rate": RATES, "bits": ("16",)}
    for name, value in options.items():
        if value not in allowed.get(name, ()):
            known = "; ".join(f"{key} {' or '.join(values)}" for key, values in allowed.items())
            raise ConfigError(f"flac {profile} takes no {name} {value}; it takes {known}")
    default = "24" if profile == "dense" else "16"
    return AudioConfig(profile, int(options.get("bits", default)), options.get("rate", "normal"))


class BlockModem(Protocol):
    """Packets to FLAC blocks and back. Samples are integers [n, 4096], ``blocks`` rows a packet."""

    packet_size: int
    packet_sizes: list[PacketSize]
    blocks: int

    def modulate(self, packets: Sequence[bytes]) -> Samples: ...
    def demodulate(self, samples: Samples) -> list[bytes | None]: ...


class RobustModem:
    """The robust modem over blocks of 16-bit samples."""

    def __init__(self, rate: str) -> None:
        from memcodec_audio.robust import Modem

        self._modem = Modem("low" if rate == "low" else "normal")
        self.packet_size = self._modem.packet_size
        self.packet_sizes = [PacketSize(self.packet_size, 1)]
        self.blocks = self._modem.burst_samples // BLOCK

    def modulate(self, packets: Sequence[bytes]) -> Samples:
        bursts = [self._modem.modulate(packet) for packet in packets]
        scaled = np.rint(np.concatenate(bursts) * np.float32(_FULL_SCALE - 1))
        samples: Samples = scaled.astype(np.int32).reshape(-1, BLOCK)
        return samples

    def demodulate(self, samples: Samples) -> list[bytes | None]:
        bursts = samples.reshape(-1, self.blocks * BLOCK).astype(np.float32) / _FULL_SCALE
        return [self._modem.demodulate(burst) for burst in bursts]


@cache
def modem(config: AudioConfig) -> BlockModem:
    """The modem of a configuration; one for all threads."""
    return DenseModem(config.bits) if config.profile == "dense" else RobustModem(config.rate)
