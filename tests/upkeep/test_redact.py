"""What is forgotten and compacted away is nowhere in the file; all the rest stands as it stood."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pytest

import memcodec
from fixtures.prose import prose
from memcodec.config.settings import Encode, Settings
from memcodec.errors import CodecError, Damaged, NotFound
from memcodec.file.reader import Reader
from memcodec.format import block, budget, packet, record
from memcodec.format.block import Trained
from memcodec.format.change import parse
from memcodec.format.documents import Stored
from memcodec.format.stream import recover
from memcodec.index.vectors.segment import VectorSegment
from memcodec.model import Document, PacketPlace
from memcodec.upkeep import compact as compact_
from memcodec.upkeep import redact as redact_
from memcodec.upkeep.compact import SMALL, CompactReport
from memcodec.upkeep.convert import convert
from memcodec.upkeep.merge import merge
from memcodec.upkeep.repair import repair
from tests.support.memories import (
    LEXICAL,
    MEDIA,
    Embedder,
    append,
    contents,
    damaged,
    documents,
    embedder,
    forget,
    frames_of,
    hits,
    is_sound,
    reading,
    stripped,
    told,
    uris,
)

__all__ = ["embedder"]
WORDS = ("zyxomant", "quilbrack", "frondovex", "hespertine", "juttanoch", "ombrilisk")
TITLE, URI, TAG, VALUE = "Wyvernhold plans", "vault/krakenmoot.txt", "gryphonkey", "basiliskvalue"
SECRETS = [word.encode() for word in (*WORDS, "Wyvernhold", "krakenmoot", TAG, VALUE)]
SECRET = prose(1007, 40_000) + " ".join(WORDS) + prose(1008, 50_000) + WORDS[0] + "\n"
SHARED = "".join(
    prose(number, 7000)[1000:3000] for number in (3, 4, 5)
).encode()  #: a dictionary without secrets
COUNT = 60
COMPACTABLE = 20_000  #: stands for SMALL, so that a segment of the tests is not too small to be redacted


@pytest.fixture(autouse=True)
def _smaller(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if request.function is not test_at_full_size:
        monkeypatch.setattr("memcodec.upkeep.compact.SMALL", COMPACTABLE)


@pytest.fixture(scope="module", params=MEDIA)
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def fill(path: Path, count: int = COUNT, **options: Any) -> None:
    """Many documents with a dictionary, the secret one among them."""
    with memcodec.create(path, settings=memcodec.Settings.of(**{"model": "none", **options})) as memory:
        for number in range(count):
            time = datetime(2020, 1, 1 + number % 28, tzinfo=UTC)
            memory.add(prose(number, 7000), uri=f"{number}.md", tags={"n": str(number)}, time=time)
            if number == count // 3:
                memory.add(SECRET, uri=URI, title=TITLE, tags={TAG: VALUE})


@pytest.fixture(scope="module")
def original(suffix: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose only segment is to lose a document: forgotten, not compacted. Do not change it: copy it first."""
    path = tmp_path_factory.mktemp("redaction") / f"original.{suffix}"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            "memcodec.format.block.train", lambda samples, total, quoted: Trained(SHARED, total // 3)
        )
        fill(path, parity=30)
    forget(path, URI)
    return path


def compacted(path: Path, to: Path) -> CompactReport:
    with memcodec.open(path) as memory:
        return memory.compact(to)


@pytest.fixture(scope="module")
def clean(original: Path, suffix: str) -> Path:
    """The same, compacted."""
    out = original.with_name(f"clean.{suffix}")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("memcodec.upkeep.compact.SMALL", COMPACTABLE)
        report = compacted(original, out)
    assert (report.documents, report.dropped) == (COUNT, 1)
    assert report.copied > 0 < report.encoded
    assert report.before == original.stat().st_size > report.after == out.stat().st_size
    return out


def knows_a_secret(path: Path) -> bool:
    said = told(path)
    return any(word in said for word in SECRETS)


