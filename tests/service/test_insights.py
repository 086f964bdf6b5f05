"""Graph, topics, trends, synthesis and their pages over HTTP."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import memcodec
from memcodec import answers
from memcodec.errors import Expired
from memcodec.service.insights import Insights, TopicsAsked
from memcodec.service.shelf import Shelf
from tests.insight.conftest import documents
from tests.service.conftest import Service, error, put, served

PAGES = ("/insight/graph", "/insight/dashboard")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("insight") / "birds.mp4"
    with memcodec.create(path, model="none") as memory:
        for uri, text in documents(60):
            memory.add(text, uri=uri)
    return path


@pytest.fixture(scope="module")
def looking(grown: Path):  # type: ignore[no-untyped-def]
    with served(grown, "--rate", 0) as service:
        yield service


def _named(answer: object) -> object:
    """An answer with the file by its public name."""
    if isinstance(answer, dict):
        return {key: "birds.mp4" if key == "file" else _named(each) for key, each in answer.items()}
    return [_named(each) for each in answer] if isinstance(answer, list) else answer


def test_what_is_answered_is_what_the_library_says(looking: Service, grown: Path) -> None:
    with memcodec.open(grown) as own, looking.client() as client:
        for url, wanted in (
            ("/v1/graph?nodes=40&confidence=0.6", answers.insight.graph(own.graph(40, 0.6))),
            ("/v1/topics?count=5", answers.insight.topics(own.topics(5))),
            ("/v1/trends?by=commit", answers.insight.trends(own.trends("commit"))),
            (
                "/v1/synthesize?query=heron&words=60&kind=timeline",
                answers.insight.synthesis(own.synthesize("heron", "timeline", 60)),
            ),
        ):
            answer = client.get(url)
            assert answer.status_code == 200, answer.text
            assert answer.json() == _named(wanted)
            assert str(grown.parent) not in answer.text
        assert client.get("/v1/graph?nodes=40&confidence=0.6").json()["relations"]


def test_the_answer_is_of_the_files_as_they_are_now(tmp_path: Path, grown: Path) -> None:
    path = tmp_path / "birds.mp4"
    path.write_bytes(grown.read_bytes())
    with served(path, "--write", "--rate", 0) as service, service.client() as client:
        before = client.get("/v1/topics").json()
        assert client.get("/v1/topics").json() == before
        put(client, "A kingfisher dives at the weir, and the weir hums.", "more.md")
        after = client.get("/v1/topics").json()
        assert after["documents"] == before["documents"] + 1
        assert client.get("/v1/topics?as_of=1").json() == before


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("/v1/graph?nodes=0", "400 ConfigError: nodes: "),
        ("/v1/graph?nodes=100000", "400 ConfigError: nodes: "),
        ("/v1/graph?confidence=1", "400 ConfigError: confidence: "),
        ("/v1/graph?llm=http://127.0.0.1:1/", "400 ConfigError: llm: Extra inputs"),
        ("/v1/trends?by=year", "400 ConfigError: by: "),
        ("/v1/topics?file=none.mp4", "404 NotFound: no file 'none.mp4' is served"),
        ("/v1/topics?as_of=99", "404 NotFound: birds.mp4: "),
        ("/v1/synthesize", "400 ConfigError: query: Field required"),
        ("/insight/graph?file=none.mp4", "404 NotFound: no file"),
    ],
)
def test_what_is_wrong_is_told_in_one_shape(looking: Service, url: str, wanted: str) -> None:
    with looking.client() as client:
        assert error(client.get(url)).startswith(wanted)


def test_pages_are_in_a_sandbox_and_name_no_folder(looking: Service, grown: Path) -> None:
    with looking.client() as client:
        for url in PAGES:
            page = client.get(url)
            assert page.status_code == 200
            assert page.headers["content-security-policy"].startswith("sandbox allow-scripts;")
            assert page.headers["content-type"].startswith("text/html")
            assert "birds.mp4</h1>" in page.text
            assert str(grown.parent) not in page.text
            assert page.text == client.get(url).text


def test_what_is_kept_is_told_only_while_the_file_may_be_read(
    grown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A capsule may have expired since."""
    shelf = Shelf([str(grown)], memcodec.Settings.of(model="none"), writable=False)
    calls = Insights(shelf)

    def expired(*_: object, **__: object) -> None:
        raise Expired("birds.mp4: was to be read until yesterday")

    try:
        first = asyncio.run(calls.topics(TopicsAsked()))
        assert asyncio.run(calls.topics(TopicsAsked())).body == first.body
        monkeypatch.setattr("memcodec.service.insights.Collection", expired)
        with pytest.raises(Expired):
            asyncio.run(calls.topics(TopicsAsked()))
    finally:
        shelf.close()
