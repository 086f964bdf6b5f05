"""A run that begins as another did, and goes on otherwise from a step on. What is before that step is not copied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from memcodec.agents.runs import history, records
from memcodec.agents.runs.history import History
from memcodec.agents.runs.identity import JSON, new_id
from memcodec.agents.runs.ledger import Ledger
from memcodec.agents.runs.player import Ask
from memcodec.agents.runs.redaction import Redactor
from memcodec.agents.runs.scribe import Scribe
from memcodec.agents.runs.values import TAG
from memcodec.errors import ConfigError

_TEXTS: tuple[tuple[str | int, ...], ...] = tuple(
    (*before, *path)
    for before in ((), ("body",))  # of a proxy's answer
    for path in (
        ("choices", 0, "message", "content"),
        ("content", 0, "text"),
        ("output", 0, "content", 0, "text"),
    )
)
_PATH = "@fork"  # whose writes are not the agent's


def fork(
    ledger: Ledger,
    name: str,
    at: int,
    *,
    keys: Mapping[str, Any] | None = None,
    response: str | None = None,
    model: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> str:
    """A new run that has the steps of another before step ``at``; its id.

    ``keys`` are set there, ``response`` is what the call at that step answers, ``model`` is asked from there on. A
    ``response`` is JSON in the form of the recorded answer, or else the text of it. Raises NotFound; ConfigError for
    a step that there is not, or that is no call.
    """
    run = history.load(ledger, name)
    if not 1 <= at <= len(run.steps):
        raise ConfigError(f"run {run.id} has steps 1 to {len(run.steps) - 1}; it has no step {at}")
    instead: dict[str, Any] = {"model": model} if model else {}
    step = run.steps[at] if at < len(run.steps) else None
    if response is not None:
        if step is None or step.kind != "call":
            raise ConfigError(f"step {at} of run {run.id} is no call; only a call has a response")
        instead["answer"] = answer_like(run, at, response)
        instead["place"] = list(step.place)
        if how := step.data.get("how"):
            instead["how"] = how
    scribe = Scribe(ledger, new_id(), Redactor())
    made = records.made(
        "begin",
        id=scribe.run,
        parent=run.id,
        at=at,
        tags={**(run.begin.get("tags") or {}), **(tags or {})} or None,
        nth=run.begin.get("nth", 0),
        worker=run.begin.get("worker"),
        argv=run.begin.get("argv"),
    )
    if instead:
        made["instead"] = scribe.tree(instead, "response")
    sets = [
        records.made("put", path=_PATH, key=key, value=scribe.tree(value, key))
        for key, value in (keys or {}).items()
    ]
    scribe.append([made, *sets])
    return scribe.run


def answer_like(run: History, at: int, response: str) -> JSON:
    """An answer in the form of the one at a step: its JSON, or its text in the place of the recorded one's."""
    recorded = run.field(run.steps[at], "answer")
    if run.steps[at].data.get("how") and "stream" in run.steps[at].data["how"]:
        raise ConfigError(
            f"step {at} is a stream, whose answer cannot be given; fork before it with another model or key"
        )
    try:
        given = json.loads(response)
    except ValueError:
        given = None
    if isinstance(recorded, str):
        return response.removesuffix("\n") if not isinstance(given, str) else given
    bare = recorded.get("v") if isinstance(recorded, dict) and TAG in recorded else recorded
    if given is None or (isinstance(bare, dict) and not isinstance(given, dict)):
        given = _with_text(bare, response.removesuffix("\n"))
    if isinstance(recorded, dict) and TAG in recorded:
        return {**recorded, "v": given}
    return given


def _with_text(answer: JSON, text: str) -> JSON:
    """An answer of a model that says something else. Raises ConfigError for one without a known place for text."""
    made = json.loads(json.dumps(answer))
    for path in _TEXTS:
        part: Any = made
        try:
            for each in path[:-1]:
                part = part[each]
            if isinstance(part[path[-1]], str):
                part[path[-1]] = text
                return made
        except (KeyError, IndexError, TypeError):
            continue
    raise ConfigError("the recorded answer has no text to replace; give the whole answer as JSON")


def given_answer(run: History, ask: Ask) -> dict[str, Any] | None:
    """What a call answers in a fork that was told it."""
    instead = run.instead
    if "answer" not in instead:
        return None
    if list(instead.get("place") or []) != [ask.path, ask.ordinal]:
        return None
    how = instead.get("how")
    return {"answer": instead["answer"], **({"how": how} if how else {})}
