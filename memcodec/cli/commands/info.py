"""``memcodec info``: what a memory file is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands.encode import indexes, size_of
from memcodec.cli.options import State, as_of_option, file_argument, json_option
from memcodec.cli.remote_options import cache_option, requests_option
from memcodec.cli.several import Said, tell_each
from memcodec.config.units import format_count, format_size

if TYPE_CHECKING:
    from memcodec import Info, Memory

_BAR, _LEAST = 24, 4  # columns of a bar, at most and at least
_INDENT, _FIGURES = 2, 9 + 2 + 2 + 6 + 2 + 7 + 2  # columns of a row beside its bar and its meaning
_SHOWN = 20  # files merged, listed one by one

_PARTS = {
    "text": "documents",
    "parity": "repair data",
    "guide": "frames that explain it",
    "catalogue": "what lies where",
    "lexical": "index of words",
    "vectors": "index of meaning",
    "opening": "read first from afar",
    "commits": "commit records",
    "journal": "not folded into media yet",
    "container": "the container's own",
}


@click.command("info")
@file_argument("files", many=True)
@as_of_option
@requests_option
@cache_option
@json_option
def info_command(files: tuple[str, ...], as_of: State, requests: bool, as_json: bool) -> None:
    """Show what is inside, and where every byte of the file went.

    The parts add up to the file's size. Reads the catalogue only, so it is as quick for a large file.

    \b
    Examples:
      memcodec info notes.mp4
      memcodec info notes.mp4 --as-of 3
      memcodec info notes.mp4 --json | jq .parts
      memcodec info https://example.org/notes.mp4 --requests
    """
    from memcodec import answers

    def tell(memory: Memory) -> Said:
        info, log = memory.info(), memory.requests()
        answer = answers.files.info(info)
        if requests:
            answer["requests"] = answers.transfers.requests(info.file, log)
        sent = ["", *remote_options.requests_shown(info.file, log)] if requests else []
        return Said(answer, [*_page(info), *sent])

    tell_each(files, tell, as_of, as_json=as_json, named=False)


def _page(info: Info) -> Iterator[str]:
    yield from console.reported(info.file, _facts(info))
    yield ""
    for text in _parts(info):
        yield f"  {text}".rstrip()


def _facts(info: Info) -> list[tuple[str, str]]:
    parity = f", {format_count(info.parity_packets)} of parity" if info.parity_packets else ", no parity"
    return [
        ("documents", f"{format_count(info.documents)}, {format_size(info.text)} of text"),
        ("chunks", format_count(info.chunks)),
        ("index", indexes(info)),
        ("media", f"{info.codec} {info.profile}, {format_count(info.frames)} frames"),
        ("packets", f"{format_count(info.packets)} of data ({format_size(info.stream)} compressed){parity}"),
        ("created", f"{_moment(info.created)}, {console.count(info.commits, 'commit')}"),
        ("state", f"commit {info.commit}, of {_moment(info.changed)}"),
        *([("sealed", f"key {info.sealed}")] if info.sealed else []),
        *_capsule(info),
        *_roots(info),
        *_past(info),
        ("file id", info.file_id),
        ("size", size_of(info)),
    ]


def _capsule(info: Info) -> list[tuple[str, str]]:
    """The rules of a capsule."""
    if info.capsule is None:
        return []
    rules = info.capsule
    until = f", until {_moment(rules['expires'])}" if rules["expires"] else ""
    rows = [("capsule", f"for {', '.join(map(console.line, rules['allow']))}{until}")]
    return rows + ([("note", console.line(rules["note"]))] if rules["note"] else [])


def _roots(info: Info) -> list[tuple[str, str]]:
    """The folders that documents come from, where there are several or a path was kept."""
    if len(info.roots) < 2 and not any(root["path"] for root in info.roots):
        return []
    rows = []
    for number, root in enumerate(info.roots[:_SHOWN]):
        what = ", ".join(
            [console.count(root["documents"], "document"), *([root["path"]] if root["path"] else [])]
        )
        rows.append(
            (
                "" if number else "roots",
                f"{console.line(root['name'])} {console.dim(f'({console.line(what)})')}",
            )
        )
    if len(info.roots) > _SHOWN:
        rows.append(("", f"... and {len(info.roots) - _SHOWN:,} more (--json lists them all)"))
    return rows


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
    """A row for each part that there is, the largest first."""
    room = (console.room() or 100) - _INDENT
    bar = max(_LEAST, min(_BAR, room - _FIGURES - max(map(len, _PARTS.values()))))
    rows = []
    for part, size in sorted(info.parts.items(), key=lambda entry: -entry[1]):
        if size:
            share = size / info.size
            row = f"{part:<9}  {_bar(share, bar)}  {_share(share):>6}  {format_size(size):>7}"
            what = console.fit(_PARTS.get(part, ""), room - len(row) - 2)
            rows.append(f"{row}  {console.dim(what)}")
    total = f"{'total':<9}  {'':{bar}}  {_share(1):>6}  {format_size(info.size):>7}"
    return [*rows, f"{total}  {console.dim(f'{info.size:,} bytes')}"]


def _share(share: float) -> str:
    """A percentage; of what is there, never nothing."""
    return f"{share:.1%}" if share >= 0.0005 else "<0.1%"


def _bar(share: float, columns: int) -> str:
    """A bar to an eighth of a column."""
    full, rest = divmod(max(round(share * columns * 8), 1), 8)
    return ("█" * full + " ▏▎▍▌▋▊▉"[rest].strip()).ljust(columns)
