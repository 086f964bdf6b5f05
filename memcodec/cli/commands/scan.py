"""``memcodec print`` and ``scan``: a small memory on paper, and back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands import index
from memcodec.cli.commands.encode import check_suffix
from memcodec.cli.commands.list import loss_json, show_losses
from memcodec.cli.options import (
    file_argument,
    force_option,
    index_options,
    json_option,
    media_options,
    quiet_option,
    setting,
)
from memcodec.cli.progress import Progress
from memcodec.config.units import format_duration, format_size
from memcodec.errors import Damaged

if TYPE_CHECKING:
    from memcodec.share.paper import PrintReport, ScanReport


@click.command("print")
@file_argument(check=remote_options.refuse(remote_options.READS_ALL))
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="What to write: pages.pdf, or pages.png for pages-1.png, pages-2.png ...",
)
@click.option(
    "--paper",
    type=click.Choice(["a4", "letter"]),
    default="a4",
    show_default=True,
    help="The size of the pages.",
)
@click.option(
    "--dpi", type=click.Choice(["300", "600"]), default="300", show_default=True, help="Dots an inch."
)
@click.option(
    "--level",
    type=click.Choice(["L", "M", "Q", "H"]),
    default="M",
    show_default=True,
    help="How much damage each QR symbol survives by itself: 7, 15, 25 or 30%.",
)
@click.option(
    "--parity",
    type=float,
    metavar="PCT",
    default=40,
    show_default=True,
    help="Symbols for repair, in percent of the symbols with data: 0 to 200.",
)
@click.option(
    "--pages",
    type=int,
    metavar="N",
    default=100,
    show_default=True,
    help="Refuse to print more pages than these.",
)
@force_option("Replace the output files if they exist.")
@json_option
@quiet_option
def print_command(
    file: str,
    output: str,
    paper: str,
    dpi: str,
    level: str,
    parity: float,
    pages: int,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print a small memory on paper, as pages of QR symbols.

    An A4 page holds about 15 kB of compressed memory, some 50 kB of prose. The first page tells how to read the
    others, with memcodec or without. Stains and tears do little: at the usual parity a quarter of the symbols may
    be lost. Every commit comes along; `memcodec scan` makes the indexes anew. Needs pip install 'memcodec[print]'.

    \b
    Examples:
      memcodec print notes.mp4 -o notes.pdf
      memcodec print letters.flac -o letters.png --paper letter --dpi 600
      memcodec print keys.mp4 -o keys.pdf --level Q --parity 100
    """
    from memcodec.share.paper import PrintOptions, print_sheets

    options = PrintOptions(paper, int(dpi), level, parity, pages)  # type: ignore[arg-type]
    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = print_sheets(file, output, options, force=force, progress=progress)
    if as_json:
        console.echo_json(_print_json(file, report))
    elif not quiet:
        _show_print(output, report, time.monotonic() - began)


def _print_json(file: str, report: PrintReport) -> dict[str, Any]:
    return {
        "file": file,
        "outputs": list(report.files),
        "pages": report.pages,
        "symbols": report.symbols,
        "parity_symbols": report.parity,
        "stream": report.stream,
        "bytes_per_page": report.per_page,
        "size": report.size,
    }


def _show_print(output: str, report: PrintReport, seconds: float) -> None:
    files = f" in {len(report.files):,} files" if len(report.files) > 1 else ""
    rows = [
        ("pages", f"{report.pages:,}, the first with instructions"),
        ("symbols", f"{report.symbols:,}, of which {report.parity:,} are parity"),
        ("memory", f"{format_size(report.stream)} compressed, {format_size(report.per_page)} a page"),
        ("size", f"{format_size(report.size)}{files}"),
        ("time", format_duration(seconds)),
    ]
    console.report(output, rows)


@click.command("scan")
@click.argument(
    "pictures",
    metavar="PICTURE...",
    nargs=-1,
    required=True,
    callback=remote_options.refuse(remote_options.READS_ALL),
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The memory file to write.",
)
@setting(
    "--codec", metavar="NAME", show_default=False, help="FILE's medium.  [default: the printed memory's]"
)
@setting("--profile", show_default=False, help="FILE's profile.  [default: the printed memory's]")
@media_options
@index_options
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def scan_command(
    pictures: tuple[str, ...],
    output: str,
    codec: str | None,
    profile: str | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Read printed pages back into a memory file.

    PICTUREs are PNG, JPEG, TIFF or PDF: scans (200 dpi or more) or photographs of the pages that `memcodec print`
    made, in any order and any way up. Documents come back byte for byte or not at all; the indexes are made anew. What
    cannot be saved is named, and the exit code is then 6. Needs pip install 'memcodec[print]'.

    \b
    Examples:
      memcodec scan scan.pdf -o notes.mp4
      memcodec scan page1.jpg page2.jpg page3.jpg -o letters.flac
    """
    from memcodec.config import settings as config
    from memcodec.media.contract import for_file
    from memcodec.share.paper import scan_sheets

    settings = config.load({**options, "codec": codec, "profile": profile})
    check_suffix(output, codec or for_file(output, settings.encode.codec))
    index.prepare(settings)
    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = scan_sheets(
            pictures, output, settings=settings, codec=codec, profile=profile, force=force, progress=progress
        )
    job = index.start(output, settings)
    if as_json:
        console.echo_json({**_scan_json(output, report), "job": job})
    elif not quiet:
        _show_scan(output, report, time.monotonic() - began, job)
    show_losses(report.repair.losses)
    if not report.complete:
        raise Damaged(f"{output}: {report.gathered}; what could not be saved is missing: scan more pages")


def _scan_json(output: str, report: ScanReport) -> dict[str, Any]:
    gathered, repair = report.gathered, report.repair
    return {
        "output": output,
        "complete": report.complete,
        "codec": repair.codec,
        "profile": repair.profile,
        "pictures": gathered.pictures,
        "symbols": gathered.symbols,
        "symbols_read": len(gathered.packets),
        "pages_lacking": gathered.lacking,
        "commits": repair.commits,
        "commits_unseen": report.unseen,
        "documents": repair.documents,
        "packets": repair.packets,
        "lost_packets": repair.lost,
        "recovered_packets": repair.recovered,
        "losses": [loss_json(loss) for loss in repair.losses],
        "unnamed": repair.unnamed,
        "notes": repair.notes,
    }


def _show_scan(output: str, report: ScanReport, seconds: float, job: int | None) -> None:
    gathered, repair = report.gathered, report.repair
    parity = f"; parity brought {repair.recovered:,} back" if repair.recovered else ""
    rows = [
        ("pictures", f"{gathered.pictures:,}"),
        ("symbols", f"{gathered}{parity}"),
        ("documents", f"{repair.documents:,} saved, {len(repair.losses) + repair.unnamed:,} lost"),
        ("media", f"{repair.codec} {repair.profile}, {console.count(repair.commits, 'commit')}"),
        *([index.job_row(job)] if job is not None else []),
        ("time", format_duration(seconds)),
    ]
    console.report(output, rows)
    for text in repair.notes:
        console.note(text)
