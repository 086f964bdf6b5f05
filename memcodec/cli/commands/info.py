"""``memcodec info``, ``verify`` and ``repair``: what a memory file is made of, and whether it is whole."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands import index
from memcodec.cli.commands.encode import check_suffix, indexes
from memcodec.cli.commands.list import loss_json, opened, show_losses, warn
from memcodec.cli.options import (
    State,
    as_of_option,
    file_argument,
    force_option,
    index_options,
    json_option,
    media_options,
    quiet_option,
    setting,
)
from memcodec.cli.progress import Progress
from memcodec.cli.remote_options import cache_option, requests_option
from memcodec.config.units import format_count, format_duration, format_size
from memcodec.errors import Damaged, NotAMemoryFile

if TYPE_CHECKING:
    from memcodec.file.info import Info
    from memcodec.upkeep.repair import RepairReport
    from memcodec.upkeep.verify import Damage, VerifyReport

_BAR = 24
_SHOWN = 20  # damaged parts listed one by one

_PARTS = {
    "text": "documents, in packets",
    "parity": "repair data, in packets",
    "guide": "frames that explain the file",
    "catalogue": "what lies where",
    "lexical": "index of words",
    "vectors": "index of meaning",
    "opening": "what is read first, for far away",
    "commits": "commit records",
    "container": "the container's own",
}


@click.command("info")
@file_argument()
@as_of_option
@requests_option
@cache_option
@json_option
def info_command(file: str, as_of: State, requests: bool, as_json: bool) -> None:
    """Show what is inside, and where every byte of the file went.

    The parts add up to the file's size. Reads the catalogue only, so it is as quick for a large file.

    \b
    Examples:
      memcodec info notes.mp4
      memcodec info notes.mp4 --as-of 3
      memcodec info notes.mp4 --json | jq .parts
      memcodec info https://example.org/notes.mp4 --requests
    """
    with opened(file, as_of) as memory:
        info, source = memory.info(), memory.reader.source
    if as_json:
        more = {"requests": remote_options.requests_json(source)} if requests else {}
        console.echo_json({**info.to_json(), **more})
        return
    console.report(info.file, _facts(info))
    click.echo()
    for text in _parts(info):
        click.echo(f"  {text}".rstrip())
    if requests:
        click.echo()
        remote_options.show_requests(source)


def _facts(info: Info) -> list[tuple[str, str]]:
    ratio = f" ({info.size / info.text:.0%} of the text)" if info.text else ""
    parity = f", {format_count(info.parity_packets)} of parity" if info.parity_packets else ", no parity"
    return [
        ("documents", f"{format_count(info.documents)}, {format_size(info.text)} of text"),
        ("chunks", format_count(info.chunks)),
        ("index", indexes(info)),
        ("media", f"{info.codec} {info.profile}, {format_count(info.frames)} frames"),
        ("packets", f"{format_count(info.packets)} of data ({format_size(info.stream)} compressed){parity}"),
        ("created", f"{_moment(info.created)}, {console.count(info.commits, 'commit')}"),
        ("state", f"commit {info.commit}, of {_moment(info.changed)}"),
        *_past(info),
        ("file id", info.file_id),
        ("size", f"{format_size(info.size)}{ratio}"),
    ]


def _past(info: Info) -> list[tuple[str, str]]:
    """Where the documents came from, if from other files, and what is left of those that went."""
    rows = []
    for number, origin in enumerate(info.origins[:_SHOWN]):
        what = f"commit {origin['commit']}, {console.count(origin['documents'], 'document')}"
        rows.append(
            ("" if number else "merged", f"{console.line(origin['name'])} {console.dim(f'({what})')}")
        )
    if len(info.origins) > _SHOWN:
        rows.append(("", f"... and {len(info.origins) - _SHOWN:,} more (--json lists them all)"))
    if info.dead:
        hint = console.dim("(`memcodec compact` removes them)")
        rows.append(
            ("dropped", f"{console.count(info.dead, 'document')} of the past still in the file {hint}")
        )
    return rows


def _moment(text: str) -> str:
    return text[:16].replace("T", " ") + " UTC"


def _parts(info: Info) -> list[str]:
    rows = []
    for part, size in sorted(info.parts.items(), key=lambda entry: -entry[1]):
        share = size / info.size
        row = f"{part:<9}  {_bar(share)}  {share:6.1%}  {format_size(size):>7}"
        what = console.fit(_PARTS.get(part, ""), (console.room() or 100) - len(row) - 4)
        rows.append(f"{row}  {console.dim(what)}" if size else console.dim(row))
    total = f"{'total':<9}  {'':{_BAR}}  {1:6.1%}  {format_size(info.size):>7}"
    return [*rows, f"{total}  {console.dim(f'{info.size:,} bytes')}"]


def _bar(share: float) -> str:
    """A bar to an eighth of a column."""
    eighths = max(round(share * _BAR * 8), 1 if share > 0 else 0)
    full, rest = divmod(eighths, 8)
    return ("█" * full + " ▏▎▍▌▋▊▉"[rest].strip()).ljust(_BAR)


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


@click.command("repair")
@file_argument(check=remote_options.refuse(remote_options.READS_ALL))
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The new memory file to write.",
)
@setting(
    "--codec", metavar="NAME", show_default=False, help="The new file's medium.  [default: the old one's]"
)
@setting("--profile", show_default=False, help="The new file's profile.  [default: the old one's]")
@media_options
@index_options
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def repair_command(
    file: str,
    output: str,
    codec: str | None,
    profile: str | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Rebuild a memory file from what its media still holds.

    Reads every frame and needs neither the index nor the container's boxes: it cures a file that was damaged,
    stripped (`ffmpeg -c copy` drops the index) or, in the robust profile, re-encoded. FILE itself is left
    alone. What cannot be saved is named, and the exit code is then 6.

    \b
    Examples:
      memcodec repair damaged.mp4 -o sound.mp4
      memcodec repair downloaded.mp4 -o notes.mp4 --codec av1 --profile dense
      memcodec repair recording.mp3 -o letters.flac
    """
    from memcodec.config import settings as config
    from memcodec.media.contract import for_file
    from memcodec.upkeep.repair import repair

    settings = config.load({**options, "codec": codec, "profile": profile})
    check_suffix(output, codec or for_file(output, _codec_of(file)))
    index.prepare(settings)
    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        progress("scan", 0, 0)
        report = repair(
            file, output, settings=settings, codec=codec, profile=profile, force=force, progress=progress
        )
    job = index.start(output, settings)
    if as_json:
        console.echo_json({**_repair_json(file, output, report), "job": job})
    elif not quiet:
        _show_repair(output, report, time.monotonic() - began, job)
    show_losses(report.losses)
    if not report.complete:
        raise Damaged(f"{file}: {_not_saved(report)}; {output} holds the others")


