"""Objects written to real S3 servers: all or nothing, nothing lost between writers, nothing left behind."""

from __future__ import annotations

import hashlib
import random
import sys
import threading
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import memcodec
from memcodec.cli import main
from memcodec.errors import Changed, ConfigError, MissingExtra, StorageError
from memcodec.storage.bucket import claim as exclusion
from memcodec.storage.bucket import target as objecttarget
from memcodec.storage.bucket import upload, window
from memcodec.storage.bucket.account import Account
from memcodec.storage.bucket.claim import Claim
from memcodec.storage.bucket.object import BucketObject, ObjectVersion
from memcodec.storage.bucket.target import ObjectTarget
from memcodec.storage.bucket.url import ObjectUrl
from memcodec.storage.ram import MemoryTarget
from memcodec.storage.remote.source import FirstAnswer
from tests.support import far
from tests.support.s3servers import S3, CountingProxy

pytestmark = pytest.mark.slow

MiB = 1 << 20
SMALL = 1000  # bytes of a part, where parts are small
DATA = random.Random(3).randbytes(20 * MiB)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is silent for a second is dead."""
    monkeypatch.setattr(exclusion, "QUIET", 1.0)


@pytest.fixture
def own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time goes by with the signs of life that the server has: a slow one does not make its writers look dead."""
    now, real, quiet = 0.0, BucketObject.part, 0.2

    def part(place: BucketObject, upload: str, number: int, data: bytes) -> str:
        nonlocal now
        made = real(place, upload, number, data)
        now += quiet / exclusion._BEATS
        return made

    monkeypatch.setattr(BucketObject, "part", part)
    monkeypatch.setattr(exclusion, "QUIET", quiet)
    monkeypatch.setattr(exclusion, "time", SimpleNamespace(monotonic=lambda: now, sleep=time.sleep))


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that only the emulator takes, so that a few bytes make many."""
    for module in (window, objecttarget, upload):
        monkeypatch.setattr(module, "PART", SMALL)
    for module in (objecttarget, upload):
        monkeypatch.setattr(module, "LEAST", SMALL // 2)
    monkeypatch.setattr(upload, "_COPY", SMALL)
    monkeypatch.setattr(objecttarget, "_PROOF", SMALL // 2)


def write(s3: S3, key: str, data: bytes) -> None:
    target = objecttarget.create(s3.url(key), replace=True)
    target.append(data)
    target.publish()
    target.close()


def bucket_object(s3: S3, key: str = "x") -> BucketObject:
    return BucketObject(ObjectUrl.parse(s3.url(key)))


@pytest.mark.parametrize("size", [10, 5 * MiB - 1, 8 * MiB, 20 * MiB])
def test_what_is_written_is_there_from_publish_on(s3: S3, size: int) -> None:
    data = DATA[:size]
    target = objecttarget.create(s3.url("x"))
    for at in range(0, size, 3 * MiB):
        assert target.append(data[at : at + 3 * MiB]) == at
    assert s3.keys() == [] and not target.published
    target.patch(3, b"head")
    target.publish()
    assert target.published
    assert s3.get("x") == data[:3] + b"head" + data[7:]
    target.close()
    assert s3.keys() == ["x"] and s3.uploads() == []


@pytest.mark.parametrize("size", [10, 6 * MiB, 20 * MiB])
def test_a_commit_at_the_end(s3: S3, size: int) -> None:
    s3.put("x", DATA[:size])
    target = objecttarget.reopen(s3.url("x"))
    assert target.published and target.size == size
    assert target.append(b"more") == size
    target.patch(2, b"HEAD")
    assert target.read(0, 8) == DATA[:2] + b"HEAD" + DATA[6:8]
    assert bytes(target.source().get_bytes(size - 2, 6)) == DATA[size - 2 : size] + b"more"
    assert s3.get("x") == DATA[:size]
    target.publish()
    target.append(b" and more")
    target.publish()
    target.close()
    assert s3.get("x") == DATA[:2] + b"HEAD" + DATA[6:size] + b"more and more"
    assert s3.uploads() == []


def test_only_what_is_new_travels(radosgw: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    write(radosgw, "x", DATA)
    with CountingProxy(radosgw.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        target = objecttarget.reopen(radosgw.url("x"))
        target.append(DATA[:100_000])
        target.publish()
        target.close()
        assert proxy.total < 170_000  # the new bytes, a tail of 32 KiB, and requests
    assert radosgw.get("x") == DATA + DATA[:100_000]


def test_a_torn_tail_is_cut_off(s3: S3) -> None:
    s3.put("x", DATA[: 6 * MiB])
    for kept, more in ((6 * MiB - 10, b"first"), (100, b"second")):
        target = objecttarget.reopen(s3.url("x"))
        target.cut(kept)
        target.append(more)
        target.publish()
        target.close()
        assert s3.get("x") == DATA[:kept] + more


step = st.one_of(
    st.tuples(
        st.just("append"), st.one_of(st.sampled_from([499, 500, 1000, 2000]), st.integers(0, 3 * SMALL))
    ),
    st.tuples(st.just("patch"), st.integers(0, SMALL // 2 - 4)),
    st.tuples(st.just("undo"), st.just(0)),
    st.tuples(st.just("publish"), st.just(0)),
    st.tuples(st.just("reopen"), st.just(0)),
)


class MemoryBucket:
    """An object in memory under S3's rules, each of them asserted; as ``BucketObject``."""

    is_amazon, name = True, "s3://bucket/x"

    def __init__(self) -> None:
        self.data: bytes | None = None
        self.under_way: dict[str, dict[int, bytes]] = {}

    def etag(self) -> str | None:
        return None if self.data is None else hashlib.sha256(self.data).hexdigest()

    def head(self) -> ObjectVersion | None:
        return None if self.data is None else ObjectVersion(str(self.etag()), len(self.data))

    def put(self, data: bytes, over: str | None) -> None:
        assert over == self.etag()
        self.data = data

    def begin(self) -> str:
        self.under_way[f"upload {len(self.under_way)}"] = {}
        return f"upload {len(self.under_way) - 1}"

    def part(self, upload: str, number: int, data: bytes) -> str:
        self.under_way[upload][number] = data
        return f"{number}: {len(data)}"

    def copy(self, upload: str, number: int, span: tuple[int, int], version: str) -> str:
        assert version == self.etag() and self.data is not None
        return self.part(upload, number, self.data[span[0] :][: span[1]])

    def complete(self, upload: str, parts: list[tuple[int, str]], over: str | None) -> None:
        stored = self.under_way.pop(upload)
        assert parts == [(number, f"{number}: {len(data)}") for number, data in sorted(stored.items())]
        assert all(len(stored[number]) >= SMALL // 2 for number, _ in parts[:-1])
        self.put(b"".join(stored[number] for number, _ in parts), over)

    def abort(self, upload: str) -> None:
        del self.under_way[upload]

    def close(self) -> None:
        """Nothing to release."""


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=1, max_size=14))
@example(steps=[("append", 500), ("publish", 0), ("patch", 1), ("patch", 0), ("patch", 1)])
def test_any_order_of_calls(
    small_parts: None, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]
) -> None:
    """An object does what a file in memory does; it shows what was published last, nothing else."""
    there = MemoryBucket()

    class Transport(far.Memory):
        def __init__(self, url: str) -> None:
            super().__init__(there.data or b"", url)

        def open(self, tail: int) -> FirstAnswer:
            return replace(super().open(tail), version=str(there.etag()))

    monkeypatch.setattr(objecttarget, "BucketObject", lambda place: there)
    monkeypatch.setattr(objecttarget, "S3Transport", Transport)
    target, model, shown = objecttarget.create(there.name), MemoryTarget(), b""
    for number, (what, size) in enumerate(steps):
        if what == "append":
            data = random.Random(number).randbytes(size)
            assert target.append(data) == model.append(data)
        elif what == "patch" and size + 4 <= model.size:
            target.patch(size, b"abcd")
            model.patch(size, b"abcd")
        elif what == "undo":
            target.cut(len(shown))
            model = MemoryTarget(shown)
        elif what in ("publish", "reopen") and model.size:
            target.publish()
            shown = model.read(0, model.size)
            if what == "reopen":
                target.close()
                target = objecttarget.reopen(there.name)
        assert (there.data or b"") == shown
        assert target.size == model.size
        last = max(0, model.size - SMALL)
        assert target.read(last, SMALL + 5) == model.read(last, SMALL)
        assert target.read(0, 8) == model.read(0, 8)
    target.close()
    assert not there.under_way


