"""Models of any other kind, read by sentence-transformers and exported by PyTorch: the extra `models`."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from memcodec.errors import ModelError
from memcodec.models.embedding.embedder import Embedder
from memcodec.models.embedding.original import LONGEST, PROBES, TEXTS

_OTHER_FORMATS = ["onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.onnx", "*.gguf"]


class SentenceModel:
    """A folder that sentence-transformers saved, or a name at Hugging Face."""

    def __init__(self, place: str) -> None:
        _keep_to_itself()
        self.home = Path(place) if Path(place).is_dir() else _fetch(place)
        self._model = _load(self.home)
        self.dimensions = len(self._model.encode("", show_progress_bar=False))
        self.max_tokens = int(self._model.max_seq_length or LONGEST)
        self.query_prompt = self._prompt("query")
        self.document_prompt = self._prompt("document", "passage")

    def write_graph(self, path: Path) -> None:
        """As int8 ONNX."""
        import torch
        from onnxruntime.quantization import quantize_dynamic

        model = self._model

        class OneText(torch.nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.model = model

            def forward(self, input_ids: Any) -> Any:
                return self.model({"input_ids": input_ids})["sentence_embedding"]

        full = path.with_suffix(".fp32")
        tokens = model.tokenizer(PROBES[0], return_tensors="pt")["input_ids"]
        names: dict[str, Any] = {"input_names": ["input_ids"], "output_names": ["embedding"]}
        axes = {"input_ids": {1: "tokens"}}
        # The newer exporter (dynamo) asks for packages that nothing else here needs.
        torch.onnx.export(
            OneText().eval(), (tokens,), full, dynamic_axes=axes, opset_version=17, dynamo=False, **names
        )
        quantize_dynamic(full, path, per_channel=True)
        full.unlink()

    def tokenizer(self) -> Any:
        """The fast one."""
        backend = getattr(self._model.tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise ModelError("its tokenizer has no tokenizer.json form; choose a model that has")
        return backend

    def agreement(self, embedder: Embedder) -> float:
        """The mean cosine to its own vectors."""
        texts = list(TEXTS)
        original = self._model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
        return float(np.mean(np.sum(original * embedder.embed(texts), axis=1)))

    def _prompt(self, *roles: str) -> str:
        prompts = self._model.prompts or {}
        prompt = next((prompts[role] for role in roles if prompts.get(role)), "")
        if prompt and not all(getattr(module, "include_prompt", True) for module in self._model):
            raise ModelError("its pooling leaves its prompt out; choose another model")
        return str(prompt)


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


def _keep_to_itself() -> None:
    """Have libraries leave what is not theirs alone.

    ONNX names a file by ``uuid1``, for which the system asks the network card and notes the time in a file of its own;
    bars that nobody sees have a lock for all processes.
    """
    from tqdm import tqdm

    uuid.uuid1 = lambda node=None, clock_seq=None: uuid.uuid4()
    tqdm.set_lock(threading.RLock())
