"""Capsules: a part of a memory, sealed for somebody. What mathematics keeps, and what manners do."""

from __future__ import annotations

import base64
import contextlib
import json
import string
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import memcodec
from memcodec import Collection, Filter, Settings
from memcodec.config.times import parse_span
from memcodec.errors import ConfigError, Damaged, Expired, MemcodecError, NotAllowed, NotFound, WrongKey
from memcodec.file.reader import Reader, read_file
from memcodec.format import envelope
from memcodec.format.envelope import Seal
from memcodec.index.lexical.segment import LexicalSegment
from memcodec.media import registry
from memcodec.seal import rules
from memcodec.seal.aead import is_committed
from memcodec.seal.age import recipients
from memcodec.seal.keyring import Keyring, unlocking_of
from memcodec.seal.rules import Rules
from memcodec.seal.sealing import sealing
from memcodec.storage.open import place_of
from memcodec.upkeep.convert import convert
from memcodec.upkeep.keyless import verify_place
from memcodec.upkeep.recipients import change_recipients, rotate
from memcodec.upkeep.resealing import seal as reseal
from memcodec.upkeep.resealing import unseal
from tests.seal.people import Person, person, read
from tests.support import clip
from tests.support.memories import MEDIA
from tests.support.signers import ssh
from tests.test_memory import CALLS

Make = Callable[..., Path]
RUN = 16  #: bytes that two capsules have nowhere in common
FIXED = 6  #: bytes, one behind the other, of which chance repeats none in files of this size
LONG_AGO = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
#: what hands out nothing of a capsule's texts, names or words, and so is not asked for
FREE = {
    "info",
    "log",
    "refresh",
    "requests",
    "reader_for",
    "save",
    "to_bytes",
    "verify",
    "warnings",
    "__len__",
    "__enter__",
}
#: what fails for another reason, as it is called here, before it looks at the file; or does nothing
ELSEWHERE = {"fold", "sign", "verify_signed", "commit"}


def word(seed: int) -> str:
    """Eleven letters that stand nowhere else, and that no stemmer shortens."""
    return "".join("bcdfghjkmpqvwxz"[each] for each in np.random.default_rng(seed).integers(0, 15, 11))


CHOSEN = [word(each) for each in range(6)]  #: in the documents that go into a capsule
OTHERS = [
    word(each) for each in range(100, 130)
]  #: in the rest: other documents, old versions, forgotten ones
TEXT = "The heron waits at the weir, {} and {} are what the miller calls it on a day like this.\n"


def text_of(one: str, other: str) -> str:
    """Long enough for a dictionary."""
    return "".join(f"Line {number}: {TEXT.format(one, other)}" for number in range(120))


