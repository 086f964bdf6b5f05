"""What stands before the first frame: STREAMINFO, the configuration, and comments that tell a person what this is.

"fLaC" | STREAMINFO | APPLICATION "memc": "odec-config", zero, configuration | VORBIS_COMMENT | PADDING
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from memcodec.media.contract import Profile
from memcodec.model import Extent
from memcodec.storage import Source
from memcodec.version import __version__
from memcodec_audio import flac
from memcodec_audio.profiles import CONFIG_SIZE, AudioConfig

MARKER = b"memcodec-config\0"  #: the application id is its first four bytes
_PADDING = 1024  # room for a person's own tags: a file whose frames move is compacted before it is added to
_MAX_HEAD = 1 << 20

_MADE_OF = (
    "The sound that follows is data: documents, compressed, with spare packets that replace lost ones, each packet a "
    "spectrum."
)
_DENSE = (
    "Decode to samples: 16 or 24 bits, 48000 Hz. Each FLAC frame of 4096 samples is one packet, or else part of the "
    "index, which is not needed. Take the DFT of the samples, divided by 64, bins 2 to 2047. Real and imaginary part "
    "of a bin are odd integers from 1 - 2^b to 2^b - 1, b = 1, 2, 4, 8, 12, 16 or 20 by their size: "
    "v = (x + 2^b - 1) / 2. Write the v down low bit first, real part first: bytes. Byte 0 is the seed; the others "
    "are XORed with SHAKE-128 of 'memcodec' and the seed byte. Then: bytes 1-2 length, then the packet."
)
_ROBUST = (
    "Every 65536 samples at 48000 Hz are one burst of OFDM: a preamble, then symbols with pilots; bits are interleaved "
    "and coded (convolutional, Reed-Solomon) as docs/FORMAT.md tells. A burst is one packet. The first hold this text."
)


def guide(profile: Profile) -> tuple[str, str]:
    """What the sound is made of, and how packets come out of it."""
    return _MADE_OF, _DENSE if profile == "dense" else _ROBUST


def start(config: AudioConfig) -> bytes:
    """The head up to the configuration."""
    return flac.stream_head(config.bits, 0) + flac.block(flac.APPLICATION, MARKER + config.to_bytes())


def finish(pages: Sequence[str]) -> bytes:
    """The rest of the head. ``pages`` are the guide's."""
    comments = [("TITLE", "Memory file"), ("ENCODER", f"memcodec {__version__}")]
    comments += [("DESCRIPTION", page) for page in pages]
    body = flac.vorbis_comments("memcodec", comments)
    return flac.block(flac.VORBIS_COMMENT, body) + flac.block(flac.PADDING, bytes(_PADDING), last=True)


def config_in(data: bytes) -> AudioConfig | None:
    """The configuration in a file that begins so."""
    with suppress(ValueError):
        return AudioConfig.from_bytes(data.partition(MARKER)[2][:CONFIG_SIZE])
    return None


def blocks(source: Source) -> Iterator[tuple[int, Extent]]:
    """The metadata blocks by type, with their place in the file, headers included; "fLaC" belongs to the first."""
    if source.size < flac.INFO or bytes(source.get_bytes(0, 4)) != b"fLaC":
        return
    begin, offset = 0, 4
    while offset + 4 <= min(source.size, _MAX_HEAD):
        kind, *length = source.get_bytes(offset, 4)
        offset += 4 + int.from_bytes(bytes(length), "big")
        if offset > source.size:
            return
        yield kind & 0x7F, Extent(begin, offset - begin)
        if kind & 0x80:
            return
        begin = offset
