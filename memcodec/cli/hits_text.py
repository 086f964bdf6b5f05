"""Hits for people: where each stands, what it says with the matches set off, and why it ranks where it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from memcodec.cli import clock, console
from memcodec.cli.links import linked
from memcodec.cli.tables import shorten

if TYPE_CHECKING:
    from memcodec.model import Document, Hit
    from memcodec.search.highlight import Highlighter
    from memcodec.search.query.explanation import WordScore
    from memcodec.search.results import Results, Why

_MATCH: dict[str, Any] = {"fg": "yellow", "bold": True}
_INDENT = " " * 4
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Style:
    """How hits are shown: their ``full`` text or a snippet; by document; with their file, of ``several``; as links."""

    full: bool = False
    group: bool = False
    several: bool = False
    links: bool = True


def lines_of(results: Results, style: Style) -> list[str]:
    """All hits, an empty line after each."""
    from memcodec.search.highlight import highlighter as highlighter_of

    highlighter = highlighter_of(results)
    shown = [_shown(results, number, highlighter, style) for number in range(len(results))]
    if style.group:
        return list(_grouped(results, shown, style))
    return [line for block in shown for line in (*block, "")]


def _grouped(results: Results, shown: Sequence[Sequence[str]], style: Style) -> Iterator[str]:
    groups: dict[tuple[str, str], list[int]] = {}
    for number, hit in enumerate(results):
        groups.setdefault((hit.file, hit.document.id), []).append(number)
    for numbers in groups.values():
        hit = results[numbers[0]]
        yield console.styled(_named(hit.document), bold=True)
        where = console.styled(console.line(hit.document.uri), fg="cyan")
        yield _INDENT + where + _dimmed([*_about(hit.document), *([hit.file] if style.several else [])])
        for number in numbers:
            yield from shown[number]
        yield ""


def _shown(results: Results, number: int, highlighter: Highlighter, style: Style) -> list[str]:
    hit = results[number]
    lines = [_short(hit, style)] if style.group else [_title(hit), *_place(hit, style)]
    if section := section_of(hit):
        lines.append(_INDENT + console.dim(section))
    lines += [f"{_INDENT}{text}".rstrip() for text in _text(hit, highlighter, full=style.full)]
    if results.whys:
        lines += [_INDENT + console.dim(text) for text in _reasons(results.whys[number])]
    return lines


def _title(hit: Hit) -> str:
    name = console.fit(_named(hit.document), _room() - 10)  # beside it the score
    title = console.styled(name, bold=True)
    return f"{hit.rank:>2}  {title}  {console.dim(f'{hit.score:.2f}')}"


def _named(document: Document) -> str:
    return console.line(document.title or document.uri)


def _place(hit: Hit, style: Style) -> list[str]:
    """Where a hit stands: its document and lines, the document's time and tags, the chunk's number."""
    where = console.line(f"{hit.document.uri}:{lines_text(hit)}")
    parts = [*_about(hit.document), *_counts(hit), *([hit.file] if style.several else [])]
    about, room = "  ".join(map(console.line, parts)), _room()
    text = console.styled(shorten(where, room), fg="cyan")
    place = _INDENT + (linked(text, hit) if style.links else text)
    if console.width(where) + 2 + console.width(about) <= room:
        return [f"{place}  {console.dim(about)}"]
    return [place, *(_INDENT + console.dim(each.rstrip()) for each in console.wrapped(about, room))]


def _room() -> int:
    """Columns for what is said of a hit; on paper, as many as it needs."""
    return (console.room() or 10_000) - len(_INDENT)


def _short(hit: Hit, style: Style) -> str:
    """As ``_place``, below what is said of the document."""
    text = console.styled(f"lines {lines_text(hit)}", fg="cyan")
    parts = [f"{hit.score:.2f}", *_counts(hit)]
    return f"{hit.rank:>2}  " + (linked(text, hit) if style.links else text) + _dimmed(parts)


def lines_text(hit: Hit) -> str:
    """A hit's lines, as "12" or "12-15"."""
    return f"{hit.line.first}" if hit.line.first == hit.line.last else f"{hit.line.first}-{hit.line.last}"


def _about(document: Document) -> list[str]:
    return [clock.written(document.time), *(f"{key}={value}" for key, value in document.tags.items())]


def _counts(hit: Hit) -> list[str]:
    return [f"chunk {hit.chunk}", *([f"{hit.folded:,} more like it"] if hit.folded else [])]


def _dimmed(parts: Sequence[str]) -> str:
    return console.dim("  " + "  ".join(map(console.line, parts)))


def section_of(hit: Hit) -> str:
    """The headings a hit stands under and its place, unless they say what its title says."""
    path = () if hit.path == (hit.document.title,) else hit.path
    return "  ".join(filter(None, (console.line(" › ".join(path)), console.line(hit.place))))


def _text(hit: Hit, highlighter: Highlighter, *, full: bool) -> list[str]:
    """A hit's lines to show, its matches highlighted."""
    if full:
        return highlighted(hit.text, highlighter.spans(hit.text)).splitlines()
    found = highlighter.snippet(hit.text)
    return console.wrapped(highlighted(found.text, found.spans), (console.room() or 100) - len(_INDENT))


def _reasons(why: Why) -> Iterator[str]:
    if why.lexical:
        parts = ", ".join(map(_share, why.words.shares if why.words else ()))
        yield console.line(
            f"words: rank {why.lexical.rank}, {why.lexical.score:.4g}{': ' * bool(parts)}{parts}"
        )
    if why.words and why.lexical:
        found = why.words
        yield f"length: {found.length:,} words, the mean of {found.chunks:,} chunks is {found.mean:,.0f}"
    if why.semantic:
        late = ", its vector made for this query" * why.late
        yield f"meaning: rank {why.semantic.rank}, cosine {why.semantic.score:.3f}{late}"
    for condition in why.words.conditions if why.words else ():
        yield console.line(f"{'holds' if condition.holds else 'fails'}: {condition.text}")


def _share(share: WordScore) -> str:
    asked = f", asked {share.repeats:g} times" if share.repeats > 1 else ""
    return f"{share.word} {share.score:.4g} ({share.tf:,} times here, in {share.df:,} chunks{asked})"


def highlighted(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """``text`` cleaned, with the spans (in order, perhaps overlapping) set off."""
    out, at = "", 0
    for start, end in spans:
        out += console.clean(text[at:start])
        start = max(start, at)
        if start < end:
            out += _set_off(console.clean(text[start:end]))
            at = end
    return out + console.clean(text[at:])


def _set_off(text: str) -> str:
    """Text set off, each word for itself: lines may be broken between them."""
    return _WORD.sub(lambda word: console.styled(word[0], **_MATCH), text)
