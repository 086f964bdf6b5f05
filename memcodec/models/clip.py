"""Pictures and words in one space, by a CLIP model: a folder with what open_clip or Optimum export to ONNX.

In the folder: ``visual.onnx`` and ``textual.onnx`` (or ``vision_model.onnx`` and ``text_model.onnx``, there or below
``onnx/``); a tokenizer (``models/clip_tokens.py``); how pictures are prepared, in ``preprocessor_config.json``
(Transformers) or ``open_clip_config.json``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.errors import MissingExtra, ModelError
from memcodec.models import clip_tokens, providers
from memcodec.models.embedding.source import slug
from memcodec.process import telemetry

Vectors = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

_VISUAL, _TEXTUAL = ("visual.onnx", "vision_model.onnx"), ("textual.onnx", "text_model.onnx")
_PREPARED = ("preprocessor_config.json", "open_clip_config.json")
_MEAN, _DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)  # OpenAI's
_LARGEST_SIDE = 1024
_NUMBERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


class Preparation(NamedTuple):
    """How pictures are prepared: the pixels of a side of their square, and the mean and deviation of each colour."""

    side: int = 224
    mean: Sequence[float] = _MEAN
    deviation: Sequence[float] = _DEVIATION


class ClipModel:
    """One model, ready to run. ``model`` is its identity: its name and a fingerprint of its files."""

    def __init__(self, folder: Path) -> None:
        try:
            visual, textual = _first(folder, _VISUAL), _first(folder, _TEXTUAL)
            self.model = _identity(folder, [visual, textual])
            self.preparation = _preparation(folder)
            self._visual, self._textual = _session(visual), _session(textual)
            self._tokens = clip_tokens.load(folder)
        except ModelError:
            raise
        except Exception as error:  # of ONNX Runtime, tokenizers, JSON and the file system
            reason = " ".join(str(error).split())[:160] or type(error).__name__
            raise ModelError(f"{folder}: no CLIP model that can be used: {reason}") from error

    def embed_pictures(self, pictures: Pixels) -> Vectors:
        """Squares, RGB [n, side, side, 3], to float32 [n, dimensions], each row of length 1."""
        scaled = (pictures.astype(np.float32) / 255 - self.preparation.mean) / self.preparation.deviation
        planes = np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), np.float32)
        return _unit(_run(self._visual, {_pictures_input(self._visual): planes}, "image_embeds"))

    def embed_text(self, text: str) -> Vectors:
        """Words to float32 [dimensions], of length 1; what is beyond the model's length is not looked at."""
        inputs = {each.name: each for each in self._textual.get_inputs()}
        length = next((n for each in inputs.values() for n in each.shape[1:] if isinstance(n, int)), None)
        ids, mask = self._tokens.encode(text, length or clip_tokens.LENGTH)
        given = {
            name: np.array([mask if "mask" in name else ids], _NUMBERS.get(each.type, np.int64))
            for name, each in inputs.items()
        }
        vector: Vectors = _unit(_run(self._textual, given, "text_embeds"))[0]
        return vector


def load(folder: str) -> ClipModel:
    """The model in a folder. Raises ModelError, MissingExtra."""
    lacking = [package for package in ("onnxruntime", "tokenizers") if find_spec(package) is None]
    if lacking:
        raise MissingExtra(f"search in pictures needs {', '.join(lacking)}: pip install 'memcodec[semantic]'")
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise ModelError(f"{folder}: no folder of a CLIP model; name one with visual.onnx and textual.onnx")
    return ClipModel(place.resolve())


def _first(folder: Path, names: Sequence[str]) -> Path:
    places = [base / name for base in (folder, folder / "onnx") for name in names]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise ModelError(f"{folder}: no {' or '.join(names)} in it; name a folder of a CLIP model as ONNX")
    return found


def _identity(folder: Path, files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in [*files, *(folder / name for name in (*_PREPARED, *clip_tokens.FILES))]:
        if file.is_file():
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return f"{slug(folder.name)}@{digest.hexdigest()[:12]}"


def _preparation(folder: Path) -> Preparation:
    found = next((place for name in _PREPARED if (place := folder / name).is_file()), None)
    if found is None:
        return Preparation()
    said = json.loads(found.read_text("utf-8"))
    inner = said.get("preprocess_cfg", said)
    size = (
        inner.get("crop_size")
        or inner.get("size")
        or said.get("model_cfg", {}).get("vision_cfg", {}).get("image_size")
    )
    made = Preparation(
        _side(size),
        inner.get("image_mean") or inner.get("mean") or _MEAN,
        inner.get("image_std") or inner.get("std") or _DEVIATION,
    )
    if (
        not 1 <= made.side <= _LARGEST_SIDE
        or len(made.mean) != 3
        or len(made.deviation) != 3
        or 0 in made.deviation
    ):
        raise ModelError(f"{found}: does not say how pictures are prepared; export the model again")
    return made


def _side(size: Any) -> int:
    """A size as either library writes it: a number, a list, or a table."""
    if isinstance(size, Mapping):
        size = size.get("shortest_edge") or size.get("height")
    if isinstance(size, list):
        size = size[-1]
    return int(size or 224)


def _session(file: Path) -> Any:
    telemetry.turn_off()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(file, options, providers=providers.chosen())


def _pictures_input(session: Any) -> str:
    inputs = session.get_inputs()
    return str(next((each for each in inputs if len(each.shape) == 4), inputs[0]).name)


def _run(session: Any, given: dict[str, npt.NDArray[Any]], wanted: str) -> Vectors:
    """The model's output of that name, or else its first that is a row of numbers for each input."""
    outputs = session.get_outputs()
    names = [each.name for each in outputs if each.name == wanted] or [
        each.name for each in outputs if len(each.shape) == 2
    ]
    if not names:
        raise ModelError("the CLIP model gives no vectors; export it with its projections")
    rows: Vectors = session.run(names[:1], given)[0].astype(np.float32)
    return rows


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return scaled
