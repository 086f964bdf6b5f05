"""Searching files far away: the same answers as near, in few round trips, whatever happened to the file before."""

from __future__ import annotations

import contextlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median

import pytest

import memcodec
from fixtures.prose import prose
from memcodec.file import shortcut
from memcodec.file.reader import Reader, read_file
from memcodec.format.blob import Blob
from memcodec.format.commit import Opening
from memcodec.index.lexical.bm25 import LexicalIndex
from memcodec.index.lexical.segment import LexicalBuilder, LexicalSegment
from memcodec.model import Extent, Hit
from memcodec.search.engine import Searcher
from memcodec.search.query import parse
from memcodec.search.query.evaluation import prefetch_spans
from memcodec.search.results import Mode
from tests.support import far, memories
from tests.support.memories import Embedder, embedder
from tests.support.servers import web_server

__all__ = ["embedder"]

GOLDEN = Path(__file__).parent.parent.parent / "fixtures" / "golden"
QUERIES = memories.QUERIES
COLD, WARM, HYBRID = 4, 2, 6  # round trips at most, the first for opening
MEDIAN, MOST = 190_000, 215_000  # bytes of such a search, of 1.5 MB of text
LARGE = 3  # round trips of a cold search of a file that has a shortcut
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


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1.5 MB of text, in which words are as frequent as words are."""
    chance, texts = Random(4), dict[str, str]()
    words = [
        f"{word}x{number}" for number in range(300) for word in prose(number, 400).split() if word.isalpha()
    ]
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for number in range(300):
        texts[f"{number}.md"] = " ".join(chance.choices(words, cum_weights=weights, k=600))
    return memories.create(tmp_path_factory.mktemp("large") / "file.mp4", texts)


def _asked(path: Path, count: int) -> list[str]:
    """Queries of two to four words that stand together in some text."""
    chance = Random(5)
    texts = [text for each in memories.contents(path).values() for text in each]
    found = list[str]()
    while len(found) < count:
        words, length = chance.choice(texts).split(), chance.randint(2, 4)
        at = chance.randrange(len(words) - length)
        found.append(" ".join(words[at : at + length]))
    return found


@pytest.mark.slow
def test_a_cold_search_of_a_large_file_takes_three_round_trips_and_few_bytes(
    large: Path, tmp_path: Path
) -> None:
    received = []
    with web_server(tmp_path) as server:
        shutil.copy(large, server.folder / "file.mp4")
        for query in _asked(large, 16):
            with contextlib.closing(read_file(server.url("file.mp4"))) as reader:
                found = Searcher([reader]).search(query, 5, "lexical")
                assert _unnamed(found) == near(large, query) != []
                requests = reader.source.requests
            assert requests is not None and requests.rounds <= LARGE
            received.append(requests.received)
    assert median(received) < MEDIAN and max(received) < MOST


def test_positions_of_words_that_are_too_frequent_for_rows_are_not_fetched(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunks are fewer here than it takes, so the bounds are lowered."""
    monkeypatch.setattr("memcodec.index.lexical.terms.FREQUENT", 100)
    texts = {"one": "the heron " * 20 + "rare", "other": "the ledger"}
    builder = LexicalBuilder("english")
    builder.add([f"{texts['one']} {number}" for number in range(300)] + [texts["other"]])
    data = builder.to_bytes()
    segment = LexicalSegment(
        Blob(lambda at, size: memoryview(data)[at : at + size], "test", None, Extent(0, len(data)))
    )
    index = LexicalIndex([segment])
    whole, lists = (prefetch_spans(index, parse(query)) for query in ("the heron", "the"))
    assert sum(each.length for each in whole[0]) > 2 * sum(each.length for each in lists[0])
    monkeypatch.setattr("memcodec.index.lexical.bm25.ROW", 400)
    placed = segment.terms.position_spans("heron")
    assert not set(placed) & set(prefetch_spans(index, parse("the heron"))[0])
    assert set(placed) <= set(prefetch_spans(index, parse('"the heron"'))[0])


@pytest.mark.slow
def test_a_shortcut_that_is_wrong_costs_round_trips_alone(large: Path) -> None:
    with memories.reading(large) as reader:
        blob, extent = reader.segments[0].catalogue_blob(), reader.segments[0].record.catalogue
        (span,) = blob.unit_spans(shortcut.SECTION, 0, 1)
    data = bytearray(large.read_bytes())
    data[extent.offset + span.start + span.length // 2] ^= 1
    source = far.source(bytes(data))
    query = _asked(large, 1)[0]
    assert _unnamed(Searcher([Reader(source)]).search(query, 5, "lexical")) == near(large, query)
    assert source.requests.rounds == LARGE + 1


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
