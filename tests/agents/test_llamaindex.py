"""The LlamaIndex retriever, through LlamaIndex's own ways to call one, over real memory files."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer
from llama_index.core.schema import Document, MetadataMode, NodeWithScore, QueryBundle

import memcodec
from memcodec import Filter
from memcodec.agents.llamaindex import MemcodecRetriever, Query
from memcodec.errors import ModelError, SourceError, StorageError
from tests.support.memories import append, create

DOCUMENTS = {
    "birds/herons.md": "# Herons\n\nThe heron nests in April.\n",
    "birds/swifts.md": "# Swifts\n\nA swift sleeps on the wing.\n",
    "kettle.txt": "The kettle whistles.\n",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("llamaindex") / "notes.mp4", DOCUMENTS)


@pytest.fixture
def notes(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


@pytest.fixture
def retriever(notes: Path) -> Iterator[MemcodecRetriever]:
    found = MemcodecRetriever(notes)
    yield found
    found.close()


def found(nodes: list[NodeWithScore]) -> list[str]:
    return [each.metadata["uri"] for each in nodes]


def test_a_node_has_text_score_source_and_metadata(notes: Path, retriever: MemcodecRetriever) -> None:
    (node,) = retriever.retrieve("heron")
    with memcodec.open(notes) as memory:
        (hit,) = memory.search("heron")
    assert (node.text, node.score, node.node.ref_doc_id) == (hit.text, hit.score, hit.document.id)
    assert node.node_id == f"{hit.document.id}:{hit.start}-{hit.end}"
    assert set(node.metadata) == {"uri", "title", "lines", "chunk", "file", "time", "tags", "score"}
    assert (node.metadata["lines"], node.metadata["file"]) == ("1-3", str(notes))
    prompt = node.get_content(MetadataMode.LLM)
    assert "uri: birds/herons.md" in prompt
    assert str(notes) not in prompt


def test_llamaindexes_ways_to_call(retriever: MemcodecRetriever) -> None:
    assert found(retriever.retrieve(QueryBundle("swift"))) == ["birds/swifts.md"]

    async def together() -> list[list[NodeWithScore]]:
        return await asyncio.gather(*(retriever.aretrieve(query) for query in ("heron", "kettle") * 5))

    assert [found(each) for each in asyncio.run(together())] == [["birds/herons.md"], ["kettle.txt"]] * 5


def test_it_is_a_part_of_a_query_engine(retriever: MemcodecRetriever) -> None:
    synthesizer = get_response_synthesizer(llm=MockLLM(), response_mode=ResponseMode.COMPACT)
    engine = RetrieverQueryEngine(retriever, response_synthesizer=synthesizer)
    answer = engine.query("when does the heron nest")
    assert "The heron nests in April." in str(answer)  # the model that says its prompt again
    assert "birds/herons.md" in found(answer.source_nodes)


def test_k_and_mode(notes: Path) -> None:
    for retriever, count in (
        (MemcodecRetriever(notes, k=1, mode="lexical"), 1),
        (MemcodecRetriever(notes), 3),
    ):
        assert len(retriever.retrieve("the heron a swift the kettle")) == count
        retriever.close()
    retriever = MemcodecRetriever(notes, mode="semantic")
    with pytest.raises(ModelError, match="no vectors"):
        retriever.retrieve("heron")
    retriever.close()


def test_only_some_documents_for_the_retriever_or_the_query(
    notes: Path, retriever: MemcodecRetriever
) -> None:
    append(notes, {"moor.md": "A heron on the moor.\n"})
    birds = Filter(path="birds/*")
    assert set(found(retriever.retrieve("heron"))) == {"birds/herons.md", "moor.md"}
    query = Query("heron", only=birds)
    assert found(retriever.retrieve(query)) == ["birds/herons.md"]
    assert found(asyncio.run(retriever.aretrieve(query))) == ["birds/herons.md"]
    assert len(retriever.retrieve(Query("heron", k=1))) == 1
    synthesizer = get_response_synthesizer(llm=MockLLM(), response_mode=ResponseMode.COMPACT)
    engine = RetrieverQueryEngine(retriever, response_synthesizer=synthesizer)
    assert found(engine.query(query).source_nodes) == ["birds/herons.md"]
    narrow = MemcodecRetriever(notes, only=birds)
    assert found(narrow.retrieve("heron")) == ["birds/herons.md"]
    assert found(narrow.retrieve(Query("heron", only=Filter(path="moor.md")))) == ["moor.md"]
    narrow.close()


def test_several_files_and_what_others_add(notes: Path, tmp_path: Path) -> None:
    other = create(tmp_path / "other.mp4", {"moor.md": "A heron on the moor.\n"})
    retriever = MemcodecRetriever([notes, other])
    assert set(found(retriever.retrieve("heron"))) == {"birds/herons.md", "moor.md"}
    append(other, {"badger.txt": "A badger."})
    assert found(retriever.retrieve("badger")) == ["badger.txt"]
    retriever.close()


def test_documents_are_added_and_found_at_once(notes: Path, retriever: MemcodecRetriever) -> None:
    ids = retriever.add_documents(
        [
            Document(text="An otter.", metadata={"uri": "otter.txt", "year": 2026}),
            Document(text="A stoat.", doc_id="stoat"),
        ]
    )
    with memcodec.open(notes) as memory:
        there = {each.id: each for each in memory.documents()}
    assert [there[each].uri for each in ids] == ["otter.txt", "stoat"]
    assert there[ids[0]].tags == {"year": "2026"}
    assert found(retriever.retrieve("stoat")) == ["stoat"]
    with pytest.raises(SourceError, match="metadata 'x' is a list"):
        retriever.add_documents([Document(text="x", metadata={"x": [1]})])


def test_errors_come_when_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        MemcodecRetriever(tmp_path / "none.mp4")
