"""Re-ranking by a cross-encoder: a model that reads query and passage together. Nothing is imported before it is asked.

R. Nogueira and K. Cho, "Passage Re-ranking with BERT", 2019. Runs on sentence-transformers' ``CrossEncoder``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from memcodec.errors import MissingExtra, ModelError
from memcodec.process import telemetry

_ARCHITECTURE = "ForSequenceClassification"


class Reranker:
    """One cross-encoder. Raises ModelError when it is none or cannot be loaded, MissingExtra without `models`."""

    def __init__(self, name: str) -> None:
        if find_spec("sentence_transformers") is None:
            raise MissingExtra("re-ranking needs sentence_transformers: pip install 'memcodec[models]'")
        self.name = name
        folder = os.path.expanduser(name)  # noqa: PTH111 -- Path's raises where there is no such user
        place = folder if Path(folder).is_dir() else name
        try:
            self._model = _load(place)
        except ModelError:
            raise
        except Exception as error:  # what a foreign model raises is of every kind
            raise ModelError(f"{name}: cannot be loaded as a cross-encoder ({_reason(error)})") from None

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the query: higher is better, of whatever range the model gives."""
        if not texts:
            return []
        pairs = [(_valid(query), _valid(text)) for text in texts]
        try:
            found = self._model.predict(pairs, show_progress_bar=False)
        except Exception as error:
            raise ModelError(f"{self.name}: cannot rank ({_reason(error)})") from None
        return [float(score) for score in found]


@lru_cache(2)
def reranker(name: str) -> Reranker:
    """A cross-encoder by its name at Hugging Face or its folder, kept for the next search."""
    return Reranker(name)


def _load(place: str) -> Any:
    telemetry.turn_off()
    from transformers import AutoConfig
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # Unless told, it asks the person at the terminal whether to run the model's own code.
    config = AutoConfig.from_pretrained(place, trust_remote_code=False)
    kinds = config.architectures or []
    # Of another model sentence-transformers takes the body and draws a head at random.
    if not any(kind.endswith(_ARCHITECTURE) for kind in kinds):
        raise ModelError(f"{place}: is not a cross-encoder but {', '.join(kinds) or 'of unknown kind'}")
    if config.num_labels != 1:
        raise ModelError(f"{place}: gives {config.num_labels} scores, and a ranking needs one")
    from sentence_transformers import CrossEncoder

    return CrossEncoder(place, device="cpu", trust_remote_code=False)


def _valid(text: str) -> str:
    """Lone surrogates, which tokenizers refuse, become "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
