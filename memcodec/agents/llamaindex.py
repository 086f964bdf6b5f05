"""A LlamaIndex retriever over memory files: ``pip install 'memcodec[llamaindex]'``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from memcodec import Filter
from memcodec.agents import passages
from memcodec.collection import Collection
from memcodec.errors import MissingExtra
from memcodec.model import FilePath, Hit
from memcodec.search.query import question
from memcodec.search.results import Mode

try:
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import (
        Document,
        NodeRelationship,
        NodeWithScore,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )
except ImportError:
    raise MissingExtra(
        "the LlamaIndex retriever needs llama-index-core: pip install 'memcodec[llamaindex]'"
    ) from None

__all__ = ["MemcodecRetriever", "Query"]

_FOR_PROGRAMS = ["chunk", "file", "score"]  # metadata that a prompt is better without


@dataclass
class Query(QueryBundle):
    """A query with its own ``k``, ``mode`` and ``only``: ``retriever.retrieve(Query("herons", only=Filter(...)))``."""

    k: int | None = None
    mode: Mode | None = None
    only: Filter | None = None


class MemcodecRetriever(BaseRetriever):
    """The passages of memory files that answer a query best: ``MemcodecRetriever("notes.mp4").retrieve(...)``.

    ``k`` is how many, at most, ``only`` the documents to search in; a ``Query`` has its own. A node's metadata are uri,
    title, lines, chunk, file, time, tags and score; its source is the document's id. For many threads. Raises what
    ``memcodec.open`` raises.
    """

    def __init__(
        self,
        files: FilePath | Iterable[FilePath],
        *,
        k: int = 10,
        mode: Mode = "hybrid",
        only: Filter | None = None,
        callback_manager: CallbackManager | None = None,
        verbose: bool = False,
    ) -> None:
        self._collection = Collection(files)
        self.k, self.mode, self.only = k, mode, only
        super().__init__(callback_manager, verbose=verbose)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        asked = query_bundle if isinstance(query_bundle, Query) else Query(query_bundle.query_str)
        only = self.only if asked.only is None else asked.only
        query, k, mode = question(asked.query_str), asked.k or self.k, asked.mode or self.mode
        return [_node(hit) for hit in self._collection.search(query, k, mode, only)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)

    def add_documents(self, documents: Sequence[Document], *, file: str | None = None) -> list[str]:
        """Commit documents to a file of this machine (which, if there are several), and give their ids there.

        They are best added whole: the file makes its own chunks. ``uri`` or ``source`` of the metadata, or else the
        document's id, names it; one of a known name takes the old one's place. Raises SourceError for metadata that is
        no text, number or time.
        """
        items = [passages.item(each.text, each.metadata, each.node_id) for each in documents]
        return [each.id for each in self._collection.add_items(items, file=file).documents]

    def close(self) -> None:
        """Release the files."""
        self._collection.close()


def _node(hit: Hit) -> NodeWithScore:
    node = TextNode(
        id_=passages.identity(hit),
        text=hit.text,
        metadata=passages.about(hit),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.document.id)},
        excluded_llm_metadata_keys=_FOR_PROGRAMS,
        excluded_embed_metadata_keys=_FOR_PROGRAMS,
    )
    return NodeWithScore(node=node, score=hit.score)
