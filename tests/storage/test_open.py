"""What a caller gives, and the place it means."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from memcodec.errors import ConfigError, StorageError
from memcodec.storage import RamFile
from memcodec.storage.open import check_apart, each_place, local_path, place_of
from tests.support.bare import Bare

SIGNED = "https://host.example/notes.mp4?signature=canary"


@pytest.mark.parametrize("scheme", ["http", "https", "s3", "gs", "az", "S3"])
def test_a_url_is_far_and_nothing_is_asked_of_it(scheme: str) -> None:
    place = place_of(f"{scheme}://nowhere.invalid/notes.mp4")
    assert (place.far, place.path, place.mark()) == (True, None, None)


def test_all_else_is_near(tmp_path: Path) -> None:
    for given in (tmp_path, str(tmp_path), b"x", bytearray(b"x"), memoryview(b"x"), io.BytesIO(), Bare(b"x")):
        assert not place_of(given).far
    assert place_of(tmp_path).path == place_of(str(tmp_path)).path == tmp_path
    assert place_of(io.BytesIO()).path is None


def test_a_place_is_itself() -> None:
    file = RamFile("mine")
    assert place_of(file) is file and file.name == "mine"


def test_nothing_secret_shows() -> None:
    place = place_of(SIGNED)
    assert place.name == "https://host.example/notes.mp4"
    assert "canary" not in repr(place) + str(place)


@pytest.mark.parametrize("given", [None, 7, 2.5, ["notes.mp4"], {"file": "notes.mp4"}, object()])
def test_what_means_no_place_is_told_what_does(given: Any) -> None:
    with pytest.raises(TypeError, match="cannot hold a memory file; give a path, a URL, bytes") as caught:
        place_of(given)
    assert "\n" not in str(caught.value)


def test_bytes_and_file_objects_are_one_place_though_they_can_be_gone_through(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        for one in (
            "a.mp4",
            tmp_path,
            b"bytes",
            bytearray(b"bytes"),
            memoryview(b"bytes"),
            file,
            io.BytesIO(b"x"),
        ):
            assert len(each_place(one)) == 1
        assert len(each_place([b"bytes", file, "a.mp4"])) == 3
        assert len(each_place(iter(["a.mp4", "b.mp4"]))) == 2


def test_two_names_of_one_file_have_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path, other = tmp_path / "file", tmp_path / "other"
    for exists in (False, True):
        if exists:
            path.write_bytes(b"x")
        assert place_of("file").key == place_of(path).key == place_of(f"{tmp_path}/./file").key
        assert place_of(path).key != place_of(other).key
    other.symlink_to(path)
    (tmp_path / "hard").hardlink_to(path)
    assert place_of(path).key == place_of(other).key == place_of("hard").key
    file, data = io.BytesIO(), b"some bytes"
    assert place_of(file).key == place_of(file).key != place_of(io.BytesIO()).key
    assert place_of(SIGNED).key == place_of(SIGNED).key != place_of(f"{SIGNED}x").key
    assert RamFile().key != RamFile().key
    assert len({place_of(each).name for each in (data, data, io.BytesIO(), io.BytesIO())}) == 4


def test_no_input_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(ConfigError, match="link: merge never overwrites its input; name another file"):
        check_apart("merge", place_of(tmp_path / "link"), place_of("elsewhere"), place_of(path))
    check_apart("merge", place_of(tmp_path / "new"), place_of(path))
    file = RamFile()
    with pytest.raises(ConfigError, match="never overwrites"):
        check_apart("save", file, file)


def test_what_needs_a_file_of_this_machine_says_so(tmp_path: Path) -> None:
    assert local_path(place_of(tmp_path)) == tmp_path
    with pytest.raises(
        StorageError, match=r"notes\.mp4: is far away; fetch it, change that file, then publish it"
    ):
        local_path(place_of(SIGNED))
    with pytest.raises(StorageError, match="is not a file on this machine's disk; save it to one first"):
        local_path(RamFile())
