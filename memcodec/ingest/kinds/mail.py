"""Mail (RFC 5322 and MIME) and mailboxes (RFC 4155): messages as places, subjects as paths, attachments by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder, clean, one_line, when
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.html import add_html
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.plain import decode

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_FROM_LINE = re.compile(rb"^From [^\r\n]*\r?\n", re.MULTILINE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,80}:")  # a field name, RFC 5322 section 2.2
_DEPTH = 20  # messages in messages


def extract(data: bytes, name: str) -> Extracted:
    """The messages' text. Raises SourceError; MissingExtra for HTML mail."""
    with reading(name, "mail"):
        if _FROM_LINE.match(data):
            return _mailbox(data)
        if not _HEADER.match(data.lstrip()):
            raise SourceError(f"{name}: no mail: it does not begin with a header such as 'From:'")
        out = Builder()
        message = _parsed(data)
        subject = _field(message, "Subject")
        out.under((subject,) if subject else ())
        _add_message(message, out)
        return out.build(title=subject, author=_field(message, "From"), time=_time(message))


def _mailbox(data: bytes) -> Extracted:
    out, last = Builder(), None
    for number, raw in enumerate(_messages(data), 1):
        if out.full:
            out.note(f"message {number} and those after it: left out ({out.full})")
            break
        try:
            with reading(f"message {number}", "message"):
                message = _parsed(raw)
                subject = _field(message, "Subject")
                out.under((subject,) if subject else (), f"message {number}")
                _add_message(message, out)
                last = max(filter(None, (last, _time(message))), default=None)
        except SourceError as error:
            out.note(str(error))
    return out.build(time=last)


def _messages(data: bytes) -> Iterator[bytes]:
    """The messages of a mailbox: each begins with a line ``From `` that follows an empty one."""
    starts = [
        match
        for match in _FROM_LINE.finditer(data)
        if match.start() == 0 or data.endswith((b"\n\n", b"\n\r\n"), 0, match.start())
    ]
    for match, following in zip(starts, [*(found.start() for found in starts[1:]), len(data)], strict=True):
        yield _QUOTED.sub(rb"\1", data[match.end() : following])


def _parsed(data: bytes) -> Message:
    message: Message = message_from_bytes(data)  # the older policy: the newer takes ten times as long
    return message


def _add_message(message: Message, out: Builder, depth: int = 0) -> None:
    out.paragraph("\n".join(f"{field}: {value}" for field in _SHOWN if (value := _field(message, field))))
    attachments: list[str] = []
    _add_part(message, out, attachments, depth)
    if attachments:
        out.paragraph("Attachments: " + ", ".join(attachments))


def _add_part(part: Message, out: Builder, attachments: list[str], depth: int) -> None:
    kind = part.get_content_type()
    if depth > _DEPTH:
        out.note("parts nested too deep are left out")
    elif kind == "message/rfc822":
        for inner in _parts(part):
            _add_message(inner, out, depth + 1)
    elif part.is_multipart():
        for inner in _best(_parts(part)) if kind == "multipart/alternative" else _parts(part):
            _add_part(inner, out, attachments, depth + 1)
    elif part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
        attachments.append(_decoded(part.get_filename() or "") or kind)
    else:
        _add_text(part, kind, out)


def _parts(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [found for found in inner if isinstance(found, Message)] if isinstance(inner, list) else []


def _best(parts: list[Message]) -> list[Message]:
    """Of alternatives, the one that is plain text; else all, of which one is text."""
    plain = [part for part in parts if part.get_content_type() == "text/plain" and part.get_payload()]
    return plain[:1] or parts


def _add_text(part: Message, kind: str, out: Builder) -> None:
    """The text of a part; a charset that is wrong or unknown is told from the bytes."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return
    try:
        text, _ = decode(payload, kind, part.get_content_charset())
        if kind == "text/html":
            add_html(out, text, kind, place="")
        else:
            out.paragraph(text)
    except SourceError as error:
        out.note(f"a part is left out: {error}")


def _field(message: Message, name: str) -> str:
    """A header's value, RFC 2047's encoded words decoded; bytes that are not ASCII are told as any text's are."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    try:
        raw = decode(raw.encode("utf-8", "surrogateescape"), name)[0]
    except (SourceError, UnicodeEncodeError):
        raw = clean(raw)
    return _decoded(raw)


def _decoded(raw: str) -> str:
    try:
        return one_line(str(make_header(decode_header(raw))) if "=?" in raw else raw)
    except (ValueError, LookupError, HeaderParseError):  # a charset or a base64 text that is none
        return one_line(raw)


def _time(message: Message) -> datetime | None:
    try:
        return when(parsedate_to_datetime(_field(message, "Date")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
