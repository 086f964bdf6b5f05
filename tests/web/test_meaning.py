"""What a page finds by meaning is what the library finds; and what it loads for that, when, and from where."""

from __future__ import annotations

import html
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import memcodec
from memcodec import Filter
from memcodec.errors import ConfigError, MissingExtra, ModelError, StorageError
from memcodec.index.vectors.rotation import rotated
from memcodec.models import embedding
from memcodec.models.embedding.embedder import Embedder
from memcodec.search.results import Mode
from memcodec.search.semantic import _shuffled
from memcodec.share import meaning
from memcodec.share.page import PageOptions, write_page
from tests.support.chromium import Chromium, Tab
from tests.support.needs import needs, needs_library
from tests.support.servers import WebServer
from tests.web.conftest import DIST, ROOT, visit
from tests.web.meaning import PACKAGE, Asking, OfPage, exact, is_alike, laid, load, runtime

pytestmark = pytest.mark.slow

needs_library("onnxruntime")
VECTORS = int(os.environ.get("MEMCODEC_PAGE_VECTORS", "100"))  # that are compared with the library's
_MODES: tuple[Mode, ...] = ("hybrid", "semantic")
_PAGES = ("QUERIES", "SEARCH", "HOSTING", "SEALED")
_FACTS = {
    "food.md": "Ada is allergic to walnuts and keeps away from peanuts too.",
    "weir.md": "The grey heron stood at the weir until the mist had gone.",
    "bread.md": "Flour, water, salt and time: the dough rests overnight and is baked in the morning.",
    "rent.md": "The landlord raises what we pay for the flat by four percent from March on.",
    "train.md": "Поезд пришёл вовремя, и мы успели на последний автобус до деревни.",
    "tenki.md": "明日の天気は晴れのち曇り、最高気温は二十五度の見込みです。",
}
QUERIES = [
    "nut allergies", "a bird waiting for fish", "how do I encrypt a file so that nobody reads it", "baking a loaf",
    "cost of housing", "commit record", "which words are left out of a query", "byte ranges", "qzxv wvutq plonk",
    "zzkrt", "heron", '"grey heron" water', "path:docs keys that are lost", "bird -heron", "fox OR landlord", "range*",
    "Straße", "東京 rain", "[MASK] of the [SEP]", "since:2020 dough", "the of and", "?!", "path:food.md",
    "résumé of a person", "what happens when the disk is full", "цапля рыба", "вагоны опоздали", "鳥魚草木", "雨が降る",
    " ".join(["a very long question of mine"] * 30),
]  # fmt: skip


def _grown(path: Path, commits: int) -> Path:
    if path.exists():
        return path
    settings = memcodec.Settings.of(model=embedding.DEFAULT, index="now", vectors=4 if commits > 1 else 8)
    with memcodec.create(path, settings=settings) as memory:
        for name in _PAGES:
            memory.add((ROOT / "docs" / f"{name}.md").read_text("utf-8")[:30_000], uri=f"docs/{name}.md")
        for uri, text in _FACTS.items():
            memory.add(text, uri=uri)
    for number in range(1, commits):
        with memcodec.open(path, settings=settings) as memory:
            memory.add(f"Day {number}: the heron caught {number} fish, and we had bread.", uri="diary.md")
            memory.add(f"Note {number} is about boats of {number} oars.", uri=f"notes/{number}.md")
            if number == 2:
                memory.forget(Filter(path="docs/SEALED.md"))
                memory.forget(Filter(path="weir.md"))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("meant")


@pytest.fixture(scope="module")
def memory(folder: Path) -> Path:
    return _grown(folder / "notes.mp4", 1)


@pytest.fixture(scope="module")
def page(site: WebServer, memory: Path, embedder: Embedder) -> str:
    """The address of a page of that memory, which no test changes."""
    return laid(site, memory, "meant")


@pytest.fixture(scope="module", autouse=True)
def embedder() -> Iterator[Embedder]:
    with exact() as made:
        yield made


