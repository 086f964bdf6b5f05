"""CRC32C, the one checksum of the format (Castagnoli polynomial, RFC 3720 section 12.1)."""

from __future__ import annotations

import google_crc32c


def crc32c(data: bytes | bytearray | memoryview, after: int = 0) -> int:
    """The checksum of ``data`` as an unsigned 32-bit number; ``after``: that of what stands before it."""
    checksum: int = google_crc32c.extend(after, data if isinstance(data, bytes) else bytes(data))
    return checksum
