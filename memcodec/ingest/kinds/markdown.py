"""Markdown (CommonMark, and tables) by markdown-it-py: the text as it stands, its headings as paths, front matter as
metadata.

Blocks are parsed, up to the last one that may be a heading, and of lines only the headings': the others say nothing of
the text's structure.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from memcodec.ingest.kinds.builder import MAX_LINE, one_line
from memcodec.ingest.kinds.extracted import Extracted, TextSection
from memcodec.ingest.kinds.front_matter import front_matter, stated_time
from memcodec.ingest.kinds.limits import MAX_SECTIONS, TimeLimit, reading
from memcodec.ingest.kinds.plain import decode

SECONDS = 20.0  #: after which no more headings are looked for

_LINE_END = re.compile(r"\r\n?|\n")
# A line without which there is no heading (CommonMark 4.2, 4.3): what begins one of ATX, what underlines one of Setext
_LIKELY = re.compile(r"^ {0,3}(?:#|=+[ \t]*$|-+[ \t]*$)", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*(?:\n|\Z)")
_DEFINED = (
    "]:"  # stands in every definition of a link's reference, which headings may name that stand before it
)
_TITLES, _AUTHORS = ("title",), ("author", "authors")
_TIMES = (
    "updated last_updated lastmod last_modified last-modified modified date created created_at published pubdate"
).split()
_LANGUAGES = ("lang", "language")
_KNOWN = {*_TITLES, *_AUTHORS, *_TIMES, *_LANGUAGES}


class Heading(NamedTuple):
    """A heading and the characters it takes, its line's end included."""

    start: int
    end: int
    level: int
    text: str


def extract(data: bytes, name: str) -> Extracted:
    """The text, unchanged but for its encoding. Raises SourceError."""
    with reading(name, "Markdown file"):
        text, note = decode(data, name)
        said, length, problem = front_matter(text)
        limit = TimeLimit(SECONDS)
        found = headings(text[length:], limit)
        late = f"headings may be missing: it took over {SECONDS:.0f} s" if limit.passed else ""
        title = _first(said, _TITLES) or next((heading.text for heading in found if heading.level == 1), None)
        return Extracted(
            text,
            _sections(found, length),
            title,
            _first(said, _AUTHORS),
            next((time for key in _TIMES if (time := stated_time(said.get(key, "")))), None),
            _first(said, _LANGUAGES),
            tuple(line for line in (note, problem, late) if line),
            {key: value for key, value in said.items() if key not in _KNOWN},
        )


def headings(text: str, limit: TimeLimit) -> list[Heading]:
    """The headings that stand outside quotes and lists and show words, as far as they are found within ``limit``."""
    lines = _up_to_last(_LINE_END.sub("\n", text))
    if not lines:
        return []
    starts = [0, *(match.end() for match in _LINE_END.finditer(text)), len(text)]
    env, tokens, found = {"limit": limit}, list[Token](), list[Heading]()
    with suppress(TimeoutError):
        _parser().block.parse(lines, _parser(), env, tokens)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            first, after = token.map
            content = inline.content[:MAX_LINE]
            if words := one_line(content if limit.passed else _words(content, env)):
                found.append(Heading(starts[first], starts[after], int(token.tag[1]), words))
    return found


def _up_to_last(lines: str) -> str:
    """The text up to the blank line behind the last that may be a heading, before which none depends on what follows.

    All of it when what follows may define what headings name.
    """
    likely = max((match.start() for match in _LIKELY.finditer(lines)), default=None)
    if likely is None:
        return ""
    blank = _BLANK.search(lines, likely)
    return lines if blank is None or _DEFINED in lines[blank.end() :] else lines[: blank.end()]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    everywhere: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("table", "time_limit", _keep_time, everywhere)
    return parser


def _keep_time(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A rule that never applies. It is asked at every line, so that no text takes longer than its limit."""
    if state.env["limit"].passed:
        raise TimeoutError
    return False


def _words(content: str, env: dict[str, Any]) -> str:
    """A heading's words as a reader sees them, without the marks of emphasis, links and code."""
    tokens: list[Token] = []
    _parser().inline.parse(content, _parser(), env, tokens)
    shown = (
        token.content or " " * token.type.endswith("break") for token in tokens if token.type != "html_inline"
    )
    return "".join(shown)


def _sections(found: list[Heading], offset: int) -> tuple[TextSection, ...]:
    path: list[Heading] = []
    sections = []
    for heading in found[:MAX_SECTIONS]:
        path = [*(above for above in path if above.level < heading.level), heading]
        sections.append(TextSection(offset + heading.start, tuple(above.text for above in path)))
    return tuple(sections)


def _first(said: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((said[key] for key in keys if said.get(key)), None)
