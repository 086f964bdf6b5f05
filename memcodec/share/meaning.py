"""What a page needs to search by meaning, laid beside it: the default model, and ONNX Runtime compiled for browsers.

That runtime is the npm package ``onnxruntime-web``: no package of PyPI has it, and it is too large for a wheel of which
few need it. So whoever makes such a page has the package and says where it is; nothing is fetched here.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from memcodec.errors import ConfigError, ModelError, StorageError
from memcodec.file.reader import Reader
from memcodec.models import embedding
from memcodec.models.embedding import Portable

VARIABLE = "MEMCODEC_ORT_WEB"  #: names the package where no option does
PACKAGE = "onnxruntime-web"
VERSION = "1.30.0"  #: the worker's script has the other half of this very version: memcodec/web/package.json
WASM = "ort-wasm-simd-threaded.wasm"  #: its build for the processor alone
WASM_SHA256 = "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2"
SCRIPT, LICENCES = "embedder.js", "embedder.txt"
_GET = f"get it by `npm pack {PACKAGE}@{VERSION}`"
_MOST = 64 << 20  # bytes of the runtime that are read, before it is known to be the one
_MOST_PACKAGE = 1 << 30  # bytes of a package that are looked through
_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Laid:
    """Files beside a page, by name, as they are sent; ``config``: what the page says of them, as JSON."""

    files: dict[str, bytes]
    config: str


def lay(reader: Reader, dist: Path, runtime: str | None) -> Laid:
    """What a page of a file needs; ``dist`` has the scripts, ``runtime`` names the npm package, packed or not.

    Raises ModelError when the file has no vectors, or those of a model that pages do not know, MissingExtra without
    `semantic`, ConfigError where the runtime is not named or is another one.
    """
    model = _model(reader)
    wasm = _runtime(runtime or os.environ.get(VARIABLE) or None)
    script = (dist / SCRIPT).read_bytes()
    files = {SCRIPT: script, LICENCES: (dist / LICENCES).read_bytes()}
    said: dict[str, object] = {"model": model.model, "tokens": model.tokens, "noise": model.noise}
    parts = {
        "worker": (SCRIPT, script),
        "runtime": (WASM, wasm),
        "weights": ("model.onnx", model.graph.read_bytes()),
        "vocabulary": ("vocabulary.txt", model.vocabulary.read_bytes()),
    }
    for part, (name, data) in parts.items():
        packed = files[f"{name}.gz"] = gzip.compress(data, _LEVEL, mtime=0)
        # The worker's script is looked for packed, and as it is where that fails.
        url = name if part == "worker" else f"{name}.gz"
        said[part] = {"url": url, "size": len(packed), "sha256": hashlib.sha256(data).hexdigest()}
    return Laid(files, json.dumps(said, separators=(",", ":")))


def _model(reader: Reader) -> Portable:
    models = sorted({run.model for run in reader.indexes if run.model is not None})
    if not models:
        raise ModelError(
            f"{reader.source.name}: no vectors in the file, so a page cannot search it by meaning; "
            "`index_background()` makes them"
        )
    if len(models) > 1:
        raise ModelError(
            f"{reader.source.name}: has vectors of different models ({', '.join(models)}); `repair()` makes them anew"
        )
    return embedding.portable(models[0])


def _runtime(given: str | None) -> bytes:
    """The WebAssembly, known by its hash."""
    if given is None:
        raise ConfigError(
            f"a page that searches by meaning brings ONNX Runtime for browsers, which pip does not have: {_GET}, "
            f"and name the file with `runtime` or {VARIABLE}"
        )
    path = Path(os.path.expanduser(given))  # noqa: PTH111 -- Path's raises where there is no such user
    try:
        found = _read(path)
    except (OSError, EOFError, tarfile.TarError, gzip.BadGzipFile) as error:
        reason = getattr(error, "strerror", None) or "it is no npm package"
        raise StorageError(f"{given}: cannot read ({reason})") from None
    if found is None:
        raise ConfigError(f"{given}: has no {WASM}; {_GET}, and name that file")
    if hashlib.sha256(found).hexdigest() != WASM_SHA256:
        raise ConfigError(f"{given}: its {WASM} is not that of {PACKAGE} {VERSION}; {_GET}")
    return found


def _read(path: Path) -> bytes | None:
    """What the package has under the name: the packed package, its folder, or that file itself."""
    if path.is_dir():
        places = (path / inner / WASM for inner in (".", "dist", "package/dist"))
        path = next((each for each in places if each.is_file()), path)
        if path.is_dir():
            return None
    elif path.name != WASM:
        return next(_packed(path), None)
    with path.open("rb") as file:
        return file.read(_MOST)


def _packed(path: Path) -> Iterator[bytes]:
    with tarfile.open(path, "r:gz") as package:
        for member in package:
            if member.offset > _MOST_PACKAGE:
                return
            if (
                member.isfile()
                and member.name.endswith(f"/dist/{WASM}")
                and (file := package.extractfile(member))
            ):
                yield file.read(_MOST)
