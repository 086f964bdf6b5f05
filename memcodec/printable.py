"""A stranger's text as it may be shown: it steers no terminal, hides nothing, and turns nothing around.

Unsafe are control characters (C0, DEL, C1), lone surrogates, what turns the direction of text (UAX 9) and what is
invisible (Unicode's default ignorables), but for what scripts and emoji need: joiners between letters beyond ASCII,
one variation selector, the tags of a region's flag. See Unicode TR 36, "Unicode Security Considerations".
"""

from __future__ import annotations

import re

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_INVISIBLE = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_HYPHEN = "\xad"  # soft: may show or not
_UNSAFE = re.compile(
    "(?P<flag>\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f)"
    r"|\A(?P<mark>\ufeff)"
    f"|[{_CONTROLS}{_DIRECTION}{_INVISIBLE}{_HYPHEN}]"
    f"|(?<=[\\x00-\\x7f{_HYPHEN}])[\u200c\u200d]|[\u200c\u200d](?=[\\x00-\\x7f{_HYPHEN}])"
    "|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}"
)
_BLANKS = re.compile(r"\s+")


def clean(text: str) -> str:
    """``text`` with a picture in the place of what is unsafe; newlines and tabs are kept."""
    return _UNSAFE.sub(_picture, text.replace("\r\n", "\n"))


def line(text: str) -> str:
    """``text`` cleaned and on one line."""
    return _BLANKS.sub(" ", clean(text)).strip()


def json_safe(text: str) -> str:
    """JSON that says the same, with what is unsafe as ``\\u`` and four digits; newlines are kept."""
    return _UNSAFE.sub(_escape, text)


def _picture(match: re.Match[str]) -> str:
    if match["flag"] or match["mark"]:  # a byte order mark is no part of the text
        return match["flag"] or ""
    code = ord(match[0][0])
    if code < 0x20:
        return chr(0x2400 + code)
    return {0x7F: "\u2421", 0xAD: "-"}.get(code, "\ufffd" * len(match[0]))


def _escape(match: re.Match[str]) -> str:
    if match["flag"]:
        return match["flag"]
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
