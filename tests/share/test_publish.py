"""Publishing: all of a file or nothing under its name, compared when it is there, gone on with after a kill."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import memcodec
from memcodec.cli import main
from memcodec.errors import Damaged, NotAMemoryFile, StorageError
from memcodec.share.delivery import Published, fetch, publish
from memcodec.share.delivery.pieces import PART, Parts, part_size
from memcodec.storage.bucket import store as stores
from memcodec.storage.bucket.object import BucketObject
from tests.support.s3servers import S3, CountingProxy

pytestmark = pytest.mark.slow

SMALL = 200_000  # bytes of a part; the emulator takes parts of any size


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory file of some 0.9 MB."""
    return written(tmp_path_factory.mktemp("large") / "large.mp4", 480_000)


@pytest.fixture
def own(large: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(large, tmp_path))


def written(path: Path, size: int) -> Path:
    chance = random.Random(5)
    with memcodec.create(path, model="none", index="none") as memory:
        for number in range(8):
            memory.add(chance.randbytes(size // 8).hex(), uri=f"{number}.txt")
    return path


class SlowProxy(CountingProxy):
    """Lets so many bytes a second up."""

    rate = 600_000

    def _pump(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        if not up:
            super()._pump(source, sink, up)
            return
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 14):
                time.sleep(len(data) / self.rate)
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def parts(s3: S3, key: str) -> int:
    """How many parts of unfinished uploads the server has."""
    return sum(
        len(s3.client.list_parts(Bucket=s3.bucket, Key=key, UploadId=each).get("Parts", []))
        for each in s3.uploads()
    )


def kill_midway(s3: S3, path: Path, key: str, part: int, least: int = 2, *, force: bool = False) -> None:
    """Publish in a process of its own, and kill it when some parts are there."""
    program = (
        "import sys; from pathlib import Path; from memcodec.share.delivery import publish;"
        f"publish(Path(sys.argv[1]), sys.argv[2], part={part}, force={force})"
    )
    with SlowProxy(s3.endpoint) as proxy:
        child = subprocess.Popen(
            [sys.executable, "-c", program, path, s3.url(key)],
            env={**os.environ, "AWS_ENDPOINT_URL": proxy.endpoint},
        )
        until = time.monotonic() + 120
        while parts(s3, key) < least and time.monotonic() < until:
            assert child.poll() is None, "it ended before it could be killed"
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL


def described(s3: S3, key: str) -> tuple[str, str]:
    found = s3.client.head_object(Bucket=s3.bucket, Key=key)
    return found["ContentType"], found["CacheControl"]


def test_it_is_the_same_file(s3: S3, large: Path, tmp_path: Path) -> None:
    made = publish(large, s3.url("a/large.mp4"))
    size = large.stat().st_size
    assert made == Published(s3.url("a/large.mp4"), size, 0, "etag", "video/mp4")
    assert s3.get("a/large.mp4") == large.read_bytes()
    assert described(s3, "a/large.mp4") == ("video/mp4", "no-cache")
    assert s3.keys() == ["a/large.mp4"] and s3.uploads() == []
    fetch(s3.url("a/large.mp4"), tmp_path / "back.mp4")
    assert (tmp_path / "back.mp4").read_bytes() == large.read_bytes()


def test_it_replaces_only_by_force(s3: S3, own: Path) -> None:
    publish(own, s3.url("x.mp4"))
    with memcodec.open(own) as memory:
        memory.add("a word more", uri="more")
    before = s3.get("x.mp4")
    with pytest.raises(StorageError, match="`force=True`"):
        publish(own, s3.url("x.mp4"))
    assert s3.get("x.mp4") == before
    publish(own, s3.url("x.mp4"), force=True, immutable=True)
    assert s3.get("x.mp4") == own.read_bytes() != before
    assert described(s3, "x.mp4") == ("video/mp4", "public, max-age=31536000, immutable")


def test_sound_is_sound(ministack: S3, tmp_path: Path) -> None:
    with memcodec.create(tmp_path / "a.flac", model="none") as memory:
        memory.add("The heron nests in April.")
    assert publish(tmp_path / "a.flac", ministack.url("a.flac")).content_type == "audio/flac"
    assert described(ministack, "a.flac")[0] == "audio/flac"
    assert ministack.get("a.flac") == (tmp_path / "a.flac").read_bytes()


def test_a_killed_one_is_gone_on_with(ministack: S3, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_midway(ministack, large, "x.mp4", SMALL)
    assert ministack.keys() == [] and len(ministack.uploads()) == 1
    with CountingProxy(ministack.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        made = publish(large, ministack.url("x.mp4"), part=SMALL)
        assert made.resumed >= 2 * SMALL and made.verified == "etag"
        assert proxy.up < made.size - made.resumed + 50_000, "what was there travelled again"
    assert ministack.get("x.mp4") == large.read_bytes()
    assert ministack.uploads() == []


def test_a_killed_one_is_gone_on_with_at_a_real_server(radosgw: S3, tmp_path: Path) -> None:
    path = written(tmp_path / "larger.mp4", 4_000_000)
    assert path.stat().st_size > 5 << 20
    kill_midway(radosgw, path, "x.mp4", 5 << 20, 1)
    made = publish(path, radosgw.url("x.mp4"), part=5 << 20)
    assert made.resumed > 0 and made.verified == "etag"
    assert radosgw.get("x.mp4") == path.read_bytes() and radosgw.uploads() == []


def test_a_kill_leaves_what_was_there(ministack: S3, own: Path) -> None:
    publish(own, ministack.url("x.mp4"))
    before = own.read_bytes()
    with memcodec.open(own) as memory:
        memory.add("a word more", uri="more")
    kill_midway(ministack, own, "x.mp4", SMALL, force=True)
    assert ministack.get("x.mp4") == before
    publish(own, ministack.url("x.mp4"), force=True, part=SMALL)
    assert ministack.get("x.mp4") == own.read_bytes()


@pytest.mark.parametrize("right", [[], [1], [3], [2, 4]])
def test_parts_of_something_else_never_get_in(ministack: S3, large: Path, right: list[int]) -> None:
    """An upload begun by someone else for this name, of whose parts some are by chance the file's."""
    client, where = ministack.client, {"Bucket": ministack.bucket, "Key": "x.mp4"}
    upload = client.create_multipart_upload(**where)["UploadId"]
    data = large.read_bytes()
    for number in range(1, 8):  # the file has five
        piece = data[(number - 1) * SMALL : number * SMALL]
        body = piece if number in right else bytes(len(piece) or 9)
        client.upload_part(**where, UploadId=upload, PartNumber=number, Body=body)
    made = publish(large, ministack.url("x.mp4"), part=SMALL)
    assert made.resumed == len(right) * SMALL and made.verified == "etag"
    assert ministack.get("x.mp4") == data


def test_without_md5_etags_it_is_read_back(
    ministack: S3, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Parts, "are", lambda parts, found: False)
    assert publish(large, ministack.url("x.mp4")).verified == "sha256"


def test_what_is_altered_on_its_way_is_no_success(
    ministack: S3, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytearray(large.read_bytes())
    data[1000] ^= 1
    monkeypatch.setattr(BucketObject, "complete", lambda *_: ministack.put("x.mp4", bytes(data)))
    with pytest.raises(Damaged, match="something else than was sent"):
        publish(large, ministack.url("x.mp4"))


def test_a_torn_tail_stays_behind(ministack: S3, own: Path) -> None:
    whole = own.read_bytes()
    own.write_bytes(whole + b"\0\0\0\x40moofhalf of a commit")
    assert publish(own, ministack.url("x.mp4")).size == len(whole)
    assert ministack.get("x.mp4") == whole


def test_a_file_that_is_written_to_waits(ministack: S3, own: Path) -> None:
    with memcodec.open(own) as memory:
        memory.add("under way", uri="now")
        with pytest.raises(StorageError, match="is writing to it"):
            publish(own, ministack.url("x.mp4"))
    assert ministack.keys() == []


def test_what_is_no_memory_file_stays_here(ministack: S3, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(bytes(5000))
    with pytest.raises(NotAMemoryFile):
        publish(tmp_path / "a.mp4", ministack.url("x.mp4"))
    assert ministack.keys() == [] and ministack.uploads() == []


@pytest.mark.parametrize("scheme", ["gs", "az"])
def test_other_buckets_are_read_back(scheme: str, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """obstore's own store in memory stands for theirs, which need an account."""
    from obstore.store import MemoryStore

    store = MemoryStore()
    monkeypatch.setattr(stores, "store_of", lambda place: (store, "memory"))
    url = f"{scheme}://bucket/large.mp4"
    assert publish(large, url).verified == "sha256"
    found = store.get("large.mp4")
    assert hashlib.sha256(found.bytes()).digest() == hashlib.sha256(large.read_bytes()).digest()
    assert (found.attributes["Content-Type"], found.attributes["Cache-Control"]) == ("video/mp4", "no-cache")
    with pytest.raises(StorageError, match="`force=True`"):
        publish(large, url)
    publish(large, url, force=True)


@pytest.mark.parametrize(
    "url", ["https://example.org/x.mp4", "x.mp4", "s3://bucket", "ftp://example.org/x.mp4"]
)
def test_other_places_are_refused_in_one_line(large: Path, url: str) -> None:
    result = CliRunner().invoke(main, ["publish", str(large), url])
    assert result.exit_code == 11 and result.stderr.count("\n") == 1


def test_wrong_credentials_are_told_without_them(
    radosgw: S3, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary0123456789")
    for args in (["publish", str(large), radosgw.url("x.mp4")], ["fetch", radosgw.url("x.mp4"), "y.mp4"]):
        result = CliRunner().invoke(main, args)
        assert result.exit_code == 11 and result.stderr.count("\n") == 1
        assert "credentials" in result.stderr and "canary" not in result.output


def test_json(ministack: S3, large: Path) -> None:
    result = CliRunner().invoke(main, ["publish", str(large), ministack.url("x.mp4"), "--json"])
    answer: dict[str, Any] = json.loads(result.stdout)
    assert set(answer) == {"file", "url", "size", "resumed", "verified", "content_type", "seconds"}
    assert answer["url"] == ministack.url("x.mp4") and answer["verified"] == "etag"


@pytest.mark.parametrize("size", [0, 1, PART * 9_000, PART * 9_000 + 1, 5 << 40])
def test_a_file_of_any_size_has_few_enough_parts(size: int) -> None:
    part = part_size(size)
    assert part >= PART and part % PART == 0 and -(-size // part) <= 9_000
