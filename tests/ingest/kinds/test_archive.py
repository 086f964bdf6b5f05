"""ZIP and TAR: what is in them, and what they may not do."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import archive, kind_of, limits
from memcodec.ingest.kinds.archive import members, safe_name
from memcodec.ingest.walk import walk
from tests.ingest import made


def tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as opened:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            opened.addfile(info, io.BytesIO(data))
    return out.getvalue()


FILES = {"a.md": b"# A", "b/c.txt": b"text" * 50_000}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_files_give_their_files(mode: str) -> None:
    assert dict(members(tar(FILES, mode), "a.tar")) == FILES


def test_zip_files_give_their_files_and_those_in_archives_in_them() -> None:
    inner = made.zipped(FILES)
    data = made.zipped({"x/inner.zip": inner, "t.tar.gz": tar(FILES, "w:gz"), "z.txt": b"z"})
    expected = {
        f"{place}/{name}": text for place in ("x/inner.zip", "t.tar.gz") for name, text in FILES.items()
    }
    assert dict(members(data, "a.zip")) == expected | {"z.txt": b"z"}


def test_a_document_that_is_a_zip_is_a_member_like_any_other() -> None:
    book = made.workbook()
    assert dict(members(made.zipped({"a.xlsx": book}), "a.zip")) == {"a.xlsx": book}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_single_packed_file_is_unpacked(pack: object) -> None:
    data = pack(b"first") + pack(b"second")  # type: ignore[operator]
    assert [text for _, text in members(data, "logs/day.txt.gz")] == [b"firstsecond"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_stream_cut_short_is_an_error(pack: object) -> None:
    with pytest.raises(SourceError):
        list(members(pack(bytes(range(256)) * 999)[:-9], "a.gz"))  # type: ignore[operator]


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up", "a/../../b", "C:\\x", "a\\..\\..\\b", "", ".", "a\0b"]
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    assert safe_name(name) is None
    notes: list[str] = []
    if name.strip("."):
        assert dict(members(tar({name.replace("\0", ""): b"x", "ok": b"y"}), "a.tar", notes)).keys() <= {
            "ok",
            "ab",
        }


def test_links_and_devices_are_noted() -> None:
    out, notes = io.BytesIO(), []
    with tarfile.open(fileobj=out, mode="w") as opened:
        info = tarfile.TarInfo("link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        opened.addfile(info)
    assert not list(members(out.getvalue(), "a.tar", notes)) and "no regular file" in notes[0]


def test_encrypted_members_are_noted() -> None:
    data = bytearray(made.zipped({"secret.txt": b"x", "open.txt": b"y"}))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + flags] |= 1
    notes: list[str] = []
    assert dict(members(bytes(data), "a.zip", notes)) == {"open.txt": b"y"}
    assert notes == ["a.zip/secret.txt: left out (encrypted)"]


def test_a_damaged_member_is_noted_and_the_others_are_given() -> None:
    data = bytearray(made.zipped({"bad.txt": b"lighthouse" * 9, "good.txt": b"y"}))
    data[data.index(b"bad.txt") + 9] ^= 0xFF
    notes: list[str] = []
    assert dict(members(bytes(data), "a.zip", notes)) == {"good.txt": b"y"}
    assert "a.zip/bad.txt: left out (damaged" in notes[0]


@pytest.mark.slow
def given(data: bytes, name: str) -> tuple[list[str], str]:
    """The names of what is given of an archive, and why it ends early, if it does."""
    found: list[str] = []
    try:
        found.extend(member for member, _ in members(data, name))
    except SourceError as error:
        return found, str(error)
    return found, ""


class Pipe(io.BytesIO):
    """What cannot be gone back in: sizes are written behind the data."""

    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize("out", [io.BytesIO, Pipe])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_zip_cut_anywhere_gives_what_stands_whole_before(out: type[io.BytesIO], method: int) -> None:
    file, ends = out(), []
    with zipfile.ZipFile(file, "w", method) as opened:
        for name in "abc":
            opened.writestr(name, name * 300)
            ends.append(len(file.getvalue()))
    data = file.getvalue()
    for cut in range(0, len(data) - 22, 7):
        whole = sum(cut >= end for end in ends)
        found, why = given(data[:cut], "a.zip")
        assert found == list("abc")[:whole] and "damaged archive" in why


def test_of_a_stream_cut_short_all_is_given_that_can_be_read() -> None:
    text = "".join(f"line {number**3}\n" for number in range(20_000)).encode()
    for data, name in (
        (gzip.compress(text), "a.gz"),
        (gzip.compress(tar({"a": text, "b": text})), "a.tar.gz"),
    ):
        found: list[bytes] = []
        with pytest.raises(SourceError, match="damaged archive"):
            found.extend(member for _, member in members(data[: len(data) * 2 // 3], name))
        assert found and text.startswith(found[0]) and len(found[0]) > len(text) // 2


def test_a_tar_that_ends_in_a_zip_is_a_tar() -> None:
    data = tar({"a.txt": b"first", "b.zip": made.zipped({"c.txt": b"second"})})
    for each in (data, gzip.compress(data)):
        assert dict(members(each, "a.tar")) == {"a.txt": b"first", "b.zip/c.txt": b"second"}


def test_hard_links_are_files_whatever_stands_first() -> None:
    out, notes = io.BytesIO(), list[str]()
    with tarfile.open(fileobj=out, mode="w", encoding="koi8-r") as opened:
        for name, target in (("missing", "nothing"), ("да", ""), ("link", "да"), ("other", "да")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = (tarfile.LNKTYPE, target) if target else (tarfile.REGTYPE, "")
            info.size = 0 if target else 4
            opened.addfile(info, None if target else io.BytesIO(b"text"))
    for data in (out.getvalue(), gzip.compress(out.getvalue())):
        notes.clear()
        assert dict(members(data, "a.tar", notes)) == dict.fromkeys(("да", "link", "other"), b"text")
        assert "a.tar/missing: left out (a link to what is not in it)" in notes


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_stands_behind_a_stream_costs_nothing_of_it(pack: object) -> None:
    notes: list[str] = []
    data = pack(b"text") + b"\0\0rubbish"  # type: ignore[operator]
    assert [text for _, text in members(data, "a.gz", notes)] == [b"text"]
    assert notes == ["a.gz: what stands behind its end is left out"]


@pytest.mark.parametrize("data", [bytes(10240), made.zipped({})])
def test_an_archive_without_files_is_noted(data: bytes) -> None:
    notes: list[str] = []
    assert not dict(members(data, "a", notes))
    assert notes == ["a: no file in it"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_packed_in_rarer_ways_are_read(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as opened:
        opened.writestr("a.txt", "text" * 99)
    assert dict(members(out.getvalue(), "a.zip")) == {"a.txt": b"text" * 99}


@pytest.mark.parametrize(
    "head",
    [
        b"\x28\xb5\x2f\xfd",
        b"\x1f\x9d\x90",
        b"!<arch>\ndebian-binary",
        b"070701" + b"0" * 104,
        b"MSCF\0\0\0\0",
    ],
)
def test_archives_that_are_not_read_say_what_they_are(head: bytes) -> None:
    with pytest.raises(SourceError, match=r"a: an? .*; unpack it and add the folder"):
        kind_of(head + bytes(600), "a")


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    with pytest.raises(SourceError, match="zip bombs"):
        list(members(made.bomb("zeros", 70 << 20), "a.zip"))
    with pytest.raises(SourceError, match="zip bombs"):
        list(members(gzip.compress(bytes(70 << 20)), "a.gz"))


def test_bombs_in_archives_are_noted() -> None:
    notes: list[str] = []
    data = made.zipped({"bomb.zip": made.bomb("zeros", 70 << 20), "ok.txt": b"y"})
    assert dict(members(data, "a.zip", notes)) == {"ok.txt": b"y"} and "zip bombs" in notes[0]


def test_many_small_bombs_do_not_add_up() -> None:
    inner = made.zipped({"zeros": bytes(30 << 20)})
    notes: list[str] = []
    found = list(members(made.zipped({f"{n}.zip": inner + bytes([n]) for n in range(9)}), "a.zip", notes))
    assert sum(len(data) for _, data in found) <= limits.SMALL and "beyond the bounds" in notes[-1]


def test_archives_nested_too_deep_are_noted() -> None:
    data = b"deep"
    for depth in range(archive.MAX_DEPTH + 1):
        data = made.zipped({f"{depth}.zip" if depth else "text": data})
    notes: list[str] = []
    assert not list(members(data, "a.zip", notes)) and "nested more than 4 deep" in notes[0]


def test_too_many_files_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        for number in range(limits.MAX_MEMBERS + 1):
            opened.writestr(str(number), b"")
    with pytest.raises(SourceError, match="more than 10,000 files"):
        list(members(out.getvalue(), "a.zip"))


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("style", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("spoilt", range(4))
def test_a_spoilt_tar_header_loses_its_own_file_and_says_so(mode: str, style: int, spoilt: int) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=style) as opened:
        for number in range(4):
            info = tarfile.TarInfo(f"{number}" + "é" * (40 if style == tarfile.USTAR_FORMAT else 90))
            info.size = 1000
            opened.addfile(info, io.BytesIO(b"x" * 1000))
    data = bytearray(out.getvalue())
    blocks = [at for at in range(0, len(data), 512) if data[at + 257 : at + 262] == b"ustar"]
    header = blocks[spoilt * (len(blocks) // 4)]
    data[header + 150] ^= 1
    notes: list[str] = []
    packed = gzip.compress(bytes(data)) if mode == "w:gz" else bytes(data)
    found = [name[0] for name, _ in members(packed, "a.tar", notes)]
    assert {str(number) for number in range(4)} - set(found) <= {str(spoilt)}
    assert any("left out (a damaged header)" in note for note in notes)


def test_a_tar_cut_short_gives_what_is_whole_and_says_so() -> None:
    data = tar({"a": b"1" * 600, "b": b"2" * 600})
    given, notes = [], list[str]()
    with pytest.raises(SourceError, match="damaged archive"):
        given += [name for name, _ in members(data[:2100], "a.tar")]
    for name, _ in (found := members(data[:2100], "a.tar")):
        given.append(name)
        break
    found.close()  # type: ignore[attr-defined]
    assert given == ["a"]
    assert dict(members(data[: 1536 + 100], "a.tar", notes)) == {"a": b"1" * 600}
    assert notes == ["a.tar: what stands at its end is left out (it is cut short)"]


def test_a_tar_of_nothing_readable_is_an_error() -> None:
    data = bytearray(tar({"a": b"x"}))
    data[150] ^= 1
    with pytest.raises(SourceError, match="no file in it can be read"):
        list(members(bytes(data), "a.tar"))


def test_a_tar_from_before_posix_is_one() -> None:
    data = bytearray(tar({"a.txt": b"words"}))
    data[257:265] = bytes(8)
    data[148:156] = b"        "
    data[148:156] = b"%06o\0 " % sum(data[:512])
    assert kind_of(bytes(data), "a.dat").name == "archive"
    assert dict(members(bytes(data), "a.dat")) == {"a.txt": b"words"}


NAMES = [
    ("cp932", ["会議/議事録.txt", "予定表.txt", "はじめに読んでください.txt"]),
    ("gb18030", ["新建文件夹/会议记录.txt", "读我.txt", "北京大学.txt"]),
    ("cp866", ["Отчёты/Каталог файлов.txt", "Письмо от Анны.txt"]),
    ("cp437", ["Bücher/Größe.txt", "señor.txt"]),
    ("cp949", ["회의/회의록.txt", "새 텍스트 문서.txt", "대한민국 안내.txt"]),
    ("cp1251", ["Отчёты/Каталог файлов.txt", "Письмо от Анны.txt"]),
    ("utf-8", ["会議/議事録.txt", "Größe.txt"]),
]


@pytest.mark.parametrize("codec, names", NAMES)
def test_zip_names_are_told_from_all_of_them(codec: str, names: list[str]) -> None:
    assert list(dict(members(_zip_of_names([name.encode(codec) for name in names]), "a.zip"))) == names


@pytest.mark.parametrize("codec, names", NAMES)
@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_tar_names_are_told_from_all_of_them(codec: str, names: list[str], mode: str) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.USTAR_FORMAT, encoding=codec) as opened:  # type: ignore[call-overload]
        for name in names:
            opened.addfile(tarfile.TarInfo(name))
    notes: list[str] = []
    assert list(dict(members(out.getvalue(), "a.tar", notes))) == names
    assert bool(notes) == (codec != "utf-8")


def _zip_of_names(names: list[bytes]) -> bytes:
    """A ZIP file whose names are these bytes, without the flag of UTF-8."""
    stand_ins = [chr(65 + number) * len(name) for number, name in enumerate(names)]
    data = made.zipped(dict.fromkeys(stand_ins, b"x"))
    for stand_in, name in zip(stand_ins, names, strict=True):
        data = data.replace(stand_in.encode(), name)
    return data


def test_info_zip_s_unicode_path_counts() -> None:
    raw, name = b"m?nu.txt", "menü.txt".encode()
    info = zipfile.ZipInfo(raw.decode())
    field = b"\x01" + struct.pack("<I", zlib.crc32(raw)) + name
    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        opened.writestr(info, b"x")
    assert list(dict(members(out.getvalue(), "a.zip"))) == ["menü.txt"]


def test_one_member_s_wrong_claims_lose_no_other() -> None:
    data = made.zipped({"bad.txt": b"1", "good.txt": b"2", "grün.txt": b"3"})
    place = data.index(b"PK\x01\x02")
    for at, value in ((place + 8, 0x800), (place + 6, 99)):
        wrong = bytearray(data)
        wrong[at : at + 2] = struct.pack("<H", value)
        if at == place + 8:
            wrong[wrong.index(b"bad", place)] = 0xFF
        found = dict(members(bytes(wrong), "a.zip", []))
        assert found["good.txt"] == b"2" and found["grün.txt"] == b"3"


def test_links_in_a_zip_are_noted() -> None:
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        opened.writestr(info, b"/etc/passwd")
        opened.writestr("a.txt", b"x")
    notes: list[str] = []
    assert dict(members(out.getvalue(), "a.zip", notes)) == {"a.txt": b"x"}
    assert notes == ["a.zip/link: left out (no regular file)"]


def test_a_plain_tar_of_text_is_an_archive(tmp_path: Path) -> None:
    (tmp_path / "t.tar").write_bytes(tar({"t/a.txt": b"otters", "t/b.md": b"# Herons"}))
    assert [item.uri for item in walk([tmp_path / "t.tar"])] == ["t.tar/t/a.txt", "t.tar/t/b.md"]
    (tmp_path / "notes.tar").write_bytes(b"only words\n" * 100)
    assert [item.uri for item in walk([tmp_path / "notes.tar"])] == ["notes.tar"]
