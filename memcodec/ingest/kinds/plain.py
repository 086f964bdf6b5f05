"""Text in any encoding, told from the whole of it: by a byte order mark, by the file's own word where its bytes agree,
as UTF-8, as UTF-16 or UTF-32 without a mark, as an encoding of seven bits, last by what it is made of (``detection``).

What had to be assumed or replaced is in the note. Bytes that no text has are refused.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from functools import cache

from memcodec.config.units import format_count
from memcodec.errors import SourceError
from memcodec.ingest.kinds import detection, terminal
from memcodec.ingest.kinds.alphabets import alphabets
from memcodec.ingest.kinds.charsets import CESU, SEVEN_BIT, STRAY, codecs_of, shown, stated, strictly
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import reading

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    *((b"+/v" + last, "utf-7") for last in (b"8", b"9", b"+", b"/")),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_CONTROLS = bytes(set(range(1, 32)) - set(b"\t\n\r\f\b\x0e\x0f\x1b"))
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_HIGH = bytes(range(0x80, 0x100))
_SEEN = 1 << 16  # characters that tell whether a text is one
_ENOUGH = 12  # bytes beyond ASCII that outweigh what a file says
_CHANCE = 5  # bytes beyond ASCII in a line that may be UTF-8 by chance
_SURELY = 0.7  # of a guess's score
_BLANK_EVERY = (
    500  # characters at most from one blank or full stop to the next: fewer are slips in other text
)
_HZ = re.compile(rb"~\{(?:[\x21-\x7d][\x21-\x7e]){1,500}~\}")
_HZ_COMMON = re.compile(rb"[\x21-\x23\x29\x30-\x57][\x21-\x7e]")
_ESCAPED = re.compile(rb"\x1b\$[@B]|\x1b\$\([DOQ]|\x1b\(I")


def extract(data: bytes, name: str) -> Extracted:
    """The text, decoded, as a terminal shows it. Raises SourceError when it is none."""
    with reading(name, "text"):
        text, note = decode(data, name, stated(data))
        plain = terminal.shown(text)
        seen = "" if plain == text else "terminal codes are left out"
        return Extracted(plain, notes=tuple(line for line in (note, seen) if line))


def decode(data: bytes, name: str, declared: str | None = None) -> tuple[str, str]:
    """The text of ``data`` and a note that names its encoding, empty for UTF-8.

    Raises SourceError for what is no text.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _marked(data, codec, name)
    if declared and _is_another(data, declared):
        declared = None
    found = _declared(data, declared) if declared else None
    found = found or _seven_bit(data) or _unmarked(data)
    if found:
        return found
    if (text := strictly(data, "utf-8")) is not None:
        return text, ""
    if (text := strictly(data, CESU)) is not None:
        return text, f"decoded from {CESU}"
    if _is_binary(data):
        raise SourceError(f"{name}: not text; name a file of text, or one of the known kinds")
    return _nearly_utf8(data) or _nearly_declared(data, declared) or _guessed(data)


def _marked(data: bytes, codec: str, name: str) -> tuple[str, str]:
    said = "" if codec == "utf-8-sig" else f"decoded from {codec}"
    if (text := strictly(data, codec)) is not None:
        return text.removeprefix("\ufeff"), said
    if codec == "utf-8-sig":
        text = data.decode("utf-8-sig", STRAY)
        lost = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
        return text, _damage("UTF-8 by its mark", lost)
    text = data.decode(codec, "replace")
    rest = text.replace("\ufffd", "", 1)  # it may be cut short
    if not rest or "\0" in rest or not _is_readable(rest):
        raise SourceError(f"{name}: not text; name a file of text, or one of the known kinds")
    return text, _damage(said, text.count("\ufffd"))


def _declared(data: bytes, label: str) -> tuple[str, str] | None:
    """The text in the encoding that the file states, where its bytes are of that and of no likelier one."""
    for codec in codecs_of(label):
        if codec.startswith(("utf-16", "utf-32")) and b"\0" not in data[:_SEEN]:
            continue  # it could not say so in letters of one byte
        if codec == "utf-8" or (codec not in SEVEN_BIT and _is_utf8_beyond_doubt(data, codec)):
            continue
        if (text := strictly(data, codec)) is not None and "\0" not in text[:_SEEN]:
            return text, f"decoded from {shown(codec)}"
    return None


