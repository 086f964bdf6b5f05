"""``memcodec print``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import (
    file_argument,
    force_option,
    json_option,
    quiet_option,
)
from memcodec.cli.progress import Progress
from memcodec.config.units import format_duration, format_size

if TYPE_CHECKING:
    from memcodec.share.paper import PrintReport


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

    An A4 page holds about 15 kB of compressed memory, some 50 kB of prose. The first page says how to read the
    others, with memcodec or without. Stains and tears do little harm: at the default parity a quarter of the symbols
    may be lost. The history is included; `memcodec scan` rebuilds the indexes. Needs pip install 'memcodec[print]'.

    \b
    Examples:
      memcodec print notes.mp4 -o notes.pdf
      memcodec print letters.flac -o letters.png --paper letter --dpi 600
      memcodec print keys.mp4 -o keys.pdf --level Q --parity 100
    """
    from memcodec import answers
    from memcodec.share.paper import PrintOptions, print_sheets

    options = PrintOptions(paper, int(dpi), level, parity, pages)  # type: ignore[arg-type]
    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = print_sheets(file, output, options, force=force, progress=progress)
    if as_json:
        console.echo_json(answers.transfers.printed(file, report))
    elif not quiet:
        _show_print(output, report, time.monotonic() - began)


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
