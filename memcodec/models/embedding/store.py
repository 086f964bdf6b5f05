"""The user's cache of exported models: one folder each, complete once it has its name.

models/<identity>/   in the cache folder (``config/folders.py``)
    model.onnx  tokenizer.json  memcodec.json (the fields of Exported)
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from memcodec.config import folders
from memcodec.errors import ConfigError, ModelError, StorageError
from memcodec.models.embedding import source
from memcodec.models.embedding.source import ModelSource, Stamp
from memcodec.process import children
from memcodec.storage import lock

GRAPH, TOKENIZER, MANIFEST = "model.onnx", "tokenizer.json", "memcodec.json"
_SCRATCH, _LOCK = ".export-", ".lock"
_ABANDONED = 60.0  # seconds after which a scratch folder without a lock beside it is nobody's
_PATIENCE = 5.0  # seconds to wait for who looks whether the lock is held
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")


@dataclass(frozen=True, slots=True)
class Exported:
    """What the manifest of an exported model says. Prompts are put before each query or document text."""

    name: str
    model: str
    origin: str
    precision: str
    dimensions: int
    max_tokens: int
    query_prompt: str
    document_prompt: str
    stamp: Stamp
    folder: Path = field(compare=False)
    noise: float | None = None  # noise.py; of older exports not known

    @classmethod
    def read(cls, folder: Path) -> Exported:
        """Raises ValueError, TypeError or OSError when the folder does not hold one."""
        stored = json.loads((folder / MANIFEST).read_text("utf-8"))
        return cls(
            **{one.name: stored[one.name] for one in fields(cls) if one.name not in ("folder", "noise")},
            folder=folder,
            noise=stored.get("noise"),
        )

    def write(self) -> None:
        stored = {name: value for name, value in asdict(self).items() if name != "folder"}
        # Others may read it at this moment: it is there as it was, or as it is to be.
        made = self.folder / f".{MANIFEST}.{os.getpid()}"
        made.write_text(json.dumps(stored, indent=1), "utf-8")
        made.replace(self.folder / MANIFEST)


def root() -> Path:
    """Where exported models are kept. Raises ModelError when the user has no folder for it."""
    try:
        return folders.models()
    except ConfigError as error:
        raise ModelError(str(error)) from None


def exported() -> Iterator[Exported]:
    """Every exported model, by name. Half-made or foreign folders are passed over."""
    for manifest in sorted(root().glob(f"*/{MANIFEST}")):
        if manifest.parent.name.startswith("."):
            continue
        try:
            yield Exported.read(manifest.parent)
        except (OSError, ValueError, KeyError, TypeError):
            continue


def find(model: ModelSource) -> Exported | None:
    """The exported copy of a model, when there is one and the model's files are still the same."""
    known = list(exported())
    if model.folder is None:
        return next((one for one in known if one.name == model.name and one.origin == source.HUB), None)
    stamp = source.stamp(model.folder)
    if same := next((one for one in known if one.name == model.name and one.stamp == stamp), None):
        return same
    identity = source.identity(model.name, model.folder)
    return next((one for one in known if one.model == identity), None)


def export(model: ModelSource) -> Exported:
    """Export a model and keep it. Two processes may do so at once: the first to finish is kept.

    Raises ModelError with the reason when the model cannot be loaded, or its export does not agree with it.
    """
    source.check_weights(model)
    with _scratch() as scratch:
        _run_export(model, scratch)
        return _publish(Exported.read(scratch))


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for an export under way, removed whatever becomes of it; as long, a lock beside it is held."""
    scratch = root() / f"{_SCRATCH}{secrets.token_hex(8)}"
    try:
        root().mkdir(parents=True, exist_ok=True)
        sweep()
        held = lock.open_locked(_lock_of(scratch), _PATIENCE, os.O_RDWR | os.O_CREAT)
        scratch.mkdir()
    except OSError as error:
        raise ModelError(
            f"{root()}: cannot write ({error.strerror}); set XDG_CACHE_HOME to a folder of yours"
        ) from None
    try:
        yield scratch
    finally:
        _remove(scratch, held)


def _lock_of(scratch: Path) -> Path:
    return scratch.with_name(scratch.name + _LOCK)


def _remove(scratch: Path, held: int) -> None:
    """A scratch folder and its lock, which is held and let go."""
    shutil.rmtree(scratch, ignore_errors=True)
    os.close(held)
    _lock_of(scratch).unlink(missing_ok=True)


def _run_export(model: ModelSource, scratch: Path) -> None:
    """In a process of its own: the weights' memory ends with it, and PyTorch's warnings and progress bars.

    What it writes beside is in the scratch folder, too; when standard input ends, this process was killed, and that one
    removes the folder and ends.
    """
    watched, alive = os.pipe()
    try:
        process = children.start(
            "-m",
            "memcodec.models.embedding.export",
            *(model.name, model.origin, model.place, str(scratch)),
            env=_environment(scratch),
            stdin=watched,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.close(watched)
        said, warned = (each.decode("utf-8", "replace") for each in process.communicate())
    finally:
        os.close(alive)
    if process.returncode:
        lines = [line.strip() for line in (said or warned).splitlines() if line.strip()]
        reason = lines[-1] if lines else f"the export ended with status {process.returncode}"
        raise ModelError(f"model {model.place!r} cannot be loaded: {reason[:300]}")


def _environment(scratch: Path) -> dict[str, str]:
    """Of an export. PyTorch asks for the user's name where its cache has none; joblib makes semaphores to be ready."""
    kept = dict.fromkeys((*_TEMPORARY, "TORCHINDUCTOR_CACHE_DIR"), str(scratch))
    return {**children.environment(), "PYTHONUTF8": "1", "JOBLIB_MULTIPROCESSING": "0", **kept}


def _publish(made: Exported) -> Exported:
    final = root() / source.slug(made.model.replace("@", "-"))
    try:
        made.folder.rename(final)
        return replace(made, folder=final)
    except OSError:
        found = next((one for one in exported() if one.folder == final), None)
        if found is None:
            raise ModelError(
                f"{final}: is in the way of an exported model; remove it and try again"
            ) from None
        return found


def sweep() -> None:
    """Remove what exports that were killed left behind: nobody holds the lock of theirs any more."""
    for path in root().glob(f"{_SCRATCH}*"):
        with contextlib.suppress(OSError, StorageError):
            if path.suffix == _LOCK:
                _remove(path.with_suffix(""), lock.open_locked(path, 0.0))
            elif not _lock_of(path).exists() and time.time() - path.stat().st_mtime > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)


def clear() -> None:
    """Remove all models; only those that are being exported now are left. They are made again when they are used."""
    sweep()
    for folder in root().glob("*"):
        if not folder.name.startswith(_SCRATCH):
            shutil.rmtree(folder, ignore_errors=True)
