"""Runs an exported model on ONNX Runtime: texts in, unit vectors out. PyTorch is not needed for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.errors import ModelError
from memcodec.models import providers
from memcodec.models.embedding.store import GRAPH, Exported
from memcodec.models.embedding.tokens import Ids, Tokens
from memcodec.process import machine, telemetry

Vectors = npt.NDArray[np.float32]

_RUN_MEMORY = 64 << 20  # bytes: of one run, and its thread
_WINDOW = 1024  # texts whose tokens are held at once
# ONNX Runtime's kernel for this fusion is slower than the operators it replaces: 13.8 ms a text against 12.1.
_SLOW_FUSIONS = ["SkipLayerNormFusion"]


class Embedder:
    """One model, ready to run. Texts may be anything: empty, with NUL, with lone surrogates (read as "?").

    A text's vector depends on that text alone; what lies beyond the model's token limit is not looked at.
    Safe to use from several threads. ``noise``: the cosine that nonsense hardly reaches with any text (noise.py).
    """

    def __init__(self, exported: Exported) -> None:
        self.name = exported.name
        self.model = exported.model
        self.dimensions = exported.dimensions
        self.precision = exported.precision
        self.noise = exported.noise if exported.noise is not None else -1.0
        self._prompts = exported.query_prompt, exported.document_prompt
        try:
            self._tokens = Tokens(exported)
            self._session = _session(exported)
        except Exception as error:  # both libraries raise classes of their own making
            reason = str(error).strip().splitlines()[0]
            raise ModelError(
                f"{exported.folder}: cannot be used ({reason}); remove the folder and try again"
            ) from None

    def embed(
        self,
        texts: Sequence[str],
        *,
        threads: int | None = None,
        tell: Callable[[int], None] = lambda count: None,
    ) -> Vectors:
        """Documents to float32 [len(texts), dimensions], each row of length 1. Works on all cores, or ``threads``.

        ``tell`` is called with how many are done.
        """
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        with ThreadPoolExecutor(threads or machine.workers(_RUN_MEMORY)) as pool:
            for row, vector in enumerate(self._each(texts, pool)):
                vectors[row] = vector
                tell(row + 1)
        return _unit(vectors)

    def embed_query(self, text: str) -> Vectors:
        """One query to float32 [dimensions], of length 1."""
        return _unit(self._run(*self._tokens([self._prompts[0] + text])))

    def _each(self, texts: Sequence[str], pool: ThreadPoolExecutor) -> Iterator[Vectors]:
        for start in range(0, len(texts), _WINDOW):
            window = self._tokens(self._prompts[1] + text for text in texts[start : start + _WINDOW])
            yield from pool.map(self._run, window)

    def _run(self, tokens: Ids) -> Vectors:
        vector: Vectors = self._session.run(None, {"input_ids": tokens[None]})[0][0]
        return vector


def _session(exported: Exported) -> Any:
    """One thread a run: parallel runs use the cores better than parallel operators, and a query is faster."""
    telemetry.turn_off()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        exported.folder / GRAPH,
        options,
        providers=providers.chosen(),
        disabled_optimizers=_SLOW_FUSIONS,
    )


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return scaled
