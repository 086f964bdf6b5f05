"""What texts in the encodings of one country or another are made of: the letters beyond ASCII, and the common ones.

An encoding is right when its text is one that a language has: letters of one alphabet, the frequent ones among them.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

_LATIN = {
    "western": "éèàùâêîôûçëïæœÿ äöüß áéíñóúü áâãàçéêíóôõú àèéìíîòóùú åäöæøé éëïóöüè àçéèíïóòúü",
    "icelandic": "áðéíóúýþæö",
    "central": "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţșț čćđšž äöüß",
    "turkish": "çğıöşüâîûİ",
    "baltic": "ąčęėįšųūž āčēģīķļņšūž äöõüšž",
    "vietnamese": "àáâãèéêìíòóôõùúýăđơư\u0300\u0301\u0303\u0309\u0323",
}
_OTHERS = {
    "cyrillic": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
    " абвгдђежзијклљмнњопрстћуфхцчџш абвгдеёжзійклмнопрстуўфхцчшыьэюя абвгдѓежзѕијклљмнњопрстќуфхцчџш",
    "greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
    "hebrew": "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    "arabic": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگکی،؛؟ـًٌٍَُِّْ",
    "thai": "".join(map(chr, [*range(0x0E01, 0x0E3B), *range(0x0E40, 0x0E4F)])),
}
_FREQUENT = {
    "cyrillic": "оеаинтсрвл",
    "greek": "αοιετνσηυρ",
    "hebrew": "יוהלאתרםמבש",
    "arabic": "اليمنوتره",
    "turkish": "ışğİŞĞ",
    "japanese": "のにはをたがでとしれさるいなてスンルトー日本東京都県市区町村山田川大小中上下人年月"
    "名前住所電話番号会社様新長行見出時分後生間今学高円子来気女書先水男西語木食車何南北万毎白天母火右左読友休父雨金土話午外入全部数内手力文方",
    "korean": "이다는에의하고을가로지사를한대은도서어기니습",
    "chinese": "的一是不了在人有我他这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小"
    "多然于心学么之都好看起发当没成只如事把还用第样道想作种开这個們來時為說國著裡後會過對學發當沒還樣種開",
}
# one character (row) of the standards' tables: the first level, which holds the common characters
_LEVELS = {
    "chinese simplified": ("gb2312", range(0xB0, 0xD8)),
    "chinese traditional": ("big5", range(0xA4, 0xC7)),
    "japanese": ("euc_jp", range(0xB0, 0xD0)),
    "korean": ("euc_kr", range(0xB0, 0xC9)),
}


class Alphabet(NamedTuple):
    """An encoding, the script that is written in it, and how many letters must speak for it before it is believed."""

    codec: str
    script: str
    handicap: float


#: The commonest first: of two that explain a text as well, the first is meant.
CANDIDATES = (
    Alphabet("cp1252", "western", 0.0),
    Alphabet("iso8859_15", "western", 0.5),
    Alphabet("cp1250", "central", 1.0),
    Alphabet("iso8859_2", "central", 1.2),
    Alphabet("cp1251", "cyrillic", 1.5),
    Alphabet("cp932", "japanese", 2.0),
    Alphabet("gb18030", "chinese simplified", 2.0),
    Alphabet("cp949", "korean", 2.0),
    Alphabet("big5", "chinese traditional", 2.5),
    Alphabet("euc_jp", "japanese", 2.0),
    Alphabet("koi8_r", "cyrillic", 2.0),
    Alphabet("koi8_u", "cyrillic", 2.2),
    Alphabet("cp866", "cyrillic", 2.0),
    Alphabet("cp1125", "cyrillic", 2.2),
    Alphabet("cp1253", "greek", 2.0),
    Alphabet("iso8859_7", "greek", 2.2),
    Alphabet("cp1254", "turkish", 1.5),
    Alphabet("cp1252", "icelandic", 1.6),
    Alphabet("cp1257", "baltic", 1.5),
    Alphabet("cp1255", "hebrew", 2.5),
    Alphabet("cp1256", "arabic", 2.5),
    Alphabet("cp850", "western", 1.5),
    Alphabet("cp437", "western", 1.8),
    Alphabet("mac_roman", "western", 1.9),
    Alphabet("cp852", "central", 2.0),
    Alphabet("cp857", "turkish", 2.6),
    Alphabet("iso8859_5", "cyrillic", 2.5),
    Alphabet("mac_cyrillic", "cyrillic", 2.5),
    Alphabet("iso8859_6", "arabic", 3.0),
    Alphabet("cp862", "hebrew", 3.0),
    Alphabet("cp737", "greek", 3.0),
    Alphabet("cp874", "thai", 2.5),
    Alphabet("cp1258", "vietnamese", 2.5),
)


@cache
def alphabets(script: str) -> tuple[frozenset[str], ...]:
    """The alphabets of the languages that write a script: their letters beyond ASCII, in both cases."""
    if script in _LEVELS:
        return (_common_characters(script),)
    words = {**_LATIN, **_OTHERS}[script].split(" ")
    return tuple(frozenset(word) | frozenset(letter for c in word for letter in c.upper()) for word in words)


@cache
def frequent(script: str) -> frozenset[str]:
    """The letters that a text of this script cannot do without."""
    letters = _FREQUENT.get(script.partition(" ")[0], "")
    return frozenset(letters + letters.upper())


def is_latin(script: str) -> bool:
    """Whether words of the script may hold ASCII's letters too."""
    return script in _LATIN


def is_wide(script: str) -> bool:
    """Whether a character of the script takes two bytes, and words stand unparted."""
    return script in _LEVELS


def _common_characters(script: str) -> frozenset[str]:
    codec, rows = _LEVELS[script]
    cells = bytes(byte for row in rows for cell in range(0xA1, 0xFF) for byte in (row, cell))
    small = bytes(byte for row in rows for cell in range(0x40, 0x7F) for byte in (row, cell))
    found = cells.decode(codec, "ignore") + (small.decode(codec, "ignore") if codec == "big5" else "")
    kana = "".join(map(chr, range(0x3041, 0x30FF))) if script == "japanese" else ""
    marks = [*range(0x3000, 0x3020), *range(0xFF01, 0xFF5F)]
    return frozenset(found + kana + "".join(map(chr, marks)))