@pytest.mark.slow
def test_the_secret_is_nowhere(original: Path, clean: Path) -> None:
    before, after = told(original), told(clean)
    assert [word for word in SECRETS if word not in before] == []
    assert [word for word in SECRETS if word in after] == []


def test_few_documents_are_read_to_prove_it(
    original: Path, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that share a block or a packet with what was made anew; what was copied is told by its checksums."""
    read, file = list[str](), tmp_path / f"a{suffix}"
    real = compact_.read_documents

    def noted(reader: Reader, wanted: Callable[[Stored], bool]) -> Iterator[Any]:
        for found in real(reader, wanted):
            read.append(found[0].document.uri)
            yield found

    monkeypatch.setattr(compact_, "read_documents", noted)
    report = compacted(original, file)
    assert report.copied and 0 < len(read) < report.documents / 2
    assert is_sound(file)


def test_no_packet_is_read_twice_to_redact(original: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held against the dictionary, and what is taken over, comes from the same reading."""
    with reading(original) as reader:
        read, real, (segment, *_) = list[PacketPlace](), reader.media.read_packets, reader.segments

        def noted(places: Sequence[PacketPlace]) -> Sequence[bytes | None]:
            read.extend(places)
            return real(places)

        monkeypatch.setattr(reader.media, "read_packets", noted)
        redact_.redact(segment, [True] * len(segment.frames()))
        assert len(read) == len(set(read)) == segment.record.packets


def test_a_block_that_was_made_wrongly_is_found(
    original: Path, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The neighbours of what is gone are read before the new file takes the place of the old."""

    def wrong(self: Any, number: int, body: bytes) -> list[bytes] | None:
        if right(self, number, body) is None:
            return None
        size = len(block.Decompressor(self._dictionary).block(body[4:]))
        (frame,) = block.Compressor(self._dictionary).compress([b" " * size])
        return [record.pack(record.BLOCK, body[:4] + frame)]

    right = redact_._Redaction._block
    monkeypatch.setattr(redact_._Redaction, "_block", wrong)
    with pytest.raises(CodecError, match="does not read back"):
        compacted(original, tmp_path / f"a{suffix}")
    assert not (tmp_path / f"a{suffix}").exists()


@pytest.mark.slow
def test_parity_does_not_give_it_back(original: Path, clean: Path) -> None:
    for path, is_there in ((original, True), (clean, False)):
        with reading(path) as reader:
            segment = reader.segments[0].record
            mine = bytes.fromhex(segment.file), segment.commit
            found = [packet.parse(data) for data in reader.media.scan()]
            packets = [each for each in found if each is not None and each.stream == mine]
        # As if what stands nowhere were lost, and some more that parity reaches.
        more = [each for each in packets if each.sequence >= segment.parity // 2 or not is_there]
        back = recover(more, segment.packets, segment.payload)
        assert len(back) > 0
        whole = {each.sequence: each.payload for each in packets} | back
        stream = b"".join(whole.get(number, b"") for number in range(segment.packets))[: segment.stream]
        (dictionary, *blocks) = [each for each in record.unpack(stream) if each.kind in b"DB"]
        decompressor = block.Decompressor(budget.unpack(dictionary.body, block.MAX_DICTIONARY, "dictionary"))
        text = b"".join(decompressor.block(each.body[4:]) for each in blocks)
        assert (WORDS[0].encode() in text) is is_there


@pytest.mark.slow
def test_the_rest_stands_as_it_stood(original: Path, clean: Path) -> None:
    assert documents(clean) == documents(original)
    assert contents(clean) == contents(original)
    assert hits(clean) == hits(original)
    assert chunks(clean) == chunks(original)
    assert is_sound(clean)
    with reading(original) as before, reading(clean) as after:
        (old, *_), (new, _) = before.segments, after.segments
        assert new.stream == old.stream
        assert new.record.void
        data = old.record.packets / max(frame.packets for frame in old.frames())
        assert after.media.options == before.media.options
        kept = frames(original, clean)
        assert sum(1 for _ in new.records()) > 0
        assert new._recovered is None  # void packets are known, not brought back by parity
    assert len(kept) > 0.5 * data


def chunks(path: Path) -> list[tuple[Document, int, int, int, str]]:
    with memcodec.open(path) as memory:
        live = [
            chunk
            for segment in memory.reader.segments
            for chunk in segment.first_chunk + segment.live_chunks.nonzero()[0]
        ]
        found = map(memory.get, live)
        return [(hit.document, hit.start, hit.end, hit.line.first, hit.text) for hit in found]


def frames(path: Path, other: Path) -> set[bytes]:
    """The frames of their first segments that both have; of FLAC without the frame's number and the checks of it."""
    head, tail = (0, 0) if path.suffix == ".mp4" else (16, 2)
    both = []
    for each in (path, other):
        data = each.read_bytes()
        both.append({data[at + head : at + length - tail] for at, length in frames_of(each, 0)})
    return both[0] & both[1]


def test_the_past_is_gone(clean: Path) -> None:
    with memcodec.open(clean) as memory:
        assert [(each.number, each.kind, each.removed) for each in memory.log()] == [(3, "compact", 1)]
        assert memory.info().dead == 0
    for number in (1, 2):
        with pytest.raises(NotFound):
            memcodec.open(clean, as_of=number)


@pytest.mark.slow
def test_its_vectors_are_gone(
    suffix: str, tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"m.{suffix}"
    monkeypatch.setattr(
        "memcodec.format.block.train", lambda samples, total, quoted: Trained(SHARED, total // 3)
    )
    fill(path, 40, model="words")
    forget(path, URI)
    (near,) = hits(path, [" ".join(WORDS)], 5, "semantic")
    with memcodec.open(path) as memory:
        report = memory.compact()
        (run, _) = memory.reader.indexes
        assert report.copied > 0
        (vectors,) = run.vectors
        assert VectorSegment(vectors.blob).meta.count == memory.info().chunks == run.record.chunks
    assert hits(path, [" ".join(WORDS)], 5, "semantic") == [near]


@pytest.mark.slow
@pytest.mark.parametrize("place", ["long", "short and last", "short and first"])
def test_a_dictionary_that_tells_it_is_not_kept(
    place: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, shared = tmp_path / f"m.{suffix}", prose(3, 7000).encode()[1000:2000]
    at = SECRET.index(WORDS[0])
    secret = {
        "long": SECRET[at - 100 : at + 400],
        "short and last": SECRET[-len(WORDS[0]) - 1 :],
        "short and first": SECRET[at : at + len(WORDS[0])],
    }[place].encode()
    dictionary = shared + secret + prose(5, 7000).encode()[3000:5000]
    with monkeypatch.context() as patched:
        patched.setattr(
            "memcodec.format.block.train", lambda samples, total, quoted: Trained(dictionary, total // 3)
        )
        fill(path, 40)
    forget(path, URI)
    assert WORDS[0].encode() in told(path)
    expected = contents(path)
    with memcodec.open(path) as memory:
        assert memory.compact().copied == 0
    assert not knows_a_secret(path)
    assert contents(path) == expected


def test_a_dictionary_that_does_not_is_kept(clean: Path) -> None:
    with reading(clean) as reader:
        assert reader.segments[0].catalogue.dictionary


@pytest.mark.slow
@pytest.mark.parametrize(
    "gone",
    [
        lambda number: number == 0,
        lambda number: number == COUNT - 1,
        lambda number: number % 20 == 7,
        lambda number: 20 < number < 35,
    ],
    ids=["first", "last", "scattered", "a run"],
)
def test_whatever_goes(gone: Callable[[int], bool], original: Path, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"m.{suffix}"
    shutil.copy(original, path)
    names = [f"{number}.md" for number in range(COUNT) if gone(number)]
    sample = {name: prose(int(name[:-3]), 7000)[3000:3400].encode() for name in names}
    forget(path, *names)
    before = documents(path), contents(path), hits(path)
    with memcodec.open(path) as memory:
        memory.compact()
    assert (documents(path), contents(path), hits(path)) == before
    assert is_sound(path)
    said = told(path)
    assert not [name for name in names if sample[name] in said]
    assert not any(word in said for word in SECRETS)


@pytest.mark.slow
def test_again_and_again(clean: Path, suffix: str, tmp_path: Path) -> None:
    """Compacted twice, then changed, and compacted once more: zeros lie among zeros."""
    path = tmp_path / f"m.{suffix}"
    shutil.copy(clean, path)
    with memcodec.open(path) as memory:
        report = memory.compact()
        assert (report.dropped, report.after) == (0, pytest.approx(report.before, rel=0.01))
        assert [each.number for each in memory.log()] == [4]
    assert documents(path) == documents(clean)
    assert len(frames(path, clean)) == len(frames_of(clean, 0))
    append(path, {"new.md": "a heron after the compaction"})
    forget(path, "19.md", "22.md", "new.md")
    append(path, {"new.md": "a heron at last", "50.md": "instead of the old one"})
    before = documents(path), contents(path), hits(path)
    with memcodec.open(path) as memory:
        assert memory.compact().copied > 0
    assert (documents(path), contents(path), hits(path)) == before
    assert is_sound(path)
    assert len(uris(path)) == COUNT - 1
    for wreck in (path, stripped(path, tmp_path)):
        repair(wreck, tmp_path / f"again.{suffix}", settings=LEXICAL, force=True)
        assert by_id(tmp_path / f"again.{suffix}") == by_id(path)
        assert contents(tmp_path / f"again.{suffix}") == contents(path)


def by_id(path: Path) -> dict[str, Document]:
    found = documents(path)
    assert len({document.id for document in found}) == len(found)
    return {document.id: replace(document, id="") for document in found}


@pytest.mark.slow
def test_a_compacted_file_merges(original: Path, clean: Path, suffix: str, tmp_path: Path) -> None:
    out = tmp_path / f"out.{suffix}"
    report = merge([clean], out)
    assert (report.copied, report.documents) == (1, COUNT)
    assert not knows_a_secret(out)
    assert (contents(out), hits(out)) == (contents(clean), hits(clean))
    repair(stripped(out, tmp_path), tmp_path / f"again.{suffix}", settings=LEXICAL)
    assert by_id(tmp_path / f"again.{suffix}") == by_id(clean)
    for order in ([clean, original], [original, clean]):
        merge(order, out, force=True)
        assert documents(out) == documents(clean)
        assert is_sound(out)
        assert not knows_a_secret(out)


@pytest.mark.slow
def test_a_compacted_file_merges_into_another_medium(clean: Path, suffix: str, tmp_path: Path) -> None:
    out = tmp_path / {"mp4": "o.flac", "flac": "o.mp4"}[suffix]
    report = merge([clean], out)
    assert (report.carried, documents(out), hits(out)) == (1, documents(clean), hits(clean))
    repair(stripped(out, tmp_path), tmp_path / f"again.{suffix}", settings=LEXICAL)
    assert by_id(tmp_path / f"again.{suffix}") == by_id(clean)


@pytest.mark.slow
def test_a_compacted_file_becomes_another_medium(clean: Path, suffix: str, tmp_path: Path) -> None:
    codec, out = {"mp4": ("flac", "o.flac"), "flac": ("av1", "o.mp4")}[suffix]
    convert(clean, tmp_path / out, settings=Settings(encode=Encode(codec=codec)))
    assert (documents(tmp_path / out), contents(tmp_path / out)) == (documents(clean), contents(clean))
    assert hits(tmp_path / out) == hits(clean)
    assert is_sound(tmp_path / out)
    assert not knows_a_secret(tmp_path / out)
    with reading(tmp_path / out) as reader:
        (change,) = (
            parse(each.body, reader.media.budget)
            for each in reader.segments[-1].records()
            if each.kind == record.STATE
        )
        assert [each.void for each in change.streams] == [()]  # here packets are numbered otherwise
    repair(stripped(tmp_path / out, tmp_path), tmp_path / f"again.{suffix}", settings=LEXICAL)
    assert by_id(tmp_path / f"again.{suffix}") == by_id(clean)


def test_of_much_text_the_dictionary_quotes_one_document_in_four(tmp_path: Path) -> None:
    """The others can be forgotten without all being written anew."""
    path, names = tmp_path / "m.flac", [f"Ownname{uuid5(NAMESPACE_OID, str(n)).hex}" for n in range(700)]
    with memcodec.create(path, model="none") as memory:
        for number, name in enumerate(names):
            memory.add(f" {name} ".join(re.split("(?<=[.]) ", prose(number, 6500))), uri=f"{number}.md")
    with reading(path) as reader:
        shared = reader.segments[0].dictionary()
    quoted = {number % 4 for number, name in enumerate(names) if name.encode() in shared}
    assert quoted == {0}
    forget(path, "101.md")
    with memcodec.open(path) as memory:
        assert memory.compact().copied > 0


def middle(path: Path, share: int) -> list[tuple[int, int]]:
    """A run of frames of the first segment, one in ``share``."""
    places = frames_of(path, 0)
    first = len(places) // 3
    return places[first : first + max(1, len(places) // share)]


@pytest.mark.slow
def test_damage_to_a_compacted_file_is_cured(clean: Path, suffix: str, tmp_path: Path) -> None:
    bad = damaged(clean, middle(clean, 20), tmp_path / f"bad.{suffix}")
    assert contents(bad) == contents(clean)
    with memcodec.open(bad) as memory:
        report = memory.verify(deep=True)
        assert not report.ok
        assert report.complete
        assert report.lost == report.recovered > 0
    # And compaction makes it whole.
    assert compacted(bad, tmp_path / f"whole.{suffix}").encoded > 0
    assert is_sound(tmp_path / f"whole.{suffix}")
    assert documents(tmp_path / f"whole.{suffix}") == documents(clean)


@pytest.mark.slow
@pytest.mark.parametrize("index", ["with its index", "without"])
def test_repair_of_a_damaged_one(index: str, clean: Path, suffix: str, tmp_path: Path) -> None:
    spans: Sequence[tuple[int, int]] = middle(clean, 20)
    if index == "without":
        spans = [*spans, (clean.stat().st_size - 4000, 4000)]
    bad = damaged(clean, spans, tmp_path / f"bad.{suffix}")
    report = repair(bad, tmp_path / f"out.{suffix}", settings=LEXICAL)
    assert report.complete
    assert report.lost == report.recovered > 0
    assert by_id(tmp_path / f"out.{suffix}") == by_id(clean)
    assert contents(tmp_path / f"out.{suffix}") == contents(clean)


def test_beyond_parity_the_file_stays(original: Path, suffix: str, tmp_path: Path) -> None:
    bad = damaged(original, middle(original, 2), tmp_path / f"bad.{suffix}")
    before = bad.read_bytes()
    with memcodec.open(bad) as memory, pytest.raises(Damaged):
        memory.compact()
    assert bad.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [bad.name]


@pytest.mark.slow
def test_at_full_size(suffix: str, tmp_path: Path) -> None:
    """A segment that is redacted, not written anew, by its own size; its dictionary is a trained one."""
    path = tmp_path / f"m.{suffix}"
    fill(path, 500)
    with reading(path) as reader:
        (segment,) = reader.segments
        assert segment.record.stream > SMALL
        shared = budget.unpack(next(segment.records()).body, block.MAX_DICTIONARY, "dictionary")
    said = {shared[at : at + 48] for at in range(0, len(shared), 16)}
    number = next(
        each for each in range(100, 500) if not any(run in prose(each, 7000).encode() for run in said)
    )
    forget(path, f"{number}.md")
    before = documents(path), contents(path), hits(path)
    with memcodec.open(path) as memory:
        report = memory.compact()
    assert report.copied > 2 * report.encoded > 0
    assert (documents(path), contents(path), hits(path)) == before
    left, gone = told(path), prose(number, 7000).encode()
    assert not any(gone[at : at + 100] in left for at in range(0, 6900, 100))
