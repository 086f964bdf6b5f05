"""Notes as those meet them who edit: one text for all, commits when it rests, what others write to it, who may."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

import memcodec
from memcodec import Filter
from memcodec.service.notes import wire
from tests.service.conftest import HERON, Service, made, put, served, tokens
from tests.service.notes.client import Client, editing
from tests.service.notes.conftest import REST, commits, held, in_file, noting

URI, MERGED = "birds/herons.md", "birds/merged.md"


class Place:
    """A memory file, and the folder in which notes are kept until they are in it."""

    def __init__(self, folder: Path) -> None:
        self.path, self.state = made(folder / "birds.mp4", 1), folder / "state"


@pytest.fixture
def own(tmp_path: Path) -> Place:
    """A place for a service of one's own."""
    return Place(tmp_path)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """That of the service that tests share."""
    made_place = Place(tmp_path_factory.mktemp("noted"))
    with memcodec.open(made_place.path) as memory:
        for uri in ("birds/forgotten.md", "birds/replaced.md", "birds/merged.md"):
            memory.add(HERON, uri=uri)
        memory.add("one\r\ntwo\r\n", uri="dos.txt")
        memory.add("x" * (600 << 10), uri="large.txt")
        memory.commit()
    return made_place


@pytest.fixture(scope="module")
def service(place: Place) -> Iterator[Service]:
    with noting(place.path, place.state) as running:
        yield running


def test_five_who_edit_at_once_have_one_text_and_one_commit_a_rest(place: Place, service: Service) -> None:
    async def work() -> None:
        before = commits(place.path)
        async with contextlib.AsyncExitStack() as stack, asyncio.timeout(60):
            people = [
                await stack.enter_async_context(editing(service.url, "birds.mp4", URI)) for _ in range(5)
            ]
            assert {each.text for each in people} == {HERON}
            for burst in range(3):
                for number in range(8):
                    for who, each in enumerate(people):
                        await each.edit(0, f"{burst}{number}{who} Ä𝔘\n")
                    await asyncio.sleep(REST / 10)
                for each in people:
                    await each.committed()
                await people[0].until(lambda: len({each.text for each in people}) == 1)
                assert in_file(place.path, URI) == people[0].text
                assert len(people[0].text.splitlines()) == 40 * (burst + 1) + len(HERON.splitlines())
                await asyncio.sleep(2 * REST)
            assert len(commits(place.path)) - len(before) == 3

    asyncio.run(work())


def test_it_is_committed_at_the_latest_after_a_while_though_nobody_rests(
    place: Place, service: Service
) -> None:
    async def work() -> None:
        async with editing(service.url, "birds.mp4", "restless.md") as one:
            end = time.monotonic() + 40 * REST
            while one.standing.get("commit") is None:
                assert time.monotonic() < end
                await one.edit(0, "x")
                await asyncio.sleep(REST / 8)

    asyncio.run(work())


def test_nothing_typed_is_no_commit_and_the_last_who_leaves_has_it_written(
    place: Place, service: Service
) -> None:
    async def work() -> None:
        async with editing(service.url, "birds.mp4", "bitterns.md") as one:
            assert one.text == ""
        async with editing(service.url, "birds.mp4", MERGED) as one:
            await one.edit(0, "x")
            await one.edit(0, remove=1)
            assert await one.committed() is None
        async with editing(service.url, "birds.mp4", "bitterns.md") as one:
            await one.edit(0, "# Bitterns\n\nA bittern booms.\n")
            await one.settled()
            assert held(place.state)
        await _until(lambda: in_file(place.path, "bitterns.md") == "# Bitterns\n\nA bittern booms.\n")

    asyncio.run(work())
    with memcodec.open(place.path) as memory:
        assert memory.document("bitterns.md").title == "Bitterns"
        assert memory.log()[-1].kind == "add"
    with service.client() as client:
        assert client.get("/v1/search?query=booms").json()["hits"][0]["document"]["uri"] == "bitterns.md"
        assert "memcodec_editors 0.0" in client.get("/metrics").text


async def _until(is_so: object, patience: float = 30) -> None:
    assert callable(is_so)
    end = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


