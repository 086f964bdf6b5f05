"""The face of one file: what it holds, what its writes report, and that closed is closed."""

from __future__ import annotations

import hashlib
import inspect
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec import Filter, Memory, Settings
from memcodec.errors import Closed, ConfigError, Damaged, NotFound
from memcodec.ingest.item import text_item, time_of
from memcodec.ingest.lines import lines_item
from tests.support.descriptors import open_on
from tests.support.memories import create, damaged, frames_of, uris

DOCUMENTS = {"birds/heron.md": "A grey heron waits.\nIt waits.\n", "birds/swift.md": "A swift.\n", "b": "<b>"}
ODD = b"gr\xfc\xdfe\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three documents, and one whose original is kept beside its text."""
    path = create(tmp_path_factory.mktemp("memory") / "notes.mp4", DOCUMENTS)
    with memcodec.open(path) as memory:
        memory.add_items([lines_item(ODD, time_of(0), {})])
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


# Closed is closed

CALLS: dict[str, Callable[[Memory], object]] = {
    "graph": lambda memory: memory.graph(),
    "topics": lambda memory: memory.topics(),
    "trends": lambda memory: memory.trends(),
    "synthesize": lambda memory: memory.synthesize("heron"),
    "dashboard": lambda memory: memory.dashboard(),
    "topic_diff": lambda memory: memory.topic_diff(1),
    "add": lambda memory: memory.add("x"),
    "add_items": lambda memory: memory.add_items([]),
    "add_path": lambda memory: memory.add_path("."),
    "around": lambda memory: memory.around(0),
    "branch": lambda memory: memory.branch(1, "out.mp4"),
    "capsule": lambda memory: memory.capsule("out.mp4", to=["age1"], only=Filter(path="*")),
    "reader_for": lambda memory: memory.reader_for("any"),
    "save": lambda memory: memory.save("out.mp4"),
    "to_bytes": lambda memory: memory.to_bytes(),
    "commit": lambda memory: memory.commit(),
    "compact": lambda memory: memory.compact(),
    "diff": lambda memory: memory.diff(1),
    "document": lambda memory: memory.document("b"),
    "documents": lambda memory: memory.documents(),
    "fold": lambda memory: memory.fold(),
    "forget": lambda memory: memory.forget(Filter(documents="b")),
    "get": lambda memory: memory.get(0),
    "index_background": lambda memory: memory.index_background(),
    "info": lambda memory: memory.info(),
    "ledger": lambda memory: memory.ledger(),
    "lines": lambda memory: memory.lines("b"),
    "log": lambda memory: memory.log(),
    "preview": lambda memory: memory.preview([]),
    "read": lambda memory: memory.read("b"),
    "read_bytes": lambda memory: memory.read_bytes("b"),
    "reader": lambda memory: memory.reader,
    "prove": lambda memory: memory.prove("b"),
    "refresh": lambda memory: memory.refresh(),
    "requests": lambda memory: memory.requests(),
    "restore": lambda memory: memory.restore("out"),
    "rollback": lambda memory: memory.rollback(1),
    "search": lambda memory: memory.search("heron"),
    "search_pictures": lambda memory: memory.search_pictures("red", model="clip"),
    "sign": lambda memory: memory.sign("alice"),
    "sync": lambda memory: memory.sync("."),
    "tag": lambda memory: memory.tag(Filter(documents="b"), title="x"),
    "timeline": lambda memory: memory.timeline(),
    "verify": lambda memory: memory.verify(),
    "verify_signed": lambda memory: memory.verify_signed("ssh-ed25519 AAAA"),
    "warnings": lambda memory: memory.warnings(),
    "__len__": len,
    "__iter__": iter,
    "__contains__": lambda memory: "b" in memory,
    "__enter__": lambda memory: memory.__enter__(),
}


def test_every_public_method_is_tried() -> None:
    public = {name for name, _ in inspect.getmembers(Memory) if not name.startswith("_")}
    assert public - {"close", "path"} == {name for name in CALLS if not name.startswith("_")}


@pytest.mark.parametrize("name", CALLS)
def test_a_closed_memory_says_so_and_opens_nothing(name: str, path: Path) -> None:
    with memcodec.open(path) as memory:
        assert memory.search("heron")
        assert open_on(path)
    with pytest.raises(Closed, match=r"notes\.mp4: this memory is closed; open it again"):
        CALLS[name](memory)
    assert not open_on(path)
    assert not list(path.parent.glob("out*"))


