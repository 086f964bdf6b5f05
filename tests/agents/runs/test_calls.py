"""Calls in all their kinds: what they give, raise and stream is recorded, and is the same in a replay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

import memcodec
from memcodec.agents.runs import network
from memcodec.agents.runs.failures import CallFailed
from tests.agents.runs.conftest import Agent, Stage


class Usage(BaseModel):
    tokens: int


class Completion(BaseModel):
    text: str
    usage: Usage


class Refused(Exception):
    def __init__(self, message: str, *, response: object) -> None:
        super().__init__(message)
        self.response, self.status_code = response, 429


class Messages:
    """A part of a client as OpenAI and Anthropic have them."""

    def __init__(self, log: list[str]) -> None:
        self._log = log

    def create(self, *, model: str, prompt: str, stream: bool = False) -> Any:
        self._log.append(prompt)
        if prompt == "too much":
            raise Refused("rate limit", response=object())
        if stream:
            return (Completion(text=part, usage=Usage(tokens=1)) for part in prompt.split())
        return Completion(text=f"{model}: {prompt}", usage=Usage(tokens=len(prompt)))


class AsyncMessages(Messages):
    async def create(self, *, model: str, prompt: str, stream: bool = False) -> Any:
        await asyncio.sleep(0)
        if not stream:
            return Messages.create(self, model=model, prompt=prompt)

        async def pieces() -> AsyncIterator[str]:
            for part in prompt.split():
                self._log.append(part)
                yield part

        return pieces()


class Client:
    def __init__(self) -> None:
        self.log: list[str] = []
        self.messages, self.later = Messages(self.log), AsyncMessages(self.log)
        self.api_key = "sk-0123456789abcdef0123"

    def with_options(self) -> Client:
        return self


def both(stage: Stage, agent: Agent) -> list[Any]:
    """What an agent sees when it is recorded, and when it is executed again; they must be the same."""
    seen: list[Any] = []
    run = stage.record(lambda run: seen.append(agent(run)))
    report = stage.replay(lambda run: seen.append(agent(run)), run)
    assert report["divergence"] is None
    assert report["made"] == 0
    assert seen[0] == seen[1]
    return seen


def test_a_client(stage: Stage) -> None:
    clients = [Client(), Client()]

    def agent(run: memcodec.Run) -> Any:
        client = run.wrap(clients[run.mode == "replay"])
        assert isinstance(client, Client)
        assert client.api_key.startswith("sk-")
        answer = client.with_options().messages.create(model="m", prompt="hello")
        assert type(answer) is Completion
        return (
            answer,
            answer.usage.tokens,
            [each.text for each in client.messages.create(model="m", prompt="a b c", stream=True)],
        )

    seen = both(stage, agent)
    assert seen[0][2] == ["a", "b", "c"]
    assert (clients[0].log, clients[1].log) == (["hello", "a b c"], [])


def test_an_async_client(stage: Stage) -> None:
    async def main(run: memcodec.Run) -> Any:
        client = run.wrap(Client())
        first = await client.later.create(model="m", prompt="hello")
        stream = await client.later.create(model="m", prompt="x y", stream=True)
        return first, [each async for each in stream]

    assert both(stage, lambda run: asyncio.run(main(run)))[0][1] == ["x", "y"]


def test_what_a_call_raises_is_raised_again(stage: Stage) -> None:
    def agent(run: memcodec.Run) -> Any:
        client = run.wrap(Client())
        with pytest.raises(Refused, match="rate limit") as caught:
            client.messages.create(model="m", prompt="too much")
        with pytest.raises(KeyError) as missing:
            run.call({}.__getitem__, name="look up")("x")
        return str(caught.value), caught.value.status_code, missing.value.args

    assert both(stage, agent)[0] == ("rate limit", 429, ("x",))


def test_an_error_of_a_class_that_is_not_here(stage: Stage) -> None:
    def fail() -> None:
        raise Refused("no", response=None)

    def agent(run: memcodec.Run) -> Any:
        with pytest.raises((Refused, CallFailed)) as caught:
            run.call(fail, name="fail")()
        return run.mode, type(caught.value), str(caught.value)

    fail.__module__ = "elsewhere"
    seen: list[Any] = []
    run = stage.record(lambda run: seen.append(agent(run)))
    stage.replay(lambda run: seen.append(agent(run)), run)
    assert seen == [("record", Refused, "no"), ("replay", CallFailed, "Refused: no")]


def test_generators_and_a_stream_that_is_left(stage: Stage) -> None:
    made: list[int] = []

    def count(to: int) -> Iterator[int]:
        for number in range(to):
            made.append(number)
            yield number

    def agent(run: memcodec.Run) -> Any:
        numbers = run.call(count)
        whole = list(numbers(3))
        left = numbers(1000)
        some = [next(left), next(left)]
        with numbers(1000) as closed:
            some.append(next(closed))
        return whole, some

    seen = both(stage, agent)
    assert seen[0] == ([0, 1, 2], [0, 1, 0])
    assert len(made) == 6


def test_a_stream_that_breaks_off(stage: Stage) -> None:
    def broken() -> Iterator[str]:
        yield "one"
        raise TimeoutError("gone")

    def agent(run: memcodec.Run) -> Any:
        seen = []
        with pytest.raises(TimeoutError, match="gone"):
            seen += [*run.call(broken)()]
        return seen

    both(stage, agent)


def test_a_call_that_was_cancelled_waits_to_be_cancelled_again(stage: Stage) -> None:
    async def slow() -> str:
        await asyncio.sleep(60)
        return "late"

    async def main(run: memcodec.Run) -> str:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(run.call(slow)(), 0.05)
        return await run.call(quick)()

    async def quick() -> str:
        return "soon"

    both(stage, lambda run: asyncio.run(main(run)))


def test_secrets_are_no_part_of_a_call(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_TOKEN", "a-very-long-secret")

    def agent(key: str) -> Agent:
        def run_it(run: memcodec.Run) -> None:
            fetch = run.call(lambda url, headers, note: {"access_token": key, "text": note}, name="fetch")
            note = f"with {key}, a-very-long-secret and ticket-4711"
            fetch(f"https://ada:{key}@example.org", {"Authorization": f"Bearer {key}"}, note)
            run.kv["note"] = note

        return run_it

    run = stage.record(agent("sk-" + "a" * 40), redact=[r"ticket-\d+"])
    monkeypatch.setattr("memcodec.agents.runs.opening.Redactor", lambda given: _redactor([r"ticket-\d+"]))
    assert stage.replay(agent("sk-" + "b" * 40), run)["divergence"] is None
    stored = b"".join(each.body for each in stage.ledger.events(run))
    assert b"aaaa" not in stored and b"very-long" not in stored and b"4711" not in stored
    assert stored.count(b"[redacted]") >= 6


def _redactor(patterns: list[str]) -> Any:
    from memcodec.agents.runs.redaction import Redactor

    return Redactor(patterns)


def test_what_says_nothing_of_itself_is_refused_with_a_way_out(stage: Stage) -> None:
    def agent(run: memcodec.Run) -> None:
        with pytest.raises(memcodec.ConfigError, match="argument key"):
            run.call(lambda thing: 1, name="use")(object())
        assert run.call(lambda thing: 1, name="use", key=lambda thing: "a thing")(object()) == 1
        with pytest.raises(memcodec.ConfigError, match="context manager"):
            run.call(lambda: memcodec.create(model="none"), name="make")()

    stage.record(agent)


def test_a_namespace_of_functions(stage: Stage) -> None:
    def agent(run: memcodec.Run) -> Any:
        client = run.wrap(
            SimpleNamespace(chat=SimpleNamespace(create=lambda prompt: prompt.upper())), name="fake"
        )
        return client.chat.create("hi")

    assert both(stage, agent)[0] == "HI"


def test_a_replay_reaches_no_network(stage: Stage) -> None:
    import socket

    def agent(run: memcodec.Run) -> None:
        run.call(str, name="x")("1")
        if run.mode == "record":
            return
        with socket.socket(type=socket.SOCK_DGRAM) as out:
            for reach in (
                lambda: socket.create_connection(("127.0.0.1", 9)),
                lambda: socket.getaddrinfo("example.org", 80),
                lambda: out.sendto(b"x", ("127.0.0.1", 9)),
            ):
                with pytest.raises(network.Refused, match="no network"):
                    reach()

    assert stage.replay(agent, stage.record(agent))["divergence"] is None
    with pytest.raises(OSError) as caught:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    assert not isinstance(caught.value, network.Refused), "afterwards all is as before"


def test_the_arguments_of_a_run_are_checked(stage: Stage) -> None:
    with pytest.raises(TypeError, match="redact is the str 'abc'; give several"):
        memcodec.run("ram.mp4", redact="abc")
    with (
        pytest.raises(memcodec.ConfigError, match="regular expression"),
        memcodec.run("ram.mp4", redact=["("]),
    ):
        pass
    run = memcodec.run("ram.mp4")
    with pytest.raises(memcodec.Closed):
        run.kv["x"] = 1
    with run:
        pass
    with pytest.raises(memcodec.ConfigError, match="begins once"), run:
        pass
