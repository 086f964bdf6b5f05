from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.errors import Damaged, MemcodecError, NewerFormat, OlderFormat
from memcodec.format.blob import ALIGN, HEAD, PAGE, SEAL, Blob, BlobWriter, seal
from memcodec.format.checksum import crc32c


def reading(data: bytes) -> Callable[[int, int], memoryview]:
    def read(offset: int, length: int) -> memoryview:
        if offset + length > len(data):
            raise Damaged("cut short")
        return memoryview(data)[offset : offset + length]

    return read


def make(**sections: bytes) -> bytes:
    writer = BlobWriter("sample")
    for name, data in sections.items():
        writer.add(name, data)
    return writer.to_bytes()


def everything(data: bytes) -> dict[str, bytes]:
    blob = Blob(reading(data), "a blob")
    return {name: bytes(blob.read(name)) for name in blob.names()}


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "long.name"]), st.binary(max_size=3 * PAGE), max_size=4)
)
def test_sections_come_back(sections: dict[str, bytes]) -> None:
    assert everything(make(**sections)) == sections


def test_arrays_are_aligned_and_little_endian() -> None:
    numbers = np.arange(3000, dtype=">f4")
    writer = BlobWriter("sample")
    writer.add("odd", b"xyz")
    writer.add("numbers", numbers)
    data = writer.to_bytes()
    found = Blob(reading(data), "a blob").array("numbers", "f4")
    assert (found == numbers).all()
    assert data.index(numbers.astype("<f4").tobytes()) % ALIGN == 0


def test_a_span_reads_only_its_pages() -> None:
    asked: list[tuple[int, int]] = []
    data = make(big=bytes(100 * PAGE))

    def read(offset: int, length: int) -> memoryview:
        asked.append((offset, length))
        return memoryview(data)[offset : offset + length]

    blob = Blob(read, "a blob")
    asked.clear()
    blob.read("big", 10 * PAGE + 5, 100)
    assert sum(length for _, length in asked) <= 2 * PAGE


@given(st.data())
def test_any_changed_byte_is_right_or_damage(data: st.DataObject) -> None:
    sections = {"a": b"alpha" * 900, "b": bytes(range(256)) * 40}
    raw = bytearray(make(**sections))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert everything(bytes(raw)) == sections
    except MemcodecError:
        return


def sealed(units: list[bytes]) -> bytes:
    writer = BlobWriter("sample")
    writer.add("before", b"in pages" * 1000)
    data = [unit + seal(number, unit) for number, unit in enumerate(units)]
    writer.add("units", b"".join(data), list(map(len, data)), sealed=True)
    writer.add("behind", b"abc", [1, 2])
    return writer.to_bytes()


@given(st.lists(st.binary(max_size=40), max_size=9), st.data())
def test_sealed_units_come_back_or_are_damage(units: list[bytes], data: st.DataObject) -> None:
    raw = bytearray(sealed(units))
    blob = Blob(reading(bytes(raw)), "a blob")
    assert [bytes(blob.unit("units", number)) for number in range(blob.units("units"))] == units
    assert bytes(blob.read("before")) == b"in pages" * 1000 and bytes(blob.unit("behind", 1)) == b"bc"
    for number in range(len(units)):
        start, length = blob.unit_span("units", number)
        assert length == len(units[number]) and bytes(blob.read("units", start, length)) == units[number]
    blob.check()
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(MemcodecError):
        Blob(reading(bytes(raw)), "a blob").check()


def test_a_sealed_unit_in_the_place_of_another_is_damage() -> None:
    data, one, other = sealed([b"one!", b"two!"]), b"one!" + seal(0, b"one!"), b"two!" + seal(1, b"two!")
    blob = Blob(reading(data.replace(one + other, other + one)), "a blob")
    for number in range(2):
        with pytest.raises(Damaged, match="checksum"):
            blob.unit("units", number)


def test_a_head_tells_little_of_sealed_units() -> None:
    heads = [struct.unpack_from("<I", sealed([b"unit"] * count), 36)[0] for count in (0, 1000)]
    assert heads[1] - heads[0] <= 4 * 1000 + ALIGN


def test_a_sealed_section_is_copied_with_its_seals() -> None:
    data, writer = sealed([b"one", b"two"]), BlobWriter("sample")
    blob = Blob(reading(data), "a blob")
    for name in blob.names():
        writer.copy(blob, name)
    assert writer.to_bytes() == data


@pytest.mark.parametrize("units", [[SEAL - 1], None])
def test_a_sealed_section_without_room_for_seals_is_damage(units: list[int] | None) -> None:
    writer = BlobWriter("sample")
    writer.add("units", bytes(SEAL - 1), units, sealed=True)
    with pytest.raises(Damaged, match="add up"):
        Blob(reading(writer.to_bytes()), "a blob")


@given(st.binary(max_size=400))
def test_garbage_is_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(MemcodecError):
        everything(b"MCIX" + data)


def test_a_newer_blob_says_so() -> None:
    raw = bytearray(make(a=b"1"))
    raw[4] = 9
    with pytest.raises(NewerFormat, match="update memcodec"):
        Blob(reading(bytes(raw)), "a blob")


def test_a_blob_from_before_the_first_release_says_so() -> None:
    raw = bytearray(make(a=b"1"))
    raw[4] = 1
    with pytest.raises(OlderFormat, match="encode its sources again"):
        Blob(reading(bytes(raw)), "a blob")


def test_reads_outside_a_section_are_damage() -> None:
    blob = Blob(reading(make(a=b"12345")), "a blob")
    for start, length in ((0, 6), (-1, 2), (6, 0), (3, -1)):
        with pytest.raises(Damaged):
            blob.read("a", start, length)
    with pytest.raises(Damaged, match="no section"):
        blob.read("b")
    for number in (-1, 1):
        with pytest.raises(Damaged, match="no unit"):
            blob.unit("a", number)


@pytest.mark.parametrize("name", [b"x" * 16, b"\xff" + bytes(15), b"b" + bytes(15)])
def test_a_name_that_no_writer_gives_is_damage(name: bytes) -> None:
    raw = bytearray(make(a=b"1", b=b"2"))
    raw[HEAD.size : HEAD.size + 16] = name
    raw[40:44] = bytes(4)
    raw[40:44] = crc32c(bytes(raw[: struct.unpack_from("<I", raw, 36)[0]])).to_bytes(4, "little")
    with pytest.raises(Damaged, match="a section does not add up"):
        Blob(reading(bytes(raw)), "a blob").names()
