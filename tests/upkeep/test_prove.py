"""A proof stands alone, is small, and proves no more than what was signed."""

from __future__ import annotations

import base64
import json
import random
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import memcodec
from fixtures.prose import prose
from memcodec.errors import ConfigError, NotFound, Unproven
from memcodec.upkeep.prove import MAX_PROOF, prove
from tests.support import signers as keys
from tests.support.memories import append, create, reading
from tests.support.signers import Pair

LONG = "Grüße vom Moor\n" + prose(3, 90_000)
DOCUMENTS = {"herons.md": "# Herons\n\nThe heron nests in April.\n", "long.txt": LONG, "empty.txt": ""}
DOCUMENTS |= {f"{number}.txt": f"Number {number}.\n" for number in range(9)}


@pytest.fixture(scope="module")
def alice(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return keys.ssh(tmp_path_factory.mktemp("alice"))


@pytest.fixture(scope="module")
def made(alice: Pair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = create(tmp_path_factory.mktemp("signed") / "m.mp4", DOCUMENTS)
    with memcodec.open(path) as memory:
        memory.sign(alice.private, note="all of it")
    return path


def test_a_hit_is_proven(made: Path, alice: Pair) -> None:
    with memcodec.open(made) as memory:
        hit = memory.search("nests in April", k=1)[0]
        data = memory.prove(hit)
        told = memory.verify_signed(alice.public).signatures[0]
    proof = memcodec.check_proof(data, alice.public)
    assert proof.text == hit.text and (proof.start, proof.end) == (hit.start, hit.end)
    assert proof.document == hit.document
    assert (proof.fingerprint, proof.note, proof.time) == (told.fingerprint, "all of it", told.time)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_passage_of_any_document_is_proven(data: st.DataObject, made: Path, alice: Pair) -> None:
    uri = data.draw(st.sampled_from(sorted(DOCUMENTS)))
    text = DOCUMENTS[uri]
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, len(text)))
    start, end = len(text[:first].encode()), len(text[:last].encode())
    with reading(made) as reader:
        proof = memcodec.check_proof(prove(reader, uri, start, end), alice.public)
    assert (proof.text, proof.document.uri) == (text[first:last], uri)


def test_lines_are_proven(made: Path, alice: Pair) -> None:
    lines = LONG.splitlines(keepends=True)
    with memcodec.open(made) as memory:
        for first, last in ((1, 1), (2, 3), (len(lines), len(lines) + 5), (1, len(lines))):
            proof = memcodec.check_proof(memory.prove("long.txt", lines=(first, last)), alice.public)
            assert proof.text == "".join(lines[first - 1 : last]), (first, last)
        with pytest.raises(NotFound, match="no line"):
            memory.prove("long.txt", lines=(len(lines) + 1, len(lines) + 2))
        with pytest.raises(ConfigError, match="counted from 1"):
            memory.prove("long.txt", lines=(0, 2))


