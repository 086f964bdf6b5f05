"""Reading from afar: the right bytes whatever is read in whatever order, in few rounds, in bounded memory."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import Changed, StorageError
from memcodec.storage.remote import ranges
from memcodec.storage.remote.log import RequestLog
from memcodec.storage.remote.ramcache import RamCache
from memcodec.storage.remote.source import NEAR, OPENING, PIECE, FirstAnswer, RemoteSource

DATA = random.Random(7).randbytes(300_000)
SPAN = st.tuples(st.integers(0, len(DATA)), st.integers(0, 40_000)).map(
    lambda span: (span[0], min(span[1], len(DATA) - span[0]))
)


class FakeTransport:
    """Bytes in memory, as from afar: notes every round, and that it is asked as it may be."""

    def __init__(self, data: bytes = DATA, version: str = '"1"', wait: float = 0.0) -> None:
        self.name = self.key = "fake://place"
        self.data, self.version, self.wait = data, version, wait
        self.log = RequestLog()
        self.asked: list[list[tuple[int, int]]] = []
        self.fault: BaseException | None = None

    def open(self, tail: int) -> FirstAnswer:
        self.log.begin()
        return FirstAnswer(len(self.data), self.version, self.data[-tail:])

    def fetch(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        self.log.begin()
        assert spans and list(spans) == sorted(spans)
        assert all(0 < length <= PIECE for _, length in spans)
        assert all(sum(a) <= b[0] for a, b in itertools.pairwise(spans))
        self.asked.append(list(spans))
        time.sleep(self.wait)
        if self.fault:
            raise self.fault
        return [self.data[offset : offset + length] for offset, length in spans]

    def changed(self) -> bool:
        return self.version != '"1"'

    def close(self) -> None:
        """Nothing to release."""


class FakeCache:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, int], bytes] = {}

    def get(self, key: str, offset: int, length: int) -> bytes | None:
        for (other, start), data in self.kept.items():
            if other == key and start <= offset and offset + length <= start + len(data):
                return data[offset - start : offset - start + length]
        return None

    def put(self, key: str, offset: int, data: bytes) -> None:
        self.kept[key, offset] = data


def test_opening_is_one_round_and_the_tail_needs_no_other() -> None:
    transport = FakeTransport()
    source = RemoteSource(transport)
    assert bytes(source.get_bytes(len(DATA) - OPENING, OPENING)) == DATA[-OPENING:]
    assert source.requests.rounds == 1 and not transport.asked
    assert source.far and source.size == len(DATA)


@settings(deadline=None)
@given(
    st.lists(st.one_of(SPAN, st.lists(SPAN, max_size=8)), max_size=15),
    st.sampled_from([0, 5_000, 60_000, 1 << 20]),
    st.sampled_from([0, 1, NEAR, 50_000]),
    st.booleans(),
)
def test_whatever_is_read_after_whatever_the_bytes_are_right(
    steps: list[tuple[int, int] | list[tuple[int, int]]], held: int, near: int, cached: bool
) -> None:
    source = RemoteSource(FakeTransport(), held=held, near=near, cache=FakeCache() if cached else None)
    for step in steps:
        if isinstance(step, list):
            source.prefetch(step)
        else:
            offset, length = step
            assert bytes(source.get_bytes(offset, length)) == DATA[offset : offset + length]
        assert source._held.currsize <= held


@settings(deadline=None)
@given(st.lists(SPAN, max_size=12))
def test_what_was_prefetched_is_read_without_another_round(spans: list[tuple[int, int]]) -> None:
    transport = FakeTransport()
    source = RemoteSource(transport)
    source.prefetch(spans)
    assert len(transport.asked) <= 1
    for offset, length in spans:
        assert bytes(source.view(offset, length)) == DATA[offset : offset + length]
    assert len(transport.asked) <= 1
    fetched = sum(length for asked in transport.asked for _, length in asked)
    wanted = sum(length for _, length in ranges.merged(spans))
    assert fetched <= wanted + NEAR * len(spans), "no more travels than was asked for"


def test_near_spans_travel_as_one_and_far_ones_apart() -> None:
    transport = FakeTransport()
    source = RemoteSource(transport)
    source.prefetch([(1000, 10), (1010 + NEAR - 1, 10), (9000, 10), (9010 + NEAR, 10)])
    assert transport.asked == [[(1000, NEAR + 19), (9000, 10), (9010 + NEAR, 10)]]


def test_what_is_held_is_not_fetched_again() -> None:
    transport = FakeTransport()
    source = RemoteSource(transport, near=0)
    source.get_bytes(5000, 1000)
    source.get_bytes(4000, 3000)
    source.get_bytes(4000, 3000)
    assert transport.asked == [[(5000, 1000)], [(4000, 1000), (6000, 1000)]]


def test_a_long_read_travels_in_pieces_of_one_round() -> None:
    data = bytes(2 * PIECE + 100_000)
    transport = FakeTransport(data)
    source = RemoteSource(transport)
    assert bytes(source.get_bytes(10, 2 * PIECE)) == data[10 : 10 + 2 * PIECE]
    assert transport.asked == [[(10, PIECE), (10 + PIECE, PIECE)]]


def test_the_longest_unused_goes_first_and_the_tail_stays() -> None:
    transport = FakeTransport()
    source = RemoteSource(transport, held=30_000, near=0)
    for offset in (0, 10_000):
        source.get_bytes(offset, 10_000)
    source.get_bytes(0, 1)  # used again: the other one goes
    source.get_bytes(100_000, 10_000)
    rounds = len(transport.asked)
    source.get_bytes(0, 10_000)
    source.get_bytes(len(DATA) - 10, 10)
    assert len(transport.asked) == rounds
    source.get_bytes(10_000, 1)
    assert len(transport.asked) == rounds + 1


def test_more_than_may_be_held_is_read_all_the_same() -> None:
    source = RemoteSource(FakeTransport(), held=1000)
    assert bytes(source.get_bytes(0, 200_000)) == DATA[:200_000]
    assert source._held.currsize <= 1000


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, -1), (len(DATA), 1), (0, len(DATA) + 1)])
def test_outside_the_file_is_an_error(offset: int, length: int) -> None:
    with pytest.raises(StorageError, match="outside"):
        RemoteSource(FakeTransport()).get_bytes(offset, length)


def test_a_hint_outside_the_file_is_harmless() -> None:
    transport = FakeTransport()
    source = RemoteSource(transport)
    source.prefetch([(-5, 10), (len(DATA) + 5, 10), (len(DATA) - 5, 1 << 60), (7, -3), (20, 0)])
    assert transport.asked == [[(0, 5)]]


def test_many_threads_that_want_the_same_cause_one_fetch() -> None:
    transport = FakeTransport(wait=0.05)
    source = RemoteSource(transport)
    with ThreadPoolExecutor(64) as pool:
        found = list(pool.map(lambda _: bytes(source.get_bytes(70_000, 5000)), range(64)))
    assert set(found) == {DATA[70_000:75_000]}
    assert transport.asked == [[(70_000, 5000)]]


def test_threads_whose_spans_overlap_fetch_each_byte_once() -> None:
    transport = FakeTransport(wait=0.02)
    source = RemoteSource(transport, near=0)
    places = list(range(0, 200_000, 500))
    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(lambda at: bytes(source.get_bytes(at, 4000)) == DATA[at : at + 4000], places))
    fetched = sorted(span for asked in transport.asked for span in asked)
    assert sum(length for _, length in fetched) == 200_000 - 500 + 4000
    assert not source._flights


def test_memory_is_bounded_under_many_threads() -> None:
    source = RemoteSource(FakeTransport(), held=50_000)
    draws = random.Random(1)
    spans = [(draws.randrange(260_000), draws.randrange(1, 30_000)) for _ in range(400)]
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda span: bytes(source.get_bytes(*span)) == DATA[span[0] : sum(span)], spans))
    assert source._held.currsize <= 50_000


@pytest.mark.parametrize("fault", [Changed("fake://place: was replaced"), StorageError("fake://place: no")])
def test_who_waits_for_another_gets_its_error(fault: StorageError) -> None:
    transport = FakeTransport(wait=0.1)
    source = RemoteSource(transport)
    transport.fault = fault
    caught: list[BaseException] = []

    def read() -> None:
        try:
            source.get_bytes(1000, 10)
        except StorageError as error:
            caught.append(error)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [(type(error), str(error)) for error in caught] == [(type(fault), str(fault))] * 8
    transport.fault = None
    assert bytes(source.get_bytes(1000, 10)) == DATA[1000:1010], "a fault is over when it is over"


def test_who_waits_for_an_interrupted_reader_is_told() -> None:
    transport = FakeTransport(wait=0.2)
    source = RemoteSource(transport)
    transport.fault = KeyboardInterrupt()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(source.get_bytes, 1000, 10)
        while not transport.asked:
            time.sleep(0.005)
        second = pool.submit(source.get_bytes, 1005, 2)
        with pytest.raises(StorageError, match="interrupted"):
            second.result(10)
        assert isinstance(first.exception(10), KeyboardInterrupt)


def test_a_cache_answers_before_the_network_and_keeps_what_it_sent() -> None:
    cache = FakeCache()
    RemoteSource(FakeTransport(), cache=cache).prefetch([(1000, 100), (5000, 100)])
    transport = FakeTransport()
    source = RemoteSource(transport, cache=cache)
    assert bytes(source.get_bytes(1010, 50)) == DATA[1010:1060]
    assert bytes(source.get_bytes(5000, 100)) == DATA[5000:5100]
    assert source.requests.rounds == 1 and not transport.asked
    RemoteSource(FakeTransport(DATA[::-1], version='"2"'), cache=cache).get_bytes(1010, 50)
    assert len({key for key, _ in cache.kept}) == 2, "another version is another file"


def test_a_file_of_no_known_version_is_not_cached() -> None:
    cache = FakeCache()
    RemoteSource(FakeTransport(version=""), cache=cache).get_bytes(0, 100)
    assert not cache.kept


def test_a_transport_that_sends_another_length_is_not_believed() -> None:
    class Short(FakeTransport):
        def fetch(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
            return [data[:-1] for data in super().fetch(spans)]

    with pytest.raises(StorageError, match="another number"):
        RemoteSource(Short()).get_bytes(0, 100)


def test_refresh_tells_of_another_version() -> None:
    transport = FakeTransport()
    source = RemoteSource(transport)
    assert not source.changed()
    transport.version = '"2"'
    assert source.changed()


def test_a_closed_source_reads_nothing() -> None:
    source = RemoteSource(FakeTransport())
    source.close()
    with pytest.raises(StorageError):
        source.get_bytes(0, 1)


@given(st.lists(SPAN), st.lists(SPAN))
def test_spans_without_others(spans: list[tuple[int, int]], taken: list[tuple[int, int]]) -> None:
    spans, taken = ranges.merged(spans), ranges.merged(taken)
    left = ranges.without(spans, taken)
    edges = sorted({edge for offset, length in spans + taken for edge in (offset, offset + length)})

    def inside(place: int, within: list[tuple[int, int]]) -> bool:
        return any(offset <= place < offset + length for offset, length in within)

    for place in edges:
        assert inside(place, left) == (inside(place, spans) and not inside(place, taken))


@pytest.mark.slow
@given(st.lists(SPAN), st.integers(0, 60_000))
def test_held_spans_never_overlap_and_are_counted(spans: list[tuple[int, int]], limit: int) -> None:
    held = RamCache(limit)
    for offset, length in spans:
        held.put(offset, DATA[offset : offset + length])
        assert held._starts == sorted(held)
        kept = [(start, len(held[start])) for start in held._starts]
        assert ranges.without(kept, []) == kept
        assert all(sum(a) <= b[0] for a, b in itertools.pairwise(kept))
        assert held.currsize <= limit