def test_opening_and_closing_leaves_no_handle(path: Path) -> None:
    def use() -> None:
        memory = memcodec.open(path)
        memory.search("heron")
        memory.add("new", uri="new")
        memory.refresh()
        with pytest.warns(ResourceWarning, match="1 document was added and never committed"):
            memory.close()
        memory.close()

    for _ in range(3):
        use()
        assert not open_on(path)


@pytest.mark.parametrize(
    "start", [iter, lambda memory: memory.lines("birds/heron.md")], ids=["iter", "lines"]
)
def test_what_was_begun_ends_with_the_memory(start: Callable[[Memory], Any], path: Path) -> None:
    memory = memcodec.open(path)
    begun = start(memory)
    next(begun)
    memory.close()
    with pytest.raises(Closed):
        next(begun)


def test_a_new_memory_that_is_closed_leaves_nothing(tmp_path: Path) -> None:
    memory = memcodec.create(tmp_path / "new.mp4", model="none")
    memory.add("x")
    with pytest.warns(ResourceWarning, match=r"new\.mp4: 1 document was added and never committed"):
        memory.close()
    with pytest.raises(Closed):
        memory.commit()
    assert not list(tmp_path.iterdir())


# What it holds


def test_it_is_a_collection_of_documents(path: Path) -> None:
    with memcodec.open(path) as memory:
        odd = memory.documents()[-1]
        assert [each.uri for each in memory] == [*DOCUMENTS, odd.uri] == uris(path)
        assert len(memory) == 4
        assert all(each in memory and each.id in memory and each.uri in memory for each in memory)
        memory.forget(Filter(documents=odd))
        assert len(memory) == 3
        assert not any(each in memory for each in (odd, odd.id, odd.uri, "birds/*", "", 7, None))


def test_a_new_one_is_empty_whatever_it_is_to_replace(path: Path) -> None:
    with memcodec.create(path, force=True, model="none") as memory:
        assert (len(memory), list(memory), memory.documents(), "b" in memory) == (0, [], [], False)
        with pytest.raises(NotFound, match="nothing was committed yet"):
            memory.search("heron")
        name = memory.add("a kestrel")
        memory.commit()
        assert name in memory and len(memory) == 1
        assert memory.read(name) == "a kestrel"


def test_documents_are_read_back_exactly(path: Path) -> None:
    with memcodec.open(path) as memory:
        for document in memory:
            for name in (document, document.id, document.uri):
                data = memory.read_bytes(name)
                assert hashlib.sha256(data).hexdigest() == document.sha256
                assert memory.read(name) == data.decode()
                assert "\n".join([*memory.lines(name), ""]) in (memory.read(name), memory.read(name) + "\n")
        assert {each.uri: memory.read(each) for each in memory if each.uri in DOCUMENTS} == DOCUMENTS
        assert memory.read("birds/h*") == DOCUMENTS["birds/heron.md"]


def test_originals_are_read_where_they_are_kept(path: Path, tmp_path: Path) -> None:
    with memcodec.open(path) as memory:
        (odd,) = (each for each in memory if each.original)
        assert memory.read_bytes(odd, original=True) == ODD
        assert list(memory.lines(odd)) == ["gr\ufffd\ufffde"]  # the text alone, not what is kept behind it
        assert memory.read_bytes("b", original=True) == b"<b>"  # a text is its own original
    with memcodec.create(tmp_path / "m.mp4", model="none") as memory:
        memory.add_items([replace(text_item("A heron.", uri="page.pdf"), extracted=True)])
        memory.commit()
        assert memory.read("page.pdf") == "A heron."
        with pytest.raises(NotFound, match="only its text was kept"):
            memory.read_bytes("page.pdf", original=True)


def test_a_name_means_one_document_or_it_is_an_error(path: Path) -> None:
    with memcodec.open(path) as memory:
        gone = memory.document("b")
        memory.forget(Filter(documents="b"))
        for name in ("absent", gone, gone.id, "x*"):
            with pytest.raises(NotFound, match="no document"):
                memory.read(name)
        with pytest.raises(
            ConfigError, match=r"'birds/\*' means 2 documents.*birds/heron\.md \(.*birds/swift"
        ):
            memory.read("birds/*")


