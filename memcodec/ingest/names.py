"""How a file is named in a memory file: its uri, reversible to the file's name, and a title to show.

Any file name becomes valid Unicode: a byte that is not UTF-8 is written ``%`` and two upper-case
hexadecimal digits (RFC 3986, section 2.1), and a ``%`` that could be taken for the start of such a mark is
written ``%25``. All other characters stand for themselves, so nearly every uri equals the file's name.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata

TITLE_LENGTH = 120

_MARK = r"25|[89A-F][0-9A-F]"
_TO_ESCAPE = re.compile(rf"%(?={_MARK})|[\udc80-\udcff]")
_ESCAPED = re.compile(rf"%({_MARK})")

_PLAIN = (".txt", ".text", "")
_PROSE = (".md", ".markdown", ".rst", ".adoc", ".org", *_PLAIN)
_FRONT_MATTER = re.compile(r"\A(---|\+\+\+)[ \t]*\n.*?\n\1[ \t]*\n", re.DOTALL)
_HEADING = re.compile(
    r"^#{1,6}[ \t]++(?P<hash>\S.*)$"  # Markdown
    r"|^[ \t]*+(?P<underlined>\S.*)\n([=\-~^\"'`*+:.#])\3{2,}[ \t]*$",  # reStructuredText, Markdown
    re.MULTILINE,
)
_ROLE = re.compile(r"(?<![\w:-])([\w-]*+):[\w:-]{2,}+(?<=:)`[!~]?([^`]+)`")
_JOINERS = "\u200c\u200d"


def to_uri(name: str) -> str:
    """The uri for a file name as ``os`` gives it (undecodable bytes as surrogates, PEP 383)."""
    if (
        sys.platform == "win32"
    ):  # names are UTF-16 there, perhaps broken: then the bytes count that Python makes of it
        name = name.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    return _TO_ESCAPE.sub(lambda match: f"%{ord(match[0]) & 0xFF:02X}", name)


def from_uri(uri: str) -> str:
    """The file name that ``to_uri`` was given; the uri where it was one that this system's names cannot hold."""
    name = _ESCAPED.sub(lambda match: "%" if match[1] == "25" else chr(0xDC00 + int(match[1], 16)), uri)
    try:
        return os.fsdecode(name.encode("utf-8", "surrogateescape"))
    except UnicodeDecodeError:
        return uri


def title_of(head: str, name: str, *, is_file: bool = False) -> str:
    """A title for the document that begins with ``head``: prose's first heading or line, else its name.

    Of a file of plain text no line is a title that is no heading: it has its name.
    """
    head, suffix = head.replace("\r\n", "\n").replace("\r", "\n"), _suffix(name)
    heading = _heading(head) if suffix in _PROSE else ""
    if suffix in _PROSE and not heading and not (is_file and suffix in _PLAIN):
        heading = _first_line(head)
    return clean_title(heading) or clean_title(os.path.basename(to_uri(name))) or "untitled"  # noqa: PTH119


def clean_title(text: str) -> str:
    """One line without control or direction characters, at most ``TITLE_LENGTH`` characters."""
    title = " ".join(text.split())
    if not title.isprintable():
        shown = (c for c in title if c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
        title = "".join(shown).strip()
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…"


def _suffix(name: str) -> str:
    return os.path.splitext(name.lower())[1]  # noqa: PTH122


def _body(head: str) -> str:
    return _FRONT_MATTER.sub("", head.removeprefix("\ufeff"))


def _heading(head: str) -> str:
    for match in _HEADING.finditer(_body(head)):
        if any(map(str.isalnum, match[0])):
            return _ROLE.sub(r"\1\2", _unhashed(match["hash"] or "") or match["underlined"] or "")
    return ""


def _first_line(head: str) -> str:
    lines = (line.strip() for line in _body(head).split("\n"))
    return next((line for line in lines if any(map(str.isalnum, line)) and not line.startswith(".. ")), "")


def _unhashed(heading: str) -> str:
    """A Markdown heading without the hashes that may close it."""
    text = heading.rstrip(" \t")
    bare = text.rstrip("#")
    return bare.rstrip(" \t") if bare.endswith((" ", "\t")) else text
