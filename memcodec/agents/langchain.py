"""A LangChain retriever over memory files: ``pip install 'memcodec[langchain]'``.

It is no ``VectorStore``: that is made with an embedding of the caller's and keeps rows, while a memory file has its own
model, its own chunks and its own ranking. What LangChain adds to a store with, ``add_documents`` and ``add_texts``, is
here all the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from memcodec import Filter
from memcodec.agents import passages
from memcodec.collection import Collection
from memcodec.errors import ConfigError, MissingExtra
from memcodec.model import FilePath, Hit
from memcodec.search.query import question
from memcodec.search.results import Mode

try:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables.config import run_in_executor
    from pydantic import Field, InstanceOf, PrivateAttr, field_validator
except ImportError:
    raise MissingExtra(
        "the LangChain retriever needs langchain-core: pip install 'memcodec[langchain]'"
    ) from None

__all__ = ["MemcodecRetriever"]


class MemcodecRetriever(BaseRetriever):
    """The passages of memory files that answer a query best: ``MemcodecRetriever(files="notes.mp4").invoke(...)``.

    A passage's metadata are uri, title, lines, chunk, file, time, tags and score. ``invoke`` and its like take ``k``,
    ``mode`` and ``only`` for one query, too. For many threads. Raises what ``memcodec.open`` raises.
    """

    files: tuple[str, ...]  #: paths or URLs; one may stand alone
    k: int = Field(default=10, ge=1)  #: passages a query returns, at most
    mode: Mode = "hybrid"  #: or "lexical", "semantic"
    only: InstanceOf[Filter] | None = None  #: the documents to search in
    _collection: Collection = PrivateAttr()

    @field_validator("files", mode="before")
    @classmethod
    def _as_names(cls, files: FilePath | Iterable[FilePath]) -> tuple[str, ...]:
        return tuple(
            map(os.fspath, [files] if isinstance(files, str | os.PathLike) else files)  # type: ignore[arg-type]
        )

    def model_post_init(self, context: Any, /) -> None:
        """Open the files, so that errors come now."""
        super().model_post_init(context)
        self._collection = Collection(self.files)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun | None = None,
        k: int | None = None,
        mode: Mode | None = None,
        only: Filter | None = None,
    ) -> list[Document]:
        chosen = self.only if only is None else only
        found = self._collection.search(
            question(query), self.k if k is None else k, mode or self.mode, chosen
        )
        return [_document(hit) for hit in found]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun | None = None,
        k: int | None = None,
        mode: Mode | None = None,
        only: Filter | None = None,
    ) -> list[Document]:
        return await run_in_executor(None, self._get_relevant_documents, query, k=k, mode=mode, only=only)

    def add_documents(self, documents: Sequence[Document], *, file: str | None = None) -> list[str]:
        """Commit documents to a file of this machine (which, if there are several), and give their ids there.

        They are best added whole: the file makes its own chunks. ``uri`` or ``source`` of the metadata, or else the id,
        names a document; one of a known name takes the old one's place. Raises SourceError for metadata that is no
        text, number or time.
        """
        items = [passages.item(each.page_content, each.metadata, each.id) for each in documents]
        return [each.id for each in self._collection.add_items(items, file=file).documents]

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: Sequence[Mapping[str, Any]] | None = None,
        *,
        ids: Sequence[str] | None = None,
        file: str | None = None,
    ) -> list[str]:
        """Commit texts, as ``add_documents`` does; ``ids`` name those whose metadata do not."""
        texts = list(texts)
        for what, given in (("metadatas", metadatas), ("ids", ids)):
            if given is not None and len(given) != len(texts):
                raise ConfigError(f"{len(texts)} texts and {len(given)} {what}; give one for each text")
        of: Sequence[Mapping[str, Any]] = metadatas or [{}] * len(texts)
        names: Sequence[str | None] = ids or [None] * len(texts)
        items = [passages.item(*each) for each in zip(texts, of, names, strict=True)]
        return [each.id for each in self._collection.add_items(items, file=file).documents]

    def close(self) -> None:
        """Release the files."""
        self._collection.close()


def _document(hit: Hit) -> Document:
    return Document(page_content=hit.text, metadata=passages.about(hit), id=passages.identity(hit))
