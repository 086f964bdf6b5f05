"""The LangChain retriever, through LangChain's own ways to call one, over real memory files."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

import memcodec
from memcodec import Filter
from memcodec.agents.langchain import MemcodecRetriever
from memcodec.collection import files
from memcodec.errors import Closed, ConfigError, ModelError, NotAMemoryFile, SourceError, StorageError
from memcodec.model import Hit
from tests.support.memories import append, create, uris
from tests.support.servers import WebServer, web_server

DOCUMENTS = {
    "birds/herons.md": "# Herons\n\nThe heron nests in April.\n",
    "birds/swifts.md": "# Swifts\n\nA swift sleeps on the wing.\n",
    "kettle.txt": "The kettle whistles.\n",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("langchain") / "notes.mp4", DOCUMENTS)


@pytest.fixture
def notes(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


@pytest.fixture
def retriever(notes: Path) -> Any:
    found = MemcodecRetriever(files=notes)
    yield found
    found.close()


def found(documents: list[Document]) -> list[str]:
    return [each.metadata["uri"] for each in documents]


def hit(path: Path, query: str) -> Hit:
    with memcodec.open(path) as memory:
        return memory.search(query)[0]


def test_a_passage_has_text_and_all_that_is_known_of_it(notes: Path, tmp_path: Path) -> None:
    with memcodec.open(notes) as memory:
        memory.add("One.\nAn otter\nswims.", uri="otter.txt", title="Otters", tags={"place": "river"})
    retriever = MemcodecRetriever(files=[notes], k=1)
    (passage,) = retriever.invoke("otter")
    want = hit(notes, "otter")
    assert passage == Document(
        id=f"{want.document.id}:0-{len(want.text)}",
        page_content="One.\nAn otter\nswims.",
        metadata={
            "uri": "otter.txt",
            "title": "Otters",
            "lines": "1-3",
            "chunk": want.chunk,
            "file": str(notes),
            "time": f"{want.document.time:%Y-%m-%dT%H:%M:%S.%fZ}",
            "tags": {"place": "river"},
            "score": want.score,
        },
    )
    retriever.close()


def test_langchains_ways_to_call(retriever: MemcodecRetriever) -> None:
    queries = ["heron", "swift", "kettle"]
    want = [["birds/herons.md"], ["birds/swifts.md"], ["kettle.txt"]]
    assert [found(retriever.invoke(query)) for query in queries] == want
    assert [found(each) for each in retriever.batch(queries)] == want  # type: ignore[arg-type]
    assert found(asyncio.run(retriever.ainvoke("heron"))) == want[0]

    async def together() -> list[list[Document]]:
        return await asyncio.gather(*(retriever.ainvoke(query) for query in queries * 5))

    assert [found(each) for each in asyncio.run(together())] == want * 5


def test_it_is_a_part_of_a_chain(retriever: MemcodecRetriever) -> None:
    prompt = ChatPromptTemplate.from_template("{context} Q: {question}")
    texts = retriever | (lambda documents: " ".join(each.page_content for each in documents))
    chain = {"context": texts, "question": RunnablePassthrough()} | prompt
    (message,) = chain.invoke("heron").to_messages()  # type: ignore[arg-type]
    assert message.content == "# Herons\n\nThe heron nests in April.\n Q: heron"


def test_k_and_mode_belong_to_the_retriever_or_the_query(notes: Path, retriever: MemcodecRetriever) -> None:
    assert len(retriever.invoke("the heron a swift the kettle")) == 3
    assert len(retriever.invoke("the heron a swift the kettle", k=2)) == 2
    one = MemcodecRetriever(files=notes, k=1, mode="lexical")
    assert len(one.invoke("the heron a swift the kettle")) == 1
    assert len(asyncio.run(one.ainvoke("the heron a swift the kettle", k=2))) == 2
    one.close()
    with pytest.raises(ModelError, match="no vectors"):
        retriever.invoke("heron", mode="semantic")
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        MemcodecRetriever(files=notes, k=0)


def test_only_some_documents_for_the_retriever_or_the_query(
    notes: Path, retriever: MemcodecRetriever
) -> None:
    append(notes, {"moor.md": "A heron on the moor.\n"})
    birds = Filter(path="birds/*")
    assert set(found(retriever.invoke("heron"))) == {"birds/herons.md", "moor.md"}
    assert found(retriever.invoke("heron", only=birds)) == ["birds/herons.md"]
    assert found(asyncio.run(retriever.ainvoke("heron", only=birds))) == ["birds/herons.md"]
    narrow = MemcodecRetriever(files=notes, only=birds)
    assert found(narrow.invoke("heron")) == ["birds/herons.md"]
    assert found(narrow.invoke("heron", only=Filter(path="moor.md"))) == ["moor.md"]
    assert found((narrow | (lambda documents: documents[:1])).invoke("heron")) == ["birds/herons.md"]
    narrow.close()
    with pytest.raises(ValueError, match="only"):
        MemcodecRetriever(files=notes, only={"path": "birds/*"})  # type: ignore[arg-type]


def test_several_files_are_one_collection(notes: Path, tmp_path: Path) -> None:
    other = create(tmp_path / "other.mp4", {"moor.md": "A heron on the moor.\n"})
    retriever = MemcodecRetriever(files=[notes, other])
    assert {each.metadata["file"] for each in retriever.invoke("heron")} == {str(notes), str(other)}
    with pytest.raises(ConfigError, match="say which"):
        retriever.add_texts(["x"])
    retriever.add_texts(["A tern."], [{"uri": "tern.md"}], file=str(other))
    assert "tern.md" in uris(other)
    retriever.close()


def test_documents_are_added_and_found_at_once(notes: Path, retriever: MemcodecRetriever) -> None:
    ids = retriever.add_documents(
        [
            Document(page_content="An otter.", metadata={"source": "otter.txt", "page": 3, "author": None}),
            Document(page_content="A stoat.", id="stoat"),
        ]
    )
    with memcodec.open(notes) as memory:
        there = {each.id: each for each in memory.documents()}
    assert [there[each].uri for each in ids] == ["otter.txt", "stoat"]
    assert there[ids[0]].tags == {"page": "3"}
    assert found(retriever.invoke("stoat")) == ["stoat"]
    again = retriever.add_texts(["An otter.", "A lynx."], [{"uri": "otter.txt"}, {}], ids=["a", "b"])
    assert again[0] == ids[0]
    assert found(retriever.invoke("lynx")) == ["b"]
    newer = retriever.add_texts(["An otter sleeps."], [{"uri": "otter.txt"}])
    assert [each.metadata["uri"] for each in retriever.invoke("otter")] == ["otter.txt"]
    assert newer != again[:1]


@pytest.mark.parametrize("metadata", [{"x": [1]}, {"tags": "a"}, {"time": "soon"}, {"title": {"a": 1}}])
def test_metadata_that_cannot_be_kept_is_refused(
    metadata: dict[str, Any], notes: Path, retriever: MemcodecRetriever
) -> None:
    before = notes.read_bytes()
    with pytest.raises(SourceError, match="metadata"):
        retriever.add_texts(["x"], [metadata])
    with pytest.raises(ConfigError, match="2 texts and 1 metadatas"):
        retriever.add_texts(["x", "y"], [{}])
    assert notes.read_bytes() == before


def test_it_sees_what_others_write_and_replace(notes: Path, retriever: MemcodecRetriever) -> None:
    append(notes, {"badger.txt": "A badger."})
    assert found(retriever.invoke("badger")) == ["badger.txt"]
    create(notes, {"weir.txt": "A weir."}, force=True)
    assert found(retriever.invoke("weir")) == ["weir.txt"]
    assert retriever.invoke("badger") == []


def test_threads_search_while_the_file_grows(notes: Path, retriever: MemcodecRetriever) -> None:
    words = [f"word{letter}" for letter in "abcdef"]

    def search(number: int) -> bool:
        return found(retriever.invoke("heron")) == ["birds/herons.md"]

    with ThreadPoolExecutor(6) as pool:
        searches = [pool.submit(search, number) for number in range(60)]
        for word in words:
            retriever.add_texts([f"The {word}."], [{"uri": word}])
        assert all(each.result() for each in searches)
    assert [found(retriever.invoke(word)) for word in words] == [[word] for word in words]


@pytest.fixture
def web(tmp_path: Path) -> Any:
    with web_server(tmp_path / "web") as server:
        yield server


def test_a_file_far_away_that_changes(notes: Path, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FAR_AGE", 0.0)
    shutil.copy(notes, web.folder / "notes.mp4")
    retriever = MemcodecRetriever(files=web.url("notes.mp4"))
    assert found(retriever.invoke("heron")) == ["birds/herons.md"]
    append(notes, {"badger.txt": "A badger."})
    (web.folder / "notes.mp4").write_bytes(notes.read_bytes())
    assert found(retriever.invoke("badger")) == ["badger.txt"]
    with pytest.raises(StorageError, match="far away"):
        retriever.add_texts(["x"])
    retriever.close()


def test_errors_come_when_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        MemcodecRetriever(files=tmp_path / "none.mp4")
    (tmp_path / "x.mp4").write_text("nothing")
    with pytest.raises(NotAMemoryFile):
        MemcodecRetriever(files=tmp_path / "x.mp4")
    with pytest.raises(ValueError, match="no memory file"):  # as pydantic wraps a ConfigError
        MemcodecRetriever(files=[])


def test_a_closed_one_says_so(notes: Path) -> None:
    retriever = MemcodecRetriever(files=notes)
    retriever.close()
    with pytest.raises(Closed, match="closed"):
        retriever.invoke("heron")


@pytest.mark.parametrize(
    ("module", "package"), [("langchain", "langchain_core"), ("llamaindex", "llama_index")]
)
def test_without_the_extra_the_pip_line_is_named(module: str, package: str) -> None:
    code = f"""
import sys
sys.modules[{package!r}] = None
from memcodec.errors import MissingExtra
try:
    import memcodec.agents.{module}
except MissingExtra as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith(f"pip install 'memcodec[{module}]'\n")