@pytest.fixture(scope="module")
def memory_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five states: chosen documents and others, a version that was replaced, a document that was forgotten."""
    folder = tmp_path_factory.mktemp("memory")
    path, said = folder / "m.mp4", iter(OTHERS)

    def other() -> str:
        return next(said)

    home = folder / other()
    home.mkdir()
    (home / f"{other()}.txt").write_text(text_of(other(), other()))
    with memcodec.create(path, settings=Settings.of(model="none")) as memory:
        memory.add_path(home, root=other())
        for _ in range(4):
            name = other()
            memory.add(text_of(other(), other()), uri=f"rest/{name}.md", title=other(), tags={other(): "x"})
        memory.add(text_of(other(), CHOSEN[0]), uri="chosen/a.md", title="A")
        memory.commit()
        memory.add(text_of(*CHOSEN[:2]), uri="chosen/a.md", title="A")
        memory.add(text_of(*CHOSEN[2:4]), uri="chosen/b.md", title="B", tags={"kind": CHOSEN[4]})
        memory.add(text_of(other(), other()), uri="chosen/gone.md")
        memory.commit()
        memory.forget(Filter(documents="chosen/gone.md"))
    with memcodec.open(path) as memory:
        memory.sign(ssh(folder).private)
    return path


@pytest.fixture
def make(memory_file: Path, tmp_path: Path, ada: Person) -> Make:
    def call(
        name: str = "c.mp4", to: str = ada.recipient, as_of: int | None = None, **options: object
    ) -> Path:
        options = {"only": Filter(path="chosen/*")} | options
        with memcodec.open(memory_file, as_of=as_of) as memory:
            memory.capsule(tmp_path / name, to=[to], **options)  # type: ignore[arg-type]
        return tmp_path / name

    return call


def told_by(reader: Reader) -> Iterator[bytes]:
    """All that whoever has the key can get at in a file: records, dictionaries, blobs, texts, documents, terms."""
    for record in reader.chain:
        yield record.to_bytes()
    for segment in reader.segments:
        yield segment.dictionary()
        yield from (found.body for found in segment.records())
        yield repr(list(segment.catalogue.all_documents())).encode()
        if segment.record.text:
            yield segment.text(0, segment.record.text)
        yield bytes(reader.blob(segment.record.catalogue, "it").whole())
    for record in reader.chain:
        yield from (bytes(reader.blob(place, "it").whole()) for place in record.places)
    for run in reader.indexes:
        if run.lexical is not None:
            lexical = LexicalSegment(run.lexical)
            yield from (term for batch in lexical.batches() for term in batch.terms)


def words_in(path: Path, unlock: str | None, words: list[str]) -> set[str]:
    keys = Keyring(unlocking_of(unlock, None))
    reader = read_file(path, keys=keys, use="any")
    try:
        everything = b"\n".join(told_by(reader)).lower()
        return {each for each in words if each.encode() in everything}
    finally:
        reader.close()
        keys.close()


# What is in it, and what is not


@pytest.mark.parametrize("suffix", MEDIA)
def test_it_has_what_was_chosen_and_nothing_else(suffix: str, make: Make, ada: Person) -> None:
    made = make(f"c.{suffix}", allow="search,show,list,copy")
    assert read(made, ada.identity) == {
        "chosen/a.md": text_of(*CHOSEN[:2]),
        "chosen/b.md": text_of(*CHOSEN[2:4]),
    }
    assert words_in(made, ada.identity, CHOSEN[:5]) == set(CHOSEN[:5])
    assert words_in(made, ada.identity, OTHERS) == set()
    with memcodec.open(made, unlock=ada.identity) as memory:
        assert len(memory.log()) == 1
        assert [each.document.uri for each in memory.search(CHOSEN[2], mode="lexical")][:1] == ["chosen/b.md"]
        assert {each.title: dict(each.tags) for each in memory} == {"A": {}, "B": {"kind": CHOSEN[4]}}


def test_the_memory_itself_has_all_of_these(memory_file: Path) -> None:
    """Or the test above would see nothing, whatever stood there."""
    with memcodec.open(memory_file) as memory:
        assert any(each.root is not None for each in memory)
    there = words_in(memory_file, None, OTHERS + CHOSEN[:5])
    assert set(CHOSEN[:5]) <= there and len(set(OTHERS) & there) > 20


def test_ids_and_keys_are_its_own(make: Make, memory_file: Path, ada: Person) -> None:
    one, two = make("1.mp4"), make("2.mp4")
    seen = set[str]()
    for path, unlock in ((memory_file, None), (one, ada.identity), (two, ada.identity)):
        with memcodec.open(path, unlock=unlock) as memory:
            ids = {memory.info().file_id, *(each.id for each in memory)}
        assert not ids & seen
        seen |= ids


def pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a sealed file, in pieces, but for three things. The frames, which are drawn from the packets and
    from nothing else: these stand in their place. The guide, which is the same in every file of a medium but for its
    id, which is random. The names and numbers in the envelope's JSON, which tell sizes: what it has in hexadecimal and
    base64 is given as bytes.
    """
    with contextlib.closing(place_of(path).open()) as source:
        media = registry.detect(source).open(source)
        with contextlib.closing(media):
            for part, extent in media.layout():
                if part not in ("guide", "media", "commit"):
                    yield source.get_bytes(extent.offset, extent.length)
            yield from media.scan()
            for record in media.commits():
                yield from _values(json.loads(bytes(record)))


