"""The words of a mail's headers as their writers meant them: RFC 2047's encoded words, RFC 2231's names of files, and
what mailers send instead: bytes beyond ASCII, unknown charsets, words cut within a character or written without care.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from email.message import Message
from email.policy import Compat32

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import clean, one_line
from memcodec.ingest.kinds.plain import decode

_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,60})?\?([bBqQ])\?")
_LONGEST = 4000  # characters of an encoded word: RFC 2047 allows 75, and some write whole subjects as one
_QUOTED = re.compile("=[0-9A-F]{2}")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


class AsSent(Compat32):
    """Headers as they stand, their bytes beyond ASCII as surrogates (PEP 383)."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The value, for ``email`` makes a text without those bytes of it."""
        return value


def field(message: Message, name: str) -> str:
    """A header's value as one line, empty where there is none."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return words(raw, charset_of(message))


def file_name(part: Message) -> str:
    """The name that an attachment has, empty where it has none."""
    name = _parameter(part, "filename", "content-disposition") or _parameter(part, "name", "content-type")
    if isinstance(name, tuple):
        return one_line(_told(name[2].encode("latin-1", "replace"), name[0]))
    return words(name or "", charset_of(part))


def _parameter(part: Message, name: str, header: str) -> str | tuple[str | None, str | None, str] | None:
    """A header's parameter; of one that is there twice, the one in RFC 2231's form, which has more letters."""
    found = [value for key, value in part.get_params([], header) if key.lower() == name]
    return next((value for value in found if isinstance(value, tuple)), found[0] if found else None)


def charset_of(message: Message) -> str | None:
    """The charset that a message, or its first part, states: its headers' bytes are mostly in that, too."""
    inner = message.get_payload()
    parts = [message, *(inner[:1] if isinstance(inner, list) else ())]
    return next((found for part in parts if isinstance(part, Message) and (found := charset(part))), None)


def charset(part: Message) -> str | None:
    """The charset that a part states."""
    found = part.get_content_charset()
    return found if found and found.isascii() else None


def words(raw: str, stated: str | None = None) -> str:
    """A header's text as one line; bytes beyond ASCII are of the charset ``stated``, or told as any text's are."""
    return one_line("".join(_pieces(raw, stated)))


def _pieces(raw: str, stated: str | None) -> list[str]:
    """The text between encoded words, and these. Words of one charset side by side are bytes of one text."""
    found: list[tuple[str, bytes | str]] = []
    at = 0
    while match := _WORD.search(raw, at):
        end = _end(raw, match.end(), match[2] in "qQ")
        if end < 0:
            break
        between = raw[at : match.start()]
        if between.strip() or not found:
            found.append(("", between))
        name, data = match[1].lower(), _bytes(raw[match.end() : end], match[2])
        last = found[-1]
        if last[0] == name and isinstance(last[1], bytes):
            found[-1] = name, last[1] + data
        else:
            found.append((name, data))
        at = end + 2
    found.append(("", raw[at:]))
    return [_told(text, name) if isinstance(text, bytes) else _bare(text, stated) for name, text in found]


def _end(raw: str, start: int, quoted: bool) -> int:
    """Where an encoded word ends, -1 when it does not. ``?=20`` in a quoted one is a question, not its end."""
    end = raw.find("?=", start, start + _LONGEST)
    while (
        quoted and _QUOTED.match(raw, end + 1) and (after := raw.find("?=", end + 2, start + _LONGEST)) >= 0
    ):
        end = after
    return end


def _bytes(text: str, encoding: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return _HEX.sub(lambda match: bytes((int(match[1], 16),)), data.replace(b"_", b" "))
    pure = _NOT_BASE64.sub(b"", data)
    try:
        return b64decode(pure + b"=" * (-len(pure) % 4))
    except binascii.Error:  # one letter more than there are bytes for
        return b64decode(pure[: len(pure) // 4 * 4])


def _bare(text: str, stated: str | None) -> str:
    return (
        text
        if text.isascii() and "\x1b$" not in text
        else _told(text.encode("utf-8", "surrogateescape"), stated)
    )


def _told(data: bytes, stated: str | None) -> str:
    try:
        return decode(data, "header", stated)[0]
    except SourceError:
        return clean(data.decode("ascii", "replace"))
