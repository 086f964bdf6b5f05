"""``memcodec verify``."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, remote_options
from memcodec.cli.losses import loss_json, show_losses
from memcodec.cli.opened import warn
from memcodec.cli.options import (
    file_argument,
    json_option,
    quiet_option,
)
from memcodec.cli.progress import Progress
from memcodec.cli.remote_options import cache_option
from memcodec.config.units import format_count, format_duration, format_size
from memcodec.errors import Damaged

if TYPE_CHECKING:
    from memcodec.upkeep.verify import Damage, VerifyReport


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
    from memcodec.upkeep.verify import verify

    began, name = time.monotonic(), remote_options.shown(file)
    with contextlib.closing(remote_options.reader_of_all(file)) as reader, Progress(quiet=quiet) as progress:
        warn(reader)
        report = verify(reader, deep=deep, progress=progress)
        documents = sum(1 for _ in reader.documents()) if report.ok else 0
    if as_json:
        console.echo_json(_verify_json(name, report))
    elif not quiet:
        _show_verify(name, report, documents, time.monotonic() - began)
    show_losses(report.losses)
    if not report.ok:
        raise Damaged(_verdict(name, report))


def _show_verify(file: str, report: VerifyReport, documents: int, seconds: float) -> None:
    if report.ok:
        depth = "every frame decoded, every document proven" if report.deep else "all checksums agree"
        ok = console.styled("ok", fg="green", bold=True)
        counts = f"{format_count(documents)} documents, {format_count(report.frames)} frames"
        click.echo(f"{ok}  {console.line(file)}: {depth} ({counts}, {format_duration(seconds)})")
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


def _verify_json(file: str, report: VerifyReport) -> dict[str, Any]:
    damage = [
        {"part": each.part, "offset": each.offset, "length": each.length, "note": each.note}
        for each in report.damage
    ]
    return {
        "file": file,
        "ok": report.ok,
        "complete": report.complete,
        "deep": report.deep,
        "frames": report.frames,
        "damage": damage,
        "lost_packets": report.lost,
        "recovered_packets": report.recovered,
        "losses": [loss_json(loss) for loss in report.losses],
    }
