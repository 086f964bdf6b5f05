"""Makes one model an int8 ONNX graph. Run by ``store.export`` in a process of its own.

    python -m memcodec.models.embedding.export NAME ORIGIN PLACE FOLDER

The default is written from its weights (``bert.py``), any other is read by sentence-transformers (``sentence.py``).

The graph is the whole model, pooling and all, for one text: token numbers [1, tokens] to a vector
[1, dimensions]. One text at a time needs no padding and no attention mask (a fifth of the time of the masked
graph), and its vector does not depend on its neighbours: int8 activations are scaled once a run.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from memcodec.errors import ModelError
from memcodec.models.embedding import source
from memcodec.models.embedding.embedder import Embedder
from memcodec.models.embedding.noise import measure
from memcodec.models.embedding.original import LONGEST, Original
from memcodec.models.embedding.store import GRAPH, TOKENIZER, Exported

FAITHFUL = 0.95  # agreement with the original below which an export is refused (all-MiniLM-L6-v2 has 0.98)


def export(name: str, origin: str, place: str, folder: Path) -> Exported:
    """Write graph, tokenizer and manifest to ``folder``. Raises ModelError for a model that does not fit."""
    model = _original(place)
    model.write_graph(folder / GRAPH)
    _write_tokenizer(model.tokenizer(), folder / TOKENIZER)
    made = Exported(
        name=name,
        model=source.identity(name, model.home),
        origin=origin,
        precision=source.PRECISION,
        dimensions=model.dimensions,
        max_tokens=min(model.max_tokens, LONGEST),
        query_prompt=model.query_prompt,
        document_prompt=model.document_prompt,
        stamp=source.stamp(model.home),
        folder=folder,
    )
    made.write()
    embedder = Embedder(made)
    if not (agreement := model.agreement(embedder)) >= FAITHFUL:
        raise ModelError(f"its int8 export does not agree with it ({agreement:.3f}); choose another model")
    made = replace(made, noise=measure(embedder))
    made.write()
    return made


def _original(place: str) -> Original:
    if Path(place) == source.bundled():
        from memcodec.models.embedding.bert import Bert

        return Bert(Path(place))
    from memcodec.models.embedding.sentence import SentenceModel

    return SentenceModel(place)


def _write_tokenizer(tokenizer: Any, path: Path) -> None:
    # It may pad or cut by itself, to lengths that are not the model's.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if not tokenizer.encode("").ids:
        raise ModelError("its tokenizer turns an empty text into nothing; choose another model")
    tokenizer.save(str(path))


def _end_with_parent(folder: Path) -> None:
    """When standard input ends, the process that waits for this one was killed: nothing is to be left."""
    os.read(0, 1)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def main() -> int:
    """Says why on the last line of standard output when it fails."""
    name, origin, place, folder = sys.argv[1:]
    threading.Thread(target=_end_with_parent, args=(Path(folder),), daemon=True).start()
    try:
        export(name, origin, place, Path(folder))
    except Exception as error:  # whatever a foreign model raises, the parent wants one line
        sys.stdout.write("\n" + (str(error).strip() or type(error).__name__).splitlines()[0] + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