def test_a_proof_is_small_and_the_rest_of_the_document_is_not_read(
    made: Path, alice: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    with reading(made) as reader:
        text = type(reader.segments[0]).text

        def counted(self: Any, start: int, end: int) -> bytes:
            read.append(end - start)
            return text(self, start, end)

        monkeypatch.setattr(type(reader.segments[0]), "text", counted)
        data = prove(reader, "long.txt", 40_000, 40_200)
    assert len(data) < 6000
    kept = max(read)  # the list of what was signed
    assert sum(read) - kept <= 2 * 16_384 < len(LONG.encode()) / 2
    assert memcodec.check_proof(data, alice.public).end == 40_200


def test_what_is_not_signed_is_not_proven(made: Path, alice: Pair, tmp_path: Path) -> None:
    path = Path(shutil.copy(made, tmp_path))
    append(path, {"new.txt": "New."})
    other = keys.minisign(tmp_path)
    with memcodec.open(path) as memory:
        with pytest.raises(
            Unproven, match=r"new\.txt: no signature in \S+m\.mp4 speaks of it; `sign\(\)` first"
        ):
            memory.prove("new.txt")
        with pytest.raises(Unproven, match="signed by SHA256"):
            memory.prove("herons.md", by=other.public)
        with pytest.raises(NotFound):
            memory.prove("nothing.txt")
        proof = memory.prove("herons.md", by=alice.public)
    with pytest.raises(Unproven, match=r"signed by SHA256.* and not by anyone that was asked for"):
        memcodec.check_proof(proof, other.public)


def test_a_character_is_not_cut(made: Path) -> None:
    with reading(made) as reader, pytest.raises(ConfigError, match="a character is cut"):
        prove(reader, "long.txt", 0, 3)
    with reading(made) as reader, pytest.raises(ConfigError, match="are outside"):
        prove(reader, "long.txt", 5, 1 << 40)


# Forgeries


def changed(data: bytes, **values: object) -> bytes:
    return json.dumps({**json.loads(data), **values}).encode()


def test_a_passage_that_agrees_with_its_bytes_is_not_thereby_proven(made: Path, alice: Pair) -> None:
    """Bytes and passage are changed alike: the hashes alone tell."""
    with reading(made) as reader:
        data = prove(reader, "long.txt", 20_000, 21_500)
    raw = json.loads(data)
    held, passage = base64.b64decode(raw["bytes"]), raw["passage"]
    other = passage.replace("e", "a", 1)
    assert other != passage and held.count(passage.encode()) == 1
    forged = base64.b64encode(held.replace(passage.encode(), other.encode())).decode()
    assert memcodec.check_proof(changed(data), alice.public).text == passage
    with pytest.raises(Unproven, match="the passage is not what was signed"):
        memcodec.check_proof(changed(data, bytes=forged, passage=other), alice.public)


def test_each_field_is_proven(made: Path, alice: Pair) -> None:
    with reading(made) as reader:
        data = prove(reader, "long.txt", 20_000, 21_500)
        other = json.loads(prove(reader, "long.txt", 50_000, 51_500))
    raw = json.loads(data)
    for name, value in other.items():
        if value != raw[name]:
            with pytest.raises(Unproven):
                memcodec.check_proof(changed(data, **{name: value}), alice.public)
    for name in raw:
        for value in (
            None,
            5,
            -1,
            True,
            1 << 70,
            1.5,
            "x",
            "é",
            [],
            ["x"],
            [5],
            {},
            ["00" * 32] * 200,
            "A" * 100,
        ):
            if value != raw[name]:
                with pytest.raises(Unproven) as error:
                    memcodec.check_proof(changed(data, **{name: value}), alice.public)
                assert "\n" not in str(error.value)
        lacking = {key: value for key, value in raw.items() if key != name}
        with pytest.raises(Unproven):
            memcodec.check_proof(json.dumps(lacking).encode(), alice.public)
    for name, value in raw["document"].items():
        document = raw["document"] | {name: value + 1 if isinstance(value, int) else f"{value}x"}
        with pytest.raises(Unproven, match="false"):
            memcodec.check_proof(changed(data, document=document), alice.public)
    with pytest.raises(Unproven, match="not the one it proves"):
        memcodec.check_proof(changed(data, passage=raw["passage"].replace("e", "a", 1)), alice.public)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"memcodec": "proof"}', b'{"a":' * 10_000]
)
def test_what_is_no_proof_is_an_error(data: bytes, alice: Pair) -> None:
    with pytest.raises(Unproven):
        memcodec.check_proof(data, alice.public)


def test_a_proof_of_any_size_is_refused_unread(alice: Pair) -> None:
    with pytest.raises(Unproven, match="are the most"):
        memcodec.check_proof(b" " * (MAX_PROOF + 1), alice.public)


def test_flipped_characters_prove_nothing_else(made: Path, alice: Pair) -> None:
    with reading(made) as reader:
        data = prove(reader, "long.txt", 20_000, 20_500)
    whole, choose = memcodec.check_proof(data, alice.public), random.Random(3)
    for _ in range(2000):
        at = choose.randrange(len(data))
        forged = data[:at] + bytes([data[at] ^ 1 << choose.randrange(7)]) + data[at + 1 :]
        try:
            found = memcodec.check_proof(forged, alice.public)
        except Unproven:
            continue
        assert found == whole, forged[at - 30 : at + 30]  # a blank between two fields


def test_a_deep_document_is_no_way_in(made: Path, alice: Pair) -> None:
    with reading(made) as reader:
        data = prove(reader, "herons.md")
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    with pytest.raises(Unproven):
        memcodec.check_proof(changed(data, document={"a": deep}), alice.public)


CALLS: Mapping[str, Callable[[memcodec.Memory], object]] = {
    "text": lambda memory: memory.prove("herons.md", lines="1"),  # type: ignore[arg-type]
    "number": lambda memory: memory.prove(5),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", CALLS)
def test_wrong_types_are_type_errors(name: str, made: Path) -> None:
    with memcodec.open(made) as memory, pytest.raises(TypeError):
        CALLS[name](memory)
