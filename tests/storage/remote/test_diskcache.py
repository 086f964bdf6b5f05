"""The cache on disk: bounded, least recently used first, shared by processes that die, and never wrong."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.storage.remote.diskcache import NAME, DiskCache

LIMIT = 2_000_000
KEY = "https://example.org/a.mp4 v1"


def content(offset: int, length: int, key: str = KEY) -> bytes:
    """What a file of that key holds there: any two processes agree on it."""
    period = random.Random(key).randbytes(4099)
    start = offset % len(period)
    return (period * (length // len(period) + 2))[start : start + length]


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "spans"


@pytest.fixture
def cache(folder: Path) -> Iterator[DiskCache]:
    with closing(DiskCache(folder, LIMIT)) as made:
        yield made


def test_a_span_inside_a_stored_one_is_found(cache: DiskCache) -> None:
    cache.put(KEY, 1000, content(1000, 500))
    assert cache.get(KEY, 1000, 500) == content(1000, 500)
    assert cache.get(KEY, 1200, 10) == content(1200, 10)
    assert cache.get(KEY, 1490, 10) == content(1490, 10)
    for offset, length in ((999, 10), (1495, 6), (0, 2000), (1500, 1)):
        assert cache.get(KEY, offset, length) is None
    assert cache.get(KEY + "'", 1000, 500) is None


def test_another_handle_and_another_process_find_it(cache: DiskCache, folder: Path) -> None:
    cache.put(KEY, 7, content(7, 3000))
    with closing(DiskCache(folder, LIMIT)) as other:
        assert other.get(KEY, 7, 3000) == content(7, 3000)
    program = (
        "import sys; from pathlib import Path; from memcodec.storage.remote.diskcache import DiskCache;"
        f"sys.stdout.buffer.write(DiskCache(Path(sys.argv[1]), {LIMIT}).get({KEY!r}, 7, 3000))"
    )
    ran = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, check=True)
    assert ran.stdout == content(7, 3000)


def test_it_is_bounded_and_drops_what_was_not_used_for_longest(cache: DiskCache, folder: Path) -> None:
    for number in range(400):
        cache.put(KEY, number * 10_000, content(number * 10_000, 10_000))
        assert cache.get(KEY, 0, 10_000) is not None, "it was just used"
        assert size_of(folder) <= LIMIT * 1.1
    held = [number for number in range(400) if cache.get(KEY, number * 10_000, 10_000)]
    assert held[0] == 0 and held[1:] == list(range(400 - len(held) + 1, 400))
    assert len(held) * 10_000 > LIMIT * 0.6


@pytest.mark.slow
def test_small_spans_are_bounded_with_all_that_goes_with_them(cache: DiskCache, folder: Path) -> None:
    for number in range(12_000):
        cache.put(KEY, number * 300, content(number * 300, 200))
    assert LIMIT / 2 < size_of(folder) <= LIMIT * 1.1


def test_a_smaller_limit_shrinks_it(cache: DiskCache, folder: Path) -> None:
    for number in range(100):
        cache.put(KEY, number * 10_000, content(number * 10_000, 10_000))
    cache.close()
    with closing(DiskCache(folder, LIMIT // 8)) as smaller:
        smaller.put(KEY, 10**9, content(10**9, 1000))
        assert smaller.get(KEY, 10**9, 1000) == content(10**9, 1000)
    assert size_of(folder) <= LIMIT // 8 * 1.1


def test_what_is_too_large_pushes_nothing_out(cache: DiskCache) -> None:
    cache.put(KEY, 0, content(0, 100))
    cache.put(KEY, 1000, content(1000, LIMIT // 4))
    assert cache.get(KEY, 1000, 10) is None and cache.get(KEY, 0, 100) is not None


def test_only_the_user_may_look_and_no_key_stands_in_it(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o755)
    with closing(DiskCache(folder, LIMIT)) as cache:
        cache.put("https://example.org/?signature=canary", 0, b"text")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert not any(b"canary" in path.read_bytes() for path in folder.iterdir())


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 700)), min_size=1, max_size=25), st.randoms())
@settings(deadline=None, max_examples=25)
def test_what_is_found_is_what_was_put(
    tmp_path_factory: pytest.TempPathFactory, spans: list[tuple[int, int]], chance: random.Random
) -> None:
    with closing(DiskCache(tmp_path_factory.mktemp("any"), LIMIT)) as cache:
        for offset, length in spans:
            cache.put(KEY, offset, content(offset, length))
        for offset, length in spans:
            assert cache.get(KEY, offset, length) == content(offset, length)
        for _ in range(50):
            offset, length = chance.randrange(4000), chance.randrange(1, 700)
            assert cache.get(KEY, offset, length) in (None, content(offset, length))


# Damage


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_database_gives_right_bytes_or_none_and_begins_anew(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    with closing(DiskCache(folder, LIMIT)) as cache:
        for number in range(60):
            cache.put(KEY, number * 5000, content(number * 5000, 5000))
    path = folder / NAME
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 20, 400])):
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
    path.write_bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])
    with closing(DiskCache(folder, LIMIT)) as cache:
        for number in range(60):
            assert cache.get(KEY, number * 5000, 5000) in (None, content(number * 5000, 5000))
        for _ in range(2):  # the first may be what finds the damage
            cache.put(KEY, 10**6, content(10**6, 5000))
        assert cache.get(KEY, 10**6, 5000) == content(10**6, 5000)


def test_a_swapped_entry_is_not_believed(folder: Path) -> None:
    with closing(DiskCache(folder, LIMIT)) as cache:
        cache.put(KEY, 0, b"a" * 100)
        cache.put(KEY, 1000, b"b" * 100)
    with closing(sqlite3.connect(folder / NAME)) as database:
        database.execute("UPDATE spans SET start = start + 2000, end = end + 2000 WHERE start = 0")
        database.commit()
    with closing(DiskCache(folder, LIMIT)) as cache:
        assert cache.get(KEY, 2000, 100) is None


@pytest.mark.parametrize("what", ["text", "other", "newer", "folder", "link"])
def test_something_else_in_its_place(folder: Path, tmp_path: Path, what: str) -> None:
    folder.mkdir(parents=True)
    path = folder / NAME
    precious = tmp_path / "precious"
    precious.write_bytes(b"not yours")
    if what == "text":
        path.write_text("no database " * 1000)
    elif what in ("other", "newer"):
        with closing(sqlite3.connect(path)) as database:
            columns = "words" if what == "other" else "id, key, start, end, used, crc, data, more"
            database.execute(f"CREATE TABLE spans ({columns})")
            database.commit()
    elif what == "folder":
        path.mkdir()
    else:
        path.symlink_to(precious)
    with closing(DiskCache(folder, LIMIT)) as cache:
        for _ in range(2):
            cache.get(KEY, 0, 4)
            cache.put(KEY, 0, b"text")
        assert cache.get(KEY, 0, 4) == (None if what == "folder" else b"text")
    assert precious.read_bytes() == b"not yours"


@pytest.mark.parametrize("what", ["file", "link", "full"])
def test_no_such_folder_is_no_error(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "at"
    if what == "file":
        folder.touch()
    elif what == "link":
        (tmp_path / "elsewhere").mkdir()
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder = Path("/proc/none/such")
    with closing(DiskCache(folder, LIMIT)) as cache:
        cache.put(KEY, 0, b"text")
        assert cache.get(KEY, 0, 4) is None
    assert what != "link" or not list((tmp_path / "elsewhere").iterdir())


def test_a_folder_deleted_meanwhile(cache: DiskCache, folder: Path) -> None:
    import shutil

    cache.put(KEY, 0, b"text")
    shutil.rmtree(folder)
    assert cache.get(KEY, 0, 4) in (None, b"text")
    cache.put(KEY, 4, b"more")
    with closing(DiskCache(folder, LIMIT)) as other:
        other.put(KEY, 0, b"text")
        assert other.get(KEY, 0, 4) == b"text"


# Several at once


def _work(folder: str, seed: int, limit: int) -> int:
    """Puts and gets at random; the number of wrong answers."""
    chance, wrong = random.Random(seed), 0
    cache = DiskCache(Path(folder), limit)
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        offset, length = chance.randrange(300) * 5000, chance.randrange(1, 9000)
        if chance.random() < 0.5:
            cache.put(KEY, offset, content(offset, length))
        else:
            wrong += cache.get(KEY, offset, length) not in (None, content(offset, length))
    return wrong


@pytest.mark.slow
def test_threads_share_a_handle(cache: DiskCache) -> None:
    wrong: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: wrong.append(_work(str(cache.folder), n, LIMIT)))  # type: ignore[misc]
        for n in range(2)
    ]

    def shared(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(300):
            offset = chance.randrange(100) * 1000
            cache.put(KEY, offset, content(offset, 1500))
            wrong.append(cache.get(KEY, offset, 1500) not in (None, content(offset, 1500)))

    threads += [threading.Thread(target=shared, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong and not any(wrong)


@pytest.mark.slow
def test_processes_share_a_folder_and_stay_within_the_limit(folder: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.starmap(_work, [(str(folder), seed, LIMIT) for seed in range(4)]) == [0] * 4
    with closing(DiskCache(folder, LIMIT)) as cache:  # takes in the log of those that ended at one moment
        cache.put(KEY, 10**9, b"after")
    assert LIMIT / 2 < size_of(folder) <= LIMIT * 1.1


def test_a_child_process_uses_its_own_connection(cache: DiskCache) -> None:
    cache.put(KEY, 0, b"text")
    child = os.fork()
    if child == 0:
        right = cache.get(KEY, 0, 4) == b"text"
        cache.put(KEY, 100, b"from the child")
        os._exit(0 if right else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert cache.get(KEY, 100, 14) == b"from the child"


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_a_cache_that_works(folder: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[2]);"
        "from tests.storage.remote.test_diskcache import _work;"
        f"print('up', flush=True); _work(sys.argv[1], int(sys.argv[3]), {LIMIT})"
    )
    root = str(Path(__file__).parents[3])
    for seed in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", program, folder, root, str(seed)], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(random.Random(seed).uniform(0.0, 0.25))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        with closing(DiskCache(folder, LIMIT)) as cache:
            for number in range(300):
                found = cache.get(KEY, number * 5000, 50)
                assert found in (None, content(number * 5000, 50))
            cache.put(KEY, 10**9, b"after")
            assert cache.get(KEY, 10**9, 5) == b"after"
    assert size_of(folder) <= LIMIT * 1.1
