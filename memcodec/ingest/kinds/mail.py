"""Mail (RFC 5322 and MIME), alone and in mailboxes: messages as places, subjects as paths, attachments by name."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from memcodec.errors import SourceError
from memcodec.ingest.kinds import mailbox
from memcodec.ingest.kinds.builder import Builder, when
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.html import add_html, declared_charset
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.mail_headers import AsSent, charset, field, file_name
from memcodec.ingest.kinds.plain import decode

_MESSAGES = ("message/rfc822", "message/global", "message/news")
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_DEPTH = 20  # messages in messages
_UNREAD = "attachments are named, not read; save them and add them as files"
_RUN = 3  # letters: what two texts have in common is told by such
_STUB = 200  # characters of a plain part that may only say that the message is another part


def extract(data: bytes, name: str) -> Extracted:
    """The messages' text. Raises SourceError; MissingExtra for HTML mail."""
    with reading(name, "mail"):
        data = data.removeprefix(BOM_UTF8)
        if mailbox.is_one(data):
            return _mailbox(data)
        if not mailbox.HEADER.match(data.lstrip()):
            raise SourceError(f"{name}: no mail: it does not begin with a header such as 'From:'")
        out = Builder()
        message = _parsed(data)
        subject = field(message, "Subject")
        out.under((subject,) if subject else ())
        _add_message(message, out)
        return out.build(title=subject, author=field(message, "From"), time=_time(message))


def _mailbox(data: bytes) -> Extracted:
    out, last = Builder(), None
    for number, raw in enumerate(mailbox.messages(data), 1):
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
    elif kind in _MESSAGES:
        for inner in _parts(part):
            _add_message(_unpacked(part, inner), out, depth + 1)
    elif kind.startswith("message/") and part.is_multipart():
        for inner in _parts(part):
            out.paragraph("\n".join(f"{name}: {field(inner, name)}" for name in inner))
            _add_part(inner, out, attachments, depth + 1)
    elif part.is_multipart():
        _add_parts(part, kind, out, attachments, depth)
    elif kind.startswith("multipart/"):  # its boundary stands nowhere
        _add_text(part, "text/plain", out)
    elif part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
        _add_attachment(part, kind, out, attachments)
    else:
        _add_text(part, kind, out)


def _unpacked(part: Message, inner: Message) -> Message:
    """A message in a message, where it was coded though none may be."""
    coding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if coding not in ("base64", "quoted-printable") or inner.keys() or inner.is_multipart():
        return inner
    inner["Content-Transfer-Encoding"] = coding
    data = inner.get_payload(decode=True)
    return _parsed(data) if isinstance(data, bytes) else inner


def _add_parts(part: Message, kind: str, out: Builder, attachments: list[str], depth: int) -> None:
    if kind == "multipart/encrypted":
        out.note("the message is encrypted; save it decrypted")
        attachments += _files(part, depth)
    elif kind == "multipart/alternative":
        _add_alternatives(_parts(part), out, attachments, depth)
    else:
        for inner in _parts(part):
            _add_part(inner, out, attachments, depth + 1)


def _add_attachment(part: Message, kind: str, out: Builder, attachments: list[str]) -> None:
    name = file_name(part) or kind
    attachments.append(name)
    if kind.endswith("ms-tnef") or name.lower() == "winmail.dat":
        out.note(f"{name}: left out (what Outlook keeps its attachments and formats in); save them as files")
    elif kind.endswith("pkcs7-mime"):
        out.note(f"{name}: left out (a message in it is encrypted or signed); save it as plain mail")
    elif not (kind.startswith("image/") and "Content-ID" in part) and not kind.endswith("-signature"):
        out.note(_UNREAD)


def _parts(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [found for found in inner if isinstance(found, Message)] if isinstance(inner, list) else []


def _add_alternatives(parts: list[Message], out: Builder, attachments: list[str], depth: int) -> None:
    """Of alternatives, the plain text; the others too where that is blank or says little. Files in any are named."""
    plain = next((part for part in parts if part.get_content_type() == "text/plain" and _shown(part)), None)
    rest = [part for part in parts if part is not plain and part.get_content_type() != "text/plain"]
    if plain is None:
        chosen = rest
    elif len(_shown(plain)) >= _STUB:
        chosen = [plain]
    else:
        said, *texts = (_letters(_text_of(part, depth)) for part in (plain, *rest))
        more = [part for part, text in zip(rest, texts, strict=True) if _says_more(text, said)]
        chosen = more if more and any(said in text for text in texts) else [plain, *more]
    for part in chosen:
        _add_part(part, out, attachments, depth + 1)
    attachments += (files := [name for part in rest if part not in chosen for name in _files(part, depth)])
    out.note(_UNREAD if files else "")


def _text_of(part: Message, depth: int) -> str:
    out = Builder()
    _add_part(part, out, [], depth + 1)
    return out.build().text


def _says_more(text: str, said: str) -> bool:
    """Whether a third of ``text`` is not in ``said``."""
    found, known = ({each[at : at + _RUN] for at in range(len(each))} for each in (text, said))
    return len(found - known) * 3 > len(found)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _shown(part: Message) -> str:
    """What a reader sees of a part that is plain text."""
    payload = part.get_payload(decode=True)
    try:
        text = decode(payload, "part", charset(part))[0] if isinstance(payload, bytes) else ""
    except SourceError:
        return ""
    return "".join(c for c in text if c.isprintable() and not c.isspace())


def _files(part: Message, depth: int) -> Iterator[str]:
    if part.get_content_disposition() == "attachment":
        yield file_name(part) or part.get_content_type()
    elif part.is_multipart() and depth < _DEPTH:
        for inner in _parts(part):
            yield from _files(inner, depth + 1)
    elif part.get_content_maintype() != "text" and (name := file_name(part)):
        yield name


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
            out.paragraph(_unfolded(text, part))
    except SourceError as error:
        out.note(f"a part is left out: {error}")


def _unfolded(text: str, part: Message) -> str:
    """Paragraphs whose lines a mailer broke, as it says (``format=flowed``, RFC 3676), made whole again."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    blank = "" if str(part.get_param("delsp", "")).lower() == "yes" else " "
    lines: list[str] = []
    depth, flows = 0, False
    for line in text.splitlines():
        bare = line.lstrip(">")
        now, said = len(line) - len(bare), bare.removeprefix(" ")
        is_signature = said == "-- "
        if flows and now == depth and not is_signature:
            lines[-1] += said
        else:
            lines.append(f"{'>' * now}{' ' if now else ''}{said}")
        depth, flows = now, said.endswith(" ") and not is_signature
        if flows:
            lines[-1] = lines[-1][:-1] + blank
    return "\n".join(lines)


def _time(message: Message) -> datetime | None:
    try:
        return when(parsedate_to_datetime(field(message, "Date")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
