"""The guide: what a memory file's first frames, or its comments, tell a person who has never heard of memcodec."""

from __future__ import annotations


def pages(file_id: bytes, codec: str, profile: str, medium: tuple[str, str]) -> list[str]:
    """Plain-text pages, each short enough for one QR symbol of its own and for a screen.

    ``medium`` is what the codec says of itself: what the media is made of, and how packets come out of it.
    """
    made_of, to_packets = medium
    return [
        "THIS IS A MEMORY FILE (memcodec)\n\n"
        f"{made_of} No other file is needed to get them back.\n\n"
        f"File {file_id.hex()}, {codec}, {profile}. Format: docs/FORMAT.md of memcodec, version 3.",
        "1. FROM FRAMES TO PACKETS\n\n"
        f"{to_packets} "
        "Numbers are little-endian. Bytes 0-1 'mc', 2 version 1, 3 kind (0 data, 1 parity), 4-7 file, 8-11 commit, "
        "12-15 sequence, 16-17 mark, 18-19 length, 20-23 CRC32C of bytes 0-19 and the payload, 24- payload.",
        "2. FROM PACKETS TO DOCUMENTS\n\n"
        "Lay the data payloads of one commit end to end by sequence. Records follow: a 32-bit word, kind in its low "
        "byte, length above; then the body. D: dictionary, itself a Zstandard frame (RFC 8878). B: 4-byte number, "
        "then 16 KiB of text as a Zstandard frame made with that dictionary. M: Zstandard frame of a JSON list of "
        "documents: each is 'size' bytes of the joined blocks from 'start', and 'sha256' proves it. S: Zstandard "
        "frame of JSON: ids of documents dropped or revived. X: zeros. E: JSON, the end.",
        "3. IF PACKETS ARE LOST\n\n"
        "Parity packets are RaptorQ repair symbols (RFC 6330) over the data payloads, each padded with zeros to full "
        "length: the one with mark j is symbol K + j for K data packets, and K its sequence less its mark. With "
        "about as many packets as there were data packets, of either kind, everything comes back.",
    ]
