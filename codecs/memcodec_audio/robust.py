"""The robust modem: one packet <-> one burst of sound that lossy encoders, resamplers and noise leave readable.

From packet to sound: length and packet, scrambled; Reed-Solomon and repeat-accumulate code (fec.py); interleaved;
OFDM (ofdm.py). Back: bursts found (sync.py), soft bits, the codes the other way.
Whether a packet came back right, its own checksum decides; nothing else leaves this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from memcodec.errors import CodecError, ConfigError
from memcodec.format.packet import is_intact
from memcodec_audio import sequence, sync
from memcodec_audio.fec import ReedSolomon, RepeatAccumulate
from memcodec_audio.ofdm import BURST, LONG_PREFIX, Band
from memcodec_audio.resample import resample

Samples = npt.NDArray[np.float32]
Rate = Literal["normal", "low"]

_BANDS = {"normal": Band("normal", 8, 480), "low": Band("low", 6, 112)}
_OUTER = {"normal": ReedSolomon(3200, 13, 10), "low": ReedSolomon(512, 3, 8)}
_STEADY = 2e-6  # a drift too small to be worth resampling: an eighth of a sample in a burst
_LOWEST, _HIGHEST = 4_000, 768_000  # Hz
_LENGTH = 2  # bytes that say how long the packet is


class Modem:
    """Packets to bursts and back, at one of two rates. Sound is mono float32 at 48 kHz, full scale 1."""

    def __init__(self, rate: Rate = "normal") -> None:
        if rate not in _BANDS:
            raise ConfigError(f"no robust rate {rate!r}: choose one of {', '.join(_BANDS)}")
        self._band = _BANDS[rate]
        self._outer = _OUTER[rate]
        bits = 8 * self._outer.size
        self._inner = RepeatAccumulate(rate, bits, self._band.bits - bits)
        self._order = sequence.permutation(f"memcodec {rate} interleaver", self._band.bits)
        self._scrambler = np.frombuffer(
            sequence.stream(f"memcodec {rate} scrambler", self._outer.message_size), np.uint8
        )

    @property
    def packet_size(self) -> int:
        """Bytes of the largest packet that one burst carries."""
        return self._outer.message_size - _LENGTH

    @property
    def burst_samples(self) -> int:
        return BURST

    def modulate(self, packet: bytes) -> Samples:
        """The burst [burst_samples] of a packet, its peak at most 0.5 (-6 dBFS)."""
        if len(packet) > self.packet_size:
            raise CodecError(
                f"a packet of {len(packet)} bytes is too large: at most {self.packet_size} fit a burst"
            )
        message = (len(packet).to_bytes(_LENGTH, "little") + packet).ljust(self._outer.message_size, b"\0")
        scrambled = (np.frombuffer(message, np.uint8) ^ self._scrambler).tobytes()
        stream = np.frombuffer(self._outer.encode(scrambled), np.uint8)
        sent = np.empty(self._band.bits, np.uint8)
        sent[self._order] = self._inner.encode(np.unpackbits(stream))
        return self._band.modulate(sent)

    def demodulate(self, samples: Samples) -> bytes | None:
        """The packet of the burst that begins at sample 0, or None when it is lost.

        More samples may follow (a slow clock stretches a burst); what is missing is taken for silence.
        """
        samples = np.pad(samples, (0, max(0, BURST - len(samples))))
        soft, drift = self._band.demodulate(samples)
        if abs(drift) > _STEADY:
            soft, _ = self._band.demodulate(resample(samples, 0, 1 + drift, BURST))
        return self._decode(soft[self._order])

    def scan(self, samples: Samples | Iterable[Samples], sample_rate: int) -> Iterator[bytes]:
        """Every intact packet of a recording, in order, wherever its bursts lie; memory stays flat over pieces.

        Sound of any gain and polarity, cut, resampled or re-encoded; its clock may be 400 parts per million off.
        """
        if not _LOWEST <= sample_rate <= _HIGHEST:
            raise CodecError(f"sound at {sample_rate} Hz cannot be read: give it {_LOWEST} to {_HIGHEST} Hz")
        pieces = [samples] if isinstance(samples, np.ndarray) else samples
        sound = sync.at_48k(pieces, sample_rate)
        for burst in sync.bursts(sound, self._band.preamble, LONG_PREFIX):
            packet = self.demodulate(burst)
            if packet is not None:
                yield packet

    def _decode(self, soft: Samples) -> bytes | None:
        believed = self._inner.decode(soft)
        stream = np.packbits(believed < 0).tobytes()
        packet = self._unwrap(stream[: self._outer.message_size])
        if packet is not None:  # the checksum is content: nothing is left for Reed-Solomon to mend
            return packet
        doubt = -np.abs(believed).reshape(-1, 8).min(axis=1)
        mended = self._outer.decode(stream, doubt)
        return None if mended is None else self._unwrap(mended)

    def _unwrap(self, scrambled: bytes) -> bytes | None:
        message = (np.frombuffer(scrambled, np.uint8) ^ self._scrambler).tobytes()
        end = _LENGTH + int.from_bytes(message[:_LENGTH], "little")
        return message[_LENGTH:end] if end <= len(message) and is_intact(message[_LENGTH:end]) else None
