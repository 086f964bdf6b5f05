"""Pages that search by meaning: made, their model loaded, and asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from memcodec.models import embedding
from memcodec.models.embedding import store
from memcodec.models.embedding.embedder import Embedder, Vectors
from memcodec.share.meaning import WASM
from memcodec.share.page import PageOptions, write_page
from tests.support.chromium import Chromium, Tab
from tests.support.needs import lacks
from tests.support.servers import WebServer
from tests.web.conftest import DIST, visit

PACKAGE = DIST.parent / "node_modules" / "onnxruntime-web"
#: of scores that come of the very same vector of a query: by what sums of 32 bits differ
TOLERANCE = 1e-5

Hit = tuple[int, float]


def runtime() -> str:
    """The npm package that runs the model."""
    if not (PACKAGE / "dist" / WASM).is_file():
        lacks("onnxruntime-web", "make page")
    return str(PACKAGE)


@contextmanager
def exact() -> Iterator[Embedder]:
    """The model as its weights have it, for all searches meanwhile.

    ONNX Runtime cuts sums of products of 8 bits short on processors without VNNI, unless it is told to be precise.
    """
    import onnxruntime

    embedder = embedding.load()
    exported = next(one for one in store.exported() if one.model == embedder.model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.x64quantprecision", "1")
    session = onnxruntime.InferenceSession(
        exported.folder / store.GRAPH, options, providers=["CPUExecutionProvider"]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedder, "_session", session)
        patch.setattr(embedding, "load_exact", lambda model: embedder)
        patch.setattr("memcodec.models.embedding.kept._cache", lambda: None)
        yield embedder


def laid(site: WebServer, memory: Path, name: str) -> str:
    """The address of a page of a memory, with its model."""
    options = PageOptions(copy=True, semantic=True, runtime=runtime())
    write_page(str(memory), str(site.folder / name), options, force=True)
    return site.url(f"{name}/index.html")


def load(tab: Tab) -> None:
    """Have the page load its model."""
    tab.until("!!document.querySelector('.meaning button')")
    tab.run("document.querySelector('.meaning button').click()")
    tab.until("!!document.getElementById('by') || document.querySelector('.meaning .error')?.textContent")
    assert tab.run("!!document.getElementById('by')"), tab.run("document.body.innerText")


class OfPage:
    """The model as a page runs it, in the place of the library's own."""

    def __init__(self, tab: Tab, own: Embedder) -> None:
        self._tab = tab
        self.name, self.model, self.dimensions, self.noise = own.name, own.model, own.dimensions, own.noise

    def embed(self, texts: Sequence[str], **_: object) -> Vectors:
        """Unit vectors [texts, dimensions]."""
        made = self._tab.run(
            f"memcodec.embed({json.dumps(list(texts))}).then(vectors => vectors.map(each => Array.from(each)))"
        )
        return np.array(made, np.float32).reshape(len(texts), self.dimensions)

    def embed_query(self, text: str) -> Vectors:
        """A unit vector [dimensions]."""
        vector: Vectors = self.embed([text])[0]
        return vector


class Asking:
    """A page whose model is here, and the memory it reads: in what state, ``state`` says."""

    def __init__(self, browser: Chromium, url: str) -> None:
        self.tab = browser.tab()
        visit(self.tab, url)
        load(self.tab)
        self.state()

    def state(self, commit: int | None = None) -> None:
        """The newest one, or after a commit."""
        number = "undefined" if commit is None else str(commit)
        self.tab.run(
            f"memcodec.Memory.open(memcodec.place(), {number})"
            ".then(memory => { window.searcher = new memcodec.Searcher(memory); })"
        )

    def search(self, query: str, mode: str, k: int = 10) -> list[Hit]:
        """Chunks and scores."""
        found: list[list[Any]] = self.tab.run(
            f"(document.getElementById('by').value = {mode!r}, searcher.search({json.dumps(query)}, {k}))"
            ".then(hits => hits.map(hit => [hit.chunk, hit.score]))"
        )
        return [cast("Hit", tuple(each)) for each in found]


def is_alike(found: list[Hit], wanted: list[Hit], tolerance: float = TOLERANCE) -> bool:
    """Whether hits are in the very same order. Raises AssertionError where they may not be, by their scores."""
    assert len(found) == len(wanted)
    known = dict(wanted)
    for (chunk, score), (_, there) in zip(found, wanted, strict=True):
        # At its place stands a chunk that is as good; one that is not among the best is as good as the last of them.
        expected = known.get(chunk, wanted[-1][1])
        apart = max(abs(score - there), abs(score - expected), abs(expected - there))
        assert apart <= tolerance, (apart, found, wanted)
    return [chunk for chunk, _ in found] == [chunk for chunk, _ in wanted]
