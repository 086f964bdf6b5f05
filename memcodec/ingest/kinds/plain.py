"""Text in any encoding: UTF-8 where it is valid, else what a byte order mark, the file's own word or, last,
charset-normalizer says. Bytes that no text has are refused.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from memcodec.config.units import format_count
from memcodec.errors import SourceError
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import library, reading

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 18  # bytes that the encoding is guessed from
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b"))
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_NEVER = frozenset(
    {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)


def extract(data: bytes, name: str) -> Extracted:
    """The text, decoded. Raises SourceError when it is none; MissingExtra where it has to be guessed."""
    with reading(name, "text"):
        text, note = decode(data, name)
        return Extracted(text, notes=(note,) if note else ())


def decode(data: bytes, name: str, declared: str | None = None) -> tuple[str, str]:
    """The text of ``data`` and a note that names its encoding, empty for UTF-8.

    Raises SourceError for what is no text; MissingExtra where the encoding has to be guessed.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark) and (text := _as(data, encoding)) is not None:
            return text, "" if mark == codecs.BOM_UTF8 else f"decoded from {encoding}"
    if (text := _as(data, "utf-8")) is not None:
        return text, ""
    if declared and (text := _as(data, declared)) is not None:
        return text, f"decoded from {declared.lower()}"
    if b"\0" in data[:_SAMPLE] or len(data[:_SAMPLE].translate(None, _CONTROLS)) < len(data[:_SAMPLE]):
        raise SourceError(f"{name}: not text; name a file of text, or one of the known kinds")
    return _nearly_utf8(data) or _guessed(data, name)


def _nearly_utf8(data: bytes) -> tuple[str, str] | None:
    """The text when it is UTF-8 but for a few damaged places, as a file cut short is; None when it is not."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    whole = sum(1 for _ in _BEYOND_ASCII.finditer(text)) - damaged
    if whole <= 3 * damaged:
        return None
    return text, f"UTF-8, but damaged in {format_count(damaged)} {'place' if damaged == 1 else 'places'}"


def _guessed(data: bytes, name: str) -> tuple[str, str]:
    detection = library("charset_normalizer", "documents", "text that is not UTF-8")
    found = detection.from_bytes(data[:_SAMPLE], enable_fallback=False)
    for match in sorted(found, key=_rank):
        if (text := _as(data, match.encoding)) is not None:
            return text, f"decoded from {_shown(match.encoding)}"
    raise SourceError(f"{name}: neither UTF-8 nor text of an encoding that can be told; convert it first")


def _rank(match: Any) -> tuple[float, float, bool]:
    """The likeliest first; of those that are as likely, the one that most such files are in."""
    return match.chaos, -match.coherence, match.encoding != "cp1252"


def _as(data: bytes, encoding: str) -> str | None:
    try:
        codec = codecs.lookup(encoding)
        if codec.name in _NEVER or not getattr(codec, "_is_text_encoding", True):
            return None
        return codec.decode(data, "strict")[0]
    except (LookupError, ValueError, TypeError):
        return None


def _shown(encoding: str) -> str:
    return encoding.replace("cp125", "windows-125").replace("_", "-")
