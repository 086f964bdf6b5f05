"""Proofs, checked on the command line: each is a small file of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from memcodec.cli import console

if TYPE_CHECKING:
    from memcodec import Proof


def verify(
    files: Sequence[str], by: Sequence[str], allowed: str | None, *, as_json: bool, quiet: bool
) -> None:
    """Check proofs, and show what they prove. Raises Unproven for the first that proves nothing."""
    from memcodec import answers, check_proof

    found = [(file, check_proof(_read(file), list(by), allowed=allowed)) for file in files]
    if as_json:
        told = [answers.files.proof(file, proof) for file, proof in found]
        console.echo_json(told[0] if len(told) == 1 else answers.files.several(told))
    elif not quiet:
        for file, proof in found:
            for line in _lines(file, proof):
                click.echo(line)


def _read(file: str) -> bytes:
    from memcodec.errors import Unproven
    from memcodec.storage.open import place_of
    from memcodec.upkeep.prove import MAX_PROOF

    with contextlib.closing(place_of(file).open()) as source:
        if source.size > MAX_PROOF:
            raise Unproven(f"{source.name}: a proof of {source.size:,} bytes; {MAX_PROOF:,} are the most")
        return bytes(source.get_bytes(0, source.size))


def _lines(file: str, proof: Proof) -> Iterator[str]:
    """What a proof proves."""
    name = f"{console.line(proof.signer)} ({proof.fingerprint})" if proof.signer else proof.fingerprint
    head = console.styled("proven", fg="green", bold=True)
    when = f"{proof.time:%Y-%m-%d %H:%M} UTC"
    yield f"{head}  {console.line(file)}: signed by {name} on {when}, file {proof.file_id}, commit {proof.commit:,}"
    yield f"{console.line(proof.document.uri)}, bytes {proof.start:,}-{proof.end:,} of {proof.document.size:,}:"
    yield console.clean(proof.text).rstrip("\n")
