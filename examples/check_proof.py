"""Check a proof that `memcodec prove` made, without memcodec: the standard library and ssh-keygen. For OpenSSH's keys.

    python check_proof.py proof.json alice.pub

docs/FORMAT.md, "Signatures", has all that is done here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PIECE = 1024  # bytes of text in a leaf


def leaf(data: bytes) -> bytes:
    """The hash of a leaf (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\0" + data).digest()


def root(low: int, high: int, first: int, leaves: list[bytes], path: Iterator[bytes]) -> bytes:
    """The root of the tree over leaves `low` up to `high`: some are known, from `first` on, the others by the path."""
    if high <= first or low >= first + len(leaves):
        return next(path)
    if high - low == 1:
        return leaves[low - first]
    middle = low + (1 << (high - low - 1).bit_length() - 1)
    left, right = root(low, middle, first, leaves, path), root(middle, high, first, leaves, path)
    return hashlib.sha256(b"\1" + left + right).digest()


def is_signed(proof: dict[str, Any], key: str) -> bool:
    """Whether ssh-keygen says that the statement is signed by that key."""
    with tempfile.TemporaryDirectory() as folder:
        signature, allowed = Path(folder, "signature"), Path(folder, "allowed")
        signature.write_text(proof["signature"])
        allowed.write_text(f"signer {key}\n")
        check = [
            "ssh-keygen",
            "-Y",
            "verify",
            "-f",
            allowed,
            "-I",
            "signer",
            "-n",
            "memcodec",
            "-s",
            signature,
        ]
        return subprocess.run(check, input=proof["statement"].encode(), check=False).returncode == 0


def is_true(proof: dict[str, Any]) -> bool:
    """Whether the passage leads to the document's text, and the document to the statement."""
    statement, document, size = json.loads(proof["statement"]), proof["document"], proof["document"]["size"]
    written = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    path = map(bytes.fromhex, proof["path"])
    documents = root(0, statement["documents"], proof["place"], [leaf(written)], iter(path))
    if documents.hex() != statement["root"]:
        return False
    start, end, data = proof["start"], proof["end"], base64.b64decode(proof["bytes"])
    if start == end:
        return proof["passage"] == ""
    first = start // PIECE
    pieces = [leaf(data[at : at + PIECE]) for at in range(0, len(data), PIECE)]
    hashes = map(bytes.fromhex, proof["hashes"])
    text = root(0, -(-size // PIECE), first, pieces, iter(hashes))
    shown = data[start - first * PIECE : end - first * PIECE]
    return text.hex() == document["text"] and shown == proof["passage"].encode()


def main() -> None:
    """Exits with 1 when the proof is not right."""
    proof = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    if not is_signed(proof, Path(sys.argv[2]).read_text("utf-8").strip()) or not is_true(proof):
        sys.exit("not proven")
    statement, document = json.loads(proof["statement"]), proof["document"]
    print(f"proven: {document['uri']}, signed on {statement['time']}: {proof['passage']}")


if __name__ == "__main__":
    main()