def test_memory_is_bounded(ministack: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "PART", MiB)
    monkeypatch.setattr(objecttarget, "PART", MiB)
    target = objecttarget.create(ministack.url("x"))
    target.append(DATA[: 2 * MiB])  # the clients' own memory, too
    tracemalloc.start()
    for _ in range(20):
        target.append(DATA[: 2 * MiB])
    assert tracemalloc.get_traced_memory()[1] < 14 * MiB
    tracemalloc.stop()
    with pytest.raises(StorageError, match="lie in an unfinished upload; write a file here and publish it"):
        target.read(5 * MiB, 10)
    target.publish()
    assert target.read(5 * MiB, 10) == (DATA[: 2 * MiB] * 3)[5 * MiB :][:10]
    target.close()
    assert len(ministack.get("x")) == 42 * MiB


def test_closed_without_publishing(s3: S3) -> None:
    s3.put("x", b"old")
    for target in (objecttarget.create(s3.url("x"), replace=True), objecttarget.reopen(s3.url("x"))):
        target.append(DATA)
        target.close()
        assert s3.get("x") == b"old" and s3.uploads() == []


def test_what_is_there_is_refused_or_replaced(s3: S3) -> None:
    s3.put("x", b"old")
    with pytest.raises(StorageError, match="exists already; use `force=True` to replace it"):
        objecttarget.create(s3.url("x"))
    for data in (b"new", DATA[: 9 * MiB]):
        write(s3, "x", data)
        assert s3.get("x") == data


