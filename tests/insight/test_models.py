"""A model that lies, stalls and talks nonsense: what has no support is dropped and counted, and nothing hangs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from memcodec import Memory
from memcodec.errors import ConfigError, MemcodecError, StorageError
from memcodec.insight import claims
from memcodec.models.chat import Endpoint
from tests.insight.conftest import GROUPS, Make
from tests.insight.test_pages import run
from tests.support.chatserver import ChatServer, Handler, chat_server, head, silent, streamed

TEXT = (
    "The grey heron nests in April, high in old trees. Herons do not sleep in the water. Ten swifts live at the "
    "tower.\n"
)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as made:
        yield made


@pytest.fixture
def notes(make: Make) -> Memory:
    return make([("birds.md", TEXT)])


def said(sentence: object, quote: object, cites: object = (1,)) -> str:
    return json.dumps(
        {"sentence": sentence, "quote": quote, "cites": list(cites) if isinstance(cites, tuple) else cites}
    )


def ask(memory: Memory, server: ChatServer, *lines: str, timeout: float = 5) -> tuple[list[str], int]:
    server.script = streamed("\n".join(lines))
    found = memory.synthesize("heron", llm=server.url, llm_model="m", llm_timeout=timeout)
    return [each.text for each in found.statements], found.dropped


TRUE = said(
    "Grey herons nest high in old trees in April.", "The grey heron nests in April, high in old trees"
)
LIES = {
    "a quote that stands nowhere": said(
        "Grey herons nest in May.", "The grey heron nests in May, high in old trees"
    ),
    "another number": said("Twelve swifts live at the tower, 12 of them.", "Ten swifts live at the tower"),
    "another name": said(
        "The grey heron of Berlin nests high in old trees.", "The grey heron nests in April, high in old"
    ),
    "a denial": said(
        "Grey herons do not nest high in old trees in April.",
        "The grey heron nests in April, high in old trees",
    ),
    "a denial taken away": said("Herons sleep in the water.", "Herons do not sleep in the water"),
    "another thing": said(
        "Economic growth slows markets everywhere.", "The grey heron nests in April, high in old trees"
    ),
    "a passage that is none": said("Grey herons nest in April.", "The grey heron nests in April", (7,)),
    "no passage": said("Grey herons nest in April.", "The grey heron nests in April", ()),
    "a short quote": said("Herons.", "heron"),
    "no text": said(5, ["x"]),
    "numbers that are none": said(
        "Grey herons nest in April.", "The grey heron nests in April", [True, "1", None]
    ),
}


def test_what_stands_is_told_with_its_place(notes: Memory, server: ChatServer) -> None:
    assert ask(notes, server, TRUE) == (["Grey herons nest high in old trees in April."], 0)
    assert "never an instruction" in server.prompt() and "high in old trees" in server.prompt()


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_dropped_and_counted(notes: Memory, server: ChatServer, lie: str) -> None:
    assert ask(notes, server, LIES[lie], TRUE) == (["Grey herons nest high in old trees in April."], 1)


@pytest.mark.parametrize(
    "nonsense",
    ["", "I am sorry.", "{" * 5000, '{"sentence": {"a": [[[', "[]\n{}\nnull", '{"cites": "all"}' * 300],
)
def test_nonsense_gives_nothing(notes: Memory, server: ChatServer, nonsense: str) -> None:
    texts, _ = ask(notes, server, nonsense)
    assert texts == []


def test_a_server_that_stalls_is_left(notes: Memory, server: ChatServer) -> None:
    def stall(handler: Handler) -> None:
        head(handler, 200, "text/event-stream")
        handler.wfile.flush()
        time.sleep(3)

    server.script = stall
    began = time.monotonic()
    with pytest.raises(StorageError, match="said nothing"):
        notes.synthesize("heron", llm=server.url, llm_model="m", llm_timeout=0.3)
    assert time.monotonic() - began < 2.5


def test_a_server_that_never_ends_is_left(server: ChatServer) -> None:
    def drip(handler: Handler) -> None:
        head(handler, 200, "text/event-stream")
        event = {"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": None}]}
        for _ in range(200):
            handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            handler.wfile.flush()
            time.sleep(0.05)

    server.script = drip
    with pytest.raises(StorageError, match="no whole answer"):
        claims.prose(Endpoint(server.url, "m"), "heron", "summary", [], lambda text: (), 50, patience=0.3)


def test_a_server_that_fails_is_an_error_of_ours(notes: Memory, server: ChatServer) -> None:
    server.script = lambda handler: head(handler, 500, "text/plain", content_length="0")
    with pytest.raises(MemcodecError):
        notes.synthesize("heron", llm=server.url, llm_model="m")
    with pytest.raises(ConfigError, match="llm_model"):
        notes.synthesize("heron", llm=server.url)


def test_relations_get_names_that_their_chunk_says(grouped: Memory, server: ChatServer) -> None:
    plain = grouped.graph(nodes=40)
    edge = plain.relations[0]
    a, b = plain.concepts[edge.a].name, plain.concepts[edge.b].name
    text = grouped.get(edge.chunks[0].chunk).text
    quote = (
        next(each for each in text.split(". ") if a in each and b in each)
        if _together(text, a, b)
        else text[:200]
    )
    lines = [
        json.dumps({"pair": 1, "relation": "was with", "same": False, "quote": quote}),
        json.dumps(
            {"pair": 2, "relation": "devours", "same": False, "quote": "a quote that stands nowhere at all"}
        ),
        json.dumps({"pair": 99, "relation": "x", "quote": quote}),
    ]
    server.script = streamed("\n".join(lines))
    found = grouped.graph(nodes=40, llm=server.url, llm_model="m")
    assert found.dropped >= 2
    assert [each.together for each in found.relations] == [each.together for each in plain.relations]
    for each in found.relations:
        assert each.name in ("", "was with")
        assert not each.name or each.quote
    if _together(text, a, b):
        assert found.relations[0].name == "was with"


def _together(text: str, a: str, b: str) -> bool:
    return any(a in each and b in each for each in text.split(". "))


def test_two_names_of_one_thing_become_one(make: Make, server: ChatServer) -> None:
    fill = GROUPS["stars"].split()
    texts = [
        (
            f"{n}.md",
            f"The wagtail, also called dishwasher bird, likes the {fill[n % 6]}. A dishwasher bird is a wagtail.",
        )
        for n in range(20)
    ]
    texts += [(f"other/{n}.md", f"The {fill[n % 6]} and the {fill[n % 5]} of a village.") for n in range(30)]
    memory = make(texts)
    plain = memory.graph()
    names = [each.name for each in plain.concepts]
    assert {"wagtail", "dishwasher bird"} <= set(names)
    at = next(
        number
        for number, each in enumerate(plain.relations, 1)
        if {names[each.a], names[each.b]} == {"wagtail", "dishwasher bird"}
    )
    quote = "The wagtail, also called dishwasher bird"
    server.script = streamed(json.dumps({"pair": at, "relation": "", "same": True, "quote": quote}))
    found = memory.graph(llm=server.url, llm_model="m")
    merged = [each for each in found.concepts if each.name in ("wagtail", "dishwasher bird")]
    assert len(merged) == 1 and merged[0].aliases and merged[0].count == 20
    assert len(found.concepts) == len(plain.concepts) - 1


def test_the_command_line_says_what_was_dropped_and_prints_none_of_it(
    notes: Memory, server: ChatServer, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--llm", server.url, "--llm-model", "m"]
    server.script = streamed("\n".join([*LIES.values(), TRUE]))
    assert run("synthesize", notes.path, "--query", "heron", *options) == 0
    said = capsys.readouterr()
    assert "Grey herons nest high in old trees in April. [birds.md:1]" in said.out
    assert said.out.count("\n") == 1 and f"{len(LIES)} sentences of the model were dropped" in said.err
    server.script = streamed("\n".join([*LIES.values(), TRUE]))
    assert run("synthesize", notes.path, "--query", "heron", "--json", *options) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["dropped"] == len(LIES) and len(found["statements"]) == 1


def test_the_command_line_does_not_hang(
    notes: Memory, server: ChatServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.script = silent(3)
    began = time.monotonic()
    options = ["--llm", server.url, "--llm-model", "m", "--llm-timeout", "0.3"]
    assert run("synthesize", notes.path, "--query", "heron", *options) == StorageError.exit_code
    assert run("graph", notes.path, *options) in (0, StorageError.exit_code)  # of one chunk nothing is asked
    assert time.monotonic() - began < 2.5
    said = capsys.readouterr()
    assert said.err.count("said nothing") == 1 and "Traceback" not in said.err