def _codec_of(file: str) -> str:
    """The codec of a file whose head is left, or else the default: the media says more, but only when it is read."""
    from memcodec.config import settings as config
    from memcodec.media import contract as codecs_
    from memcodec.storage import LocalSource

    with contextlib.closing(LocalSource(file)) as source:
        try:
            return codecs_.detect(source).name
        except NotAMemoryFile:
            return config.load().encode.codec


def _show_repair(output: str, report: RepairReport, seconds: float, job: int | None) -> None:
    parity = f", parity brought back {report.recovered:,}" if report.lost else ""
    rows = [
        (
            "documents",
            f"{format_count(report.documents)} saved, {len(report.losses) + report.unnamed:,} lost",
        ),
        ("packets", f"{format_count(report.packets)}, of which {report.lost:,} did not read{parity}"),
        ("media", f"{report.codec} {report.profile}, {console.count(report.commits, 'commit')}"),
        *([index.job_row(job)] if job is not None else []),
        ("time", format_duration(seconds)),
    ]
    console.report(output, rows)
    for text in report.notes:
        console.note(text)


def _not_saved(report: RepairReport) -> str:
    lost, unnamed = len(report.losses), report.unnamed
    parts = [f"{console.count(lost, 'document')} could not be saved"] * bool(lost)
    parts += [f"{unnamed:,} more {'are' if unnamed != 1 else 'is'} lost with their names"] * bool(unnamed)
    return " and ".join(parts)


def _repair_json(file: str, output: str, report: RepairReport) -> dict[str, Any]:
    return {
        "file": file,
        "output": output,
        "complete": report.complete,
        "codec": report.codec,
        "profile": report.profile,
        "commits": report.commits,
        "documents": report.documents,
        "packets": report.packets,
        "lost_packets": report.lost,
        "recovered_packets": report.recovered,
        "losses": [loss_json(loss) for loss in report.losses],
        "unnamed": report.unnamed,
        "notes": report.notes,
    }