def _compare(asking: Asking, path: Path, queries: list[str], as_of: int | None = None) -> int:
    """How many answers found something, of two each query. The library ranks by the vectors that the page makes."""
    asking.state(as_of)
    found = same = 0
    with pytest.MonkeyPatch.context() as patch, memcodec.open(path, as_of=as_of) as opened:
        model = OfPage(asking.tab, embedding.load())
        patch.setattr(embedding, "load_exact", lambda name: model)
        for query in queries:
            for mode in _MODES:
                wanted = [(hit.chunk, hit.score) for hit in opened.search(query, 10, mode=mode)]
                same += is_alike(asking.search(query, mode), wanted)
                found += bool(wanted)
    assert same >= 0.95 * 2 * len(queries)  # but for those whose scores are as good as equal
    return found


def test_a_page_finds_by_meaning_what_the_library_finds(browser: Chromium, page: str, memory: Path) -> None:
    asking = Asking(browser, page)
    assert _compare(asking, memory, QUERIES) > 1.3 * len(QUERIES)
    assert asking.tab.complaints == []


@pytest.mark.parametrize("name", ["many.mp4", "many.flac"])
def test_of_several_commits_each_state_is_found_as_it_was(
    name: str, browser: Chromium, site: WebServer, folder: Path
) -> None:
    """Some of their documents were replaced, and some forgotten."""
    path = _grown(folder / name, 5)
    asking = Asking(browser, laid(site, path, name))
    assert _compare(asking, path, QUERIES) > 1.3 * len(QUERIES)
    with memcodec.open(path) as opened:
        numbers = [commit.number for commit in opened.log()]
    for number in (numbers[-1], numbers[len(numbers) // 2]):
        assert _compare(asking, path, QUERIES[:6], as_of=number) >= 10
    assert asking.tab.complaints == []


def test_the_model_gives_the_vectors_that_it_gives_the_library(
    browser: Chromium, page: str, embedder: Embedder
) -> None:
    """Four of five to the last bits. For the others a sum of 32 bits, which ran in another order, was rounded to the
    other side; how far that leads, the cosines between vectors of 8 and of 32 bits tell: they are 0.977 at least.
    """
    chance, words = random.Random(5), (ROOT / "docs" / "CLI.md").read_text("utf-8").split()
    starts = [chance.randrange(len(words) - 12) for _ in range(VECTORS)]
    texts = [" ".join(words[at : at + chance.randint(1, 12)]) for at in starts]
    made = OfPage(Asking(browser, page).tab, embedder).embed(texts)
    apart = np.abs(1 - np.sum(made * embedder.embed(texts), axis=1))
    assert (np.median(apart) < 1e-5, np.mean(apart < 1e-3) > 0.7, apart.max() < 0.023) == (
        True,
        True,
        True,
    ), apart


def test_vectors_in_lists_are_searched_as_the_library_does(
    browser: Chromium, site: WebServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many lists some; fewer admitted chunks have more of them looked at."""
    monkeypatch.setattr("memcodec.index.vectors.segment.FLAT", 10_000)
    monkeypatch.setattr("memcodec.index.vectors.partition.BUDGET", 12_000)
    monkeypatch.setattr("memcodec.index.vectors.partition._GROWTH", 1)
    path, chance = folder / "lists.mp4", random.Random(3)
    words = (ROOT / "docs" / "CLI.md").read_text("utf-8").split()
    settings = memcodec.Settings.of(model=embedding.DEFAULT, index="now", vectors=2, chunk_size=200)
    with memcodec.create(path, settings=settings) as made:
        for number in range(300):
            at = chance.randrange(len(words) - 30)
            made.add(" ".join(words[at : at + 20]), uri=f"{number % 7}/{number}.md")
        for uri, text in _FACTS.items():
            made.add(text, uri=uri)
    with memcodec.open(path) as opened:
        (vectors,) = [each.segment().meta for run in opened.reader.indexes for each in run.vectors]
    assert vectors.layout == "ivf" and vectors.scan < vectors.count / 2
    asking = Asking(browser, laid(site, path, "lists"))
    queries = [
        "nut allergies",
        "path:* where does it print",
        "a bird waiting",
        "path:3/* what to write",
        "path:food.md nuts",
    ]
    assert _compare(asking, path, queries) >= 8


def test_small_texts_of_the_journal_have_their_meaning(
    browser: Chromium, site: WebServer, folder: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memcodec.file.journal.limits.SMALL", 64 << 10)
    path = Path(shutil.copy(memory, folder / "waiting.mp4"))
    with memcodec.open(path) as opened:
        for number, text in enumerate(("He paints boats in oil.", "A cellist plays in the yard.")):
            opened.add(text, uri=f"new/{number}.md")
            opened.commit()
        assert opened.info().parts["journal"]
    asking = Asking(browser, laid(site, path, "waiting"))
    queries = ["path:* an artist and his pictures", "path:* music outside", "nut allergies", "wvutq zzkrt"]
    assert _compare(asking, path, queries) >= 6
    with memcodec.open(path) as opened:
        for query, uri in zip(queries[:2], ("new/0.md", "new/1.md"), strict=True):
            (best, *_) = asking.search(query, "semantic")
            assert opened.get(best[0]).document.uri == uri


# What is loaded


def test_nothing_is_loaded_before_the_button_that_says_how_much(
    browser: Chromium, site: WebServer, page: str, memory: Path
) -> None:
    tab = browser.tab()
    site.forget()
    visit(tab, f"{page}?q=nut+allergies")
    tab.until("document.getElementById('status').textContent && !document.body.hasAttribute('aria-busy')")
    tab.until("!!document.querySelector('.meaning button')")
    text = tab.run("document.querySelector('.meaning button').textContent")
    before = {each["uri"].split("?")[0].rpartition("/")[2] for each in site.requests()}
    assert before - {"favicon.ico"} == {"index.html", "memcodec.js.gz", "notes.mp4"}
    site.forget()
    load(tab)
    with memcodec.open(memory) as opened:
        wanted = [hit.document.uri for hit in opened.search("nut allergies", 10)]
    # What is shown is ranked by both now.
    tab.until(f"document.querySelector('.hits .uri')?.textContent == {wanted[0]!r}")
    loaded = {each["uri"].rpartition("/")[2]: each["body"] for each in site.requests() if not each["range"]}
    config = json.loads(tab.run("document.documentElement.dataset.meaning"))
    parts = [config[each] for each in ("worker", "runtime", "weights", "vocabulary")]
    assert {each["url"].removesuffix(".gz") + ".gz": each["size"] for each in parts} == loaded
    size = sum(loaded.values())
    assert 15e6 < size < 30e6 and f"{size / 1e6:.1f} MB" in text
    tab.run("by = document.getElementById('by'); by.value = 'lexical'; by.dispatchEvent(new Event('change'))")
    with memcodec.open(memory) as opened:
        by_words = [hit.document.uri for hit in opened.search("nut allergies", 10, mode="lexical")]
    tab.until(
        "!document.body.hasAttribute('aria-busy') && "
        f"[...document.querySelectorAll('.hits .uri')].map(each => each.textContent).join() == {','.join(by_words)!r}"
    )
    assert tab.complaints == []


def test_the_policy_holds_in_the_worker_and_lets_in_nothing_more(
    browser: Chromium, site: WebServer, page: str, memory: Path, tmp_path: Path
) -> None:
    write_page(str(memory), str(tmp_path / "plain"))
    with_it, without = (
        html.unescape((each / "index.html").read_text("utf-8"))
        for each in (site.folder / "meant", tmp_path / "plain")
    )
    assert "worker-src blob:;" in with_it and "connect-src 'self';" in with_it
    assert "worker-src" not in without and "data-meaning" not in without
    names = {each.name for each in (tmp_path / "plain").iterdir()}
    assert not [each for each in names if "embedder" in each or "onnx" in each or "ort-" in each]
    assert b"memcodecMeaning" not in (tmp_path / "plain" / "memcodec.js").read_bytes()
    tab = browser.tab()
    visit(tab, page)
    tried = (
        'new Promise(done => { const worker = new Worker(URL.createObjectURL(new Blob(["addEventListener('
        "'securitypolicyviolation', event => postMessage(event.effectiveDirective));"
        " fetch('http://127.0.0.1:9/').then(() => postMessage('sent'), () => {});\"])));"
        " worker.onmessage = event => done(event.data); })"
    )
    assert tab.run(tried) == "connect-src"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("model.onnx.gz", "model.onnx.gz is damaged"),
        (f"{meaning.WASM}.gz", f"{meaning.WASM}.gz cannot be fetched: the server answers 404"),
        ("embedder.js", "embedder.js is damaged"),
    ],
)
def test_what_is_missing_or_changed_is_told(
    name: str, said: str, browser: Chromium, site: WebServer, page: str
) -> None:
    shutil.rmtree(site.folder / "changed", ignore_errors=True)
    shutil.copytree(site.folder / "meant", site.folder / "changed")
    path = site.folder / "changed" / name
    if "404" in said:
        path.unlink()
    elif name == "embedder.js":
        path.with_name("embedder.js.gz").unlink()
        path.write_bytes(path.read_bytes() + b"\nglobalThis.hurt = 1;")
    else:
        path.write_bytes(path.read_bytes()[:-5000])
    tab = browser.tab()
    visit(tab, f"{site.url('changed/index.html')}?q=heron")
    tab.until("!!document.querySelector('.meaning button')")
    tab.run("document.querySelector('.meaning button').click()")
    tab.until("!!document.querySelector('.meaning .error')")
    assert said in tab.run("document.querySelector('.meaning .error').textContent")
    assert not tab.run("document.querySelector('.meaning button').disabled")
    tab.until("document.querySelectorAll('.hits li').length")  # words are searched as ever


def test_a_state_without_vectors_and_another_model_are_told(
    browser: Chromium, site: WebServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "bare.mp4"
    with memcodec.create(path, model="none") as made:
        made.add(_FACTS["food.md"], uri="food.md")
    with memcodec.open(path) as opened:
        opened.index_background(model=embedding.DEFAULT).wait()
    url = laid(site, path, "bare")
    tab = browser.tab()
    visit(tab, f"{url}?q=allergic&at=1")
    load(tab)
    tab.until("document.querySelector('.meaning').textContent.includes('no vectors')")
    assert tab.run("document.querySelectorAll('.hits li').length") == 1  # by words
    tab.run(
        "by = document.getElementById('by'); by.value = 'semantic'; by.dispatchEvent(new Event('change'))"
    )
    tab.until("document.getElementById('status').className.includes('error')")
    assert "no vectors" in tab.run("document.getElementById('status').textContent")
    other = browser.tab()
    page = site.folder / "bare" / "index.html"
    page.write_text(page.read_text("utf-8").replace(embedding.source.default_identity(), "other@0123"))
    visit(other, f"{url}?q=allergic")
    load(other)
    other.until("document.querySelector('.meaning').textContent.includes('this page brings other@0123')")
    other.until("document.querySelectorAll('.hits li').length")


# What makes it


def test_what_cannot_be_made_is_told(memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(meaning.VARIABLE, raising=False)
    out = str(tmp_path / "out")

    def made(path: Path = memory, **options: object) -> None:
        write_page(str(path), out, PageOptions(semantic=True, **options))  # type: ignore[arg-type]

    with pytest.raises(ConfigError, match=r"npm pack onnxruntime-web@1\.30\.0.*MEMCODEC_ORT_WEB"):
        made()
    with pytest.raises(ConfigError, match="no model to search by meaning"):
        made(single=True)
    with pytest.raises(StorageError, match="cannot read"):
        made(runtime=str(tmp_path / "none.tgz"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=r"has no ort-wasm"):
        made(runtime=str(tmp_path / "empty"))
    (tmp_path / meaning.WASM).write_bytes(b"\0asm")
    with pytest.raises(ConfigError, match=r"is not that of onnxruntime-web 1\.30\.0"):
        made(runtime=str(tmp_path))
    (tmp_path / "text.tgz").write_bytes(b"no package")
    with pytest.raises(StorageError, match="it is no npm package"):
        made(runtime=str(tmp_path / "text.tgz"))
    bare = tmp_path / "bare.mp4"
    with memcodec.create(bare, model="none") as one:
        one.add("A heron.", uri="heron.md")
    with pytest.raises(ModelError, match=r"no vectors in the file.*`index_background\(\)`"):
        made(bare, runtime=runtime())
    with pytest.raises(ModelError, match="can be carried along"):
        embedding.portable("other@0123456789ab")
    monkeypatch.setattr(embedding, "_lacking", lambda packages: ["onnxruntime"])
    monkeypatch.undo()
    assert not (tmp_path / "out").exists()


def test_the_package_may_be_packed(memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As npm brings it; named by the environment."""
    needs("tar")
    (tmp_path / "package" / "dist").mkdir(parents=True)
    shutil.copy(Path(runtime()) / "dist" / meaning.WASM, tmp_path / "package" / "dist")
    packed = tmp_path / "onnxruntime-web-1.30.0.tgz"
    subprocess.run(["tar", "czf", packed, "-C", tmp_path, "package"], check=True)
    monkeypatch.setenv(meaning.VARIABLE, str(packed))
    report = write_page(str(memory), str(tmp_path / "out"), PageOptions(copy=True, semantic=True))
    names = {path.name for path, _ in report.files}
    assert {"embedder.js", "embedder.js.gz", "embedder.txt", "model.onnx.gz", "vocabulary.txt.gz"} < names
    check = ["sha256sum", "-c", "--quiet", "sha256sums"]
    subprocess.run(check, cwd=tmp_path / "out", check=True)


def test_the_runtime_is_of_one_version() -> None:
    """The script in the wheel, and the WebAssembly that it asks for."""
    package = json.loads((DIST.parent / "package.json").read_text())
    assert package["devDependencies"][meaning.PACKAGE] == meaning.VERSION
    assert f'"{meaning.VERSION}"' in (DIST / "embedder.js").read_text("utf-8")
    from memcodec.cli.commands.page import page_command

    (option,) = [each for each in page_command.params if each.name == "runtime"]
    assert f"{meaning.PACKAGE} {meaning.VERSION}" in option.help  # type: ignore[attr-defined]


# Its parts


@pytest.fixture(scope="module")
def parts(browser: Chromium, site: WebServer, tmp_path_factory: pytest.TempPathFactory) -> Tab:
    """A page that has parts of the scripts as ``parts``."""
    needs("node")
    runtime()
    lines = [
        "export * from './src/meaning/wordpiece.ts'; export * from './src/meaning/chance.ts';",
        "export * from './src/meaning/coder.ts'; export { use } from './src/conditions/tools.ts';",
        "export * from './src/query.ts'; export * from './src/bytes.ts';",
    ]
    made = site.folder / "parts.js"
    command = [
        PACKAGE.parent / ".bin" / "esbuild",
        "--bundle",
        "--format=iife",
        "--global-name=parts",
        f"--outfile={made}",
    ]
    subprocess.run(command, input="".join(lines).encode(), cwd=DIST.parent, check=True, capture_output=True)
    shutil.copy(embedding.source.VOCABULARY, site.folder / "vocabulary.txt")
    (site.folder / "parts.html").write_text(
        "<!doctype html><meta charset=utf-8><script src=parts.js></script>"
    )
    tab = browser.tab()
    tab.go(site.url("parts.html"))
    tab.run(
        "parts.use(parts), fetch('vocabulary.txt').then(answer => answer.text())"
        ".then(text => { window.pieces = new parts.WordPieces(text, 88); })"
    )
    return tab


def test_texts_are_cut_into_the_same_tokens(parts: Tab, embedder: Embedder) -> None:
    chance = random.Random(8)
    docs = "".join(path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md")))
    texts = [
        docs[at : at + size]
        for at, size in ((chance.randrange(len(docs)), chance.randrange(900)) for _ in range(300))
    ]
    texts += [
        "",
        " ",
        "a" * 100,
        "a" * 101,
        "[CLS] [sep] [SEP]x[MASK]",
        "ΣΊΣΥΦΟΣ İstanbul ﬁn ½ é e\u0301",
        "\ud800x",
        "!" * 200,
    ]
    kinds = range(0x250), range(0xD800), range(0x20000, 0x2FA20)
    some = ["".join(chr(chance.choice(chance.choice(kinds))) for _ in range(20)) for _ in range(300)]
    texts += some
    made = parts.run(f"{json.dumps(texts)}.map(text => pieces.tokens(text))")
    wanted = [each.tolist() for each in embedder._tokens(texts)]
    assert [text for text, one, other in zip(texts, made, wanted, strict=True) if one != other] == []


def test_every_character_is_taken_as_the_tokenizer_takes_it(parts: Tab, embedder: Embedder) -> None:
    """Between letters: whether it parts them, is left out, loses an accent, is unknown."""
    codes = [code for code in range(0x30000) if not 0xD800 <= code < 0xE000]
    made = parts.run(
        "(codes => codes.map(code => pieces.tokens(`a${String.fromCodePoint(code)}b`).join()))"
        "(Array.from({ length: 0x30000 }, (_, i) => i).filter(code => code < 0xd800 || code >= 0xe000))"
    )
    wanted = [
        ",".join(map(str, each.tolist())) for each in embedder._tokens([f"a{chr(code)}b" for code in codes])
    ]
    wrong = [hex(code) for code, one, other in zip(codes, made, wanted, strict=True) if one != other]
    assert not wrong, (len(wrong), wrong[:50])


@pytest.mark.parametrize("text", ["heron", "zz kr\u00a0t", "東京 🦊 fox", "a", "", "x y " * 300])
def test_letters_are_mixed_as_python_mixes_them(text: str, parts: Tab) -> None:
    chance = random.Random(text)
    wanted = {_shuffled(text, chance) for _ in range(24)} - {text}
    assert set(parts.run(f"parts.scrambles({json.dumps(text)}, 24)")) == wanted


def test_vectors_are_turned_as_the_library_turns_them(parts: Tab) -> None:
    vector = np.random.default_rng(2).normal(size=384).astype(np.float32)
    made = parts.run(f"Array.from(parts.turned(Float32Array.from({vector.tolist()})))")
    assert np.abs(np.array(made) - rotated(vector)).max() < 1e-6


@pytest.mark.parametrize("bits", [8, 4, 2, 1])
def test_rows_are_what_the_library_reads(bits: int, parts: Tab) -> None:
    from memcodec.index.vectors.coder import Coder

    coder, chance = Coder(384, bits), np.random.default_rng(bits)
    vectors = chance.normal(size=(20, 384)).astype(np.float32)
    codes, query = coder.encode(vectors / np.linalg.norm(vectors, axis=1, keepdims=True)), vectors[0]
    made = parts.run(
        f"(coder => Array.from(coder.products(coder.read(Uint8Array.from({codes.ravel().tolist()})),"
        f" Float64Array.from({query.tolist()}))))(new parts.Coder(384, {bits}))"
    )
    assert np.abs(np.array(made) - coder.decode(codes) @ query).max() < 1e-4


def test_without_the_extra_it_says_so(memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "load_exact", lambda model: embedding._require_to_run())
    monkeypatch.setattr(embedding, "_lacking", lambda packages: ["onnxruntime"])
    with pytest.raises(MissingExtra, match=r"memcodec\[semantic\]"):
        write_page(str(memory), str(tmp_path / "out"), PageOptions(semantic=True, runtime=runtime()))


def test_the_tables_of_characters_are_those_of_the_package() -> None:
    made = subprocess.run(
        [sys.executable, "-c", "import characters; print(characters.text(), end='')"],
        cwd=DIST.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    assert made.stdout == (DIST.parent / "src" / "meaning" / "characters.ts").read_text("utf-8")
