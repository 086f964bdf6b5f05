"""What an export asks of a model as it was published, and the texts that the two are compared on."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from memcodec.models.embedding.embedder import Embedder

LONGEST = 8192  #: tokens; models that take longer texts are cut here
PROBES = (
    "How do I open a file in binary mode?",
    "The quick brown fox jumps over the lazy dog, and the dog sleeps on in the afternoon sun.",
    "def parse(line: str) -> dict[str, str]: return dict(pair.split('=') for pair in line.split())",
    "In 1687 Newton published the Principia, setting out the laws of motion and of gravitation.",
)
TEXTS = (*PROBES, " ".join(PROBES) * 40)  #: short ones, and one that is cut off


class Original(Protocol):
    """A model, read. Prompts are put before each query or document."""

    home: Path
    dimensions: int
    max_tokens: int
    query_prompt: str
    document_prompt: str

    def write_graph(self, path: Path) -> None:
        """As int8 ONNX."""

    def tokenizer(self) -> Any:
        """One of the `tokenizers` package."""

    def agreement(self, embedder: Embedder) -> float:
        """How well an export agrees with it on ``TEXTS``: 1 where it does."""
