"""``memcodec convert``: the same memory in another medium."""

from __future__ import annotations

import time

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands.encode import check_suffix
from memcodec.cli.options import (
    force_option,
    json_option,
    media_options,
    parity_option,
    quiet_option,
    setting,
)
from memcodec.cli.progress import Progress
from memcodec.cli.seal_options import passphrase_for, seal_options, show_rewritten
from memcodec.config.units import format_duration, format_size


@click.command("convert")
@click.argument("source", metavar="FILE", callback=remote_options.refuse(remote_options.READS_ALL))
@click.argument("output", metavar="OUT", callback=remote_options.refuse(remote_options.WRITES))
@setting("--codec", metavar="NAME", show_default=False, help="OUT's codec.  [default: what OUT's name says]")
@setting("--profile", help="The smallest file, or one that survives re-encoding and scaling.")
@media_options
@parity_option
@seal_options
@force_option("Replace the output file if it exists.")
@remote_options.memory_option
@json_option
@quiet_option
def convert_command(
    source: str,
    output: str,
    seal_to: tuple[str, ...],
    passphrase: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Convert a memory to another medium.

    Video to sound, sound to video, one profile to another. Documents, ids, times, tags, commits, chunks and both
    indexes stay as they are: nothing is compressed or embedded again. FILE itself is not changed.

    \b
    Examples:
      memcodec convert notes.mp4 notes.flac
      memcodec convert notes.flac notes.mp4 --codec h264 --profile robust
    """
    import memcodec
    from memcodec import answers
    from memcodec.config import sources as config
    from memcodec.media.registry import for_file

    settings = config.load(options)
    if options["codec"] is None:
        settings = settings.with_options(codec=for_file(output, settings.encode.codec))
    check_suffix(output, settings.encode.codec)
    word = passphrase_for(wanted=passphrase)
    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = memcodec.convert(
            source,
            output,
            settings=settings,
            force=force,
            progress=progress,
            seal=seal_to,
            passphrase=word,
        )
    if seal_to or word is not None:  # it may be for others than who made it
        show_rewritten(output, report, time.monotonic() - began, as_json=as_json, quiet=quiet)
        return
    with memcodec.open(output) as memory:
        info = memory.info()
    if as_json:
        console.echo_json(answers.files.info(info))
    elif not quiet:
        rows = [
            ("media", f"{info.codec} {info.profile}"),
            ("documents", f"{info.documents:,}, {format_size(info.text)} of text"),
            ("file", format_size(info.size)),
            ("time", format_duration(time.monotonic() - began)),
        ]
        console.report(output, rows)