def test_damage_is_told(tmp_path: Path) -> None:
    path = create(tmp_path / "m.mp4", DOCUMENTS, parity=0)
    broken = damaged(path, frames_of(path, 0), tmp_path / "broken.mp4")
    with memcodec.open(broken) as memory:
        for read in (memory.read, memory.read_bytes, lambda name: list(memory.lines(name))):
            with pytest.raises(Damaged):
                read("b")


def test_another_text_than_the_hash_says_is_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with memcodec.open(path) as memory:
        monkeypatch.setattr("memcodec.file.segment.SegmentReader.text", lambda *_: b"another")
        with pytest.raises(Damaged, match="SHA-256"):
            memory.read("b")


# Filters


def test_one_filter_for_all_verbs(path: Path, tmp_path: Path) -> None:
    only = Filter(path=["birds/*", "absent*"], before=datetime(2999, 1, 1))
    birds = [uri for uri in DOCUMENTS if uri.startswith("birds/")]
    with memcodec.open(path) as memory:
        assert [each.uri for each in memory.documents(only)] == birds
        assert {each.uri for each in memory.timeline(only)} == set(birds)
        assert {hit.document.uri for hit in memory.search("heron OR swift", only=only)} == set(birds)
        assert [each.uri for each, _ in memory.restore(tmp_path / "out", only).files] == birds
        report = memory.tag(only, tags={"kind": "bird"})
        assert report.changed == 2
        dry = memory.forget(Filter({"kind": "bird"}), dry_run=True)
        assert not dry and [each.uri for each in dry.forgotten] == birds and len(memory) == 4
        assert memory.forget(Filter({"kind": "bird"})).forgotten == dry.forgotten
        assert not any(uri in memory for uri in birds)


@pytest.mark.parametrize("change", [Memory.forget, Memory.tag], ids=["forget", "tag"])
def test_nothing_changes_without_a_condition(change: Callable[..., object], path: Path) -> None:
    before = path.read_bytes()
    with memcodec.open(path) as memory, pytest.raises(ConfigError, match="no condition"):
        change(memory, Filter(path=[], documents=[]))
    assert path.read_bytes() == before


def test_names_that_mean_nothing_are_errors_and_conditions_are_not(path: Path) -> None:
    with memcodec.open(path) as memory:
        for only in (Filter(documents="absent"), Filter(documents=["b", "absent"]), Filter(path="x*")):
            with pytest.raises(NotFound, match=r"no document (absent|matches 'x\*')"):
                memory.documents(only)
        assert memory.documents(Filter({"no": "such"})) == []
        with pytest.raises(NotFound, match="no document matches"):
            memory.restore("out", Filter({"no": "such"}))


def test_a_time_without_a_zone_is_local() -> None:
    assert Filter(since=datetime(2026, 4, 2)).since == datetime(2026, 4, 2).astimezone(UTC)


# Settings


def test_settings_say_how_a_file_is_written(tmp_path: Path) -> None:
    settings = Settings.of(parity=0, chunk_size=100, overlap=0, model="none", profile="robust")
    with memcodec.create(tmp_path / "m.mp4", settings=settings, codec="h264", profile="dense") as memory:
        memory.add("word " * 100)
        memory.commit()
        info = memory.info()
    assert (info.codec, info.profile, info.parity_packets, info.model) == ("h264", "dense", 0, None)
    assert info.chunks > 4


@pytest.mark.parametrize("wrong", [{"paritty": 20}, {"parity": 200}, {"profile": "thick"}], ids=str)
def test_settings_that_there_are_not(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"did you mean parity\?|is not allowed"):
        Settings.of(**wrong)


def test_a_name_decides_the_codec_that_settings_leave_open(tmp_path: Path) -> None:
    for name, codec in (("m.flac", "flac"), ("m.mp4", "vp9")):
        with memcodec.create(tmp_path / name, settings=Settings.of(codec="vp9"), model="none") as memory:
            memory.add("x")
            memory.commit()
            assert memory.info().codec == codec


# Reports


