"""Sources in, documents and chunks out: the folder walk, one loader a module, the chunker.

``walk.walk`` yields an ``Item`` for every document it finds; ``text_item`` makes one of a text in hand; a
``Chunker`` cuts a document's bytes into the spans that search returns.
"""

from memcodec.ingest.chunker import Chunker, ChunkSpan
from memcodec.ingest.item import Item, text_item

__all__ = ["ChunkSpan", "Chunker", "Item", "text_item"]
