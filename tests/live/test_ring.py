"""A ring keeps exactly the newest lines, finds them at once, and returns nothing that has expired."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import memcodec
from memcodec import Filter
from memcodec.errors import Closed, ConfigError, ModelError
from memcodec.live import clock
from memcodec.live.clock import Ages, Bounds
from memcodec.live.ring import LONGEST, Ring


@pytest.fixture
def ring() -> Iterator[Ring]:
    with memcodec.live(keep=1000, model="none", name="web") as made:
        yield made


def log(count: int, begin: int = 0) -> list[str | bytes]:
    return [
        f"GET /orders/{n} {'503 checkout failed' if n % 50 == 0 else '200 ok'}"
        for n in range(begin, begin + count)
    ]


@pytest.mark.parametrize("batch", [1, 7, 3000])
def test_exactly_the_newest_are_kept(ring: Ring, batch: int) -> None:
    texts = log(3000)
    for at in range(0, 3000, batch):
        ring.add_many(texts[at : at + batch])
    assert len(ring) == 1000 and (ring.first, ring.end) == (2000, 3000)
    assert [number for number, _ in ring.lines()] == list(range(2000, 3000))
    assert {hit.chunk for hit in ring.search("orders", 5000)} == set(range(2000, 3000))


def test_a_line_is_found_at_once(ring: Ring) -> None:
    ring.add_many(log(300))
    number = ring.add("payment declined for card 4242")
    (hit,) = ring.search("payment declined", 1)
    assert (hit.chunk, hit.text, hit.file) == (number, "payment declined for card 4242", "@web")
    assert hit.document.uri == f"live/web/{number}"
    assert datetime.now(UTC) - hit.document.time < timedelta(seconds=5)


def test_the_query_language_is_that_of_files(ring: Ring, tmp_path: Path) -> None:
    texts = ["grey heron at the pond", "a swift over the mill", "the heron left the mill", "herons, swifts"]
    ring.add_many(texts)
    with memcodec.create(tmp_path / "same.mp4", model="none") as memory:
        for text in texts:
            memory.add(text)
    queries = (
        "heron",
        "heron -pond",
        '"the mill"',
        "swif*",
        "heron AND mill",
        "(swift OR pond) -grey",
        "heronn",
    )
    with memcodec.open(tmp_path / "same.mp4") as memory:
        for query in queries:
            mine, others = ring.search(query), memory.search(query)
            assert [(hit.text, round(hit.score, 5)) for hit in mine] == [
                (hit.text, round(hit.score, 5)) for hit in others
            ], query
            assert mine.suggestion == others.suggestion
        for pattern, mode in (("heron at", "exact"), ("h.ron", "regex")):
            assert [hit.text for hit in ring.search(pattern, mode=mode)] == [
                hit.text for hit in memory.search(pattern, mode=mode)
            ]


def test_filters_and_fields_choose_lines(ring: Ring) -> None:
    for number in range(20):
        ring.add(f"line {number}", tags={"host": "a" if number % 2 else "b"} if number >= 10 else None)
    chunks = lambda found: {hit.chunk for hit in found}  # noqa: E731
    assert chunks(ring.search("line", 50, only=Filter(tags={"host": "a"}))) == {11, 13, 15, 17, 19}
    assert chunks(ring.search("line tag:host=b", 50)) == {10, 12, 14, 16, 18}
    assert chunks(ring.search("line path:live/web/7", 50)) == {7}
    tagged = Filter(path="live/web/1?", tags={"host": "a"})
    assert chunks(ring.search("line", 50, only=tagged)) == {11, 13, 15, 17, 19}
    (seventh,) = ring.search('"line 7"')
    assert chunks(ring.search("line", 50, only=Filter(documents=seventh.document))) == {7}
    assert chunks(ring.search("line", 50, start=17)) == {17, 18, 19}
    fifth = next(line.time for number, line in ring.lines() if number == 5)
    moment = datetime.fromtimestamp(fifth / 1e6, UTC)
    assert chunks(ring.search("line", 50, only=Filter(since=moment))) == set(range(5, 20))
    assert chunks(ring.search("line", 50, only=Filter(before=moment))) == set(range(5))
    assert chunks(ring.search("line", 50, only=Filter(until=moment, tags={"host": "a"}))) == set()
    assert chunks(ring.search("line since:yesterday", 50)) == set(range(20))
    assert chunks(ring.search("line before:yesterday", 50)) == set()


def test_nothing_older_than_its_age_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000_000_000]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    with memcodec.live(keep=100, age="10s", model="none") as ring:
        ring.add("the first")
        now[0] += 6_000_000
        ring.add("the second")
        assert len(ring.search("first OR second")) == 2
        now[0] += 5_000_000  # and nothing comes any more
        assert [hit.text for hit in ring.search("first OR second")] == ["the second"]
        assert [line.text for _, line in ring.lines()] == [b"the second"]
        assert len(ring) == 1
        now[0] += 6_000_000
        assert not ring.search("first OR second") and len(ring) == 0


def test_what_expires_during_a_search_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with memcodec.live(keep=5, model="none") as ring:
        ring.add_many(["one heron", "two herons", "three herons", "four herons", "five herons"])
        view = ring._view(words=True)
        ring.add_many(["six", "seven"])
        monkeypatch.setattr(ring, "_view", lambda **_: view)
        found = ring.search("heron")
        assert {hit.chunk for hit in found} == {2, 3, 4}
        assert [hit.rank for hit in found] == [1, 2, 3]


def test_no_more_bytes_are_kept_than_allowed() -> None:
    with memcodec.live(keep=1000, size="1kB", model="none") as ring:
        for number in range(100):
            ring.add(f"{number:04}" + "x" * 96)
        assert len(ring) == 10 and ring.status().bytes == 1000
        ring.add("y" * 2000)
        assert len(ring) == 0


@settings(max_examples=100, deadline=None)
@given(
    keep=st.integers(1, 8),
    size=st.none() | st.integers(0, 30),
    age=st.none() | st.floats(0.001, 5),
    steps=st.lists(
        st.tuples(st.lists(st.integers(0, 9), max_size=12), st.integers(-3_000_000, 3_000_000)), max_size=12
    ),
)
def test_what_is_kept_is_what_the_bounds_say(
    keep: int, size: int | None, age: float | None, steps: list[tuple[list[int], int]]
) -> None:
    ages, model, moment = Ages(Bounds(keep, size, age), 7), list[tuple[int, int]](), 10_000_000
    for sizes, step in steps:
        moment += step
        times = ages.times(len(sizes), moment)
        ages.add(sizes, times)
        model += list(zip(sizes, times, strict=True))
        kept = model[-keep:]
        while size is not None and sum(each for each, _ in kept) > size:
            kept = kept[1:]
        if age is not None:
            kept = [each for each in kept if each[1] >= moment - round(age * 1e6)]
        assert ages.end - ages.tail(moment) == len(kept)
    written = [time for _, time in model]
    assert written == sorted(set(written))


def test_a_long_line_is_cut_at_a_character(ring: Ring) -> None:
    ring.add("heron " + "é" * LONGEST)
    ring.add(b"swift \xff\xfe " + b"z" * 10)
    texts = [line.text for _, line in ring.lines()]
    assert len(texts[0]) == LONGEST and texts[0].decode().startswith("heron éé")
    assert "swift ��" in texts[1].decode()
    assert len(ring.search("heron OR swift")) == 2


def test_lines_that_are_sent_again_are_left_out(ring: Ring) -> None:
    ring.add_many(["a", "b", "c"], first=0)
    ring.add_many(["b", "c", "d"], first=1)
    ring.add_many(["a"], first=0)
    assert [line.text for _, line in ring.lines()] == [b"a", b"b", b"c", b"d"]
    with pytest.raises(ConfigError, match="its next line is number 4, and not 6"):
        ring.add_many(["x"], first=6)


def test_vectors_of_ones_own() -> None:
    vectors = np.random.default_rng(1).standard_normal((500, 48)).astype(np.float32)
    with memcodec.live(keep=200, dimensions=48) as ring:
        ring.add_many([f"line {n}" for n in range(500)], vectors=vectors)
        ring.add("a line without one")
        found = ring.nearest(vectors[450] / np.linalg.norm(vectors[450]), 3)
        assert found[0].chunk == 450 and found[0].score > 0.97
        assert not {hit.chunk for hit in ring.nearest(vectors[3], 300)} & set(range(301))
        assert ring.search("line", 1).mode == "lexical"
        kept = vectors[301:] / np.linalg.norm(vectors[301:], axis=1, keepdims=True)
        mean = kept.sum(axis=0) / np.linalg.norm(kept.sum(axis=0))
        farthest = 301 + np.argsort(kept @ mean)
        outliers = ring.outliers(5)
        assert {each.number for each in outliers[:3]} <= set(farthest[:5].tolist())
        assert outliers[0].distance == pytest.approx(float(1 - (kept @ mean).min()), abs=0.02)
        assert not ring.outliers(5, threshold=1.9)
        with pytest.raises(ConfigError, match=r"vectors are \[1, 3\]; they must be \[1, 48\]"):
            ring.add_many(["x"], vectors=np.zeros((1, 3), np.float32))


def test_bad_use_is_told_in_a_line(ring: Ring) -> None:
    for wrong in ({"age": "soon"}, {"size": "much"}, {"name": "a/b"}, {"keep": 0}, {"age": "0s"}):
        with pytest.raises(ConfigError):
            memcodec.live(**{"model": "none", **wrong})
    with pytest.raises(ConfigError):
        ring.search("heron AND")
    with pytest.raises(ModelError):
        ring.search("x", mode="semantic")
    with pytest.raises(ConfigError, match="no vectors"):
        ring.outliers()
    with pytest.raises(ConfigError, match="has no spill"):
        ring.flush()
    ring.close()
    with pytest.raises(Closed):
        ring.add("x")
    with pytest.raises(Closed):
        ring.search("x")


def test_subscribers_are_told_each_line_once() -> None:
    with memcodec.live(keep=300, model="none") as ring:
        ring.add_many(log(100))
        found, done = list[int](), threading.Event()

        def listen() -> None:
            with ring.subscribe("checkout") as subscription:
                done.set()
                found.extend(hit.chunk for hit in subscription)

        thread = threading.Thread(target=listen)
        thread.start()
        done.wait()
        for at in range(100, 2000, 60):
            ring.add_many(log(60, at))
            time.sleep(0.005)
        until = time.monotonic() + 10
        while len(found) < 39 and time.monotonic() < until:
            time.sleep(0.01)
        assert ring.status().subscriptions == 1
        ring.close()
        thread.join(10)
        assert found == list(range(100, 2020, 50)) and not thread.is_alive()


def test_many_threads_write_and_search() -> None:
    with memcodec.live(keep=500, model="none") as ring:
        failed = list[BaseException]()

        def work(number: int) -> None:
            try:
                for step in range(150):
                    ring.add(f"thread {number} step {step} heron")
                    tail = ring.end - 500
                    for hit in ring.search("heron", 5):
                        assert hit.chunk >= tail and "heron" in hit.text
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=work, args=(each,)) for each in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert not failed and ring.end == 900 and len(ring) == 500


def test_the_clock_going_back_is_clamped(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [2_000_000_000_000]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    with memcodec.live(keep=10, age="1m", model="none") as ring:
        ring.add("one")
        now[0] -= 3_600_000_000
        ring.add("two")
        times = [line.time for _, line in ring.lines()]
        assert times == [2_000_000_000_000, 2_000_000_000_001]


def test_memory_is_flat_over_ten_times_what_is_kept() -> None:
    import psutil

    process = psutil.Process()
    with memcodec.live(keep=5000, model="none") as ring:
        for at in range(0, 10_000, 500):
            ring.add_many(log(500, at))
        before = process.memory_info().rss
        for at in range(10_000, 60_000, 500):
            ring.add_many(log(500, at))
        assert process.memory_info().rss - before < 20_000_000
        assert len(ring._lines._blocks) <= 5000 // 256 + 3
