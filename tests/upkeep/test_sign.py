"""A signature holds as long as the content does, wherever it goes; and any change of the content is noticed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import memcodec
from fixtures.prose import prose
from memcodec.config.settings import Settings
from memcodec.errors import ConfigError, Damaged, MemcodecError, NotFound, Unproven
from memcodec.file.filter import Filter
from memcodec.file.writer import Writer
from memcodec.format import statement
from memcodec.ingest.item import Item, OriginalBytes, text_item
from memcodec.model import Document, Root, Section
from memcodec.share.paper import print_sheets, scan_sheets
from memcodec.share.parts.joiner import join
from memcodec.share.parts.splitter import split
from memcodec.signing.allowed import signers
from memcodec.upkeep.signed import SignedReport, signed
from tests.support import signers as keys
from tests.support.memories import append, create, damaged, forget, frames_of, reading, stripped, texts
from tests.support.needs import needs
from tests.support.signers import Pair

LONG = prose(7, 70_000)  # several blocks of 16 KiB
DOCUMENTS = {"birds/herons.md": "# Herons\n\nThe heron nests in April.\n", "long.txt": LONG, "empty.txt": ""}
NO_MODEL = Settings.of(model="none")


@pytest.fixture(scope="module")
def alice(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return keys.ssh(tmp_path_factory.mktemp("alice"))


@pytest.fixture(scope="module")
def bob(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return keys.minisign(tmp_path_factory.mktemp("bob"), "bob")


@pytest.fixture(scope="module")
def made(alice: Pair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of two commits, of which one document was forgotten, signed by Alice."""
    path = create(tmp_path_factory.mktemp("signed") / "m.mp4", {**DOCUMENTS, "gone.txt": "Gone."})
    append(path, texts("more", 3), settings=NO_MODEL)
    forget(path, "gone.txt")
    sign(path, alice)
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


def sign(path: Path, key: Pair, note: str = "") -> memcodec.SignReport:
    with memcodec.open(path, settings=NO_MODEL) as memory:
        return memory.sign(key.private, note=note)


def report(path: Path, key: Pair) -> SignedReport:
    with memcodec.open(path) as memory:
        return memory.verify_signed(key.public)


# What is said


def test_signed_now_then_and_not_any_more(path: Path, alice: Pair) -> None:
    found = report(path, alice)
    (told,) = found.signatures
    assert found.complete and found.ok and not found.others
    assert (told.documents, told.commit, told.missing, told.changed) == (6, 3, (), ())
    assert abs((datetime.now(UTC) - told.time).total_seconds()) < 3600
    append(path, {"otters.md": "An otter swims."}, settings=NO_MODEL)
    found = report(path, alice)
    found.check()
    assert found.ok and not found.complete and [each.uri for each in found.since] == ["otters.md"]
    forget(path, "long.txt")
    found = report(path, alice)
    assert not found.ok and found.signatures[0].missing == ("long.txt",)
    with pytest.raises(
        Unproven, match=r"m\.mp4: what SHA256:\S+ signed on \S+ is not what it was; missing since: long"
    ):
        found.check()


def test_a_new_version_is_a_change(path: Path, alice: Pair) -> None:
    with memcodec.open(path, settings=NO_MODEL) as memory:
        memory.tag(Filter(documents="empty.txt"), tags={"a": "b"})
    assert report(path, alice).signatures[0].changed == ("empty.txt",)


def test_it_is_signed_again_when_something_came(path: Path, alice: Pair) -> None:
    assert sign(path, alice).commit is None, "it is signed just so already"
    before = report(path, alice).signatures[0].statement
    append(path, {"otters.md": "An otter swims."}, settings=NO_MODEL)
    again = sign(path, alice, "with otters")
    assert again.commit is not None and (again.commit.added, again.commit.removed) == (1, 1)
    (told,) = report(path, alice).signatures
    assert (told.note, told.documents) == ("with otters", 7)
    assert statement.parse(told.statement).previous == statement.digest(before)
    assert sign(path, alice, "another note").commit is not None


