"""What goes over a ring's socket: JSON, both ways."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from memcodec.errors import ConfigError
from memcodec.file.filter import Filter
from memcodec.live.lines import Line
from memcodec.live.ring import Ring
from memcodec.live.status import Outlier, Status
from memcodec.live.view import instant, micros
from memcodec.model import Document, Hit
from memcodec.model import Line as LineSpan
from memcodec.search.results import MODES, Mode, Results, SearchOptions

Tags = Sequence[Mapping[str, str] | None]
_MODES: tuple[str, ...] = (*MODES, "exact", "regex")
_TIMES, _OTHERS = ("since", "until", "before"), ("type", "language")
_K = 10
_OPTIONS = {"merge", "fold", "diverse", "min_score"}
_GAUGES = {
    "lines": "lines that are there",
    "bytes": "bytes of their texts",
    "embedded": "lines of which vectors are made, or never will be",
    "subscriptions": "queries that wait for lines",
}
_COUNTERS = {
    "next": "lines that have come",
    "skipped": "lines without vectors because the model did not keep up",
    "spilled": "lines that the spill has written or dropped",
    "dropped": "lines that were not written to the spill",
}


class Asked(NamedTuple):
    """A search, as it is asked for."""

    query: str
    k: int
    mode: Mode
    only: Filter | None
    since: str | None
    start: int | None
    options: SearchOptions


def dumps(value: object) -> bytes:
    """As JSON, in one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def records(body: bytes) -> tuple[list[str | bytes], Tags | None]:
    """Lines of JSON as texts and their tags: objects with "text" and maybe "tags", or strings. Raises ConfigError."""
    texts, tags = list[str | bytes](), list[Mapping[str, str] | None]()
    for number, row in enumerate(body.splitlines(), 1):
        if not row.strip():
            continue
        try:
            found = json.loads(row)
        except (ValueError, RecursionError):
            raise ConfigError(f"line {number:,} is no JSON") from None
        text, marks = (found.get("text"), found.get("tags")) if isinstance(found, dict) else (found, None)
        if not isinstance(text, str) or not _are_tags(marks):
            raise ConfigError(f'line {number:,}: write {{"text": "...", "tags": {{"key": "value"}}}}')
        texts.append(text)
        tags.append(marks)
    return texts, tags if any(tags) else None


def _are_tags(given: object) -> bool:
    return given is None or (
        isinstance(given, dict) and all(isinstance(each, str) for pair in given.items() for each in pair)
    )


def asked(given: Mapping[str, str], body: bytes) -> Asked:
    """A search from the parameters of a URL, or from JSON. Raises ConfigError."""
    values: dict[str, Any] = dict(given)
    if body:
        try:
            more = json.loads(body)
        except (ValueError, RecursionError):
            raise ConfigError("the request is no JSON") from None
        if not isinstance(more, dict):
            raise ConfigError("the request must be a JSON object")
        values |= more
    mode = values.get("mode", "hybrid")
    if mode not in _MODES:
        raise ConfigError(f"mode: one of {', '.join(_MODES)}")
    options = dict(values.get("options") or {})
    if unknown := set(options) - _OPTIONS:
        raise ConfigError(f"options: a ring has no {min(unknown)}")
    if "min_score" in values:
        options["min_score"] = float(values["min_score"])
    start = values.get("start")
    return Asked(
        str(values.get("q", "")),
        int(values.get("k", _K)),
        cast("Mode", mode),
        _filter(values["only"]) if values.get("only") else None,
        values.get("since"),
        int(start) if start is not None else None,
        cast("SearchOptions", options),
    )


def only_json(only: Filter) -> dict[str, Any]:
    """A filter, as ``asked`` reads it."""
    made: dict[str, Any] = {"tags": dict(only.tags), "path": list(only.path), "documents": sorted(only.names)}
    made |= {name: getattr(only, name) for name in _OTHERS}
    made |= {name: each.isoformat() for name in _TIMES if (each := getattr(only, name)) is not None}
    return made


def _filter(given: Any) -> Filter:
    if not isinstance(given, dict):
        raise ConfigError("only: must be a JSON object")
    values = dict(given)
    for name in _TIMES:
        if values.get(name) is not None:
            values[name] = datetime.fromisoformat(str(values[name]))
    return Filter(**values)


def hit(found: Hit) -> dict[str, Any]:
    """A hit."""
    document = found.document
    return {
        "n": found.chunk,
        "score": round(found.score, 6),
        "time": document.time.isoformat(),
        "text": found.text,
        "tags": dict(document.tags),
        "uri": document.uri,
        "id": document.id,
        "sha256": document.sha256,
        "folded": found.folded,
    }


def hits(given: Iterable[Mapping[str, Any]], file: str) -> list[Hit]:
    """Hits from what ``hit`` made of them."""
    return [_hit(each, file, rank) for rank, each in enumerate(given, 1)]


def _hit(given: Mapping[str, Any], file: str, rank: int) -> Hit:
    text = str(given["text"])
    size = len(text.encode("utf-8", "replace"))
    time = datetime.fromisoformat(given["time"])
    document = Document(
        given["id"], given["uri"], "", time, given["sha256"], size, dict(given["tags"]), "text"
    )
    place = (0, size, LineSpan(1, 1), text)
    return Hit(
        rank, float(given["score"]), file, document, int(given["n"]), *place, folded=int(given["folded"])
    )


def answer(ring: Ring, found: Results) -> dict[str, Any]:
    """What a search found."""
    return {
        "query": found.query,
        "mode": found.mode,
        "notes": list(found.notes),
        "suggestion": found.suggestion,
        "language": found.language,
        "ring": ring.name,
        "id": ring.id,
        "hits": list(map(hit, found)),
    }


def line(number: int, found: Line) -> dict[str, Any]:
    """A line."""
    made = {
        "n": number,
        "time": instant(found.time).isoformat(),
        "text": found.text.decode("utf-8", "replace"),
    }
    return {**made, "tags": dict(found.tags)} if found.tags else made


def read_line(given: Mapping[str, Any]) -> tuple[int, Line]:
    """A line from what ``line`` made of it."""
    time = micros(datetime.fromisoformat(given["time"]))
    text = str(given["text"]).encode("utf-8", "replace")
    return int(given["n"]), Line(text, time, dict(given.get("tags", {})), None)


def outlier(found: Outlier) -> dict[str, Any]:
    """An outlier."""
    time = found.time.isoformat()
    return {"n": found.number, "distance": round(found.distance, 6), "time": time, "text": found.text}


def status(found: Status) -> dict[str, Any]:
    """How a ring stands."""
    made = {name: getattr(found, name) for name in (*Status.__dataclass_fields__, "lines")}
    return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in made.items()}


def metrics(found: Status) -> str:
    """The same, as Prometheus reads it (text format 0.0.4)."""
    rows = list[str]()
    for kind, names in (("gauge", _GAUGES), ("counter", _COUNTERS)):
        for name, told in names.items():
            full = f"memcodec_live_{name}" + ("_total" if kind == "counter" else "")
            label = f'{{ring="{found.name}"}}'
            rows += [
                f"# HELP {full} {told}",
                f"# TYPE {full} {kind}",
                f"{full}{label} {getattr(found, name)}",
            ]
    return "\n".join([*rows, ""])
