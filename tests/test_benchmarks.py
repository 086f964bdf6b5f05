"""The benchmarks run, on very little text, and write their page; the package never imports them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import corpora, harness, page, results
from benchmarks.results import Check, Section, Table

needs_corpus = pytest.mark.skipif(not corpora.PYTHON_DOCS.is_dir(), reason="needs Debian's python3.11-doc")


@needs_corpus
@pytest.mark.slow
def test_a_benchmark_writes_its_page_and_figures(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "opening", "--quick", "--out", str(tmp_path)]
    subprocess.run(command, cwd=harness.ROOT, check=True, capture_output=True)
    kept = json.loads((tmp_path / "benchmarks.json").read_text())
    assert kept["opening"]["figures"]["memcodec --help"] > 0
    assert "| memcodec --help |" in (tmp_path / "BENCHMARKS.md").read_text()


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