def test_a_journal_is_signed_too(path: Path, alice: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcodec.file.journal.limits.SMALL", 1 << 16)
    with memcodec.open(path, settings=Settings.of(model="none", journal=True)) as memory:
        memory.add("A note.", uri="note.txt")
    assert [each.uri for each in report(path, alice).since] == ["note.txt"]
    sign(path, alice)
    assert report(path, alice).complete
    with memcodec.open(path, settings=Settings.of(model="none", journal=True)) as memory:
        memory.add("Another note.", uri="other.txt")
    assert [each.uri for each in report(path, alice).since] == ["other.txt"]


def test_two_may_sign(path: Path, alice: Pair, bob: Pair) -> None:
    sign(path, bob)
    for mine, other in ((alice, "minisign "), (bob, "SHA256:")):
        found = report(path, mine)
        assert found.complete and found.others[0].startswith(other)
    with memcodec.open(path) as memory:
        both = memory.verify_signed([alice.public, bob.public])
    assert both.complete and len(both.signatures) == 2 and not both.others


def test_no_search_looks_in_it(path: Path, alice: Pair) -> None:
    with memcodec.open(path) as memory:
        for word in ("ssh-ed25519", "statement", "signature", "sha512"):
            assert not memory.search(word, mode="lexical")
        assert not memory.search("herons", only=Filter(type="signature"))
        assert memory.documents(Filter(type="signature"))[0].uri.startswith("signatures/")


def test_nothing_to_sign(alice: Pair, tmp_path: Path) -> None:
    path = create(tmp_path / "m.mp4", {"a.txt": "A."})
    forget(path, "a.txt")
    with pytest.raises(NotFound, match="nothing to sign"):
        sign(path, alice)
    with pytest.raises(ConfigError, match="one line"):
        sign(create(tmp_path / "n.mp4", {"a.txt": "A."}), alice, "two\nlines")


def test_who_did_not_sign_is_told_who_did(path: Path, alice: Pair, bob: Pair) -> None:
    with pytest.raises(Unproven, match=r"m\.mp4: is not signed by that key; by SHA256:"):
        report(path, bob)
    forget(path, *[each.uri for each in _signatures(path)])
    with pytest.raises(Unproven, match=r"is not signed$"):
        report(path, alice)


def _signatures(path: Path) -> list[Document]:
    with memcodec.open(path) as memory:
        return list(memory.documents(Filter(type="signature")))


# What it survives


def _converted(path: Path, **options: Any) -> Path:
    made = path.with_name(f"made.{'flac' if options.get('codec') == 'flac' else 'mp4'}")
    memcodec.convert(path, made, settings=Settings.of(**options))
    return made


def _merged(path: Path) -> Path:
    other = create(path.with_name("other.mp4"), {"birds/herons.md": DOCUMENTS["birds/herons.md"], "x": "y"})
    memcodec.merge([other, path], path.with_name("made.mp4"))
    return path.with_name("made.mp4")


def _repaired(path: Path) -> Path:
    spans = frames_of(path, 0)[:1]
    memcodec.repair(
        damaged(path, spans, path.with_name("hit.mp4")), path.with_name("made.mp4"), settings=NO_MODEL
    )
    return path.with_name("made.mp4")


def _remuxed(path: Path) -> Path:
    memcodec.repair(stripped(path, path.parent), path.with_name("made.mp4"), settings=NO_MODEL)
    return path.with_name("made.mp4")


def _joined(path: Path) -> Path:
    (folder := path.with_name("parts")).mkdir()
    made = split(path, path.stat().st_size // 2, folder=folder)
    join([each.path for each in made.parts[1:]], path.with_name("made.mp4"))
    return path.with_name("made.mp4")


def _compacted(path: Path, *, recode: bool = False) -> Path:
    with memcodec.open(path) as memory:
        memory.compact(recode=recode)
    return path


SURVIVED: Mapping[str, Callable[[Path], Path]] = {
    "h264": lambda path: _converted(path, codec="h264"),
    "robust": lambda path: _converted(path, codec="h264", profile="robust"),
    "flac": lambda path: _converted(path, codec="flac"),
    "merge": _merged,
    "merge twice": lambda path: _compacted(_merged(path)),
    "repair": _repaired,
    "remux": _remuxed,
    "split and join": _joined,
    "compact": _compacted,
    "recode": lambda path: _compacted(path, recode=True),
}


@pytest.mark.slow
@pytest.mark.parametrize("way", SURVIVED)
def test_it_holds_wherever_the_content_goes(way: str, path: Path, alice: Pair) -> None:
    found = report(SURVIVED[way](path), alice)
    found.check()
    assert found.complete == ("merge" not in way)


def test_of_a_merge_each_source_is_signed(path: Path, alice: Pair, bob: Pair, tmp_path: Path) -> None:
    """Identical documents are kept once, but for what somebody signed: its time and id are part of it."""
    other = create(tmp_path / "other.mp4", {**DOCUMENTS, "mine.txt": "Bob's."})
    sign(other, bob)
    third = create(tmp_path / "third.mp4", {**DOCUMENTS, "theirs.txt": "Nobody's."})
    made = memcodec.merge([third, path, other], tmp_path / "both.mp4")
    assert made.duplicates == len(DOCUMENTS)
    for key in (alice, bob):
        found = report(tmp_path / "both.mp4", key)
        found.check()
        assert "theirs.txt" in {each.uri for each in found.since}
    memcodec.merge([path, path.with_name("both.mp4")], tmp_path / "again.mp4")
    report(tmp_path / "again.mp4", alice).check()


# What breaks it


def rewritten(path: Path, to: Path, change: Callable[[Item], Item | None]) -> Path:
    """A forger's copy: what is in the file, changed, in a sound file of its own, under the old ids."""
    with reading(path) as reader:
        found = [(each.document.id, change(each.segment.item(each.stored))) for each in reader.documents()]
        kept = [(name, item) for name, item in found if item is not None]
        writing = Writer.create(to, NO_MODEL, force=True)
        try:
            writing.add([item for _, item in kept], ids=[name for name, _ in kept])
        finally:
            writing.close()
    return to


def _other_text(item: Item, text: str) -> Item:
    made = text_item(text, uri=item.uri)
    return replace(item, size=made.size, sha256=made.sha256, read=made.read)


#: Changes of one document, whose field they are of.
CHANGES: Mapping[str, Callable[[Item], Item]] = {
    "text": lambda item: _other_text(item, "The heron nests in May.\n"),
    "uri": lambda item: replace(item, uri="birds/swifts.md"),
    "title": lambda item: replace(item, title="Swifts"),
    "time": lambda item: replace(item, time=datetime(2020, 1, 1, tzinfo=UTC)),
    "tags": lambda item: replace(item, tags={"place": "moor"}),
    "type": lambda item: replace(item, type="pdf"),
    "author": lambda item: replace(item, author="Eve"),
    "language": lambda item: replace(item, language="de"),
    "extracted": lambda item: replace(item, extracted=True),
    "sections": lambda item: replace(item, sections=(Section(0, ("Swifts",), "page 3"),)),
    "mode": lambda item: replace(item, mode=0o777),
    "mtime": lambda item: replace(item, mtime=1),
    "source": lambda item: replace(item, source="0" * 64),
    "root": lambda item: replace(item, root=Root("x", "", "0" * 32, "0" * 32)),
}


def test_a_copy_that_says_the_same_is_signed(path: Path, alice: Pair, tmp_path: Path) -> None:
    assert report(rewritten(path, tmp_path / "copy.mp4", lambda item: item), alice).complete


@pytest.mark.parametrize("field", CHANGES)
def test_each_field_is_signed(field: str, path: Path, alice: Pair, tmp_path: Path) -> None:
    def change(item: Item) -> Item:
        return CHANGES[field](item) if item.uri == "birds/herons.md" else item

    found = report(rewritten(path, tmp_path / "forged.mp4", change), alice)
    (told,) = found.signatures
    assert told.changed == ("birds/herons.md",) and not told.missing
    assert len(found.since) == 1


def test_no_field_of_a_document_is_left_out() -> None:
    named = {*CHANGES, "text"} | {"id", "sha256", "size", "original"}
    assert set(Document.__dataclass_fields__) <= named


def test_an_original_is_signed(alice: Pair, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<h1>Herons</h1>")
    with memcodec.create(
        tmp_path / "m.mp4", settings=Settings.of(model="none", keep_originals=True)
    ) as memory:
        memory.add_path(tmp_path / "page.html")
    sign(tmp_path / "m.mp4", alice)
    assert report(tmp_path / "m.mp4", alice).complete

    def change(item: Item) -> Item:
        if item.original is None:
            return item
        data = b"<h1>Swifts</h1>"
        original = OriginalBytes(len(data), hashlib.sha256(data).hexdigest(), lambda: [data])
        return replace(item, original=original)

    found = report(rewritten(tmp_path / "m.mp4", tmp_path / "forged.mp4", change), alice)
    assert found.signatures[0].changed == ("page.html",)


@settings(
    max_examples=int(os.environ.get("MEMCODEC_SIGNED_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_any_change_of_content_is_noticed(
    data: st.DataObject, made: Path, alice: Pair, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Documents changed, taken away, doubled and added: the report says which."""
    folder = tmp_path_factory.mktemp("forged")
    with reading(made) as reader:
        uris = [each.document.uri for each in reader.documents() if each.document.type != "signature"]
    gone = set(data.draw(st.lists(st.sampled_from(uris), max_size=2)))
    fields = data.draw(st.dictionaries(st.sampled_from(uris), st.sampled_from(sorted(CHANGES)), max_size=2))
    fields = {uri: field for uri, field in fields.items() if uri not in gone}

    def change(item: Item) -> Item | None:
        if item.uri in gone:
            return None
        return CHANGES[fields[item.uri]](item) if item.uri in fields else item

    path = rewritten(made, folder / "forged.mp4", change)
    added = data.draw(st.integers(0, 2))
    if added:
        append(path, {f"added/{number}": f"{number}" for number in range(added)}, settings=NO_MODEL)
    found = report(path, alice)
    (told,) = found.signatures
    assert {*told.missing, *told.changed} == gone | set(fields)
    assert len(found.since) == added + len(fields)
    assert found.complete == (not gone and not fields and not added)


def test_a_second_document_of_a_signed_ones_id_is_no_signed_one(
    path: Path, alice: Pair, tmp_path: Path
) -> None:
    with reading(path) as reader:
        (first,) = [each for each in reader.documents() if each.document.uri == "birds/herons.md"]
        item, name = first.segment.item(first.stored), first.document.id
        forged = [_other_text(item, "The heron never nests.\n"), replace(item)]
        writing = Writer.append(path, NO_MODEL)
        try:
            writing.add(forged, ids=[name, name])
        finally:
            writing.close()
    found = report(path, alice)
    assert found.ok and not found.complete
    assert [each.uri for each in found.since] == ["birds/herons.md"] * 2


# Forgeries


def with_signature(path: Path, to: Path, change: Callable[[str], str]) -> Path:
    """A forger's copy in which the signature's document says something else."""
    return rewritten(
        path, to, lambda item: _other_text(item, change(_text(item))) if item.type == "signature" else item
    )


def _text(item: Item) -> str:
    return b"".join(item.open()).decode()


def _field(name: str, value: object) -> Callable[[str], str]:
    def change(text: str) -> str:
        first, _, rest = text.partition("\n")
        return f"{json.dumps({**json.loads(first), name: value})}\n{rest}"

    return change


def _said(**values: object) -> Callable[[str], str]:
    def change(text: str) -> str:
        first = json.loads(text.partition("\n")[0])
        return _field("statement", json.dumps({**json.loads(first["statement"]), **values}, indent=2) + "\n")(
            text
        )

    return change


def _last_block(text: str) -> str:
    first, row, *rest = text.split("\n")
    assert "long.txt" in text
    changed = [_other_block(each) for each in (row, *rest)]
    return "\n".join([first, *changed])


def _other_block(line: str) -> str:
    row = json.loads(line) if line else []
    return json.dumps([*row[:-1], "0" * 64]) if len(row) > 3 else line


FORGED: Mapping[str, tuple[Callable[[str], str], str]] = {
    "fewer documents": (
        lambda text: "\n".join(text.split("\n")[:-2]) + "\n",
        "list of documents is not the one",
    ),
    "another name": (lambda text: text.replace('.txt"]', '.text"]', 1), "list of documents is not the one"),
    "another block": (_last_block, "list of documents is not the one"),
    "a row twice": (lambda text: text + text.split("\n")[-2] + "\n", "list of documents is not the one"),
    "cut": (lambda text: text[:-10], "cut short"),
    "cut within its first line": (lambda text: text[:100], "cannot be read"),
    "empty": (lambda text: "", "cannot be read"),
    "no JSON": (lambda text: "[" * 5000, "cannot be read"),
    "another version": (_field("version", 2), "update memcodec"),
    "a version that is true": (_field("version", True), "update memcodec"),
    "another kind": (_field("memcodec", "letter"), "is no signature"),
    "no statement": (_field("statement", None), "missing or wrong"),
    "a long statement": (_field("statement", "x" * 20_000), "longer than any"),
    "a long signature": (_field("signature", "x" * 5000), "longer than any"),
    "half a character": (_field("statement", "\ud800"), "half a character"),
    "another signature": (_field("signature", "-----BEGIN SSH SIGNATURE-----\n"), "forged, or was changed"),
    "another key": (_field("key", "ssh-ed25519 AAAA"), "a key that cannot be read"),
    "another time": (_said(time="2020-01-01T00:00:00Z"), "forged, or was changed"),
    "another count": (_said(documents=5), "forged, or was changed"),
    "another root": (_said(root="0" * 64), "forged, or was changed"),
    "another note": (_said(note="x"), "forged, or was changed"),
    "another commit": (_said(commit=1), "forged, or was changed"),
    "another file": (_said(file="00000000"), "forged, or was changed"),
    "another past": (_said(previous="0" * 64), "forged, or was changed"),
    "another size": (_said(size=1), "forged, or was changed"),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_signature_is_an_error_of_one_line(
    forgery: str, path: Path, alice: Pair, tmp_path: Path
) -> None:
    change, told = FORGED[forgery]
    forged = with_signature(path, tmp_path / "forged.mp4", change)
    with pytest.raises(Unproven, match=told) as error:
        report(forged, alice)
    assert "\n" not in str(error.value)


def test_a_list_that_agrees_with_changed_documents_is_not_the_one_that_was_signed(
    path: Path, alice: Pair, tmp_path: Path
) -> None:
    """A document is changed, and its line in the list as well: the root in the statement alone tells."""

    def change(item: Item) -> Item:
        return CHANGES["text"](item) if item.uri == "birds/herons.md" else item

    def row_in(file: Path) -> statement.Row:
        with reading(file) as reader:
            (found,) = [each for each in reader.documents() if each.document.uri == "birds/herons.md"]
            data = b"".join(found.segment.item(found.stored).open())
            return statement.row_of(found.stored, data)

    changed = rewritten(path, tmp_path / "changed.mp4", change)
    old, new = row_in(path).leaf, row_in(changed).leaf
    assert old != new
    forged = with_signature(changed, tmp_path / "forged.mp4", lambda text: text.replace(old, new))
    assert row_in(forged).leaf == new
    with pytest.raises(Unproven, match="list of documents is not the one"):
        report(forged, alice)


def test_a_document_that_only_says_it_is_a_signature_came_since(path: Path, alice: Pair) -> None:
    with reading(path) as reader:
        (kept,) = [each for each in reader.documents() if each.document.type == "signature"]
        item, name = kept.segment.item(kept.stored), kept.document.id
        fake = _other_text(item, "Believe me.\n")
        writing = Writer.append(path, NO_MODEL)
        try:
            writing.add([fake, replace(fake, uri="signatures/x.jsonl")], ids=[name, "0" * 16])
        finally:
            writing.close()
    found = report(path, alice)
    assert found.ok and {each.sha256 for each in found.since} == {fake.sha256} and len(found.since) == 2


def test_flipped_bytes_of_a_signature_are_noticed(path: Path, alice: Pair, tmp_path: Path) -> None:
    choose = random.Random(5)
    with reading(path) as reader:
        (kept,) = [each for each in reader.documents() if each.document.type == "signature"]
        text = _text(kept.segment.item(kept.stored))
    by = signers([alice.public], None)
    for _ in range(8):
        at = choose.randrange(len(text))
        changed = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
        forged = with_signature(path, tmp_path / "forged.mp4", lambda _, changed=changed: changed)
        with reading(forged) as reader, pytest.raises(MemcodecError):
            signed(reader, by).check()


def test_a_text_that_is_lost_is_not_signed(path: Path, bob: Pair, tmp_path: Path) -> None:
    lost = damaged(path, frames_of(path, 0), tmp_path / "lost.mp4")
    with pytest.raises(Damaged):
        sign(lost, bob)


def test_a_signer_of_another_time_is_refused(path: Path, alice: Pair, tmp_path: Path) -> None:
    key = " ".join(alice.public.read_text().split()[:2])
    (tmp_path / "allowed").write_text(f'alice@example.org valid-before="20200101" {key}\n')
    with (
        memcodec.open(path) as memory,
        pytest.raises(Unproven, match=r"alice@example\.org was not allowed to sign on"),
    ):
        memory.verify_signed(allowed=tmp_path / "allowed")
    (tmp_path / "allowed").write_text(f"alice@example.org {key}\n")
    with memcodec.open(path) as memory:
        (told,) = memory.verify_signed(allowed=tmp_path / "allowed").signatures
    assert told.signer == "alice@example.org"


@pytest.mark.slow
def test_it_holds_through_a_lossy_re_encoding_and_through_paper(tmp_path: Path, alice: Pair) -> None:
    needs("ffmpeg")
    path = create(tmp_path / "m.mp4", texts("a", 3), profile="robust")
    sign(path, alice)
    smaller = ["-c:v", "libx264", "-crf", "30", "-vf", "scale=iw*3/4:ih*3/4"]
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, *smaller, tmp_path / "coded.mp4"], check=True)
    assert memcodec.repair(tmp_path / "coded.mp4", tmp_path / "repaired.mp4").complete
    printed = print_sheets(path, tmp_path / "sheets.pdf")
    assert scan_sheets(printed.files, tmp_path / "scanned.mp4", settings=NO_MODEL).complete
    for back in ("repaired.mp4", "scanned.mp4"):
        told = report(tmp_path / back, alice)
        assert told.ok and told.complete
