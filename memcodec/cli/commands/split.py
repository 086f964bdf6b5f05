"""``memcodec split`` and ``join``: a memory file as parts small enough to send, and back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console
from memcodec.cli.options import file_argument, force_option, json_option, quiet_option
from memcodec.cli.progress import Progress
from memcodec.config.units import format_duration, format_size, parse_size

if TYPE_CHECKING:
    from memcodec.share.parts import JoinReport, SplitReport


@click.command("split")
@file_argument()
@click.option("--size", required=True, metavar="SIZE", help="What a part may have at most: 25MB, 1.5GiB.")
@click.option("--spare", type=int, default=1, metavar="N", help="How many parts may get lost.  [default: 1]")
@click.option(
    "-o", "--output", metavar="FOLDER", default=".", help="Where to put the parts.  [default: here]"
)
@force_option("Replace parts that exist.")
@json_option
@quiet_option
def split_command(
    file: str, size: str, spare: int, output: str, force: bool, as_json: bool, quiet: bool
) -> None:
    """Make numbered parts of a memory file, small enough to send.

    Each part is a video or a recording like FILE, which says what it is a part of. N more parts are made than FILE
    fills, and any N of all may get lost: `memcodec join` needs no particular ones. Send parts as files: what
    re-encodes them destroys them. FILE is left alone.

    \b
    Examples:
      memcodec split notes.mp4 --size 25MB
      memcodec split letters.flac --size 8MB --spare 3 -o parts/
    """
    from memcodec.share.parts import split

    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = split(file, parse_size(size), spare=spare, folder=output, force=force, progress=progress)
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(_split_json(file, report, seconds))
    elif not quiet:
        _show_split(file, report, seconds)


def _split_json(file: str, report: SplitReport, seconds: float) -> dict[str, Any]:
    return {
        "file": file,
        "size": report.size,
        "sha256": report.sha256,
        "needed": report.needed,
        "spare": report.spare,
        "parts": [{"file": each.path, "size": each.size} for each in report.parts],
        "seconds": round(seconds, 3),
    }


def _show_split(file: str, report: SplitReport, seconds: float) -> None:
    first, last = report.parts[0], report.parts[-1]
    largest = max(each.size for each in report.parts)
    rows = [
        (
            "parts",
            f"{len(report.parts)} of at most {format_size(largest)}; any {report.needed} give the file back",
        ),
        ("files", f"{console.line(first.path)} ... {console.line(last.path)}"),
        ("time", _pace(report.size, seconds)),
    ]
    console.report(file, rows)


@click.command("join")
@click.argument("parts", metavar="PART...", nargs=-1, required=True)
@click.option("-o", "--output", required=True, metavar="FILE", help="The memory file to write.")
@force_option("Replace FILE if it exists.")
@json_option
@quiet_option
def join_command(parts: tuple[str, ...], output: str, force: bool, as_json: bool, quiet: bool) -> None:
    """Put the parts of a memory file together again.

    Any order and any names will do, and so many parts as the file filled, whichever they are. A part that is damaged
    gives what is right in it. FILE is what was split, byte for byte (SHA-256), or it is not written.

    \b
    Examples:
      memcodec join notes-*.mp4 -o notes.mp4
      memcodec join a.flac b.flac c.flac -o letters.flac
    """
    from memcodec.share.parts import join

    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = join(parts, output, force=force, progress=progress)
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(_join_json(output, report, seconds))
    elif not quiet:
        _show_join(output, report, seconds)


def _join_json(output: str, report: JoinReport, seconds: float) -> dict[str, Any]:
    return {
        "file": output,
        "name": report.name,
        "size": report.size,
        "sha256": report.sha256,
        "needed": report.needed,
        "spare": report.spare,
        "missing": list(report.missing),
        "damaged": list(report.damaged),
        "unusable": [{"file": each.path, "reason": each.reason} for each in report.unusable],
        "seconds": round(seconds, 3),
    }


def _show_join(output: str, report: JoinReport, seconds: float) -> None:
    for each in report.unusable:
        console.note(f"{each.path}: left out: {each.reason}")
    for path in report.damaged:
        console.note(f"{path}: is damaged; what it lacks came from other parts")
    from memcodec.share.parts import ranges

    total, numbers = report.needed + report.spare, ranges(report.missing)
    rows = [
        ("was", console.line(report.name)),
        (
            "parts",
            f"{total - len(report.missing)} of {total}" + f", without {numbers}" * bool(report.missing),
        ),
        ("file", f"{format_size(report.size)}, SHA-256 as before"),
        ("time", _pace(report.size, seconds)),
    ]
    console.report(output, rows)


def _pace(size: int, seconds: float) -> str:
    return f"{format_duration(seconds)} ({format_size(round(size / seconds))}/s)"