def _is_another(data: bytes, label: str) -> bool:
    """Whether text that is said to be Western European, as programs say that do not know, is anything but that."""
    if codecs_of(label) != ("cp1252",) or len(data) - len(data.translate(None, _HIGH)) < _ENOUGH:
        return False
    scores = dict(detection.guess(data))
    return max(scores.values()) > scores["cp1252"] + _SURELY


def _is_utf8_beyond_doubt(data: bytes, codec: str) -> bool:
    """Whether ``data`` is UTF-8, as mislabelled files are: other text is so by chance only in a few letters."""
    text = strictly(data, "utf-8")
    if text is None:
        return False
    beyond = _BEYOND_ASCII.findall(text)
    is_asian = codec in ("gb18030", "cp949", "cp932", "euc_jp", "cp950")
    return not beyond or not is_asian or len(beyond) > 3 or any(c > "\u07ff" for c in beyond)


def _seven_bit(data: bytes) -> tuple[str, str] | None:
    """ISO 2022 and HZ, which are ASCII's bytes: told by their escapes, where all of them hold."""
    if b"\x1b$" in data or b"\x1b(I" in data:
        korean = b"\x1b$)C" in data
        if korean or _ESCAPED.search(data):
            codec = "iso2022_kr" if korean else "iso2022_jp"
            text = strictly(data, codec)
            if text is not None and not text.isascii():
                return text, f"decoded from {shown(codec)}"
    if b"~{" in data and data.isascii():
        return _hz(data)
    return None


def _hz(data: bytes) -> tuple[str, str] | None:
    spans = _HZ.findall(data)
    pairs = [span[at : at + 2] for span in spans for at in range(2, len(span) - 2, 2)]
    common = sum(1 for pair in pairs if _HZ_COMMON.fullmatch(pair))
    if data.count(b"~{") > len(spans) or common < 0.8 * len(pairs):
        return None
    text = strictly(data, "hz")
    return (text, "decoded from hz") if text is not None and not text.isascii() else None


def _unmarked(data: bytes) -> tuple[str, str] | None:
    """UTF-16 or UTF-32 without a byte order mark: the order that makes spaces and line ends of it."""
    best, most = None, 0
    odd = data.count(0) + data.count(0x0E) + _controls(data)
    if b"\0" not in data and odd * 100 <= len(data):
        return None
    if odd * 4 < len(data) and strictly(data, "utf-8") is not None:
        return None
    for codec in _WIDE:
        unit = 4 if "32" in codec else 2
        whole = data[: len(data) - len(data) % unit]
        text = whole.decode(codec, "replace")
        blanks = sum(text.count(c) for c in " \n。、") or len(data) * (
            _is_of_one_script(text) and whole == data
        )
        if blanks > most and blanks * _BLANK_EVERY >= len(text) and "\0" not in text and _is_readable(text):
            lost = text.count("\ufffd") + (whole != data)
            best, most = (text, _damage(f"decoded from {codec}, a guess", lost)), blanks
    return best


def _is_of_one_script(text: str) -> bool:
    """Whether nearly all of a text is written in one script: pairs of other bytes are from all over Unicode."""
    seen = text[:_SEEN]
    if len(seen) < 3 or not seen.isprintable():
        return False
    alike = Counter(
        max(ord(c) >> 8, 1) for c in seen if c < "\u2000"
    ).values()  # 256 characters have room for most
    known = [sum(c in letters for c in seen) for letters in (*_common(), alphabets("korean")[0])]
    return max([*alike, *known]) * 10 >= len(seen) * 9


def _is_readable(text: str) -> bool:
    """Whether a text has no odd characters, and of Chinese ones mostly common ones: pairs of letters make others."""
    seen = text[:_SEEN]
    rare = sum(1 for c in seen if "\u3400" <= c <= "\u9fff" and not any(c in each for each in _common()))
    if rare * 3 > len(seen):
        return False
    odd = sum(1 for c in seen if c not in "\t\n\r\f\b\x1b" and unicodedata.category(c) in ("Cc", "Cn", "Co"))
    return (odd + seen.count("\ufffd")) * 50 <= len(seen)


