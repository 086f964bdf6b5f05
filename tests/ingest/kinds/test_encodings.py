"""Text in any encoding: what is stated, what is told from the whole, what is said of it."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import SourceError
from memcodec.ingest.kinds import extract
from memcodec.ingest.kinds.plain import decode

SENTENCES = {
    "cp1252": (
        "Neun Meter hohe Wellen, naïve Cafés, Größe: er zählt “hundert” Stufen.|The café closed.|He said “no” – don’t."
        "|¿Dónde está el niño?|A informação não é útil.|Smörgåsbord på ön.|Rødgrød med fløde.|«oui»|°C|don’t\ndon’t|½"
        "|Þetta er ágætt, sagði hún.|C’est déjà fini : où êtes-vous ?|résumé|Ä"
    ),
    "iso8859_15": "Un œuf coûte 3 € à sœur Œdipe, au cœur.",
    "cp1250": "Zażółć gęślą jaźń, proszę państwa.|Příliš žluťoučký kůň.|Árvíztűrő tükörfúrógép az őszi erdőben.",
    "iso8859_2": "Zażółć gęślą jaźń, proszę państwa.|Příliš žluťoučký kůň.",
    "cp1251": "Смотритель маяка.|ПРИВЕТ МИР|Москва, 5 марта|Україна має гарну їжу.",
    "koi8_r": "Смотритель маяка поднимается.|привет мир",
    "cp866": "Смотритель маяка поднимается.|Каталог файлов",
    "cp1253": "Η θάλασσα είναι ήρεμη.|Αθήνα",
    "cp1254": "Güneşli bir gün, çocuklar bahçede; ışık|Işık Şahin, İstanbul",
    "cp1255": "שלום עולם, המגדלור מאיר את הים|שלום עולם",
    "cp1256": "مرحبا بالعالم، المنارة تضيء البحر",
    "cp1257": "Lietuvių kalba yra graži, ąžuolas šalia ežero.",
    "cp874": "สวัสดีชาวโลก ประภาคารส่องทะเล",
    "cp850": "résumé|Größe",
    "cp437": (
        "señor|über den Fluß|┌─────┬────┐\r\n│ Öl  │ 12 │\r\n└─────┴────┘|╔═════╗\r\n║ Top ║\r\n╚═════╝|▒▒▒ █▀▄ ▒▒▒"
    ),
    "cp1125": "Учора ввечері ми ходили в кіно, щоб подивитися фільм про їжака.",
    "mac_roman": "C’est déjà fini : où êtes-vous passés ?|Grüße aus München|Où est le garçon ?",
    "cp932": "打ち合わせは火曜日の午後に始まります。|東京都|髙橋さんです。よろしくお願いします",
    "euc_jp": "打ち合わせは火曜日の午後に始まります。|会議の記録|山田太郎,東京都新宿区",
    "cp949": "안녕하세요 회의는 화요일에 시작합니다|회의록",
    "gb18030": "会议从星期二开始，请大家准时参加。|你好世界",
    "big5": "會議從星期二開始，請大家準時參加。|台灣",
}
PAIRS = [(codec, text) for codec, texts in SENTENCES.items() for text in texts.split("|")]


@pytest.mark.parametrize("codec, text", PAIRS)
@pytest.mark.parametrize("before", ["", "plain words of ASCII, and 42 figures\n" * 30])
def test_an_encoding_that_is_not_stated_is_told_by_its_text(codec: str, text: str, before: str) -> None:
    found = extract((before + text).encode(codec), "a.txt")
    assert found.text == before + text
    assert [note.startswith("decoded from") and note.endswith(", a guess") for note in found.notes] == [True]


@pytest.mark.slow
@pytest.mark.parametrize("codec, text", PAIRS[::9])
def test_a_stray_byte_behind_much_text_changes_no_guess(codec: str, text: str) -> None:
    data = (text + "\n").encode(codec)
    found = decode(data * (1_000_000 // len(data)) + b"\x00\n", "a.txt")[0]
    assert found[: len(text)] == text and found[-1] == "\n"


LABELS = [
    ("gb2312", "gb18030", "朱镕基“测试”喆"),
    ("GBK", "gb18030", "㐀"),
    ("iso-8859-1", "cp1252", "“naïve” – €"),
    ("us-ascii", "cp1252", "naïve"),
    ("us-ascii", "koi8_r", "Смотритель маяка поднимается"),
    ("iso-8859-1", "koi8_r", "Смотритель маяка поднимается"),
    ("ks_c_5601-1987", "cp949", "똠방각하 펲시콜라"),
    ("euc-kr", "cp949", "펲"),
    ("windows-31j", "cp932", "①髙橋㈱"),
    ("shift_jis", "cp932", "①髙"),
    ("iso-2022-jp", "iso2022_jp", "打ち合わせは火曜日"),
    ("iso-2022-kr", "iso2022_kr", "안녕하세요"),
    ("hz-gb-2312", "hz", "会议从星期二开始"),
    ("utf-7", "utf-7", "naïve 日本"),
    ("unicode-1-1-utf-7", "utf-7", "é"),
    ("utf-16le", "utf-16-le", "naïve text"),
    ("koi8-r", "koi8_r", "да"),
    ("windows-1250", "cp1250", "Győr"),
    ("big5", "cp950", "碁銹"),
    ("unknown-8bit", "cp1252", "naïve"),
    ("no-such-charset", "cp1252", "naïve"),
    ("iso-8859-1", "utf-8", "naïve – mislabelled"),
    ("gb2312", "utf-8", "测试"),
]


@pytest.mark.parametrize("label, codec, text", LABELS)
def test_the_stated_charset_comes_first_and_means_what_writers_mean_by_it(
    label: str, codec: str, text: str
) -> None:
    assert decode(text.encode(codec), "a", label)[0] == text


def test_a_stated_charset_with_a_damaged_place_is_kept_and_the_place_is_told() -> None:
    data = "Смотритель маяка поднимается по ступеням.".encode("koi8-r").replace(b" ", b"\x20\xff\x20", 1)
    assert decode(data, "a", "koi8-r")[0].startswith("Смотритель Ъ маяка")
    text, note = decode("会议从星期二开始请大家准时参加".encode("gbk") + b"\xff\n", "a", "gb2312")
    assert (
        text == "会议从星期二开始请大家准时参加\ufffd\n"
        and note == "decoded from gb18030, damaged in 1 place"
    )


@pytest.mark.parametrize("label", ["iso2022_jp", "iso2022_kr", "hz"])
def test_encodings_of_seven_bits_are_told_by_their_escapes(label: str) -> None:
    text = {"iso2022_jp": "火曜日の午後", "iso2022_kr": "안녕하세요", "hz": "会议从星期二开始"}[label]
    assert decode(f"plan: {text}\nmore\n".encode(label), "a")[0] == f"plan: {text}\nmore\n"


def test_what_mailers_put_into_iso_2022_jp_is_read() -> None:
    assert decode(b"\x1b$B-!\x1b(B, \x1b$B9b\x1b(I1\x1b(B.", "a")[0] == "①, 高ｱ."
    assert decode(b"\x1b$B9b\nplain\n", "a")[0] in ("高\nplain\n", "\x1b$B9b\nplain\n")


@pytest.mark.parametrize(
    "text", ["a~b and ~{x} and {~}", "regex ~{abcd~}", "Figure~{\\bf 3}", "\x1b[31mred\x1b[0m"]
)
def test_ascii_that_looks_like_an_escape_stays(text: str) -> None:
    assert decode(text.encode(), "a") == (text, "")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text",
    [
        "Hello there, naïve world.\n",
        "word",
        "Łódź",
        "日本語のテキスト。\r\n",
        "Привет, мир\n",
        "สวัสดีชาวโลก",
        "Привет",
    ],
)
def test_utf_16_and_32_need_no_mark(codec: str, text: str) -> None:
    found = extract(text.encode(codec), "a.txt")
    assert found.text == text and found.notes == (f"decoded from {codec}, a guess",)


@pytest.mark.parametrize(
    "mark, codec",
    [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8")],
)
def test_a_marked_text_cut_inside_a_character_keeps_the_rest(mark: bytes, codec: str) -> None:
    text, note = decode(mark + "naïve wörd é".encode(codec)[:-1], "a")
    assert text == "naïve wörd \ufffd" and note.endswith("damaged in 1 place")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_is_utf8_is_itself(text: str) -> None:
    if not set(text) & set("\0\x1b~\ufeff"):
        assert decode(text.encode(), "a") == (text, "")


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["naïve façade", "日本語のテキスト", "привет", "😀 plain"]), min_size=4, max_size=30
    ),
    st.integers(0, 29),
)
def test_one_stray_byte_costs_no_good_letter(lines: list[str], at: int) -> None:
    at = min(at, len(lines))
    data = "\n".join(lines[:at]).encode() + b"\nthe caf\xe9 closed\n" + "\n".join(lines[at:]).encode()
    text, note = decode(data, "a")
    assert text == "\n".join(lines[:at]) + "\nthe café closed\n" + "\n".join(lines[at:])
    assert "windows-1252" in note


def test_lines_of_another_encoding_in_utf8_are_told_together() -> None:
    good, old = "Смотритель маяка поднимается\n" * 9, "Привет всем людям\n" * 3
    assert decode(good.encode() + old.encode("cp1251") + good.encode(), "a") == (
        good + old + good,
        "UTF-8, but 3 lines decoded from windows-1251, a guess",
    )


def test_a_few_lines_of_utf8_among_more_of_another_encoding_stay() -> None:
    good, old = "Смотритель маяка\n", "Привет всем людям, как дела у вас сегодня\n" * 2
    assert decode(good.encode() + old.encode("cp1251"), "a")[0] == good + old


def test_what_databases_and_java_call_utf8_is_read() -> None:
    data = "naïve \U0001f600 text".encode("utf-16-le")
    pairs = "".join(map(chr, memoryview(data).cast("H"))).encode("utf-8", "surrogatepass")
    assert decode(pairs, "a") == ("naïve \U0001f600 text", "decoded from cesu-8")


@pytest.mark.parametrize(
    "name, text, codec",
    [
        ("a.xml", '<?xml version="1.0" encoding="koi8-r"?><a>да</a>', "koi8_r"),
        ("a.py", "#!/usr/bin/python\n# -*- coding: cp1251-unix -*-\n# да\n", "cp1251"),
        ("a.css", '@charset "iso-8859-2";\n/* ł */', "iso8859_2"),
        ("a.tex", "\\documentclass{article}\n\\usepackage[latin2]{inputenc}\nł", "iso8859_2"),
        ("a.po", 'msgstr ""\n"Content-Type: text/plain; charset=CP1250\\n"\nmsgstr "ł"', "cp1250"),
        ("a.html", "<html><!-- <meta charset=koi8-r> -->" + " " * 9000 + "<meta charset=cp1251>да", "cp1251"),
        ("a.txt", "naïve", "utf-7"),
    ],
)
def test_what_a_file_states_in_the_way_of_its_kind_is_believed(name: str, text: str, codec: str) -> None:
    mark = b"+/v8-" if codec == "utf-7" else b""
    assert text[-2:] in extract(mark + text.encode(codec), name).text


def test_utf8_cut_inside_a_character_stays_utf8_and_says_so() -> None:
    text = "Смотритель маяка поднимается"
    found = extract(text.encode()[:-1], "a.txt")
    assert found.text == text[:-1] + "\ufffd" and found.notes == ("UTF-8, but damaged in 1 place",)


def test_bytes_are_no_text() -> None:
    with pytest.raises(SourceError, match=r"a\.txt: not text"):
        extract(bytes(range(256)) * 10, "a.txt")


@pytest.mark.parametrize(
    "text", ["# A heading\r\n\0 naïve", "caf\xe9 opened late \0\n", "a\0", "\0", "x\0y\0\n"]
)
@pytest.mark.parametrize("codec", ["utf-8", "cp1252"])
def test_a_nul_makes_no_utf_16_of_a_text(text: str, codec: str) -> None:
    assert decode((text + "plain and simple").encode(codec), "a")[0] == text + "plain and simple"


def test_nuls_that_a_crash_left_in_a_log_lose_no_text() -> None:
    log = b"caf\xe9 opened\n" * 1000
    assert extract(log + bytes(1000) + log, "a.log").text.count("café opened") == 2000


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        text, _ = decode(data, "a", "iso-2022-jp")
    except SourceError:
        return
    text.encode()


@pytest.mark.slow
@pytest.mark.parametrize("piece", [b"\xe9\xff", b"~{", b"\x1b$B", b"a" * 99 + b"\xe9", b"\r%", b"\b\xe9"])
def test_hostile_text_ends_quickly(piece: bytes) -> None:
    start = time.process_time()
    extract(piece * (1_000_000 // len(piece)), "a.txt")
    assert time.process_time() - start < 10
