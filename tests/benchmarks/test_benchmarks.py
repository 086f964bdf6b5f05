"""The benchmarks run, on very little text, and write their page; the package never imports them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import memcodec
from benchmarks import appends, charts, commits, copies, corpora, harness, page, results, stock, touch
from benchmarks.results import Check, Section, Table
from tests.support.needs import lacks


@pytest.fixture
def corpus() -> None:
    if not corpora.PYTHON_DOCS.is_dir():
        lacks("documentation of Python's", "apt install python3.11-doc")


needs_corpus = pytest.mark.usefixtures("corpus")


@needs_corpus
@pytest.mark.slow
def test_a_benchmark_writes_its_page_and_figures(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "opening", "--quick", "--out", str(tmp_path)]
    subprocess.run(command, cwd=harness.ROOT, check=True, capture_output=True)
    kept = json.loads((tmp_path / "benchmarks.json").read_text())
    assert kept["opening"]["figures"]["memcodec --help"] > 0
    assert "| memcodec --help |" in (tmp_path / "BENCHMARKS.md").read_text()


@needs_corpus
@pytest.mark.slow
def test_growth_is_measured_and_its_answers_are_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "growth", "--quick", "--out", str(tmp_path)]
    subprocess.run(command, cwd=harness.ROOT, check=True, capture_output=True)
    section = results.load(tmp_path / "benchmarks.json")["growth"]
    exact = [check for check in section.checks if check.limit == 0]
    assert len(exact) == 2 * (1 + 3 + 1)  # per medium: old bytes; commits, compacted, as of; merge
    assert all(check.met for check in exact)
    assert all(check.met for check in section.checks if "bytes / alone" in check.what)
    assert {name: len(points) for name, points in section.figures["append"].items()} == {"av1": 2, "flac": 2}
    assert "![Growth](img/growth-append.svg)" in (tmp_path / "BENCHMARKS.md").read_text()
    assert "<svg" in (tmp_path / "img" / "growth-append.svg").read_text()


@needs_corpus
@pytest.mark.slow
def test_first_touch_is_measured_beside_another_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touch, "QUICK", touch._Scale((20, 40), 6, 1, peers=False))
    section = touch.run(quick=True)
    assert [list(section.figures[size]) for size in ("20", "40")] == [[*touch.OURS, "SQLite FTS5"]] * 2
    assert all(figure > 0 for side in section.figures["40"].values() for figure in side.values())
    assert len(section.checks) == 2 * (2 * 3 + 1)  # per medium: three of each size, and how the last grew


def test_changed_bytes_are_found_where_they_are(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"0123456789")
    new.write_bytes(b"0x23456y89 and more")
    assert appends.changed_bytes(old, new) == [1, 7]
    new.write_bytes(b"01234567")
    assert appends.changed_bytes(old, new) == [8, 9]


@pytest.fixture
def appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], appends.Append]:
    """Measures an append, but for the commands: they are slow."""
    monkeypatch.setattr(appends, "_command", lambda *arguments: None)

    def measure(suffix: str) -> appends.Append:
        base = tmp_path / f"base{suffix}"
        stock.encode(base, {"a.txt": "The heron nests in April."})
        return appends.measure(base, 0.1, {"b.txt": "It fishes all year."}, tmp_path / "work", rounds=1)

    return measure


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".mp4", ".flac"])
def test_an_append_touches_only_the_stated_length(
    suffix: str, appended: Callable[[str], appends.Append]
) -> None:
    made = appended(suffix)
    assert made.broken == 0
    assert (made.touched > 0) == (suffix == ".flac")
    assert 0 < made.bytes_ratio < appends.BYTES_LIMIT


def test_an_append_that_changes_old_bytes_is_told(
    monkeypatch: pytest.MonkeyPatch, appended: Callable[[str], appends.Append]
) -> None:
    monkeypatch.setattr(appends, "STATED", {".flac": range(0)})
    made = appended(".flac")
    assert made.broken > 0 == made.touched
    assert not all(check.met for check in appends.checks([made]) if "old bytes" in check.what)


def test_answers_that_differ_are_counted(tmp_path: Path) -> None:
    texts = {f"{number}.txt": f"heron {word}" for number, word in enumerate(("april", "may", "june"))}
    one, same, other = (tmp_path / f"{name}.flac" for name in ("one", "same", "other"))
    stock.encode(one, texts)
    stock.encode(same, {"0.txt": texts["0.txt"]})
    stock.append(same, {uri: text for uri, text in texts.items() if uri != "0.txt"})
    stock.encode(other, {**texts, "2.txt": "stork june"})
    with memcodec.open(one) as a, memcodec.open(same) as b, memcodec.open(other) as c:
        assert stock.differing(a, b, ["heron", "april", "june"]) == 0
        assert stock.differing(a, c, ["heron", "stork"]) == 2


def test_pieces_hold_all_the_text_and_end_with_lines() -> None:
    text = "a line\n" * 5 + "x" * 50 + "\nlast"
    found = list(stock.pieces(text, 16))
    assert "".join(found) == text
    assert max(map(len, found)) <= 16
    assert found[0].endswith("\n")


@needs_corpus
def test_the_stock_has_no_two_documents_alike() -> None:
    texts = stock.documents(300_000)
    assert stock.size(stock.start(texts, 100_000)) >= 100_000
    assert sum(map(len, texts.values())) == 300_000
    assert len(set(texts.values())) == len(texts)


def test_ten_shares_hold_every_document_once() -> None:
    texts = {str(number): "" for number in range(23)}
    shares = copies.shares(texts)
    assert [uri for share in shares for uri in share] == list(texts)
    assert {len(share) for share in shares} == {2, 3}
    assert len(shares) == copies.FILES


def test_a_thousand_commits_are_searched_beside_one_encode(tmp_path: Path) -> None:
    texts = {f"{number}.txt": f"heron number {number}" for number in range(6)}
    grown = commits.measure(texts, ["heron", "number"], ".flac", tmp_path, rounds=1)
    assert len(grown.seconds) == 6
    assert grown.differing == {"commits": 0, "compacted": 0, "as of the middle": 0}
    assert grown.runs["one encode"] == 1 < grown.runs["commits"]
    assert all(len(found.warm) == 2 and found.first for found in grown.searches.values())


@pytest.mark.slow
def test_the_growth_chart_is_the_same_for_the_same_figures(tmp_path: Path) -> None:
    points = [[1.0, 0.8, 0.6, 0.7], [10.0, 0.8, 0.6, 0.7]]
    section = Section("growth", "Growth", "", figures={"append": {"av1": points, "flac": points}})
    drawn = [charts.draw(tmp_path / name, {"growth": section})["growth"][0] for name in "ab"]
    assert drawn[0].name == "growth-append.svg"
    assert drawn[0].read_bytes() == drawn[1].read_bytes()


def test_a_check_holds_its_figure_against_its_target() -> None:
    assert Check("size", 1.0, 1.0).met
    assert not Check("size", 1.1, 1.0).met
    assert Check("rate", 20.0, 20, least=True).met
    assert not Check("rate", 19.9, 20, least=True).met


def test_results_survive_being_kept(tmp_path: Path) -> None:
    section = Section(
        "speed", "Speed", "how fast", [Table("t", ["a"], [[1], [None]])], [Check("c", 3.0, 2.0)]
    )
    results.save(tmp_path / "r.json", {"speed": section})
    assert results.load(tmp_path / "r.json") == {"speed": section}
    assert "| c | 3.00 | <= 2.00 | **no** |" in page.write(tmp_path, {"speed": section}, {}).read_text()


def test_rounds_alternate_and_the_first_is_not_counted() -> None:
    order: list[str] = []
    times = harness.alternate({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b"] * 3
    assert [len(each) for each in times.values()] == [2, 2]


def test_percentile_is_a_value_that_occurred() -> None:
    values = [float(n) for n in range(1, 101)]
    assert harness.percentile(values, 0.5) == 50
    assert harness.percentile(values, 0.99) == 99


def test_peak_memory_is_this_process_own_and_sees_what_was_freed() -> None:
    measure = (
        "from benchmarks.harness import peak_rss as peak; before = peak();"
        "block = b'x' * (64 << 20); del block; print(before, peak())"
    )
    done = subprocess.run([sys.executable, "-c", measure], cwd=harness.ROOT, check=True, capture_output=True)
    before, after = map(int, done.stdout.split())
    assert before < 64 << 20
    assert (60 << 20) < after - before < (80 << 20)


@needs_corpus
def test_queries_are_the_same_every_time_and_stand_in_the_texts() -> None:
    chunks = corpora.chunks(20)
    assert len(chunks) == 20
    assert {len(chunk) for chunk in chunks} == {1000}
    assert corpora.queries(chunks, 30) == corpora.queries(chunks, 30)
    assert all(2 <= len(query.split()) <= 4 for query in corpora.queries(chunks, 30))


def test_the_package_never_imports_the_benchmarks() -> None:
    sources = [*(harness.ROOT / "memcodec").rglob("*.py"), *(harness.ROOT / "codecs").rglob("*.py")]
    assert sources
    assert not [
        path
        for path in sources
        if "import benchmarks" in path.read_text() or "from benchmarks" in path.read_text()
    ]