@pytest.mark.parametrize("size", [10, 9 * MiB])
def test_one_that_came_meanwhile_is_not_replaced(s3: S3, size: int) -> None:
    new, old = objecttarget.create(s3.url("x")), b"another's"
    new.append(DATA[:size])
    s3.put("x", old)
    with pytest.raises(StorageError, match="exists by now; nothing was written: use `force=True`"):
        new.publish()
    new.close()
    replacing = objecttarget.create(s3.url("x"), replace=True)
    replacing.append(DATA[:size])
    s3.put("x", b"third")
    with pytest.raises(
        Changed, match="another writer changed it in the meantime; nothing was written: run it again"
    ):
        replacing.publish()
    replacing.close()
    assert s3.get("x") == b"third" and s3.uploads() == []


@pytest.mark.parametrize("size", [10, 6 * MiB])
def test_of_two_writers_one_is_told(s3: S3, size: int) -> None:
    s3.put("x", DATA[:size])
    one, other = objecttarget.reopen(s3.url("x")), objecttarget.reopen(s3.url("x"))
    one.append(b"one")
    other.append(b"other")
    one.publish()
    with pytest.raises(
        Changed, match="another writer changed it in the meantime; nothing was written: run it again"
    ):
        other.publish()
    with pytest.raises(StorageError, match="could not be undone"):
        other.publish()  # not before it is undone
    one.close()
    other.close()
    assert s3.get("x") == DATA[:size] + b"one" and s3.uploads() == []