def _values(value: object) -> Iterator[bytes]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _values(each)
    elif isinstance(value, str):
        with contextlib.suppress(ValueError):
            yield bytes.fromhex(value)
        with contextlib.suppress(ValueError):
            yield base64.b64decode(value, validate=True)


def runs(path: Path, length: int) -> set[bytes]:
    """Every run of so many bytes."""
    return {each[at : at + length] for each in pieces(path) for at in range(len(each) - length + 1)}


def runs_of_its_own(path: Path, fixed: set[bytes]) -> set[bytes]:
    """Every run of ``RUN`` bytes in which none is a part of a fixed one, of ``FIXED``."""
    found = set[bytes]()
    for each in pieces(path):
        own = bytearray(b"\1" * len(each))
        for at in range(len(each) - FIXED + 1):
            if each[at : at + FIXED] in fixed:
                own[at : at + FIXED] = bytes(FIXED)
        found |= {each[at : at + RUN] for at in range(len(each) - RUN + 1) if 0 not in own[at : at + RUN]}
    return found


@pytest.fixture(scope="module")
def unlike(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Memories of the same shape that say something else: every letter is another one."""
    letters, made = string.ascii_lowercase, list[Path]()
    for turn in (5, 11, 17):
        other = str.maketrans(letters, letters[turn:] + letters[:turn])
        path = tmp_path_factory.mktemp("unlike") / "u.mp4"
        with memcodec.create(path, settings=Settings.of(model="none")) as memory:
            memory.add(text_of(*CHOSEN[:2]).translate(other), uri="chosen/a.md", title="A")
            tags = {"kind": CHOSEN[4].translate(other)}
            memory.add(text_of(*CHOSEN[2:4]).translate(other), uri="chosen/b.md", title="B", tags=tags)
        made.append(path)
    return made


@pytest.mark.parametrize("suffix", MEDIA)
def test_two_capsules_of_one_memory_share_no_run_of_bytes(
    suffix: str, make: Make, unlike: list[Path], tmp_path: Path
) -> None:
    """But what is fixed: what capsules of other memories have too, of the same shape, and for others. That is the
    container's boxes and tables, the heads of packets and blobs, the first line of an age file."""
    one, two = make(f"1.{suffix}"), make(f"2.{suffix}", to=person().recipient)
    fixed = set[bytes]()
    for number, path in enumerate(unlike):
        with memcodec.open(path) as memory:
            memory.capsule(
                made := tmp_path / f"u{number}.{suffix}", to=[person().recipient], only=Filter(path="*")
            )
        fixed |= runs(made, FIXED)
    ours, theirs = runs_of_its_own(one, fixed), runs_of_its_own(two, fixed)
    assert len(ours) > len(runs(one, RUN)) * 3 // 4 > 5_000  # what is fixed is little of it
    assert ours & theirs == set()


@pytest.mark.parametrize("suffix", MEDIA)
def test_of_a_past_state_it_has_what_was_there_then(suffix: str, make: Make, ada: Person) -> None:
    made = make(f"c.{suffix}", as_of=1, allow="search,show,list,copy")
    assert list(read(made, ada.identity)) == ["chosen/a.md"]
    assert words_in(made, ada.identity, CHOSEN[1:5]) == set()  # what came later is not in it
    everything = make("all.mp4", as_of=1, only=None)
    with memcodec.open(everything, unlock=ada.identity) as memory:
        assert len(memory) == 6


def test_a_query_chooses_by_its_words(make: Make, ada: Person) -> None:
    made = make(query=CHOSEN[2], only=None)
    assert list(read(made, ada.identity)) == ["chosen/b.md"]
    both = make("d.mp4", query=f"{CHOSEN[1]} OR {CHOSEN[3]}", only=None)
    assert list(read(both, ada.identity)) == ["chosen/a.md", "chosen/b.md"]
    with pytest.raises(NotFound, match="no document matches"):
        make("e.mp4", query=word(999), only=None)


def test_signatures_stay_at_home(make: Make, ada: Person) -> None:
    """They name the number of all documents, and hashes of each."""
    made = make(only=Filter(path="*"))
    with memcodec.open(made, unlock=ada.identity) as memory:
        assert not [each for each in memory if each.title.startswith("Signature")]
        assert len(memory) == 7
        assert all(each.root is None for each in memory)  # nor what folder of whose machine it came from


def test_what_cannot_be_made_says_so(make: Make, memory_file: Path, tmp_path: Path, ada: Person) -> None:
    with pytest.raises(ConfigError, match="nothing says what goes in"):
        make(only=None)
    with pytest.raises(
        ConfigError, match="allow: 'print' is nothing that a capsule allows; choose from search"
    ):
        make(allow="search,print")
    with pytest.raises(ConfigError, match="expires: 2001-02-03 04:05:06 UTC is over"):
        make(expires=LONG_AGO)
    with pytest.raises(ConfigError, match="expires: 'soonish' is not a time"):
        make(expires="soonish")
    with pytest.raises(ConfigError, match="note: has 2,001 characters"):
        make(note="x" * 2001)
    with memcodec.open(memory_file) as memory, pytest.raises(ConfigError, match="a capsule is for somebody"):
        memory.capsule(tmp_path / "c.mp4", only=Filter(path="*"))
    assert not list(tmp_path.iterdir())
    with memcodec.open(memory_file) as memory:
        report = memory.capsule(
            tmp_path / "c.mp4", to=[ada.recipient], only=Filter(path="chosen/*"), dry_run=True
        )
    assert [each.uri for each in report.documents] == ["chosen/a.md", "chosen/b.md"]
    assert not list(tmp_path.iterdir())


def test_a_text_that_is_lost_is_not_given_away(memory_file: Path, tmp_path: Path, ada: Person) -> None:
    settings = Settings.of(model="none", parity=0)
    with memcodec.create(tmp_path / "d.mp4", settings=settings) as memory:
        memory.add("".join(map(chr, np.random.default_rng(1).integers(97, 123, 60_000))), uri="a")
    with memcodec.open(tmp_path / "d.mp4") as memory:
        frame = next(iter(memory.reader.segments[0].frames()))
    data = bytearray((tmp_path / "d.mp4").read_bytes())
    data[frame.offset : frame.offset + frame.length] = bytes(frame.length)
    (tmp_path / "d.mp4").write_bytes(data)
    with memcodec.open(tmp_path / "d.mp4") as memory, pytest.raises(Damaged, match="a: part of it is lost"):
        memory.capsule(tmp_path / "c.mp4", to=[ada.recipient], only=Filter(path="*"))
    assert not (tmp_path / "c.mp4").exists()


# Manners: expiry


@pytest.fixture
def old(make: Make, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A capsule whose time is over."""
    with monkeypatch.context() as patch:
        patch.setattr(rules, "now", lambda: LONG_AGO - timedelta(days=1))
        return make(expires=LONG_AGO, allow=list(rules.USES), note="Till then.")


def test_an_expired_capsule_is_refused_and_says_when_it_expired(
    old: Path, tmp_path: Path, ada: Person
) -> None:
    said = r"c\.mp4: is a capsule that was to be read until 2001-02-03 04:05:06 UTC"
    for use in (
        lambda: memcodec.open(old, unlock=ada.identity),
        lambda: Collection(old, unlock=ada.identity),
        lambda: convert(old, tmp_path / "x.mp4", unlock=ada.identity),
        lambda: unseal(old, tmp_path / "x.mp4", unlock=ada.identity),
        lambda: reseal(old, tmp_path / "x.mp4", seal=[ada.recipient], anew=True, unlock=ada.identity),
        lambda: rotate(old, seal=[ada.recipient], unlock=ada.identity),
    ):
        with pytest.raises(Expired, match=said) as told:
            use()
        assert told.value.exit_code == 13 and "\n" not in str(told.value)
    assert not (tmp_path / "x.mp4").exists()


def test_one_that_expires_while_it_is_open_is_refused_from_then_on(
    make: Make, monkeypatch: pytest.MonkeyPatch, ada: Person
) -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    made = make(expires=soon, allow="search,show,list")
    with (
        memcodec.open(made, unlock=ada.identity) as memory,
        Collection(made, unlock=ada.identity) as collection,
    ):
        assert memory.search(CHOSEN[0]) and collection.search(CHOSEN[0])
        monkeypatch.setattr(rules, "now", lambda: soon + timedelta(seconds=1))
        for call in (memory.search, collection.search, memory.read, collection.read):
            with pytest.raises(Expired):
                call("chosen/a.md")
        with pytest.raises(Expired):
            memory.info()


# Manners: what is allowed


def test_what_is_not_allowed_is_refused_and_says_what_is(make: Make, tmp_path: Path, ada: Person) -> None:
    made = make(allow="search,show", note="For Ada.")
    with memcodec.open(made, unlock=ada.identity) as memory:
        assert memory.search(CHOSEN[0]) and memory.read("chosen/a.md") and memory.get(0)
        assert memory.info().capsule == {"allow": ["search", "show"], "expires": None, "note": "For Ada."}
        said = r"c\.mp4: is a capsule that allows search, show, and not list"
        with pytest.raises(NotAllowed, match=said):
            memory.documents()
        with pytest.raises(NotAllowed, match="and not restore"):
            memory.restore(tmp_path / "out")
        with pytest.raises(NotAllowed, match="nothing is written into one"):
            memory.add("More.")
        with pytest.raises(NotAllowed, match="and not copy"):
            memory.capsule(tmp_path / "x.mp4", to=[ada.recipient], only=Filter(path="*"))
    for use in (
        lambda: convert(made, tmp_path / "x.mp4", unlock=ada.identity),
        lambda: unseal(made, tmp_path / "x.mp4", unlock=ada.identity),
        lambda: memcodec.merge([made], tmp_path / "x.mp4"),
        lambda: change_recipients(made, add=[ada.recipient], unlock=ada.identity),
    ):
        with pytest.MonkeyPatch.context() as patch, pytest.raises(NotAllowed):
            (tmp_path / "key").write_text(ada.identity)
            patch.setenv("MEMCODEC_IDENTITY", str(tmp_path / "key"))
            use()
    assert not (tmp_path / "x.mp4").exists() and not (tmp_path / "out").exists()


#: A word, and the methods that it allows: each other word allows none of them.
BY_WORD = {
    "search": {"search", "search_pictures"},
    "show": {"get", "around", "read", "lines", "read_bytes", "prove", "document", "__contains__"},
    "list": {"documents", "timeline", "diff", "__iter__", "verify_signed", "document", "__contains__"},
    "restore": {"restore", "document", "documents", "timeline", "__contains__"},
    "understand": {"graph", "topics", "trends", "synthesize", "dashboard", "topic_diff"},
    "copy": {"branch", "compact", "capsule", "reader"},
}


@pytest.mark.parametrize("allowed", rules.USES)
def test_whatever_method_is_not_allowed_is_refused(
    allowed: str, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ada: Person
) -> None:
    """Of all there are: one that is new is refused until somebody says what it is."""
    monkeypatch.chdir(tmp_path)
    made = make(allow=allowed)
    for name in CALLS.keys() - FREE - ELSEWHERE - BY_WORD[allowed]:
        with memcodec.open(made, unlock=ada.identity) as memory, pytest.raises(MemcodecError) as told:
            CALLS[name](memory)
        assert isinstance(told.value, NotAllowed), (name, told.value)


def test_collections_keep_to_it_too(make: Make, ada: Person) -> None:
    with Collection(make(allow="list"), unlock=ada.identity) as collection:
        assert len(collection.documents()) == 2 and len(collection) == 2
        for call in (
            lambda: collection.search(CHOSEN[0]),
            lambda: collection.search_pictures("red", model="clip"),
            lambda: collection.follow(CHOSEN[0]),
            lambda: collection.read("chosen/a.md"),
            lambda: collection.get(0),
            lambda: collection.topics(),
            lambda: collection.topic_diff(make("d.mp4")),
        ):
            with pytest.raises(NotAllowed, match="a capsule that allows list, and not"):
                call()


def test_who_may_copy_makes_files_that_keep_the_rules(
    make: Make, tmp_path: Path, ada: Person, eve: Person
) -> None:
    made = make(allow="show,copy", expires="2999-01-01", note="Mind.")
    converted, resealed, plain = tmp_path / "x.flac", tmp_path / "y.mp4", tmp_path / "z.mp4"
    convert(made, converted, settings=Settings.of(codec="flac"), unlock=ada.identity)
    reseal(made, resealed, seal=[eve.recipient], anew=True, unlock=ada.identity)
    for path, who in ((converted, ada), (resealed, eve)):
        with memcodec.open(path, unlock=who.identity) as memory:
            told = memory.info().capsule
            assert told is not None and told["allow"] == ["show", "copy"] and told["note"] == "Mind."
            assert told["expires"] == rules_time("2999-01-01")
            with pytest.raises(NotAllowed):
                memory.search(CHOSEN[0])
    unseal(made, plain, unlock=ada.identity)
    with memcodec.open(plain) as memory:
        assert memory.info().capsule is None and memory.search(CHOSEN[0])


def rules_time(text: str) -> str:
    return parse_span(text).last.astimezone(UTC).isoformat()


# Mathematics: nobody without the key takes the rules away


def test_without_its_rules_or_with_others_no_key_is_the_right_one(ada: Person) -> None:
    to = recipients([ada.recipient])
    made = sealing(to, rules=Rules(("search",), None, "A note."))
    other = sealing(to, rules=Rules(("search", "copy")))
    key, seal = made.key.exposed(), made.key.seal
    assert is_committed(key, seal)
    assert b"note" not in seal.to_bytes(b"salt")
    assert not is_committed(key, Seal(seal.commitment, seal.files))
    assert not is_committed(key, Seal(seal.commitment, seal.files, other.key.seal.rules))
    for at in range(len(seal.rules)):
        changed = bytearray(seal.rules)
        changed[at] ^= 1
        assert not is_committed(key, Seal(seal.commitment, seal.files, bytes(changed)))


@pytest.mark.parametrize("suffix", MEDIA)
def test_a_stranger_who_strips_the_rules_has_a_file_that_nobody_opens(
    suffix: str, make: Make, tmp_path: Path, ada: Person
) -> None:
    made = make(f"c.{suffix}", allow="search")
    data = made.read_bytes()
    start = data.rindex(b'{"format":6,')
    row, _ = json.JSONDecoder().raw_decode(data[start:].decode("latin-1"))
    seal = row["seal"]
    assert seal["seal"] == 2 and base64.b64decode(seal["rules"])
    stripped = row | {"seal": {"seal": 1, "commitment": seal["commitment"], "age": seal["age"]}}
    with pytest.raises(WrongKey):
        Keyring(unlocking_of(ada.identity, None)).unlock(
            envelope.parse(json.dumps(stripped).encode()).seal, "it"
        )
    with pytest.raises(Damaged, match="seal"):
        envelope.parse(json.dumps(row | {"seal": seal | {"seal": 3}}).encode())
    for rules_there in ("", None):
        with pytest.raises(Damaged):
            envelope.parse(json.dumps(row | {"seal": seal | {"rules": rules_there}}).encode())


@pytest.mark.parametrize("with_key", [True, False])
def test_a_repair_keeps_the_rules(
    with_key: bool, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ada: Person
) -> None:
    made = make(allow="search", note="Mind.")
    data = made.read_bytes()
    made.write_bytes(data[: data.rindex(b'{"format":6,') - 200])  # index and record are gone
    key = tmp_path / "key"
    key.write_text(ada.identity)
    if with_key:
        monkeypatch.setenv("MEMCODEC_IDENTITY", str(key))
    memcodec.repair(made, tmp_path / "r.mp4", settings=Settings.of(model="none"))
    monkeypatch.setenv("MEMCODEC_IDENTITY", str(key))
    if not with_key:
        memcodec.repair(tmp_path / "r.mp4", tmp_path / "s.mp4", settings=Settings.of(model="none"))
        (tmp_path / "s.mp4").replace(tmp_path / "r.mp4")
    with memcodec.open(tmp_path / "r.mp4") as memory:
        assert memory.info().capsule == {"allow": ["search"], "expires": None, "note": "Mind."}
        assert memory.search(CHOSEN[0])
        with pytest.raises(NotAllowed):
            memory.read("chosen/a.md")


def test_without_a_key_an_expired_one_is_kept_whole(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memcodec.storage.open import place_of

    assert verify_place(place_of(old), deep=True).ok
    old.chmod(0o644)
    memcodec.repair(old, tmp_path / "r.mp4")
    assert verify_place(place_of(tmp_path / "r.mp4")).ok


def test_what_is_planted_in_the_rules_is_in_no_byte_of_the_file(make: Make) -> None:
    made = make(note=f"Only {OTHERS[0]}.", allow="restore", expires="2777-07-07").read_bytes()
    for secret in (OTHERS[0], "restore", "2777-07", CHOSEN[0], "chosen/"):
        assert secret.encode() not in made
        assert base64.b64encode(secret.encode())[:-2] not in made


def test_pictures_are_found_by_what_they_show(tmp_path: Path, ada: Person) -> None:
    """By the rows that the memory has of them, under their new ids; rows of other pictures stay there."""
    model = clip.made(tmp_path / "clip")
    settings = Settings.of(model="none", image_model=model, ocr="never")
    (tmp_path / "photos").mkdir()
    for colour in ("red", "green", "blue"):
        Image.new("RGB", (40, 30), clip.COLOURS[colour]).save(tmp_path / "photos" / f"{colour}.png")
    with memcodec.create(tmp_path / "m.mp4", settings=settings) as memory:
        memory.add_path(tmp_path / "photos")
        memory.commit()
        old = {each.id for each in memory}
        made = tmp_path / "c.flac"
        only = Filter(documents=["blue.png", "red.png"])
        memory.capsule(made, to=[ada.recipient], only=only, allow="search,list,copy")
    with memcodec.open(made, unlock=ada.identity, settings=settings) as memory:
        assert [hit.document.uri for hit in memory.search_pictures("blue")] == ["blue.png", "red.png"]
        (part,) = memory.reader.pictures
        assert set(part.documents) == {each.id for each in memory} and not old & set(part.documents)
        assert memory.verify(deep=True).ok


def test_meaning_is_found_by_vectors_of_its_own(tmp_path: Path, ada: Person) -> None:
    """They are made anew, by the file's model: what an index of vectors learns of its memory stays there."""
    with memcodec.create(tmp_path / "m.mp4") as memory:
        memory.add("The grey heron nests in the alder.", uri="chosen/a.md")
        memory.add("Compilers allocate registers by colouring graphs.", uri="chosen/b.md")
        memory.add("Nobody is to know of this.", uri="rest")
        memory.commit()
        report = memory.capsule(tmp_path / "c.mp4", to=[ada.recipient], only=Filter(path="chosen/*"))
        model = memory.info().model
    assert not report.notes and model is not None
    with memcodec.open(tmp_path / "c.mp4", unlock=ada.identity) as memory:
        assert memory.info().model == model
        assert (
            memory.search("where do birds live", mode="semantic", min_score=0.0)[0].document.uri
            == "chosen/a.md"
        )
