"""Mail (RFC 5322 and MIME) and mailboxes (RFC 4155): messages as places, subjects as paths, attachments by name."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder, when
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.html import add_html, declared_charset
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.mail_headers import AsSent, charset, field, file_name
from memcodec.ingest.kinds.plain import decode

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_FROM_LINE = re.compile(rb"^From [^\r\n]*\r?\n", re.MULTILINE)
_DAYS = frozenset(b"mon tue wed thu fri sat sun".split())
_MONTHS = frozenset(b"jan feb mar apr may jun jul aug sep oct nov dec".split())
_TIME = re.compile(rb"\d{1,2}:\d{2}(?::\d{2})?")
_YEAR = re.compile(rb"(?:19|20)\d{2}")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,80}:")  # a field name, RFC 5322 section 2.2
_DEPTH = 20  # messages in messages
_UNREAD = "attachments are named, not read; save them and add them as files"
_STATUS = {
    "message/delivery-status",
    "message/disposition-notification",
}  # what became of a message, in headers
_STUB = 200  # characters of a plain part that may only say that the message is another part


def extract(data: bytes, name: str) -> Extracted:
    """The messages' text. Raises SourceError; MissingExtra for HTML mail."""
    with reading(name, "mail"):
        data = data.removeprefix(BOM_UTF8)
        if (first := _FROM_LINE.match(data)) and _begins(data, first, first=True):
            return _mailbox(data)
        if not _HEADER.match(data.lstrip()):
            raise SourceError(f"{name}: no mail: it does not begin with a header such as 'From:'")
        out = Builder()
        message = _parsed(data)
        subject = field(message, "Subject")
        out.under((subject,) if subject else ())
        _add_message(message, out)
        return out.build(title=subject, author=field(message, "From"), time=_time(message))


def _mailbox(data: bytes) -> Extracted:
    out, last = Builder(), None
    for number, raw in enumerate(_messages(data), 1):
        if out.full:
            out.note(f"message {number} and those after it: left out ({out.full})")
            break
        try:
            with reading(f"message {number}", "message"):
                message = _parsed(raw)
                subject = field(message, "Subject")
                out.under((subject,) if subject else (), f"message {number}")
                _add_message(message, out)
                last = max(filter(None, (last, _time(message))), default=None)
        except SourceError as error:
            out.note(str(error))
    return out.build(time=last)


def _messages(data: bytes) -> Iterator[bytes]:
    """The messages of a mailbox, without the lines that part them."""
    starts = [match for match in _FROM_LINE.finditer(data) if _begins(data, match, first=match.start() == 0)]
    for match, following in zip(starts, [*(found.start() for found in starts[1:]), len(data)], strict=True):
        yield _QUOTED.sub(rb"\1", data[match.end() : following])


def _begins(data: bytes, line: re.Match[bytes], *, first: bool) -> bool:
    """Whether a line ``From `` parts messages: it names a sender and a day, time and year, and a header follows.

    Prose begins lines with that word too, and not all mailers quote them. The file's first line need not be so exact.
    """
    following = _HEADER.match(data, line.end()) or data.startswith((b">From ", b"\n", b"\r\n"), line.end())
    if first:
        return bool(following)
    said = line[0].lower().replace(b",", b" ").split()[2:]
    dated = not _DAYS.isdisjoint(word[:3] for word in said if len(word) == 3) and not _MONTHS.isdisjoint(said)
    return bool(following) and dated and all(any(map(each.fullmatch, said)) for each in (_TIME, _YEAR))


def _parsed(data: bytes) -> Message:
    message: Message = message_from_bytes(data, policy=AsSent())  # the newer policies take ten times as long
    return message


def _add_message(message: Message, out: Builder, depth: int = 0) -> None:
    out.paragraph("\n".join(f"{name}: {value}" for name in _SHOWN if (value := field(message, name))))
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
    elif kind in _STATUS:
        out.paragraph(
            "\n".join(f"{name}: {value}" for inner in _parts(part) for name, value in inner.items())
        )
    elif part.is_multipart():
        if kind == "multipart/alternative":
            _add_alternatives(_parts(part), out, attachments, depth)
            return
        for inner in _parts(part):
            _add_part(inner, out, attachments, depth + 1)
    elif part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
        attachments.append(file_name(part) or kind)
        is_within = kind.startswith("image/") and part.get("Content-ID") is not None
        out.note("" if is_within or kind.endswith("-signature") else _UNREAD)
    else:
        _add_text(part, kind, out)


def _parts(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [found for found in inner if isinstance(found, Message)] if isinstance(inner, list) else []


def _add_alternatives(parts: list[Message], out: Builder, attachments: list[str], depth: int) -> None:
    """Of alternatives, the plain text; the others too where that is blank or says little. Files in any are named."""
    plain = next((part for part in parts if part.get_content_type() == "text/plain" and _shown(part)), None)
    rest = [part for part in parts if part is not plain and part.get_content_type() != "text/plain"]
    if plain is not None:
        _add_part(plain, out, attachments, depth + 1)
    if plain is None or (len(_shown(plain)) < _STUB and any(map(_is_longer, rest))):
        for part in rest:
            _add_part(part, out, attachments, depth + 1)
    else:
        attachments += (files := [name for part in rest for name in _files(part, depth)])
        out.note(_UNREAD if files else "")


def _shown(part: Message) -> str:
    """What a reader sees of a part that is plain text."""
    payload = part.get_payload(decode=True)
    try:
        text = decode(payload, "part", charset(part))[0] if isinstance(payload, bytes) else ""
    except SourceError:
        return ""
    return "".join(c for c in text if c.isprintable() and not c.isspace())


def _is_longer(part: Message) -> bool:
    """Whether a part beside a plain one of a line or two may hold more than its words in another dress."""
    payload = part.get_payload(decode=True)
    return part.is_multipart() or (isinstance(payload, bytes) and len(payload) > 20 * _STUB)


def _files(part: Message, depth: int) -> Iterator[str]:
    if part.get_content_disposition() == "attachment":
        yield file_name(part) or part.get_content_type()
    elif depth < _DEPTH:
        for inner in _parts(part):
            yield from _files(inner, depth + 1)


def _add_text(part: Message, kind: str, out: Builder) -> None:
    """The text of a part; a charset that is wrong or unknown is told from the bytes."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return
    try:
        stated = charset(part) or (declared_charset(payload) if kind == "text/html" else None)
        text, note = decode(payload, kind, stated)
        out.note(f"a part is {note}" if "," in note else "")
        if kind == "text/html":
            add_html(out, text, kind, place="")
        else:
            out.paragraph(text)
    except SourceError as error:
        out.note(f"a part is left out: {error}")


def _time(message: Message) -> datetime | None:
    try:
        return when(parsedate_to_datetime(field(message, "Date")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
