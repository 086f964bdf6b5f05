"""Encoding now, indexing behind: how soon a file is there and searched; embedding beside its bare run."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import memcodec
from benchmarks import corpora, harness, stock
from benchmarks.results import Check, Section, Table
from memcodec.errors import MemcodecError
from memcodec.models.embedding.tokens import Ids, Tokens

CHUNKS, QUICK = 10_000, 200
MODEL = "all-MiniLM-L6-v2"
QUERY = "a bird that lives by the water"
_ROUNDS, _LOOK = 3, 0.5
_BARE = 2_000  # texts that the bare run embeds
_BATCH = 16


@dataclass
class _Timeline:
    """Seconds from the command's start; ``shares`` are (seconds, share of the chunks with vectors)."""

    returned: float
    whole: float
    rate: float
    shares: list[tuple[float, float]]
    searches: int
    slowest: float


def run(quick: bool) -> Section:
    chunks = QUICK if quick else CHUNKS
    with harness.scratch() as folder:
        environment = os.environ | {"XDG_STATE_HOME": str(folder / "state")}
        source = _source(folder / "source", chunks)
        commands = {
            name: [
                harness.seconds(partial(_encode, source, folder / "m.mp4", name, environment))
                for _ in _turns(1 if name == "now" or quick else _ROUNDS, folder, environment)
            ]
            for name in ("none", "background", "now")
        }
        timeline = _follow(source, folder / "m.mp4", environment)
        bare = _bare_rate(folder / "m.mp4", min(_BARE, chunks))
    medians = {name: statistics.median(times) for name, times in commands.items()}
    return _section(chunks, medians, timeline, bare)


def _turns(count: int, folder: Path, environment: dict[str, str]) -> Iterator[int]:
    """After each turn what it left to be done is cancelled, so that the next one has the machine to itself."""
    for number in range(count):
        yield number
        for job in json.loads(_memcodec(environment, "jobs", "list", "--json"))["jobs"]:
            if job["state"] in ("queued", "running"):
                _memcodec(environment, "jobs", "cancel", str(job["id"]))
        while _supervised(folder / "state"):
            time.sleep(_LOOK)


def _supervised(state: Path) -> bool:
    """Whether a worker is still at it: their supervisor may idle, that costs nothing."""
    found = subprocess.run(["pgrep", "-f", f"memcodec.*{state}"], capture_output=True, text=True, check=False)
    pids = found.stdout.split()
    return any(_busy(int(pid)) for pid in pids if int(pid) != os.getpid())


def _busy(pid: int) -> bool:
    def spent() -> int:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0
        return int(fields[11]) + int(fields[12])

    before = spent()
    time.sleep(0.2)
    return spent() - before > 5


def _source(folder: Path, chunks: int) -> Path:
    """About so many chunks of 1,000 characters, from the dictionary, in files of twenty."""
    folder.mkdir()
    text = corpora.whole(corpora.gcide()).decode()[: chunks * 960]
    for number, piece in enumerate(stock.pieces(text, stock.LENGTH)):
        (folder / f"{number:05}.txt").write_text(piece, encoding="utf-8")
    return folder


