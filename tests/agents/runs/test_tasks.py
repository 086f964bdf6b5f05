"""Where in a run something is done: the same place in every execution."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from memcodec.agents.runs import tasks


def path() -> str:
    task = tasks.current()
    assert task is not None
    return task.path


async def apath() -> str:
    return path()


def test_outside_of_a_run_nothing_is_numbered() -> None:
    create, submit, start = (
        asyncio.BaseEventLoop.create_task,
        ThreadPoolExecutor.submit,
        threading.Thread.start,
    )
    with tasks.within(tasks.Task("")):
        assert path() == ""
        assert ThreadPoolExecutor.submit is not submit
    assert tasks.current() is None
    now = asyncio.BaseEventLoop.create_task, ThreadPoolExecutor.submit, threading.Thread.start
    assert now == (create, submit, start)


def test_tasks_are_numbered_as_they_are_created() -> None:
    async def nested() -> list[str]:
        return [path(), *await asyncio.gather(apath(), apath())]

    async def main() -> list[object]:
        found: list[object] = [path(), await asyncio.gather(nested(), nested())]
        async with asyncio.TaskGroup() as group:
            made = [group.create_task(apath()) for _ in range(2)]
        return [*found, [each.result() for each in made]]

    with tasks.within(tasks.Task("")):
        found = asyncio.run(main())
    assert found == ["0", [["0.0", "0.0.0", "0.0.1"], ["0.1", "0.1.0", "0.1.1"]], ["0.2", "0.3"]]


def test_a_context_that_is_given_is_left_as_it_is() -> None:
    import contextvars

    async def main() -> list[str]:
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        made = [loop.create_task(apath(), context=context) for _ in range(2)]
        return [*await asyncio.gather(*made), context.run(path)]

    with tasks.within(tasks.Task("")):
        assert asyncio.run(main()) == ["0.0", "0.1", "0"]


def test_threads_of_pools_are_numbered_by_what_they_are_given() -> None:
    with tasks.within(tasks.Task("")), ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: path(), range(5))) == ["x0", "x1", "x2", "x3", "x4"]
        inner = pool.submit(lambda: pool.submit(path).result())
        assert inner.result() == "x5.x0"
        assert path() == ""


def test_what_asyncio_gives_to_a_thread_is_a_task_of_its_own() -> None:
    async def main() -> list[str]:
        return await asyncio.gather(*(asyncio.to_thread(path) for _ in range(3)))

    with tasks.within(tasks.Task("")):
        assert asyncio.run(main()) == ["0.0.x0", "0.1.x0", "0.2.x0"]


def test_threads_that_are_started() -> None:
    found: dict[int, str] = {}

    def work(number: int) -> None:
        found[number] = path()

    with tasks.within(tasks.Task("")):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
        for each in reversed(threads):
            each.start()
        for each in threads:
            each.join()
    assert found == {0: "t2", 1: "t1", 2: "t0"}


def test_a_loop_in_a_thread_goes_on_below_it() -> None:
    with tasks.within(tasks.Task("")), ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: asyncio.run(apath())).result() == "x0.0"