@cache
def _common() -> tuple[frozenset[str], ...]:
    return tuple(alphabets(script)[0] for script in ("chinese simplified", "chinese traditional", "japanese"))


def _is_binary(data: bytes) -> bool:
    """Whether control bytes are more than slips, or NULs more than what a crash leaves in a log."""
    return _controls(data) * 100 > len(data) or data.count(0) * 10 > len(data)


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))


def _nearly_utf8(data: bytes) -> tuple[str, str] | None:
    """The text when it is UTF-8 but for some places or lines; None when it is not.

    Single bytes among ASCII are those of Windows-1252, lines of another encoding are told together, the rest is U+FFFD.
    """
    if (text := _but_for_its_end(data)) is not None:
        return f"{text}\ufffd", f"UTF-8, but damaged in {_places(1)}"
    if not _mostly_utf8(data):
        return None
    lines = data.split(b"\n")
    odd = [number for number, line in enumerate(lines) if strictly(line, "utf-8") is None]
    together = b"\n".join(lines[number] for number in odd)
    if _mostly_utf8(together):
        text = together.decode("utf-8", STRAY)
        lost = text.count("\ufffd") - together.count(b"\xef\xbf\xbd")
        said = (
            f"damaged in {_places(lost)}" if lost else f"single bytes of windows-1252 in {_lines(len(odd))}"
        )
    else:
        text, note = _guessed(together)
        said = f"{_lines(len(odd))} {note}"
    texts: list[str] = [str(line, "utf-8", "replace") for line in lines]
    for number, line in zip(odd, text.split("\n"), strict=True):
        texts[number] = line
    return "\n".join(texts), f"UTF-8, but {said}"


def _but_for_its_end(data: bytes) -> str | None:
    """The text before a last character that is not whole; None where other bytes are wrong, or nothing says UTF-8."""
    try:
        text = codecs.getincrementaldecoder("utf-8")("strict").decode(data)
    except UnicodeDecodeError:
        return None
    return None if text.isascii() else text


def _mostly_utf8(data: bytes) -> bool:
    """Whether more is UTF-8 than is not, or lines of it stand among others: of another encoding, one letter in six
    looks so by chance, and no line.
    """
    read, marked = data.decode("utf-8", "replace"), data.count(b"\xef\xbf\xbd")
    damaged = read.count("\ufffd") - marked
    whole = len(read) - len(read.encode("ascii", "ignore")) - damaged
    if whole < damaged:
        return _has_whole_lines(data)
    lost = data.decode("utf-8", STRAY).count("\ufffd") - marked
    return whole > 3 * lost or not lost or _has_whole_lines(data)


def _has_whole_lines(data: bytes) -> bool:
    said = [line for line in data.split(b"\n") if len(line) - len(line.translate(None, _HIGH)) > _CHANCE]
    whole = sum(strictly(line, "utf-8") is not None for line in said)
    return whole * 4 >= len(said) > 0


def _nearly_declared(data: bytes, label: str | None) -> tuple[str, str] | None:
    """The text in the encoding that the file states, but for a few damaged places."""
    for codec in codecs_of(label)[:1] if label else ():
        if codec == "utf-8" or codec in SEVEN_BIT or codec.startswith(("utf-16", "utf-32")):
            continue
        text = data.decode(codec, "replace")
        lost = text.count("\ufffd")
        if lost * 20 <= len(data) - len(data.translate(None, _HIGH)):
            return text, _damage(f"decoded from {shown(codec)}", lost)
    return None


def _guessed(data: bytes) -> tuple[str, str]:
    """The text by the likeliest encoding that has nearly all of it."""
    found = detection.guess(data)
    high = len(data) - len(data.translate(None, _HIGH))
    for codec, _ in found:
        text = data.decode(codec, "replace")
        lost = text.count("\ufffd")
        if lost * 50 <= high:
            break
    return text, _damage(f"decoded from {shown(codec)}, a guess", lost)


def _damage(said: str, places: int) -> str:
    return f"{said}, damaged in {_places(places)}" if places else said


def _places(count: int) -> str:
    return f"{format_count(count)} {'place' if count == 1 else 'places'}"


def _lines(count: int) -> str:
    return f"{format_count(count)} {'line' if count == 1 else 'lines'}"