def test_every_write_reports(path: Path, tmp_path: Path) -> None:
    size = path.stat().st_size
    with memcodec.open(path) as memory:
        memory.add("A swift.\n", uri="birds/swift.md")
        memory.add("more", uri="b")
        report = memory.commit()
        assert memory.last_report is report
        assert (report.added, report.changed, report.removed, report.unchanged) == (0, 1, 0, 1)
        assert report.commit == memory.log()[-1] and report.notes == ()
        assert report.size == path.stat().st_size == size + report.written
        report = memory.rollback(2)
        assert (report.added, report.removed) == (1, 1)
        assert not memory.rollback(2) and memory.last_report is not report
        branch = memory.branch(2, tmp_path / "old.mp4")
        assert (branch.commit, branch.size) == (2, (tmp_path / "old.mp4").stat().st_size)
        compact = memory.compact()
        assert (compact.file, compact.documents, compact.dropped) == (str(path), 4, 1)
        assert compact.after == path.stat().st_size
        verify = memory.verify(deep=True)
        assert (verify.file, verify.ok, verify.documents) == (str(path), True, 4)
    out = tmp_path / "m.flac"
    convert = memcodec.convert(path, out, settings=Settings.of(codec="flac"))
    assert (convert.file, convert.codec, convert.commits, convert.documents) == (str(out), "flac", 1, 4)
    assert (convert.before, convert.after) == (path.stat().st_size, out.stat().st_size)
    merge = memcodec.merge([path, out], tmp_path / "both.mp4")
    assert (merge.documents, merge.codec, merge.size) == (4, "av1", (tmp_path / "both.mp4").stat().st_size)
    repair = memcodec.repair(out, tmp_path / "again.flac", settings=Settings.of(model="none"))
    assert (repair.file, repair.size) == (
        str(tmp_path / "again.flac"),
        (tmp_path / "again.flac").stat().st_size,
    )


def test_the_end_of_a_with_reports_too(path: Path) -> None:
    with memcodec.open(path) as memory:
        memory.add("new", uri="new")
    assert memory.last_report is not None and memory.last_report.added == 1


def test_notes_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcodec.models.embedding.available", lambda: False)
    with memcodec.create(tmp_path / "m.mp4") as memory:
        for number in range(2):
            memory.add(f"note {number}")
            (note,) = memory.commit().notes
            assert "memcodec[semantic]" in note
        assert memory.forget(Filter(path="*")).notes == ()


# How it shows


def test_how_it_shows(path: Path) -> None:
    memory = memcodec.open(path)
    assert repr(memory) == f"<Memory {path}: 4 documents, commit 2>"
    assert "4 documents, commit 2" in memory._repr_html_() and "av1 dense" in memory._repr_html_()
    memory.close()
    assert repr(memory) == f"<Memory {path}: closed>"
    assert "closed" in memory._repr_html_()


def test_it_shows_what_is_wrong_with_it(path: Path) -> None:
    with memcodec.open(path) as memory:
        memory.forget(Filter(documents="b"))
        path.unlink()
        assert "cannot read" in repr(memory) and "cannot read" in memory._repr_html_()


def test_nothing_in_a_notebook_is_taken_for_html(tmp_path: Path) -> None:
    evil = "<script>alert('heron')</script>\u202e"
    path = tmp_path / "<b>.mp4"
    with memcodec.create(path, model="none") as memory:
        memory.add(f"{evil} heron " * 50, uri=f"{evil}.md", title=evil)
        memory.commit()
        shown = [memory, memory.documents(), memory.timeline(), memory.search(f'heron OR "{evil}"')]
        for each in (*shown, memcodec.Collection(path)):
            html = each._repr_html_()
            assert html.startswith("<table>") and "&lt;" in html
            assert "<script" not in html and "<b>" not in html and "\u202e" not in html
            assert '<tbody class="tex2jax_ignore' in html


def test_long_lists_are_cut_in_a_notebook(tmp_path: Path) -> None:
    path = create(tmp_path / "m.mp4", {f"{number}.md": f"note {number}" for number in range(70)})
    with memcodec.open(path) as memory:
        html = memory.documents()._repr_html_()
    assert (html.count("<tr>"), "70 documents" in html, "and 20 more" in html) == (51, True, True)


def test_text_with_a_terminal_s_codes_is_kept_as_given_and_found_as_seen() -> None:
    given = "\x1b[31mERROR\x1b[0m: the \x1b[1mque\x1b[0mue is full\n"
    with memcodec.create(model="none") as memory:
        name = memory.add(given)
        memory.commit()
        assert memory.read(name) == given
        assert memory.document(name).title == "ERROR: the queue is full"
        for query in ("error", "queue", '"queue is full"'):
            assert [hit.document.id for hit in memory.search(query)] == [name], query
