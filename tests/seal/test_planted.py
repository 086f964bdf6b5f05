"""Nothing that a sealed file holds stands anywhere in plain bytes: not in the file, not in what is kept beside it.

MEMCODEC_PLANTED sets how many words, names, uris, tags and dates are planted: 10,000 in the release check.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import memcodec
from memcodec.config.settings import Settings
from memcodec.storage.remote.diskcache import DiskCache
from tests.seal.people import Person
from tests.support.memories import MEDIA
from tests.support.servers import web_server

COUNT = int(os.environ.get("MEMCODEC_PLANTED", "1000"))
_LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))


def tokens(count: int) -> list[str]:
    """Words of eleven letters that nothing else contains."""
    drawn = np.random.default_rng(18).integers(0, 26, (count, 11))
    return ["".join(_LETTERS[row]) for row in drawn]


def planted(path: Path, to: Person) -> list[bytes]:
    """A sealed file of documents whose every part is a token; the tokens."""
    words, made = tokens(COUNT), list[bytes]()
    fifth = COUNT // 5
    text, uris, titles, tags, authors = (words[at * fifth : (at + 1) * fifth] for at in range(5))
    settings = Settings.of(model="none")
    with memcodec.create(path, settings=settings, seal=[to.recipient]) as memory:
        for start in range(0, fifth, 20):
            when = datetime(2001, 1, 1, tzinfo=UTC) + timedelta(days=start, seconds=start)
            made.append(when.isoformat()[:19].encode())
            for number in range(start, min(start + 20, fifth)):
                memory.add(
                    f"# {titles[number]}\n\nThis {text[number]} is what {authors[number]} said.\n" * 3,
                    uri=f"{uris[number]}/{number}.md",
                    title=titles[number],
                    tags={tags[number]: tags[number]},
                    time=when,
                )
            if start % 100 == 0:
                memory.commit()
    return made + [word.encode() for word in words]


def found_in(data: bytes, secrets: list[bytes]) -> list[bytes]:
    """The secrets in some bytes; also as UTF-16 and in base64 nothing of a token's length is hidden from this."""
    lowered, hits = data.lower(), list[bytes]()
    runs = set(re.findall(rb"[a-z]{11,}", lowered))
    joined = b" ".join(runs)
    for each in secrets:
        if (each in joined) if each.isalpha() else (each.lower() in lowered):
            hits.append(each)
    return hits


@pytest.mark.parametrize("suffix", MEDIA)
def test_no_planted_word_is_in_the_file(suffix: str, tmp_path: Path, ada: Person) -> None:
    file = tmp_path / f"a.{suffix}"
    secrets = planted(file, ada)
    assert not found_in(file.read_bytes(), secrets)
    with memcodec.open(file, unlock=ada.identity) as memory:
        plain = b" ".join(f"{each.uri} {each.title} {memory.read(each)}".encode() for each in memory)
    words = [each for each in secrets if each.isalpha()]
    assert len(found_in(plain, words)) > len(words) * 3 // 5  # the test would see them


def test_nor_in_the_cache_nor_in_what_a_proxy_sees(tmp_path: Path, ada: Person) -> None:
    with web_server(tmp_path / "server") as server:
        secrets = planted(server.folder / "a.mp4", ada)
        words = [each.decode() for each in secrets if each.isalpha()]
        for word in words[:: max(1, len(words) // 12)]:
            cache = DiskCache(tmp_path / "cache", 1 << 30)
            with memcodec.open(server.url("a.mp4"), unlock=ada.identity, spans=cache) as memory:
                memory.search(word)
                log = memory.requests()
                assert log is not None and log.received > 0
    kept = b"".join(each.read_bytes() for each in sorted((tmp_path / "cache").rglob("*")) if each.is_file())
    assert kept and not found_in(kept, secrets)


def test_nor_in_the_users_folders(tmp_path: Path, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of folders, jobs and vectors, and every other file that is left behind."""
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR", "HOME"):
        (tmp_path / "user" / name).mkdir(parents=True)
        monkeypatch.setenv(name, str(tmp_path / "user" / name))
    monkeypatch.setattr("memcodec.file.recall._FRESH", -(10**18))  # all files are old enough to be remembered
    secrets, folder = tokens(60), tmp_path / "in"
    for number, word in enumerate(secrets):
        (folder / word).mkdir(parents=True)
        (folder / word / f"{number}.md").write_text(f"The {word} nests.\n" * 20)
    file = tmp_path / "a.mp4"
    with memcodec.create(file, seal=[ada.recipient], model="none") as memory:
        memory.add_path(folder)
    with memcodec.open(file, unlock=ada.identity) as memory:
        assert memory.search(secrets[3]) and memory.search(secrets[4], mode="lexical")
        (folder / secrets[0] / "0.md").write_text("changed\n")
        memory.sync(folder)
        memory.compact()
    left = b"".join(each.read_bytes() for each in (tmp_path / "user").rglob("*") if each.is_file())
    assert not found_in(left + file.read_bytes(), [each.encode() for each in secrets])
    state = tmp_path / "user" / "XDG_STATE_HOME"
    assert not [each for each in state.rglob("*") if each.is_file()]  # not even how files looked
    with memcodec.create(tmp_path / "plain.mp4", model="none") as memory:
        memory.add_path(folder)
    assert [each for each in state.rglob("*") if each.is_file()]
