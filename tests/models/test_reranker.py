"""Re-ranking by cross-encoders that are made here: one of random weights, one that counts a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from memcodec.errors import ModelError
from memcodec.models.reranker import Reranker, reranker
from tests.search.support import searching, uris, write
from tests.support.needs import needs_library
from tests.support.published import published

pytestmark = pytest.mark.slow

needs_library("sentence_transformers")
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "heron",
    "waits",
    "in",
    "the",
    "reeds",
    "swift",
    "good",
]
DOCUMENTS = {
    "first.txt": "heron heron heron heron waits",
    "second.txt": "heron heron heron in the reeds",
    "third.txt": "heron in the good reeds",
}


def save(folder: Path, labels: int = 1, *, counting: str = "") -> Path:
    """A BERT of one small layer. With ``counting`` its score rises with that word, whatever else there is."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir()
    tokenizer = BertTokenizerFast(vocab={word: number for number, word in enumerate(WORDS)})
    assert tokenizer.tokenize("Heron zebra") == ["heron", "[UNK]"]
    tokenizer.save_pretrained(folder)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=16,
        max_position_embeddings=64,
        num_labels=labels,
    )
    model = BertForSequenceClassification(config)
    if counting:
        _count(model, WORDS.index(counting))
    model.save_pretrained(folder)
    return folder


def _count(model: Any, word: int) -> None:
    """Weights by which the first token's vector is the mean of all tokens', of which one word has a direction."""
    import torch

    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        for name, module in model.named_modules():
            if name.endswith("LayerNorm"):
                module.weight.fill_(1.0)
        embeddings = model.bert.embeddings.word_embeddings.weight
        embeddings[:] = torch.tensor([1.0, -1.0] * 8)
        embeddings[word] = torch.tensor([1.0] * 8 + [-1.0] * 8)
        attention = model.bert.encoder.layer[0].attention
        attention.self.value.weight[:] = torch.eye(16)
        attention.output.dense.weight[:] = 8 * torch.eye(16)
        model.bert.pooler.dense.weight[:] = 0.1 * torch.eye(16)
        model.classifier.weight[0, :8], model.classifier.weight[0, 8:] = 1.0, -1.0


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("models") / "counting", counting="good")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("reranking") / "a.mp4", DOCUMENTS)


def test_the_model_decides_the_order(file: Path, counting: Path) -> None:
    with searching(file) as searcher:
        assert uris(searcher.search("heron")) == ["first.txt", "second.txt", "third.txt"]
        found = searcher.search("heron", rerank=str(counting))
    assert uris(found)[0] == "third.txt"
    assert [hit.rank for hit in found] == [1, 2, 3]
    texts = [hit.text for hit in found]
    assert [hit.score for hit in found] == pytest.approx(Reranker(str(counting)).scores("heron", texts))


def test_what_ranked_low_comes_up(tmp_path: Path, counting: Path) -> None:
    documents = {f"{number}.txt": "heron heron reeds" for number in range(30)} | {
        "z.txt": "heron good good good reeds"
    }
    with searching(write(tmp_path / "low.mp4", documents)) as searcher:
        assert "z.txt" not in uris(searcher.search("heron", 3))
        assert uris(searcher.search("heron", 3, rerank=str(counting)))[0] == "z.txt"


def test_random_weights_give_one_order_each_time(file: Path, tmp_path: Path) -> None:
    folder = str(save(tmp_path / "random"))
    with searching(file) as searcher:
        answers = [searcher.search("heron", rerank=folder) for _ in range(2)]
    assert answers[0] == answers[1] and len(answers[0]) == 3
    assert [hit.score for hit in answers[0]] == sorted((hit.score for hit in answers[0]), reverse=True)
    assert reranker(folder) is reranker(folder)


def test_what_is_no_cross_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="2 scores"):
        Reranker(str(save(tmp_path / "two", labels=2)))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="cannot be loaded") as error:
        Reranker(str(tmp_path / "empty"))
    assert "\n" not in str(error.value)
    # an embedding model: sentence-transformers would give it a random head
    with pytest.raises(ModelError, match="is not a cross-encoder but BertModel"):
        Reranker(str(published()))


def test_a_text_longer_than_the_model_takes_is_cut(counting: Path) -> None:
    scores = Reranker(str(counting)).scores("heron", ["good " + "reeds " * 500, "reeds " * 500 + "good"])
    assert scores[0] > scores[1]


def test_nothing_to_rank(counting: Path) -> None:
    assert Reranker(str(counting)).scores("heron", []) == []