def test_what_others_write_is_merged(place: Place, service: Service) -> None:
    async def work() -> None:
        async with (
            editing(service.url, "birds.mp4", MERGED) as one,
            editing(service.url, "birds.mp4", MERGED) as other,
        ):
            await one.edit(len(one.text), "They come back in March.\n")
            with memcodec.open(
                place.path
            ) as memory:  # another process, while the note has what is in no commit
                memory.add(HERON.replace("tallest", "oldest"), uri=MERGED)
                memory.commit()
            wanted = HERON.replace("tallest", "oldest") + "They come back in March.\n"
            await one.until(lambda: one.text == other.text == wanted)
            await one.committed()
            assert in_file(place.path, MERGED) == wanted
            assert one.standing["told"].startswith("merged with what somebody else wrote")
            with service.client() as client:
                again = wanted.replace("April", "early April")
                assert client.put(f"/v1/documents/{MERGED}", json={"text": again}).status_code == 200
            await one.until(lambda: one.text == other.text == again)
            assert one.standing["uri"] == MERGED

    asyncio.run(work())


@pytest.mark.parametrize("how", ["forgotten", "replaced"])
def test_what_cannot_be_merged_is_kept_beside_under_a_name_that_says_so(
    place: Place, service: Service, how: str
) -> None:
    name = f"birds/{how}.md"

    async def work() -> str:
        async with editing(service.url, "birds.mp4", name) as one:
            await one.edit(len(one.text), "They come back in March.\n")
            with memcodec.open(place.path, wait=30) as memory:
                if how == "forgotten":
                    memory.forget(Filter(path=name))
                else:
                    memory.add("Prices, by quarter; see also: taxes, fees, costs.\n" * 9, uri=name)
                    memory.commit()
            await one.committed()
            await one.until(lambda: one.standing["uri"] != name)
            await one.edit(0, "Still edited. ")
            await one.committed()
            assert one.standing["told"].startswith(f"kept as birds/{how} (edited ")
            return str(one.standing["uri"])

    uri = asyncio.run(work())
    words = {"forgotten": "edited after it was forgotten", "replaced": "edited while it was replaced"}[how]
    assert uri == f"birds/{how} ({words} {time.strftime('%Y-%m-%d', time.gmtime())}).md"
    assert in_file(place.path, uri) == f"Still edited. {HERON}They come back in March.\n"
    assert in_file(place.path, name)[:6] == ("" if how == "forgotten" else "Prices")


def test_after_a_crash_nobody_has_to_come_back(own: Place) -> None:
    async def work(url: str) -> None:
        async with editing(url, "birds.mp4", URI) as one:
            await one.edit(0, "Ä first line\n")
            await one.settled()

    async def killed() -> None:
        with noting(own.path, own.state, rest=60) as service:
            async with editing(service.url, "birds.mp4", URI) as one:
                await one.edit(0, "Ä first line\n")
                await one.settled()
                service.process.kill()
                service.process.wait()

    asyncio.run(killed())
    assert in_file(own.path, URI) == HERON
    with held(own.state)[0].open("ab") as file:
        file.write(b"\x40\0\0\0torn")
    with noting(own.path, own.state) as service:
        asyncio.run(_until(lambda: in_file(own.path, URI) == "Ä first line\n" + HERON))
        asyncio.run(work(service.url))
        assert service.stop() == 0
    assert in_file(own.path, URI) == 2 * "Ä first line\n" + HERON


def test_a_commit_whose_end_the_service_did_not_see_is_known_again(own: Place) -> None:
    """It was killed after the memory file had the text, and before the file of updates said so."""

    async def work() -> bytes:
        with noting(own.path, own.state) as service:
            async with editing(service.url, "birds.mp4", URI) as one:
                await one.edit(0, "first\n")
                await one.settled()
                before = b""
                while one.standing.get("commit") is None:
                    with place_held(own) as data:
                        before = data or before
                    await asyncio.sleep(0.001)
                service.process.kill()
                service.process.wait()
                return before

    data = asyncio.run(work())
    (path,) = held(own.state)
    path.write_bytes(data)
    with memcodec.open(own.path) as memory:
        memory.add(memory.read(URI).replace("April", "May"), uri=URI)
        memory.commit()
    with noting(own.path, own.state) as service:
        wanted = "first\n" + HERON.replace("April", "May")

        async def look() -> None:
            async with editing(service.url, "birds.mp4", URI) as one:
                await one.until(lambda: one.text == wanted)
                await one.committed()

        asyncio.run(look())
        assert service.stop() == 0
    assert in_file(own.path, URI) == wanted


