"""What readers and writers of all codecs share: order, how much is under way, the first reading that finds anything."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from memcodec.media.container import joined
from memcodec.media.groups import batched, grouped
from memcodec.media.reader import first_to_find
from memcodec.media.threads import Threads, in_order
from memcodec.model import Extent


def slowly(number: int) -> int:
    time.sleep(0.002 * (number % 3))
    return number


def test_results_come_in_order_and_few_are_under_way() -> None:
    taken = 0

    def jobs() -> Iterator[partial[int]]:
        nonlocal taken
        for number in range(40):
            taken += 1
            yield partial(slowly, number)

    with ThreadPoolExecutor(3) as pool:
        for number, result in enumerate(in_order(pool, jobs(), 5)):
            assert result == number
            assert taken <= number + 6
    assert taken == 40


def test_the_caller_does_a_part_of_what_is_done_at_once() -> None:
    threads, workers, both = Threads(), set[int](), threading.Barrier(2, timeout=10)

    def work(number: int) -> int:
        if number < 2:
            both.wait()  # each waits for the other: neither does both
        workers.add(threading.get_ident())
        return number * number

    assert threads.all(work, range(40)) == [number * number for number in range(40)]
    assert threading.get_ident() in workers
    assert threads.all(work, []) == []
    threads.close()


def test_two_that_are_slow_are_worth_a_thread() -> None:
    threads, both = Threads(), threading.Barrier(2, timeout=10)
    assert sorted(threads.all(lambda _: both.wait(), range(2), worth=1)) == [0, 1]
    assert threads.all(lambda _: threading.current_thread(), range(2)) == [threading.current_thread()] * 2
    threads.close()


def test_an_error_of_any_thread_comes_out() -> None:
    threads = Threads()
    for bad in range(6):
        with pytest.raises(ZeroDivisionError):
            threads.all(lambda number, bad=bad: 1 / (number - bad), range(6))  # type: ignore[misc]
    threads.close()


def test_an_error_comes_out_where_its_result_would() -> None:
    def work(number: int) -> float:
        return 1 / (3 - number)

    threads = Threads()
    results = threads.each(work, range(10))
    assert [next(results) for _ in range(3)] == [1 / 3, 1 / 2, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(results)
    threads.close()


def test_work_for_one_needs_no_thread() -> None:
    threads, before = Threads(), threading.active_count()
    assert list(threads.each(lambda item: threading.current_thread(), [1])) == [threading.current_thread()]
    assert list(threads.each(slowly, [])) == []
    assert threading.active_count() == before
    assert threading.current_thread() not in threads.each(lambda item: threading.current_thread(), [1, 2])
    threads.close()


def test_the_first_reading_that_finds_anything_is_the_only_one() -> None:
    begun: list[str] = []

    def reading(name: str, found: str) -> Iterator[str]:
        begun.append(name)
        yield from found

    assert list(
        first_to_find(reading(name, found) for name, found in [("a", ""), ("b", "xyz"), ("c", "w")])
    ) == [*"xyz"]
    assert begun == ["a", "b"]
    assert list(first_to_find([reading("d", "")])) == []


def test_neighbours_of_one_name_are_joined() -> None:
    parts = [
        ("media", Extent(0, 5)),
        ("media", Extent(5, 5)),
        ("index", Extent(10, 1)),
        ("media", Extent(11, 9)),
    ]
    assert list(joined(parts, 20)) == [
        ("media", Extent(0, 10)),
        ("index", Extent(10, 1)),
        ("media", Extent(11, 9)),
    ]
    assert list(joined([], 0)) == []


def test_batches_are_full_but_for_the_last() -> None:
    assert list(batched(iter(range(7)), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(batched([], 3)) == []


def test_groups_end_where_an_item_does_not_fit() -> None:
    def follows(group: list[int], item: int) -> bool:
        return item == group[-1] + 1 and len(group) < 3

    assert list(grouped([1, 2, 3, 4, 6, 9, 10], follows)) == [[1, 2, 3], [4], [6], [9, 10]]
    assert list(grouped([], follows)) == []
