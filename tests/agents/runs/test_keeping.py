"""Runs in a real file: dropped, ended, exported, drawn; merged and folded; searched with everything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.agents.runs import comparing, exporting, forking, graphs, history, keeping
from memcodec.agents.runs.ledger import Ledger
from tests.agents.runs.conftest import Stage


@contextmanager
def ledger_of(file: Path) -> Iterator[Ledger]:
    with memcodec.open(file) as memory:
        ledger = memory.ledger()
        yield ledger
        ledger.close()


def record(file: Path, prompt: str, **options: Any) -> str:
    with memcodec.run(file, **options) as run:
        run.call(lambda prompt: {"text": "sunny " * 1500, "usage": {"input_tokens": 3}}, name="model")(prompt)
        run.kv["place"] = f"the weather of {prompt}"
    return run.id


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.mp4", "a.flac"])
def test_what_is_dropped_is_gone_and_the_rest_is_whole(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    runs = [record(file, each) for each in ("Vienna", "Graz", "Linz")]
    with ledger_of(file) as ledger:
        fork = forking.fork(ledger, runs[0], 2)
        keeping.end(ledger, fork, "cancelled")
        with pytest.raises(memcodec.ConfigError, match="has ended already"):
            keeping.end(ledger, runs[1], "done")
        with pytest.raises(memcodec.ConfigError, match="say which"):
            keeping.plan(ledger)
        plan = keeping.plan(ledger, keep=1)
        assert (plan.runs, plan.contents, plan.kept) == ((runs[1], runs[2]), (), 2), "the fork's parent stays"
    with memcodec.open(file) as memory:
        memory.fold()
        assert {each.tags["run"] for each in memory.documents()} > {*runs, fork}
        memory.forget(memcodec.Filter(path=plan.paths()))
        memory.compact()
    with ledger_of(file) as ledger:
        assert history.ids(ledger) == [runs[0], fork]
        kept = history.load(ledger, runs[0])
        assert kept.field(kept.steps[1], "answer")["text"] == "sunny " * 1500
        last = keeping.plan(ledger, keep=0)
        assert (set(last.runs), len(last.contents)) == ({runs[0], fork}, 1)
    with memcodec.run(file) as run:
        run.kv["after"] = 1


@pytest.mark.slow
def test_runs_are_searched_and_merged_with_everything_else(tmp_path: Path) -> None:
    files = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    runs = [record(file, place) for file, place in zip(files, ("Vienna", "Graz"), strict=True)]
    for file in files:
        with memcodec.open(file) as memory:
            memory.fold()
    memcodec.merge(files, tmp_path / "both.flac")
    with memcodec.open(tmp_path / "both.flac") as memory:
        hit = memory.search('"weather of Graz"', 1)[0]
        assert hit.document.tags["run"] == runs[1]
    with ledger_of(tmp_path / "both.flac") as ledger:
        assert set(history.ids(ledger)) == set(runs)
        for run in runs:
            assert history.load(ledger, run).view.status == "done"


def test_names_of_runs(stage: Stage) -> None:
    run = stage.record(lambda run: None)
    assert history.find(stage.ledger, "last") == run
    assert history.find(stage.ledger, run[-6:].lower()) == run
    other = stage.record(lambda run: None)
    with pytest.raises(memcodec.NotFound, match="it has 2"):
        history.find(stage.ledger, "nothing")
    with pytest.raises(memcodec.ConfigError, match="2 are named so"):
        history.find(stage.ledger, run[:4])
    assert history.find(stage.ledger, "last") == other


def agent(run: memcodec.Run) -> None:
    def create(model: str, messages: list[Any]) -> Any:
        return {"id": "r1", "model": "m-2026", "usage": {"prompt_tokens": 7, "completion_tokens": 2},
                "choices": [{"finish_reason": "stop", "message": {"content": "hello"}}]}  # fmt: skip

    run.call(create, name="chat.completions.create")("m", [{"role": "user", "content": "hi"}])
    with pytest.raises(ValueError):
        run.call(int, name="parse")("x")
    run.events.append("seen", {"bird": "heron"})


def test_spans_of_opentelemetry(stage: Stage) -> None:
    run = stage.load(stage.record(agent, tags={"task": "birds"}))
    trace = json.loads(json.dumps(exporting.spans(run)))
    root, chat, tool = trace["resourceSpans"][0]["scopeSpans"][0]["spans"]

    def of(span: dict[str, Any]) -> dict[str, Any]:
        return {each["key"]: next(iter(each["value"].values())) for each in span["attributes"]}

    assert {each["traceId"] for each in (root, chat, tool)} == {exporting.bytes_of(run.id).hex()}
    assert len({each["spanId"] for each in (root, chat, tool)}) == 3
    assert (chat["parentSpanId"], chat["name"], chat["kind"]) == (root["spanId"], "chat m", 3)
    assert of(root)["memcodec.tag.task"] == "birds"
    about = of(chat)
    assert (about["gen_ai.operation.name"], about["gen_ai.request.model"]) == ("chat", "m")
    assert (about["gen_ai.usage.input_tokens"], about["gen_ai.usage.output_tokens"]) == ("7", "2")
    assert about["gen_ai.response.finish_reasons"] == {"values": [{"stringValue": "stop"}]}
    assert "gen_ai.input.messages" not in about
    assert (tool["name"], tool["status"]["code"]) == ("execute_tool parse", 2)
    assert of(tool)["error.type"] == "builtins.ValueError"
    assert int(chat["startTimeUnixNano"]) <= int(chat["endTimeUnixNano"])
    assert root["events"][0]["name"] == "memcodec.event"
    told = json.dumps(exporting.spans(run, contents=True))
    assert "hi" in told and "heron" in told
    lines = [json.loads(each) for each in exporting.lines(run)]
    assert [each["kind"] for each in lines] == ["begin", "call", "call", "event", "end"]
    assert lines[3]["body"] == {"bird": "heron"}


def test_graphs(stage: Stage) -> None:
    run = stage.record(agent)
    fork = forking.fork(stage.ledger, run, 2)
    drawn = list(graphs.tree(graphs.of_runs(stage.ledger)))
    assert drawn == [f"{run} done, 4 steps", f"└─ before step 2: {fork} running, 1 steps"]
    assert f'  "{run}" -> "{fork}" [label="before step 2"];' in list(graphs.dot(graphs.of_runs(stage.ledger)))
    tasks = list(graphs.tree(graphs.of_tasks(stage.load(run))))
    assert tasks == ["main: chat.completions.create, parse, event, end"]


def test_two_runs_beside_each_other(stage: Stage) -> None:
    def of(temperature: float, extra: bool = False) -> Any:
        def agent(run: memcodec.Run) -> None:
            run.now()
            seed = run.random()
            ask = run.call(lambda prompt, temperature: "yes", name="model")
            ask("a", temperature)
            ask(f"b {seed}", 0)
            if extra:
                ask("c", 0)
            run.kv["t"] = temperature

        return agent

    a, b, c, d = (stage.load(stage.record(each)) for each in (of(1), of(2), of(1, extra=True), of(1)))
    found = comparing.compare(a, b)
    assert found.first is not None
    assert (found.first.kind, found.first.a, found.first.parts[0].where) == ("request", 3, "temperature")
    assert found.keys == (("t", 1, 2),)
    found = comparing.compare(a, c)
    assert found.first is not None
    assert (found.first.a, found.first.kind) == (4, "request")
    assert found.first.cause == "step 1: now gave something else"
    assert comparing.compare(a, a).first is None
    assert comparing.compare(a, d).shared == 0


def test_a_file_that_says_what_no_run_writes(stage: Stage) -> None:
    run = "0" * 26
    for body, told in (
        (b"no JSON", "is no record"),
        (b"[1]", "is no record"),
        (b'{"kind": "put"}', "how it began"),
    ):
        stage.ledger.append([(run, body)])
        with pytest.raises(memcodec.Damaged, match=told):
            history.load(stage.ledger, run)
        run = run[:-1] + chr(ord(run[-1]) + 1)
    around = "1" * 26
    stage.ledger.append([(around, json.dumps({"kind": "begin", "parent": around, "at": 1}).encode())])
    with pytest.raises(memcodec.Damaged, match="forked from no run"):
        history.load(stage.ledger, around)