class place_held:  # noqa: N801
    """What the one file of updates says now, as long as it has an intent in it that is no commit for sure."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __enter__(self) -> bytes:
        from memcodec.service.notes import kept

        for path in held(self._place.state):
            data = path.read_bytes()
            read = kept.read(path)
            if read is not None and read.intents:
                return data
        return b""

    def __exit__(self, *error: object) -> None:
        pass


def test_who_comes_back_with_an_older_life_of_the_note_begins_anew(own: Place) -> None:
    async def work() -> None:
        with noting(own.path, own.state) as service:
            async with editing(service.url, "birds.mp4", URI) as one:
                await one.edit(0, "first\n")
                await one.committed()
                service.process.kill()
                service.process.wait()
        for path in held(own.state):
            path.unlink()  # as after ten minutes in which nobody came
        with noting(own.path, own.state) as service:
            again = Client(f"{service.url.replace('http', 'ws', 1)}/live/birds.mp4/{URI}")
            again.doc, again.body = one.doc, one.body
            await again.run()
            assert again.ended == (4410, "the note began anew; take it as it is now")
            async with editing(service.url, "birds.mp4", URI) as fresh:
                assert fresh.text == "first\n" + HERON

    asyncio.run(work())


def test_ends_of_lines_stay_as_they_are(place: Place, service: Service) -> None:
    async def work() -> None:
        async with editing(service.url, "birds.mp4", "dos.txt") as one:
            assert one.text == "one\ntwo\n"
            await one.edit(0, "zero\n")
            await one.committed()

    asyncio.run(work())
    with memcodec.open(place.path) as memory:
        assert memory.read_bytes("dos.txt") == b"zero\r\none\r\ntwo\r\n"


def test_a_read_token_watches_and_does_not_write(tmp_path: Path) -> None:
    place, file = Place(tmp_path), tmp_path / "tokens.json"
    had = tokens(file, "read", "write")

    async def work(url: str) -> None:
        async with editing(url, "birds.mp4", URI, had["write"]) as writer:
            async with editing(url, "birds.mp4", URI, had["read"]) as reader:
                assert reader.standing["write"] is False
                assert reader.standing["name"] == "read"
                state = wire.number(1) + wire.number(7) + wire.number(1) + wire.run(b'{"user":{"name":"R"}}')
                await reader.send(wire.awareness(state))
                await writer.until(lambda: state in writer.states)
                await writer.edit(0, "seen\n")
                await reader.until(lambda: reader.text.startswith("seen\n"))
                await reader.edit(0, "unseen\n")
                await reader.until(lambda: reader.ended is not None)
                assert reader.ended == (4403, "you may watch this note, and not edit it")
            await writer.settled()
            assert writer.text == "seen\n" + HERON
        nobody = Client(f"{url.replace('http', 'ws', 1)}/live/birds.mp4/{URI}")
        await nobody.run()
        assert nobody.ended is not None
        assert nobody.ended[0] == 4401

    with served(
        place.path, "--write", "--live", "--tokens", file, XDG_STATE_HOME=str(place.state)
    ) as service:
        asyncio.run(work(service.url))
        asyncio.run(_until(lambda: in_file(place.path, URI) == "seen\n" + HERON))
        assert service.stop() == 0
    with memcodec.open(place.path) as memory:
        assert memory.document(URI).author == "write"
    assert not (place.state / "memcodec" / "notes" / "x").exists()


def test_pages_of_other_sites_may_not_edit(service: Service) -> None:
    async def work() -> None:
        one = Client(
            f"{service.url.replace('http', 'ws', 1)}/live/birds.mp4/{URI}", {"Origin": "https://evil.example"}
        )
        await one.run()
        assert one.ended == (4403, "pages of other sites may not ask this service; `origins` allows one")

    asyncio.run(work())


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"", 4400),
        (b"\x09", 4400),
        ("text", 4400),
        (wire.update(b"\0\0"), 4400),  # before it is said what is there
        (wire.step1(b"\xff\xff"), 4400),
        (wire.step1(b"\x01\x07\x01"), 4410),
        (wire.awareness(b"\x01\x01\x01\x01{"), 4400),
        (wire.number(0) + b"\0" + wire.number(1 << 40), 4400),
    ],
)
def test_what_is_not_understood_ends_the_connection_of_who_said_it(
    service: Service, message: bytes | str, code: int
) -> None:
    async def work() -> None:
        url = service.url.replace("http", "ws", 1)
        async with editing(service.url, "birds.mp4", URI) as one:
            async with connect(f"{url}/live/birds.mp4/{URI}") as socket:
                await socket.send(message)
                with contextlib.suppress(ConnectionClosed):
                    while True:
                        await socket.recv()
                assert socket.close_code == code, socket.close_reason
            await one.edit(0, "x")
            await one.settled()

    asyncio.run(work())


def test_what_is_too_large_is_refused(place: Place, service: Service) -> None:
    async def ended(uri: str, file: str = "birds.mp4") -> int:
        client = Client(f"{service.url.replace('http', 'ws', 1)}/live/{file}/{uri}")
        await client.run()
        return client.ended[0] if client.ended is not None else 0

    async def work() -> None:
        assert await ended("large.txt") == 4409
        assert await ended("a" * 1001) == 4400
        assert await ended("a%07b") == 4400
        assert await ended(URI, "other.mp4") == 4404
        async with editing(service.url, "birds.mp4", "much.md") as one:
            for _ in range(5):
                await one.edit(0, "y" * (100 << 10))
            await one.settled()
            await one.edit(0, "y" * (100 << 10))
            await one.until(lambda: one.ended is not None)
            assert one.ended == (4413, "a note has 512 KiB at most")

    asyncio.run(work())


def test_who_takes_nothing_holds_up_nobody(service: Service) -> None:
    async def work() -> None:
        url = f"{service.url.replace('http', 'ws', 1)}/live/birds.mp4/slow.md"
        async with (
            editing(service.url, "birds.mp4", "slow.md") as one,
            editing(service.url, "birds.mp4", "slow.md") as other,
        ):
            stuck = [await connect(url, max_queue=1) for _ in range(3)]
            for each in stuck:
                await each.send(wire.step1(b"\0"))
            for _ in range(300):  # 30 MB, far more than sockets hold
                await one.edit(0, "z" * 100_000)
                await one.edit(0, remove=100_000)
                await one.settled()
            assert other.text == one.text
            await other.edit(0, "still here\n")
            await one.until(lambda: one.text.startswith("still here\n"))
            for each in stuck:
                each.transport.abort()
                await each.wait_closed()

    asyncio.run(work())


def test_the_journal_takes_it_while_it_is_edited(tmp_path: Path) -> None:
    """The service's own pace, and its command: less than 1 KB a commit; media when all have gone."""
    place = Place(tmp_path)

    async def work(url: str) -> list[int]:
        sizes = [place.path.stat().st_size]
        async with editing(url, "birds.mp4", "notes/today.md") as one:
            for number in range(2):
                await one.edit(0, f"The heron was back at six. {number}\n")
                begun = time.monotonic()
                await one.committed()
                assert time.monotonic() - begun > 4.5
                sizes.append(place.path.stat().st_size)
        return sizes

    with served(place.path, "--write", "--live", XDG_STATE_HOME=str(place.state)) as service:
        with service.client() as client:
            etag = client.head("/files/birds.mp4").headers["etag"]
            sizes = asyncio.run(work(service.url))
            asyncio.run(_until(lambda: client.head("/files/birds.mp4").headers["etag"] != etag))
            assert put(client, "More.", "more.md").status_code == 200
        assert service.stop() == 0
    assert all(0 < b - a < 1000 for a, b in pairwise(sizes)), sizes
    assert in_file(place.path, "notes/today.md").splitlines()[-1] == "The heron was back at six. 0"


