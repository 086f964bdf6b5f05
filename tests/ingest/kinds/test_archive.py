"""ZIP and TAR: what is in them, and what they may not do."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import archive, limits
from memcodec.ingest.kinds.archive import members, safe_name
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
