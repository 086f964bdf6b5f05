"""``memcodec verify``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.cli.losses import show_losses
from memcodec.cli.opened import opened
from memcodec.cli.options import file_argument, json_option, quiet_option
from memcodec.cli.progress import Progress
from memcodec.cli.remote_options import cache_option
from memcodec.config.units import format_count, format_duration, format_size
from memcodec.errors import Damaged

if TYPE_CHECKING:
    from memcodec import VerifyReport
    from memcodec.upkeep.verify import Damage


_SHOWN = 20  # damaged parts listed one by one


@click.command("verify")
@file_argument()
@click.option("--deep", is_flag=True, help="Decode every frame and hash every document too.")
@cache_option
@json_option
@quiet_option
def verify_command(file: str, deep: bool, as_json: bool, quiet: bool) -> None:
    """Check a memory file for damage.

    Compares every part with its checksum; where one fails, decodes frames to tell what parity brings back and
    which documents are hit. The exit code is 0 when all is well and 6 when anything is damaged, even if every
    document can still be given back.

    \b
    Examples:
      memcodec verify notes.mp4
      memcodec verify notes.mp4 --deep
      memcodec verify notes.mp4 --quiet && echo good
      memcodec verify s3://bucket/notes.mp4
    """
    from memcodec import answers

    began = time.monotonic()
    with opened(file) as memory, Progress(quiet=quiet) as progress:
        report = memory.verify(deep=deep, progress=progress)
    if as_json:
        console.echo_json(answers.files.verify(report))
    elif not quiet:
        _show_verify(report, time.monotonic() - began)
    show_losses(report.losses)
    if not report.ok:
        raise Damaged(_verdict(report.file, report))


def _show_verify(report: VerifyReport, seconds: float) -> None:
    if report.ok:
        depth = "every frame decoded, every document proven" if report.deep else "all checksums agree"
        ok = console.styled("ok", fg="green", bold=True)
        counts = f"{format_count(report.documents)} documents, {format_count(report.frames)} frames"
        click.echo(f"{ok}  {console.line(report.file)}: {depth} ({counts}, {format_duration(seconds)})")
        return
    for damage in report.damage[:_SHOWN]:
        click.echo(_damage(damage))
    if len(report.damage) > _SHOWN:
        click.echo(f"... and {len(report.damage) - _SHOWN:,} more damaged parts (--json lists them all)")
    if report.lost:
        click.echo(f"{report.lost:,} packets do not read; parity brings back {report.recovered:,} of them")


def _damage(damage: Damage) -> str:
    part = console.styled(console.pad(console.line(damage.part), 9), fg="red")
    span = f"bytes {damage.offset:,}-{damage.offset + damage.length:,}"
    return f"{part}  {span} ({format_size(damage.length)}): {console.line(damage.note)}"


def _verdict(file: str, report: VerifyReport) -> str:
    cure = f"memcodec repair {file} -o NEW"
    if report.complete:
        return f"{file}: damaged, but every document can be restored; write a sound file with `{cure}`"
    if not report.losses:
        return f"{file}: damaged, its catalogue too; see what can be saved with `{cure}`"
    number = console.count(len(report.losses), "document")
    return f"{file}: damaged beyond its parity, {number} lost in part or whole; save the others with `{cure}`"
