"""``memcodec verify``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, proven, signed_text
from memcodec.cli.losses import show_losses
from memcodec.cli.options import file_argument, json_option, quiet_option
from memcodec.cli.progress import Progress
from memcodec.cli.remote_options import cache_option
from memcodec.cli.several import Said, tell_each
from memcodec.cli.signed_text import signer_options
from memcodec.config.units import format_count, format_duration, format_size
from memcodec.errors import Damaged, Unproven

if TYPE_CHECKING:
    from memcodec import Memory, SignedReport, VerifyReport
    from memcodec.storage import Place
    from memcodec.upkeep.verify import Damage


_SHOWN = 20  # damaged parts listed one by one


@click.command("verify")
@file_argument("files", many=True)
@click.option("--deep", is_flag=True, help="Decode every frame and hash every document too.")
@signer_options
@click.option("--signed-now", is_flag=True, help="Fail, too, when documents came that are not signed.")
@cache_option
@json_option
@quiet_option
def verify_command(
    files: tuple[str, ...],
    deep: bool,
    signed_by: tuple[str, ...],
    allowed_signers: str | None,
    signed_now: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Check memory files for damage.

    Compares every part with its checksum; where one fails, decodes frames to find out what parity brings back and
    which documents are affected. The exit code is 0 when all is well and 6 when anything is damaged, even if every
    document can still be restored. A sealed file is checked without its key, too: then no document is looked at.

    With --signed-by or --allowed-signers it also tells whether what they signed is there as it was, and what came
    since; the exit code is 14 when anything of it is missing or changed, or nothing is signed by them. FILE may then be
    a proof, NAME.json, that `memcodec prove` made.

    \b
    Examples:
      memcodec verify notes.mp4
      memcodec verify notes.mp4 --deep
      memcodec verify notes.mp4 --quiet && echo good
      memcodec verify memories/ s3://bucket/notes.mp4
      memcodec verify notes.mp4 --signed-by alice.pub
      memcodec verify proof.json --signed-by alice.pub
    """
    from memcodec import answers

    is_asked = bool(signed_by) or allowed_signers is not None
    if signed_now and not is_asked:
        raise click.UsageError("say by whom it is to be signed: --signed-by KEY or --allowed-signers FILE")
    if proofs := [each for each in files if each.lower().endswith(".json")]:
        if len(proofs) < len(files) or not is_asked:
            raise click.UsageError("proofs are checked by themselves, with --signed-by KEY")
        proven.verify(proofs, signed_by, allowed_signers, as_json=as_json, quiet=quiet)
        return
    damaged: list[VerifyReport] = []
    unproven: list[Unproven] = []

    def tell(memory: Memory) -> Said:
        began = time.monotonic()
        with Progress(quiet=quiet) as progress:
            report = memory.verify(deep=deep, progress=progress)
            if not report.ok:
                damaged.append(report)
            signed = None
            if is_asked and report.complete:
                signed = _signed(memory, signed_by, allowed_signers, progress, unproven, now=signed_now)
        seconds = time.monotonic() - began
        answer = answers.files.verify(report, signed) if is_asked else answers.files.verify(report)
        shown = chain(_lines(report, seconds), signed_text.lines(signed) if signed is not None else ())
        return Said(answer, [] if quiet else shown)

    def tell_sealed(place: Place) -> Said:
        from memcodec.upkeep.keyless import verify_place

        began = time.monotonic()
        with Progress(quiet=quiet) as progress:
            report = verify_place(place, deep=deep, progress=progress)
        if not report.ok:
            damaged.append(report)
        return Said(answers.files.verify(report), [] if quiet else _lines(report, time.monotonic() - began))

    tell_each(files, tell, as_json=as_json, named=False, sealed=None if is_asked else tell_sealed)
    for report in damaged:
        show_losses(report.losses)
    for report in damaged[1:]:
        console.note(_verdict(report.file, report))
    if damaged:
        raise Damaged(_verdict(damaged[0].file, damaged[0]))
    for error in unproven[1:]:
        console.note(str(error))
    if unproven:
        raise unproven[0]


def _signed(
    memory: Memory,
    by: tuple[str, ...],
    allowed: str | None,
    progress: Progress,
    unproven: list[Unproven],
    *,
    now: bool,
) -> SignedReport | None:
    """What is signed; what is not as it should be goes to ``unproven``."""
    report = None
    try:
        report = memory.verify_signed(by, allowed=allowed, progress=progress)
        report.check()
        if now and report.since:
            more = console.count(len(report.since), "document")
            raise Unproven(f"{memory.name}: {more} came since it was signed, {report.since[0].uri} first")
    except Unproven as error:
        unproven.append(error)
    return report


def _lines(report: VerifyReport, seconds: float) -> Iterator[str]:
    if report.ok:
        depth = "every frame decoded, every document hashed" if report.deep else "all checksums agree"
        if report.sealed and report.deep:
            depth = "all checksums agree, every packet reads"
        if report.sealed:
            depth += "; sealed, and without its key nobody sees what is in it"
        ok = console.styled("ok", fg="green", bold=True)
        counts = f"{format_count(report.documents)} documents, {format_count(report.frames)} frames, "
        counts = "" if report.sealed else counts
        yield f"{ok}  {console.line(report.file)}: {depth} ({counts}{format_duration(seconds)})"
        return
    yield from map(_damage, report.damage[:_SHOWN])
    if len(report.damage) > _SHOWN:
        yield f"... and {len(report.damage) - _SHOWN:,} more damaged parts (--json lists them all)"
    if report.lost:
        yield f"{report.lost:,} packets do not read; parity brings back {report.recovered:,} of them"


def _damage(damage: Damage) -> str:
    part = console.styled(console.pad(console.line(damage.part), 9), fg="red")
    span = f"bytes {damage.offset:,}-{damage.offset + damage.length:,}"
    return f"{part}  {span} ({format_size(damage.length)}): {console.line(damage.note)}"


def _verdict(file: str, report: VerifyReport) -> str:
    cure = f"memcodec repair {file} -o NEW"
    if report.sealed:
        lost = report.lost - report.recovered
        told = f"{lost:,} packets are lost" if lost else "no packet is lost"
        if not lost:
            return f"{file}: damaged, but {told}; write a sound file with `{cure}`"
        return f"{file}: damaged beyond its parity, {told}; save the others with `{cure}`"
    if report.complete:
        return f"{file}: damaged, but every document can be restored; write a sound file with `{cure}`"
    if not report.losses:
        return f"{file}: damaged, its catalogue too; see what can be saved with `{cure}`"
    number = console.count(len(report.losses), "document")
    return f"{file}: damaged beyond its parity, {number} lost in part or whole; save the others with `{cure}`"