@pytest.mark.parametrize("size", [10, 6 * MiB])
def test_conditions_alone_keep_writers_apart_where_they_are_honoured(
    ministack: S3, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Amazon S3: no claim, and the other's commit comes after the last look."""
    monkeypatch.setattr(ObjectTarget, "_check_version", lambda self: None)
    monkeypatch.setattr(ObjectTarget, "_landed", lambda self, proof: False)
    ministack.put("x", DATA[:size])
    target = objecttarget.reopen(ministack.url("x"))
    target._bucket.is_amazon = True
    target.append(b"lost")
    ministack.put("x", DATA[: size + 1])
    with pytest.raises(Changed):
        target.publish()
    target.close()
    new = objecttarget.create(ministack.url("y"))
    new._bucket.is_amazon = True
    new.append(DATA[: size * 2])
    ministack.put("y", b"first")
    with pytest.raises(Changed):
        new.publish()
    new.close()
    assert (ministack.get("x"), ministack.get("y")) == (DATA[: size + 1], b"first")
    assert ministack.uploads() == []


def test_amazon_is_known_by_its_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    for endpoint, amazon in (
        (None, True),
        ("https://s3.eu-west-1.amazonaws.com", True),
        ("https://amazonaws.com.evil.example", False),
        ("https://evilamazonaws.com", False),
        ("http://127.0.0.1:9000", False),
    ):
        assert Account(None, None, "r", endpoint, None).is_amazon is amazon


# Requests whose outcome is not known


@pytest.mark.parametrize("call", ["put", "complete"])
@pytest.mark.parametrize("done", [True, False])
def test_an_answer_that_is_lost(s3: S3, monkeypatch: pytest.MonkeyPatch, call: str, done: bool) -> None:
    """The commit is there though the request failed, or is tried again; it is never said to be what it is not."""
    work, times = getattr(BucketObject, call), 0

    def lossy(self: BucketObject, *args: object) -> None:
        nonlocal times
        times += 1
        if done or times > 1:
            work(self, *args)
        if times == 1:
            raise StorageError("the line is dead")

    monkeypatch.setattr(BucketObject, call, lossy)
    size = 10 if call == "put" else 9 * MiB
    write(s3, "x", DATA[:size])
    assert s3.get("x") == DATA[:size] and times == (1 if done else 2)


def test_an_outcome_that_stays_unknown_is_said_to_be(ministack: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_: object) -> None:
        raise StorageError("the line is dead")

    target = objecttarget.create(ministack.url("x"))
    target.append(b"data")
    monkeypatch.setattr(BucketObject, "put", dead)
    monkeypatch.setattr(ObjectTarget, "_landed", dead)
    with pytest.raises(
        StorageError, match="whether the commit arrived is not known: look before you repeat it"
    ):
        target.publish()
    target.close()


def test_a_part_that_fails_ends_the_upload(ministack: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> str:
        raise StorageError("no room")

    target = objecttarget.create(ministack.url("x"))
    monkeypatch.setattr(BucketObject, "part", refused)
    with pytest.raises(StorageError, match="no room"):
        for _ in range(20):
            target.append(DATA)
    target.close()
    assert ministack.keys() == [] and ministack.uploads() == []


# Claims


def test_two_never_hold_a_claim(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exclusion, "_PAUSE", 0.1)
    inside, most, turns, lock = 0, 0, 0, threading.Lock()

    def contend() -> None:
        nonlocal inside, most, turns
        place = bucket_object(s3)
        for _ in range(3):
            claim = Claim.acquire(place, 60)
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(random.uniform(0, 0.05))
            with lock:
                inside -= 1
                turns += 1
            claim.release()

    threads = [threading.Thread(target=contend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, turns) == (1, 12) and s3.uploads() == []


def test_a_living_writer_is_left_alone(s3: S3, own_clock: None) -> None:
    held = Claim.acquire(bucket_object(s3), 0)
    began = exclusion.time.monotonic()
    with pytest.raises(StorageError, match="another writer is at it; try again later, or wait with `wait`"):
        Claim.acquire(bucket_object(s3), 8 * exclusion.QUIET)  # longer than the dead are waited for
    assert exclusion.time.monotonic() - began > 8 * exclusion.QUIET
    held.check()
    threading.Timer(0.3, held.release).start()
    Claim.acquire(bucket_object(s3), 5).release()


def test_a_look_that_takes_long_makes_nobody_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    class Slow(MemoryBucket):
        def uploads(self) -> set[str]:
            return set(self.under_way)

        def pulse(self, upload: str) -> tuple[tuple[int, str], ...]:
            nonlocal now
            now += 2 * exclusion.QUIET
            return ()

    monkeypatch.setattr(exclusion, "time", SimpleNamespace(monotonic=lambda: now))
    place = Slow()
    place.begin()
    watch = exclusion._ObjectWatch(place)
    assert watch.others() and watch.others() and place.under_way
    now += 2 * exclusion.QUIET
    assert not watch.others() and not place.under_way


def test_the_uploads_of_a_dead_writer_are_aborted(s3: S3, quick: None) -> None:
    place = bucket_object(s3)
    dead = place.begin()
    place.part(dead, 1, b"left")
    other = bucket_object(s3, "x.mp4")  # a name that begins alike
    kept = other.begin()
    began = time.monotonic()
    Claim.acquire(place, 0).release()
    assert time.monotonic() - began > exclusion.QUIET
    assert s3.uploads() == [kept]
    with pytest.raises(StorageError):  # had it only slept, it could not complete
        place.complete(dead, [(1, '"x"')], None)


def test_who_was_cut_off_for_long_does_not_commit(ministack: S3, quick: None) -> None:
    target = objecttarget.create(ministack.url("x"))
    target.append(DATA[: 9 * MiB])
    target.append(DATA)
    assert target._claim is not None
    target._claim._over.set()  # no more signs of life
    time.sleep(0.7)
    with pytest.raises(StorageError, match="did not answer for long; nothing was written: try again"):
        target.publish()
    target.close()
    assert ministack.keys() == []


# Memory files


@pytest.mark.parametrize("suffix", ["mp4", "flac"])
def test_a_memory_file_in_a_bucket(s3: S3, suffix: str, folder: Path) -> None:
    url = s3.url(f"notes.{suffix}")
    with memcodec.create(url, model="none") as memory:
        memory.add_path(folder)
        memory.commit()
        memory.add("a second commit of the heron", uri="second")
    with memcodec.open(url) as memory:
        memory.add("a third commit of the kettle", uri="third")
        memory.commit()
        assert [hit.document.uri for hit in memory.search("heron kettle", mode="lexical")][:2] != []
    with memcodec.open(url) as memory:
        assert {"second", "third"} < {document.uri for document in memory.documents()}
        assert not memory.verify().damage
        assert len(memory.log()) == 3
    assert s3.keys() == [f"notes.{suffix}"] and s3.uploads() == []


def test_the_commands(s3: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("the heron waits")
    (tmp_path / "b.txt").write_text("the kettle sings")
    url = s3.url("notes.mp4")

    def run(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    def encode(to: str) -> tuple[int, str]:
        return run("encode", str(tmp_path / "a.txt"), "-o", to, "--model", "none")

    assert encode(url)[0] == 0
    status, said = encode(url)
    assert status == StorageError.exit_code and said.endswith("exists already; use --force to replace it\n")
    status, said = run("append", url, str(tmp_path / "b.txt"))
    assert status == 0 and "1 added" in said
    status, said = run("search", "kettle", url)
    assert status == 0 and "b.txt" in said
    for scheme in ("https", "gs", "az"):
        for status, said in (
            encode(f"{scheme}://b/x.mp4"),
            run("append", f"{scheme}://b/x.mp4", str(tmp_path)),
        ):
            assert status == StorageError.exit_code
            assert said.startswith(
                f"memcodec: {scheme}://b/x.mp4: {scheme}:// can only be read; write to s3://"
            )
    status, said = run("append", url, str(tmp_path), "--index", "background")
    assert status == ConfigError.exit_code and "background indexing is not" in said
    assert s3.keys() == ["notes.mp4"] and s3.uploads() == []


def test_the_library_is_named_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    with pytest.raises(MissingExtra, match=r"pip install 'memcodec\[cloud\]'"):
        objecttarget.create("s3://b/x")
