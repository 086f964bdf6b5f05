"""Changes of what lies between packets and media: symbols in frames, bursts of sound; error correction put right."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import numpy as np

from memcodec.format import packet
from memcodec.media import registry
from memcodec.media.contract import Profile
from memcodec.storage.ram import MemoryTarget
from memcodec_audio import sound
from memcodec_audio.flac import BLOCK
from memcodec_audio.profiles import RATES
from memcodec_audio.robust import Modem
from memcodec_video import mp4, qr
from memcodec_video.encode import Encoder
from memcodec_video.profiles import SETTINGS
from tests.fuzz import values
from tests.fuzz.draft import Draft
from tests.fuzz.of_packets import changed, packets_of, sealed


def symbols(draft: Draft) -> None:
    """A film of one frame, dense or robust: packets in symbols whose mode, length or text is another."""
    rng, profile = draft.rng, draft.rng.choice(("dense", "robust", "robust"))
    settings = SETTINGS["av1", profile]
    count = rng.randrange(1, settings.layout.slots + 1)
    drawn = np.concatenate([_symbol(rng, _packet(draft, qr.capacity("L"))) for _ in range(count)])
    encoder = Encoder(settings)
    samples = [*encoder.encode(settings.layout.paint(drawn)), *encoder.finish()]
    _begin(draft, "av1", profile)
    draft.data += mp4.fragment(1, 0, samples)[0]


def _symbol(rng: Random, data: bytes) -> Any:
    """One symbol; of its codewords those are changed that say what follows, or any."""
    codewords = qr._data_codewords(np.frombuffer(data, np.uint8)[None], "L")
    for _ in range(rng.choice((0, 1, 1, 2))):
        at = rng.choice((0, 1, 2, rng.randrange(codewords.shape[1])))
        codewords[0, at] ^= rng.choice((1, 0x10, 0x80, 0xFF, rng.randrange(256)))
    return qr._place(qr.interleave(codewords, "L"), "L", rng.randrange(qr.MASKS))


def bursts(draft: Draft) -> None:
    """Robust sound of a burst or two: what they carry says another length, or is another packet."""
    rng, rate = draft.rng, draft.rng.choice(RATES)
    modem = _modem(rate)
    made = [_burst(rng, modem, _packet(draft, modem.packet_size)) for _ in range(rng.choice((1, 1, 2)))]
    samples = np.rint(np.concatenate(made) * 32_767).astype(np.int32).reshape(-1, BLOCK)
    _begin(draft, "flac", "robust", rate)
    draft.data += b"".join(sound.encode(samples, 16, values.bounded(rng, 0, 20)))


def _burst(rng: Random, modem: Modem, data: bytes) -> Any:
    """As ``Modem.modulate`` makes it, of a message that need not be one."""
    size = modem._outer.message_size
    length = len(data) if rng.random() < 0.5 else values.bounded(rng, len(data), 16)
    message = (length.to_bytes(2, "little") + data).ljust(size, b"\0")
    if rng.random() < 0.3:
        message = values.changed(rng, message)[:size].ljust(size, b"\0")
    stream = modem._outer.encode((np.frombuffer(message, np.uint8) ^ modem._scrambler).tobytes())
    sent = np.empty(modem._band.bits, np.uint8)
    sent[modem._order] = modem._inner.encode(np.unpackbits(np.frombuffer(stream, np.uint8)))
    return modem._band.modulate(sent)


@cache
def _modem(rate: Any) -> Modem:
    return Modem(rate)


def _packet(draft: Draft, most: int) -> bytes:
    """One of the seed's own, changed or not, no longer than a symbol or burst takes."""
    made = draft.rng.choice(packets_of(draft.seed))
    if len(made) > most:
        size = (most - packet.HEADER_SIZE).to_bytes(2, "little")
        made = sealed(made[:18] + size + made[20:most])
    return changed(draft.rng, made)[:most] if draft.rng.random() < 0.5 else made


def _begin(draft: Draft, codec: str, profile: Profile, rate: str = "normal") -> None:
    """A new file of that profile, in the place of the draft's."""
    draft.settle()
    draft.forged = draft.unpacked = True
    target = MemoryTarget()
    options = {"rate": rate} if codec == "flac" else {}
    writer = registry.get(codec).create(target, profile, options)
    writer.write_guide(())
    writer.close()
    draft.data = bytearray(target.read(0, target.size))