def _memcodec(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "memcodec", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def _encode(source: Path, file: Path, index: str, environment: dict[str, str]) -> None:
    _memcodec(environment, "encode", str(source), "-o", str(file), "--index", index, "--force", "-q")


def _follow(source: Path, file: Path, environment: dict[str, str]) -> _Timeline:
    """One run to its end, searched all the while."""
    began = time.monotonic()
    _encode(source, file, "background", environment)
    returned, shares, times = time.monotonic() - began, list[tuple[float, float]](), list[float]()
    while not shares or shares[-1][1] < 1:
        times.append(harness.seconds(lambda: _search(file)))
        with memcodec.open(file) as memory:
            covered = sum(each.chunks for run in memory.reader.indexes for each in run.record.vectors)
            shares.append((time.monotonic() - began, covered / memory.reader.chunks))
        time.sleep(_LOOK)
    jobs = json.loads(_memcodec(environment, "jobs", "list", "--json"))["jobs"]
    job = max(jobs, key=lambda each: each["id"])
    began_at, ended_at = (datetime.fromisoformat(job[name]) for name in ("started", "updated"))
    rate = job["total"] / (ended_at - began_at).total_seconds()
    return _Timeline(returned, shares[-1][0], rate, shares, len(times), max(times))


def _search(file: Path) -> None:
    """Answers at any moment, and shows no chunk twice."""
    with memcodec.open(file) as memory:
        hits = memory.search(QUERY)
    if not hits or len({hit.chunk for hit in hits}) != len(hits):
        raise MemcodecError(f"{len(hits)} hits while the index was being made")


def _bare_rate(file: Path, count: int) -> float:
    """Texts a second of ONNX Runtime alone, long texts first, on all cores: the quicker of two ways to run it."""
    with memcodec.open(file) as memory:
        step = max(1, memory.reader.chunks // count)
        places = [memory.reader.chunk(number) for number in range(0, memory.reader.chunks, step)][:count]
        texts = sorted(memory.reader.texts(places), key=len, reverse=True)
    model = _Model()
    rates = []
    for work in (model.batched, model.single):
        work(texts[:64])
        rates.append(len(texts) / harness.seconds(partial(work, texts)))
    return max(rates)


class _Model:
    """The exported model without memcodec around it."""

    def __init__(self) -> None:
        from memcodec.models.embedding import source, store

        exported = store.find(source.resolve(MODEL))
        assert exported is not None  # the file's vectors were made with it
        self._folder, self._tokens = exported.folder, Tokens(exported)
        self._one, self._all = self._session(1), self._session(os.cpu_count() or 1)

    def _session(self, threads: int) -> Any:
        import onnxruntime

        from memcodec.models.embedding import store

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        return onnxruntime.InferenceSession(
            self._folder / store.GRAPH, options, providers=["CPUExecutionProvider"]
        )

    def batched(self, texts: list[str]) -> None:
        """Texts of one length together, as many as that gives, all cores on each run."""
        session = self._all
        groups: dict[int, list[Ids]] = {}
        for tokens in self._tokens(texts):
            groups.setdefault(len(tokens), []).append(tokens)
        size = _BATCH if isinstance(session.get_inputs()[0].shape[0], str) else 1
        for rows in groups.values():
            for at in range(0, len(rows), size):
                session.run(None, {"input_ids": np.stack(rows[at : at + size])})

    def single(self, texts: list[str]) -> None:
        """A text a run, a run a core."""

        def embed(tokens: Ids) -> None:
            self._one.run(None, {"input_ids": tokens[None]})

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(embed, self._tokens(texts)))


def _section(chunks: int, seconds: dict[str, float], timeline: _Timeline, bare: float) -> Section:
    now, background, none = (seconds[name] for name in ("now", "background", "none"))
    return Section(
        name="indexing",
        title="Indexing behind",
        intro=(
            f"`memcodec encode --index now|background|none` of about {chunks:,} chunks of 1,000 characters of GCIDE "
            f"({MODEL}), the whole command; medians of {_ROUNDS} runs for background and none. While the "
            f"index was made behind, the file was searched {timeline.searches:,} times: every search answered, none "
            f"showed a chunk twice, the slowest took {timeline.slowest:.2f} s with opening."
        ),
        tables=[
            Table(
                "Seconds until the command returns",
                ["--index none", "background", "now", "now / background", "background / none"],
                [[none, background, now, now / background, background / none]],
            ),
            Table(
                "Embedding, chunks a second",
                ["background job", "bare ONNX Runtime", "job / bare"],
                [[timeline.rate, bare, timeline.rate / bare]],
                "*bare*: tokenizer and ONNX Runtime on a sample of the same texts, longest first, all cores: the "
                "quicker of one text a run and of texts of one length together. The job's time is from its start to "
                "its last commit: reading the texts from the media, embedding, and writing.",
            ),
            Table(
                "Seconds from the command's start",
                ["media committed, lexical search ready", "half of the vectors", "all of them"],
                [[timeline.returned, _when(timeline, 0.5), timeline.whole]],
            ),
        ],
        checks=[
            Check("encode --index now / background", now / background, 5, "x", least=True),
            Check("encode --index background / none", background / none, 1.3, "x"),
            Check("embedding behind / bare ONNX Runtime", timeline.rate / bare, 0.85, "x", least=True),
        ],
        figures={"returned": timeline.returned, "now": now, "shares": timeline.shares},
    )


def _when(timeline: _Timeline, share: float) -> float:
    return next(at for at, covered in timeline.shares if covered >= share)