def test_one_service_edits_the_notes_of_a_file(own: Place) -> None:
    """Another one takes over when it is gone, with all that it left."""

    async def work() -> None:
        with noting(own.path, own.state, rest=60) as first, noting(own.path, own.state) as second:
            async with editing(first.url, "birds.mp4", URI) as one:
                await one.edit(0, "first ")
                await one.settled()
                async with editing(second.url, "birds.mp4", URI) as other:
                    assert other.ended is not None
                    assert other.ended[0] == 4400
                    assert other.ended[1].startswith(
                        "birds.mp4: its notes are edited by another service, PID "
                    )
                first.process.kill()
                first.process.wait()
            async with editing(second.url, "birds.mp4", URI) as other:
                assert other.text == "first " + HERON
                await other.committed()

    asyncio.run(work())
    assert in_file(own.path, URI) == "first " + HERON


def test_without_live_there_are_no_notes(reading: Service) -> None:
    with reading.client() as client:
        assert client.get("/notes/").status_code == 404


def test_the_page_is_under_a_strict_policy(service: Service) -> None:
    with service.client() as client:
        page = client.get("/notes/")
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        assert "<script>" not in page.text
        script = client.get("/notes/notes.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert not any(
            word in script.text for word in ("eval(", "new Function", "innerHTML", "document.write")
        )
        assert json.loads(client.get("/notes/other.js").text)["kind"] == "NotFound"
    assert isinstance(page, httpx.Response)
