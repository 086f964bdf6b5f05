"""Jobs in, answers out, one JSON line each. Standard library only."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ANSWER = "\x1e"  # begins an answer's line: libraries print to standard output too


def serve(jobs: dict[str, Callable[..., Any]]) -> None:
    """Runs jobs named on standard input, ``{"job": name, ...arguments}``, until it ends."""
    for line in sys.stdin:
        arguments = json.loads(line)
        answer = jobs[arguments.pop("job")](**arguments)
        print(f"\n{ANSWER}{json.dumps(answer)}", flush=True)


def costs(work: Callable[[], object]) -> dict[str, float]:
    """Seconds by the clock, and seconds of all cores."""
    started, worked = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - worked}


def each(search: Callable[[str], list[str]], queries: list[str]) -> dict[str, Any]:
    """Seconds of every query, hits and characters of text that came back, and the numbers of those refused."""
    times, refused = [], []
    hits = characters = 0
    for number, query in enumerate(queries):
        started = time.perf_counter()
        try:
            texts = search(query)
        except Exception:  # a library's own errors, whatever their class
            refused.append(number)
            continue
        times.append(time.perf_counter() - started)
        hits += len(texts)
        characters += sum(map(len, texts))
    return {"times": times, "hits": hits, "characters": characters, "refused": refused}


def texts_in(path: str) -> list[str]:
    texts: list[str] = json.loads(Path(path).read_text(encoding="utf-8"))
    return texts
