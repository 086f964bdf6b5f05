"""Exports one sentence-transformers model to int8 ONNX. Run by ``store.export`` in a process of its own.

    python -m memcodec.models.embedding.export NAME ORIGIN PLACE FOLDER

The graph is the whole model, pooling and all, for one text: token numbers [1, tokens] to a vector
[1, dimensions]. One text at a time needs no padding and no attention mask (a fifth of the time of the masked
graph), and its vector does not depend on its neighbours: int8 activations are scaled once a run.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from memcodec.errors import ModelError
from memcodec.models.embedding import source
from memcodec.models.embedding.embedder import Embedder
from memcodec.models.embedding.noise import measure
from memcodec.models.embedding.store import GRAPH, TOKENIZER, Exported

FAITHFUL = 0.95  # mean cosine to the original below which an export is refused (all-MiniLM-L6-v2 has 0.99)
LONGEST = 8192  # tokens; models that take longer texts are cut here
_OTHER_FORMATS = ["onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.onnx", "*.gguf"]
_PROBES = (
    "How do I open a file in binary mode?",
    "The quick brown fox jumps over the lazy dog, and the dog sleeps on in the afternoon sun.",
    "def parse(line: str) -> dict[str, str]: return dict(pair.split('=') for pair in line.split())",
    "In 1687 Newton published the Principia, setting out the laws of motion and of gravitation.",
)


def export(name: str, origin: str, place: str, folder: Path) -> Exported:
    """Write graph, tokenizer and manifest to ``folder``. Raises ModelError for a model that does not fit."""
    home = Path(place) if Path(place).is_dir() else _fetch(place)
    model = _load(home)
    _write_graph(model, folder / GRAPH)
    _write_tokenizer(model, folder / TOKENIZER)
    made = Exported(
        name=name,
        model=source.identity(name, home),
        origin=origin,
        precision=source.PRECISION,
        dimensions=len(model.encode("", show_progress_bar=False)),
        max_tokens=min(int(model.max_seq_length or LONGEST), LONGEST),
        query_prompt=_prompt(model, "query"),
        document_prompt=_prompt(model, "document", "passage"),
        stamp=source.stamp(home),
        folder=folder,
    )
    made.write()
    embedder = Embedder(made)
    _compare(model, embedder)
    made = replace(made, noise=measure(embedder))
    made.write()
    return made


def _load(home: Path) -> Any:
    import sentence_transformers

    return sentence_transformers.SentenceTransformer(
        str(home), device="cpu", local_files_only=True, trust_remote_code=False
    )


def _fetch(name: str) -> Path:
    """Hugging Face's copy of a model on this machine, brought up to date when it can be reached."""
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError

    name = name if "/" in name else f"sentence-transformers/{name}"
    try:
        HfApi().model_info(name, timeout=10)  # fails at once where a download would retry for a minute
    except RepositoryNotFoundError:
        raise ModelError("Hugging Face has no such model; check its name") from None
    except Exception:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except FileNotFoundError:
            raise ModelError("it is not on this machine, and Hugging Face cannot be reached") from None
    return Path(snapshot_download(name, ignore_patterns=_OTHER_FORMATS))


def _write_graph(model: Any, path: Path) -> None:
    import torch
    from onnxruntime.quantization import quantize_dynamic

    class OneText(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any) -> Any:
            return self.model({"input_ids": input_ids})["sentence_embedding"]

    full = path.with_suffix(".fp32")
    tokens = model.tokenizer(_PROBES[0], return_tensors="pt")["input_ids"]
    names: dict[str, Any] = {"input_names": ["input_ids"], "output_names": ["embedding"]}
    axes = {"input_ids": {1: "tokens"}}
    # The newer exporter (dynamo) asks for packages that nothing else here needs.
    torch.onnx.export(
        OneText().eval(), (tokens,), full, dynamic_axes=axes, opset_version=17, dynamo=False, **names
    )
    quantize_dynamic(full, path, per_channel=True)
    full.unlink()


def _write_tokenizer(model: Any, path: Path) -> None:
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelError("its tokenizer has no tokenizer.json form; choose a model that has")
    # It may pad or cut by itself, to lengths that are not the model's.
    backend.no_padding()
    backend.no_truncation()
    if not backend.encode("").ids:
        raise ModelError("its tokenizer turns an empty text into nothing; choose another model")
    backend.save(str(path))


def _prompt(model: Any, *roles: str) -> str:
    prompts = model.prompts or {}
    prompt = next((prompts[role] for role in roles if prompts.get(role)), "")
    if prompt and not all(getattr(module, "include_prompt", True) for module in model):
        raise ModelError("its pooling leaves its prompt out; choose another model")
    return str(prompt)


def _compare(model: Any, embedder: Embedder) -> None:
    """An export is kept only when it agrees with the original, on short and on cut-off texts."""
    texts = [*_PROBES, " ".join(_PROBES) * 40]
    original = model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
    cosine = float(np.mean(np.sum(original * embedder.embed(texts), axis=1)))
    if not cosine >= FAITHFUL:
        raise ModelError(
            f"its int8 export does not agree with it (cosine {cosine:.3f}); choose another model"
        )


def _keep_to_itself() -> None:
    """Have libraries leave what is not theirs alone.

    ONNX names a file by ``uuid1``, for which the system asks the network card and notes the time in a file of its own;
    bars that nobody sees have a lock for all processes.
    """
    from tqdm import tqdm

    uuid.uuid1 = lambda node=None, clock_seq=None: uuid.uuid4()
    tqdm.set_lock(threading.RLock())


def _end_with_parent(folder: Path) -> None:
    """When standard input ends, the process that waits for this one was killed: nothing is to be left."""
    os.read(0, 1)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def main() -> int:
    """Says why on the last line of standard output when it fails."""
    name, origin, place, folder = sys.argv[1:]
    threading.Thread(target=_end_with_parent, args=(Path(folder),), daemon=True).start()
    _keep_to_itself()
    try:
        export(name, origin, place, Path(folder))
    except Exception as error:  # whatever a foreign model raises, the parent wants one line
        sys.stdout.write("\n" + (str(error).strip() or type(error).__name__).splitlines()[0] + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
