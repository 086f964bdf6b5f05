"""The guide: what a memory file's first frames, or its comments, tell a person who has never heard of memcodec."""

from __future__ import annotations


def pages(file_id: bytes, codec: str, profile: str, medium: tuple[str, str]) -> list[str]:
    """Plain-text pages, all of them together short enough for one QR symbol. The first says what the file is.

    ``medium`` is what the codec says of itself: what the media is made of, and how packets come out of it.
    """
    made_of, to_packets = medium
    return [
        f"THIS IS A MEMORY FILE (memcodec)\n\n{made_of} No other file is needed.",
        f"FROM FRAMES TO PACKETS\n\nFile {file_id.hex()}, {codec}, {profile}; docs/FORMAT.md of memcodec, version 4. "
        f"{to_packets} Bytes (little-endian): 0 'mc', 2 version 1, 3 kind (0 data, 1 parity), 4 file, 8 commit, "
        "12 sequence, 16 mark, 18 length, 20 CRC32C of bytes 0-19 and the payload, 24 payload.",
        "FROM PACKETS TO DOCUMENTS\n\n"
        "Lay the data payloads of one commit end to end by sequence: records, each a 32-bit word, kind in its low "
        "byte, length above; then the body. D: dictionary, itself a Zstandard frame (RFC 8878). B: 4-byte number, "
        "32 KiB of text as a Zstandard frame made with that dictionary. M: Zstandard frame of a JSON list of "
        "documents: each is 'size' bytes of the joined blocks from 'start'; 'sha256' proves it. S: Zstandard frame of "
        "JSON: ids of documents dropped or revived. X: zeros. E: JSON, the end.",
        "IF PACKETS ARE LOST\n\n"
        "Parity packets are RaptorQ repair symbols (RFC 6330) over the data payloads, padded with zeros to full "
        "length: that with mark j is symbol K + j; K, its sequence less j, is the number of data packets.",
    ]
