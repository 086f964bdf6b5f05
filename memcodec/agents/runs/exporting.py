"""A run for other programs: JSON lines, and spans of OpenTelemetry.

Spans follow the semantic conventions for generative AI (opentelemetry.io/docs/specs/semconv/gen-ai), in the JSON of
OTLP (github.com/open-telemetry/opentelemetry-proto): what a collector takes at ``/v1/traces``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from memcodec.agents.runs.history import History
from memcodec.agents.runs.identity import JSON, bytes_of, compact
from memcodec.agents.runs.records import Record
from memcodec.agents.runs.scribe import VALUES
from memcodec.agents.runs.values import TAG
from memcodec.version import __version__

_CLIENT, _INTERNAL = 3, 1  # SpanKind
_ERROR = 2  # StatusCode
_CHAT = ("chat.completions", "messages", "responses", "generate_content", "completions")


def lines(run: History) -> Iterator[str]:
    """A JSON object a step, with every value whole."""
    for step, record in enumerate(run.steps):
        yield json.dumps({"step": step, "number": record.number, **whole(run, record)}, ensure_ascii=False)


def whole(run: History, record: Record) -> dict[str, Any]:
    """A record's fields, unpacked."""
    return {
        name: run.unpacker.unpack(value) if name in VALUES else value for name, value in record.data.items()
    }


def spans(run: History, *, contents: bool = False) -> dict[str, Any]:
    """A trace of a run: a span for it, and one for each call. ``contents``: with what was asked and answered."""
    trace = bytes_of(run.id).hex()
    root = _span_id(run.id, 0)
    made = [_root(run, trace, root, contents)]
    for step, record in enumerate(run.steps):
        if record.kind == "call":
            made.append(_call(run, step, record, trace, root, contents))
    resource = {"service.name": "memcodec", "service.version": __version__}
    scope = {"name": "memcodec.runs", "version": __version__}
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes(resource)},
                "scopeSpans": [{"scope": scope, "spans": made}],
            }
        ]
    }


def _root(run: History, trace: str, root: str, contents: bool) -> dict[str, Any]:
    begin, view = run.begin, run.view
    about: dict[str, Any] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.conversation.id": run.id,
        **{f"memcodec.tag.{key}": str(value) for key, value in (begin.get("tags") or {}).items()},
        "memcodec.run.status": view.status,
    }
    if begin.get("parent"):
        about["memcodec.run.parent"] = str(begin["parent"])
    events = [
        _event(run, record, contents)
        for record in run.steps
        if record.kind in ("event", "trace", "put", "delete", "state", "cas")
    ]
    made = {
        "traceId": trace,
        "spanId": root,
        "name": "invoke_agent",
        "kind": _INTERNAL,
        "startTimeUnixNano": _nano(run.steps[0], 0),
        "endTimeUnixNano": _nano(run.steps[-1], 0),
        "attributes": _attributes(about),
        "events": events,
    }
    return {**made, "status": {"code": _ERROR}} if view.status == "failed" else made


def _call(run: History, step: int, record: Record, trace: str, root: str, contents: bool) -> dict[str, Any]:
    name = str(record.data.get("name", ""))
    request, answer, error = (run.field(record, each) for each in ("request", "answer", "error"))
    operation = _operation(name, request)
    about = {
        "gen_ai.operation.name": operation,
        "gen_ai.conversation.id": run.id,
        "memcodec.step": step,
        "memcodec.task": record.place[0],
        **(_of_model(name, request, answer) if operation != "execute_tool" else {"gen_ai.tool.name": name}),
    }
    if contents:
        asked = "gen_ai.tool.call.arguments" if operation == "execute_tool" else "gen_ai.input.messages"
        given = "gen_ai.tool.call.result" if operation == "execute_tool" else "gen_ai.output.messages"
        about |= {asked: compact(request).decode(), given: compact(answer).decode()}
    model = about.get("gen_ai.request.model") or about.get("gen_ai.tool.name")
    made: dict[str, Any] = {
        "traceId": trace,
        "spanId": _span_id(run.id, step),
        "parentSpanId": root,
        "name": f"{operation} {model}" if model else operation,
        "kind": _INTERNAL if operation == "execute_tool" else _CLIENT,
        "startTimeUnixNano": _nano(record, float(record.data.get("ms", 0))),
        "endTimeUnixNano": _nano(record, 0),
    }
    if error is not None:
        about["error.type"] = str(error.get("type", "_OTHER")).replace(":", ".")
        made["status"] = {"code": _ERROR, "message": str(error.get("text", ""))[:1000]}
    return {**made, "attributes": _attributes(about)}


def _operation(name: str, request: JSON) -> str:
    if "embeddings" in name:
        return "embeddings"
    fields = _bare(request)
    is_model = (
        isinstance(fields, dict) and "model" in fields and {"messages", "input", "prompt"} & set(fields)
    )
    return "chat" if is_model or any(f"{each}." in f"{name}." for each in _CHAT) else "execute_tool"


def _of_model(name: str, request: JSON, answer: JSON) -> dict[str, Any]:
    asked, given = _bare(request), _bare(answer)
    asked = asked if isinstance(asked, dict) else {}
    given = given if isinstance(given, dict) else {}
    usage = _bare(given.get("usage")) or {}
    provider = "anthropic" if name.startswith("messages") or "stop_reason" in given else "openai"
    reasons = [each.get("finish_reason") for each in given.get("choices") or [] if isinstance(each, dict)]
    about = {
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": asked.get("model"),
        "gen_ai.request.temperature": asked.get("temperature"),
        "gen_ai.request.top_p": asked.get("top_p"),
        "gen_ai.request.max_tokens": asked.get("max_tokens") or asked.get("max_completion_tokens"),
        "gen_ai.response.model": given.get("model"),
        "gen_ai.response.id": given.get("id"),
        "gen_ai.response.finish_reasons": reasons or [each for each in [given.get("stop_reason")] if each],
        "gen_ai.usage.input_tokens": usage.get("input_tokens", usage.get("prompt_tokens")),
        "gen_ai.usage.output_tokens": usage.get("output_tokens", usage.get("completion_tokens")),
    }
    return {key: value for key, value in about.items() if value not in (None, [])}


def _bare(value: JSON) -> JSON:
    while isinstance(value, dict) and TAG in value and "v" in value:
        value = value["v"]
    return value


def _event(run: History, record: Record, contents: bool) -> dict[str, Any]:
    named = {name: str(record.data[name]) for name in ("key", "type") if name in record.data}
    about: dict[str, Any] = {f"memcodec.{name}": value for name, value in named.items()}
    if contents:
        told = {
            name: value
            for name, value in whole(run, record).items()
            if name in VALUES and name not in ("request", "error")
        }
        about["memcodec.value"] = compact(told).decode()
    return {
        "name": f"memcodec.{record.kind}",
        "timeUnixNano": _nano(record, 0),
        "attributes": _attributes(about),
    }


def _attributes(about: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in about.items()]


def _value(value: Any) -> dict[str, Any]:
    """As protobuf's JSON has it: 64-bit integers are strings."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(each) for each in value]}}
    return {"stringValue": value if isinstance(value, str) else compact(value).decode()}


def _nano(record: Record, before: float) -> str:
    return str(int(record.data.get("time", 0)) * 1000 - int(before * 1e6))


def _span_id(run: str, step: int) -> str:
    return hashlib.sha256(f"{run} {step}".encode()).hexdigest()[:16]
