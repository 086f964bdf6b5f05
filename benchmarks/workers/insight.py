"""Graph and dashboard of one memory, in a process of their own: seconds, and peak memory."""

from __future__ import annotations

import json
import sys
import time

import memcodec
from benchmarks.harness import peak_rss


def main(path: str) -> None:
    with memcodec.open(path) as memory:
        began = time.perf_counter()
        chunks = memory.graph().chunks
        graph = time.perf_counter() - began
        began = time.perf_counter()
        page = memory.dashboard()
        dashboard = time.perf_counter() - began
    found = {
        "chunks": chunks,
        "graph": graph,
        "dashboard": dashboard,
        "peak": peak_rss(),
        "page": len(page.encode()),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
