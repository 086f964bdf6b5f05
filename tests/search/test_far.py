"""Searching files far away: the same answers as near, in few round trips, whatever happened to the file before."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import memcodec
from memcodec.file.reader import Reader
from memcodec.format.commit import Opening
from memcodec.model import Hit
from memcodec.search.engine import Searcher
from memcodec.search.results import Mode
from tests.support import far, memories
from tests.support.memories import Embedder, embedder

__all__ = ["embedder"]

GOLDEN = Path(__file__).parent.parent.parent / "fixtures" / "golden"
QUERIES = memories.QUERIES
COLD, WARM, HYBRID = 4, 2, 6  # round trips at most, the first for opening
TOO_LARGE = {".mp4": 130_000, ".flac": 200_000}  # bytes fetched for one search of 400 KB of text


@pytest.fixture(scope="module", params=memories.MEDIA)
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("far") / f"file.{request.param}"
    return memories.create(path, memories.texts("far", 200, 2000))


def near(path: Path, query: str, mode: Mode = "lexical") -> list[Hit]:
    with memories.reading(path) as reader:
        return _unnamed(Searcher([reader]).search(query, 5, mode))


def _unnamed(hits: list[Hit]) -> list[Hit]:
    return [hit.__class__(hit.rank, hit.score, "", *_rest(hit)) for hit in hits]


def _rest(hit: Hit) -> tuple[object, ...]:
    return hit.document, hit.chunk, hit.start, hit.end, hit.line, hit.text


@pytest.mark.slow
def test_a_cold_search_takes_four_round_trips(file: Path) -> None:
    for query in QUERIES:
        source = far.source(file.read_bytes())
        found = Searcher([Reader(source)]).search(query, 5, "lexical")
        assert _unnamed(found) == near(file, query)
        assert source.requests.rounds <= COLD
        assert source.requests.received < TOO_LARGE[file.suffix]


@pytest.mark.slow
def test_a_warm_search_takes_two(file: Path) -> None:
    source = far.source(file.read_bytes())
    searcher = Searcher([Reader(source)])
    searcher.search("glacier", 5, "lexical")
    searcher.search("orchard", 5, "lexical")
    for query in QUERIES:
        before = source.requests.rounds
        searcher.search(query, 5, "lexical")
        assert source.requests.rounds - before <= WARM


def test_the_first_request_opens_the_file(file: Path) -> None:
    source = far.source(file.read_bytes())
    reader = Reader(source)
    assert (source.requests.rounds, reader.record.openings != ()) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", memories.MEDIA)
def test_a_hybrid_search_takes_six(suffix: str, tmp_path: Path, embedder: Embedder) -> None:
    path = memories.create(tmp_path / f"both.{suffix}", memories.texts("both", 60), model="words")
    for query in QUERIES[:3]:
        source = far.source(path.read_bytes())
        searcher = Searcher([Reader(source)])
        assert _unnamed(searcher.search(query, 5, "hybrid")) == near(path, query, "hybrid")
        assert source.requests.rounds <= HYBRID
        before = source.requests.rounds
        searcher.search(QUERIES[3], 5, "hybrid")
        assert source.requests.rounds - before <= HYBRID - 1


@pytest.mark.slow
def test_a_file_that_grew_takes_two_more(file: Path, tmp_path: Path) -> None:
    grown = tmp_path / file.name
    grown.write_bytes(file.read_bytes())
    for number in range(12):
        memories.append(grown, memories.texts(f"more{number}", 1), settings=memories.LEXICAL)
    for query in QUERIES:
        source = far.source(grown.read_bytes())
        found = Searcher([Reader(source)]).search(query, 5, "lexical")
        assert _unnamed(found) == near(grown, query)
        assert source.requests.rounds <= COLD + 2


def test_dropped_documents_cost_no_more_than_one_round(file: Path, tmp_path: Path) -> None:
    lesser = tmp_path / file.name
    lesser.write_bytes(file.read_bytes())
    memories.forget(lesser, "far/3.md", "far/50.md")
    source = far.source(lesser.read_bytes())
    found = Searcher([Reader(source)]).search("patient heron", 5, "lexical")
    assert _unnamed(found) == near(lesser, "patient heron")
    assert source.requests.rounds <= COLD + 2


@pytest.mark.slow
def test_several_files_are_asked_side_by_side(tmp_path: Path) -> None:
    paths = [memories.create(tmp_path / f"{name}.mp4", memories.texts(name, 40)) for name in ("one", "two")]
    sources = [far.source(path.read_bytes()) for path in paths]
    found = Searcher(list(map(Reader, sources))).search("patient heron", 5, "lexical")
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(memories.reading(path)) for path in paths]
        assert _unnamed(found) == _unnamed(Searcher(readers).search("patient heron", 5, "lexical"))
    assert all(source.requests.rounds <= COLD for source in sources)


def test_a_damaged_opening_costs_round_trips_alone(file: Path, tmp_path: Path) -> None:
    with memories.reading(file) as reader:
        (opening,) = reader.record.openings
    assert isinstance(opening, Opening)
    broken = memories.damaged(file, [(opening.place.offset + 200, 40)], tmp_path / file.name)
    found = Searcher([Reader(far.source(broken.read_bytes()))]).search("patient heron", 5, "lexical")
    assert _unnamed(found) == near(file, "patient heron")
    with memcodec.open(broken) as memory:
        assert {damage.part for damage in memory.verify().damage} <= {"opening", "container"}


@pytest.mark.parametrize("name", ["av1-dense.mp4", "flac-dense.flac", "av1-history.mp4", "flac-history.flac"])
def test_golden_files_answer_alike(name: str) -> None:
    path = GOLDEN / name
    found = Searcher([Reader(far.source(path.read_bytes()))]).search("patient heron", 5, "lexical")
    assert _unnamed(found) == near(path, "patient heron") != []


@pytest.mark.slow
def test_wrong_bytes_from_afar_are_an_error(file: Path) -> None:
    """Whatever a server makes up: right answers or an error, and what is right stays so."""
    want = near(file, "patient heron")
    data = file.read_bytes()
    for start in range(0, len(data), len(data) // 40):
        lying = bytearray(data)
        lying[start : start + 5000] = bytes(len(lying[start : start + 5000]))
        with contextlib.suppress(memcodec.errors.MemcodecError):
            found = Searcher([Reader(far.source(bytes(lying)))]).search("patient heron", 5, "lexical")
            assert [(hit.document.uri, hit.text) for hit in found] == [
                (hit.document.uri, hit.text) for hit in want
            ]


@pytest.mark.slow
def test_many_searches_at_once_through_one_handle(file: Path) -> None:
    source = far.source(file.read_bytes())
    searcher = Searcher([Reader(source)])
    wanted = [(query, near(file, query)) for query in QUERIES] * 13
    with ThreadPoolExecutor(64) as pool:
        answers = pool.map(lambda each: _unnamed(searcher.search(each[0], 5, "lexical")), wanted)
    assert list(answers) == [hits for _, hits in wanted]
    assert source.requests.requests < len(wanted)
