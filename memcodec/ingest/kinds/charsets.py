"""Names of character sets as files and mailers write them, and the text that they mean by it.

A name often stands for a larger set than it says: the WHATWG's Encoding Standard lists which.
"""

from __future__ import annotations

import codecs
import re

# names that mean another set than Python's codec of that name -> the codecs to try, the likeliest first
_MEANT = {
    "cp1252": "ansinew iso-8859-1 iso8859-1 latin1 latin-1 iso-ir-100 l1 ansi windows",
    "cp1254": "iso-8859-9 iso8859-9 latin5",
    "cp874": "tis-620 iso-8859-11 windows-874",
    "cp1255": "iso-8859-8-i iso-8859-8-e logical",
    "gb18030": "gb2312 gbk x-gbk gb_2312-80 chinese csgb2312 cp936 ms936 windows-936 x-cp20936 euc-cn euccn",
    "cp949": "ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 ks_c_5601 euc-kr euckr korean windows-949 x-windows-949",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j csshiftjis cswindows31j x-ms-cp932",
    "euc_jp euc_jis_2004": "euc-jp x-euc-jp eucjp cp51932",
    "cp950 big5hkscs": "big5 big5-tw csbig5 x-x-big5 cn-big5 big5-eten",
    "iso2022_jp": "iso-2022-jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms csiso2022jp cp50220 cp50221"
    " cp50222 x-windows-iso2022jp",
    "iso2022_kr": "iso-2022-kr csiso2022kr",
    "hz": "hz-gb-2312 hz-gb2312 hz",
    "utf-7": "unicode-1-1-utf-7 utf7 utf-7 x-unicode-2-0-utf-7",
    "utf-16-le": "unicodefffe_le utf-16le ucs-2le",
    "utf-16": "unicode ucs-2 utf16 iso-10646-ucs-2",
    "utf-8": "utf8 utf8mb4 utf8mb3 unicode-1-1-utf-8 x-utf-8 utf-8n",
    "mac_roman": "macintosh x-mac-roman mac applemac",
    "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "koi8_r": "koi8 koi koi8-r",
    "": "us-ascii ascii ansi_x3.4-1968 unknown-8bit x-unknown unknown 8bit 7bit default none x-user-defined binary",
}
_CODECS = {name: tuple(meant.split()) for meant, names in _MEANT.items() for name in names.split()}
_SHOWN = {"cp932": "shift-jis", "cp949": "euc-kr", "cp950": "big5", "cp874": "windows-874"}
_NEVER = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
SEVEN_BIT = frozenset(
    {"iso2022_jp", "iso2022_kr", "hz", "utf-7"}
)  #: whose bytes are ASCII's, and mean other things
_SHIFT = re.compile(rb"\x1b(\$[@B]|\$\([DOQ]|\([BJI])")
_STATED = (  # in what stands at a file's beginning: XML, CSS; Python (PEP 263), Emacs, Vim; LaTeX; gettext
    re.compile(rb"""\A\s{0,20}<\?xml[^>]{0,200}encoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})"""),
    re.compile(rb"""\A@charset\s{1,9}["']([\w.:-]{1,40})"""),
    re.compile(rb"\A(?:[^\n]{0,200}\n)?[^\n]{0,200}\bcoding[:=][ \t]{0,9}([\w.-]{1,40})"),
    re.compile(rb"\\usepackage\[(\w{1,20})\]\{inputenc\}"),
    re.compile(rb"\"Content-Type: text/plain; charset=([\w.-]{1,40})\\n\""),
)
CESU = "cesu-8"  #: UTF-8 as databases and Java write it: characters beyond U+FFFF as two surrogates
STRAY = "memcodec.stray"  #: an error handler: what single bytes among ASCII mean, U+FFFD for any other damage


def codecs_of(label: str) -> tuple[str, ...]:
    """The codecs that a charset's name may stand for, the likeliest first; none for one that says nothing."""
    name = label.strip().strip("\"'").lower()
    if name in _CODECS:
        return _CODECS[name]
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return ()
    known = codec.name not in _NEVER and getattr(codec, "_is_text_encoding", True)
    return _CODECS.get(codec.name, (codec.name,)) if known else ()


def stated(data: bytes) -> str | None:
    """The charset that a text states of itself in the ways of its kind; None where it does not."""
    head = data[:4096]
    found = next((match[1].decode("ascii") for each in _STATED if (match := each.search(head))), None)
    return re.sub("-(?:unix|dos|mac)$", "", found) if found else None


def shown(codec: str) -> str:
    """The name that people know an encoding by."""
    if codec in _SHOWN:
        return _SHOWN[codec]
    name = (
        codec.replace("cp125", "windows-125")
        .replace("iso8859_", "iso-8859-")
        .replace("iso2022_", "iso-2022-")
    )
    return name.replace("_", "-")


def strictly(data: bytes, codec: str) -> str | None:
    """The text of ``data``; None when it is none of that codec."""
    try:
        if codec == CESU:
            pairs = data.decode("utf-8", "surrogatepass")
            return pairs.encode("utf-16", "surrogatepass").decode("utf-16")
        return iso2022_jp(data) if codec == "iso2022_jp" else str(codecs.decode(data, codec, "strict"))
    except (LookupError, ValueError, TypeError):
        return None


def iso2022_jp(data: bytes) -> str:
    """RFC 1468's text, with what mailers add to it: half-width kana, and the rows of Windows-31J.

    Raises ValueError where it is none.
    """
    pieces, at, state = [], 0, b"(B"
    for shift in _SHIFT.finditer(data):
        pieces.append(_japanese(data[at : shift.start()], state))
        at, state = shift.end(), shift[1]
    return "".join([*pieces, _japanese(data[at:], state)])


def _japanese(data: bytes, state: bytes) -> str:
    if state in (b"(B", b"(J"):
        return data.decode("ascii")
    if state == b"(I":
        return bytes(byte | 0x80 for byte in data).decode("cp932")
    lines = re.split(rb"(\r?\n)", data)  # a line's end also ends the set, where the escape is missing
    return "".join(line.decode("ascii") if line[-1:] == b"\n" else _double(line, state) for line in lines)


def _double(data: bytes, state: bytes) -> str:
    """Characters of two bytes: JIS X 0208 as Windows-31J has it, JIS X 0212 and 0213 by their own codecs."""
    if state[:2] == b"$(":
        return (b"\x1b" + state + data + b"\x1b(B").decode(
            "iso2022_jp_ext" if state == b"$(D" else "iso2022_jp_3"
        )
    if len(data) % 2:
        raise ValueError("half a character")
    return b"".join(map(_shifted, data[::2], data[1::2])).decode("cp932")


def _shifted(row: int, cell: int) -> bytes:
    """The Shift JIS of a JIS row and cell (JIS X 0208:1997, annex 1)."""
    first = (row - 0x21) // 2 + 0x81
    second = cell + (0x1F + (cell >= 0x60) if row % 2 else 0x7E)
    return bytes((first + 0x40 * (first > 0x9F), second))


def _stray(error: UnicodeError) -> tuple[str, int]:
    """A byte of Windows-1252 between ASCII ones is what it is there; a damaged character is U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data, start, end = error.object, error.start, error.end
    before, after = data[max(start - 1, 0) : start], data[end : end + 1]
    alone = end - start == 1 and (before + after).isascii() and (bool(after) or before.isalpha())
    return data[start:end].decode("cp1252", "replace") if alone else "\ufffd", end


codecs.register_error(STRAY, _stray)
