"""What is proven of a memory: by whom it is signed, what came since, and that a passage is part of what was signed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from memcodec.arguments import checked
from memcodec.errors import ConfigError
from memcodec.memory.readable import Readable
from memcodec.model import CommitReport, Document, FilePath, Hit, Progress

# What is not done is not loaded: few files are signed.
if TYPE_CHECKING:
    from memcodec.signing.allowed import Signer
    from memcodec.signing.keys import SigningKey
    from memcodec.upkeep.prove import Proof
    from memcodec.upkeep.sign import Signed, SignReport
    from memcodec.upkeep.signed import SignedReport


class Signatures(Readable):
    """The part of ``Memory`` that looks at signatures (docs/SIGNED.md).

    ``by`` are public keys of OpenSSH's (Ed25519) or minisign's, each a line or a file of them; ``allowed`` is a file of
    OpenSSH's ``allowed_signers``, whose names stand for keys then. With it alone, whom it allows may have signed.
    """

    @checked
    def verify_signed(
        self,
        by: FilePath | Sequence[FilePath] = (),
        *,
        allowed: FilePath | None = None,
        progress: Progress | None = None,
    ) -> SignedReport:
        """Hold the file against what these signed: what is missing, what changed, what came since.

        The text of all documents that were signed is read. Raises Unproven when there is no signature by any of these,
        or one that is forged; ``SignedReport.check`` raises it for what is missing or changed. MissingExtra without
        `sealed`.
        """
        from memcodec.upkeep.signed import signed

        self._handle.check_open()
        signers = _signers(by, allowed)
        with self._handle.reading("list") as reader:
            return signed(reader, signers, progress or self._progress)

    @checked
    def prove(
        self,
        what: Hit | Document | str,
        *,
        lines: tuple[int, int] | None = None,
        by: FilePath | Sequence[FilePath] = (),
        allowed: FilePath | None = None,
    ) -> bytes:
        """That a hit, a document, or its ``lines`` from one to another are what was signed: JSON that stands alone.

        No more of the document is read than that. ``by`` and ``allowed``: whose signature, unless the newest that
        speaks of it. ``memcodec.check_proof`` checks it. Raises Unproven when none does, and as ``document``.
        """
        from memcodec.upkeep import prove

        self._handle.check_open()
        signers = _signers(by, allowed) if by or allowed is not None else None
        with self._handle.reading("show") as reader:
            if isinstance(what, Hit):
                return prove.prove(reader, what.document, what.start, what.end, signers)
            if lines is None:
                return prove.prove(reader, what, by=signers)
            first, last = lines
            if not 1 <= first <= last:
                raise ConfigError(
                    f"lines {first} to {last}: are counted from 1, the first is not behind the last"
                )
            return prove.prove(reader, what, *prove.lines(reader, what, first, last), signers)

    def _signed(self, key: SigningKey, made: Signed, report: CommitReport) -> SignReport:
        from memcodec.upkeep.sign import SignReport

        said, public = made.said, key.public
        return SignReport(
            self.name,
            report.commit,
            said.documents,
            said.size,
            public.kind,
            public.line,
            public.fingerprint,
            made.signature.statement,
            made.signature.signature,
            report.notes,
        )


@checked
def check_proof(
    proof: bytes, by: FilePath | Sequence[FilePath] = (), *, allowed: FilePath | None = None
) -> Proof:
    """What a proof that ``Memory.prove`` made proves. ``by`` and ``allowed`` as of ``Memory.verify_signed``.

    Raises Unproven when it is false or signed by none of these, ConfigError for keys that are none, MissingExtra
    without `sealed`.
    """
    from memcodec.upkeep import prove

    return prove.check(proof, _signers(by, allowed))


def _signers(by: FilePath | Sequence[FilePath], allowed: FilePath | None) -> list[Signer]:
    from memcodec.signing.allowed import signers

    return signers([by] if isinstance(by, str | os.PathLike) else by, allowed)
