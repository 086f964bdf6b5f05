"""The page that manages memories, in Chromium: made, filled, edited, forgotten from, rolled back, compared."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import memcodec
from tests.insight.conftest import documents
from tests.service.conftest import Service, made, put, served, tokens
from tests.support.chromium import Chromium, Tab, chromium

HOSTILE = "<img src=x onerror=\"globalThis.hurt='yes'\">"
#: every field and button has a name, every name stands once
UNNAMED = """[...document.querySelectorAll('input, select, textarea, button, meter, progress')].filter(each =>
  !each.labels?.length && !each.getAttribute('aria-label') && !(each.matches('button') && each.textContent.trim()))
  .map(each => each.outerHTML).join('\\n')"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as one:
        yield one


class Page:
    """What somebody does who sees the page."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    def go(self, url: str, has: str = "main h2, main p") -> None:
        self.tab.go("about:blank")  # another # alone loads nothing
        self.tab.go(url)
        self.until(has)

    def until(self, selector: str) -> None:
        self.tab.until(
            f"!document.body.hasAttribute('aria-busy') && !!document.querySelector({json.dumps(selector)})"
        )

    def fill(self, label: str, text: str) -> None:
        self.tab.run(
            f"""(() => {{ const label = [...document.querySelectorAll('label')].find(
                each => each.textContent === {json.dumps(label)});
                const field = document.getElementById(label.htmlFor); field.focus();
                field.value = {json.dumps(text)};
                for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {{ bubbles: true }}));
            }})()"""
        )

    def press(self, text: str) -> None:
        """A button or a link, by what it says."""
        self.tab.run(
            f"""(() => {{ const found = [...document.querySelectorAll('button, a, summary')].find(each =>
                (each.getAttribute('aria-label') ?? each.textContent) === {json.dumps(text)});
                if (!found) throw new Error('there is no ' + {json.dumps(text)} + ': ' + document.body.innerText);
                found.click(); }})()"""
        )

    def said(self, text: str) -> None:
        """Waits until the page says so."""
        self.tab.until(f"document.getElementById('status')?.textContent.includes({json.dumps(text)})")

    def text(self, selector: str = "main") -> str:
        found: str = self.tab.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")
        return found

    def value(self, label: str) -> str:
        found: str = self.tab.run(
            f"""document.getElementById([...document.querySelectorAll('label')].find(
                each => each.textContent === {json.dumps(label)}).htmlFor).value"""
        )
        return found

    def drop(self, files: dict[str, str]) -> None:
        """Files, dropped where they may be."""
        self.tab.run(
            f"""(() => {{ const data = new DataTransfer();
                for (const [name, text] of Object.entries({json.dumps(files)})) data.items.add(new File([text], name));
                document.querySelector('.drop').dispatchEvent(
                    new DragEvent('drop', {{ dataTransfer: data, bubbles: true, cancelable: true }})); }})()"""
        )

    def check(self) -> None:
        """Nothing was refused by the policy, nothing lacks a name."""
        assert [each for each in self.tab.complaints if "Failed to load resource" not in each] == []
        assert self.tab.run(UNNAMED) == ""
        assert self.tab.run("globalThis.hurt === undefined")


@pytest.fixture
def page(browser: Chromium) -> Page:
    return Page(browser.tab())


def test_a_memory_is_made(page: Page, tmp_path: Path) -> None:
    with served(tmp_path, "--write") as service:
        page.go(f"{service.url}/manage")
        assert "No memory is served yet" in page.text()
        page.press("Make the first one")
        page.until("form.stack")
        page.check()
        page.fill("Name", "field notes")
        page.fill("Title of its first document", "Otters / by night")
        page.fill("Text", "The otter swims by night.\n")
        page.press("Make it")
        page.said("field notes.mp4 is made.")
        assert page.text(".documents a") == "Otters / by night"
        assert page.tab.run("document.querySelector('#file').value") == "field notes.mp4"
        page.press("New memory")
        page.until("form.stack")
        for label, text in (("Name", "field notes"), ("Title of its first document", "x"), ("Text", "x")):
            page.fill(label, text)
        page.press("Make it")
        page.said("field notes.mp4: is there already; choose another name")
        page.go(f"{service.url}/manage#file=none.mp4&view=state", ".bytes")
    with memcodec.open(tmp_path / "field notes.mp4") as memory:
        assert memory.read("Otters-by-night.md") == "The otter swims by night.\n"


def test_a_document_is_added_edited_tagged_forgotten_and_brought_back(
    page: Page, writing: Service, tmp_path: Path
) -> None:
    page.go(f"{writing.url}/manage")
    page.press("Add")
    page.until("form.stack")
    page.check()
    for label, text in (("Title", "Otters"), ("Text", "An otter.\nTwo otters.\n"), ("Name", "otters.md")):
        page.fill(label, text)
    page.press("Add it")
    page.said("Added, as commit 2.")
    assert page.value("Text") == "An otter.\nTwo otters.\n"
    page.fill("Text", "An otter.\nThree otters.\n")
    page.press("Save")
    page.said("Saved, as commit 3.")
    page.fill("Tags", "kind=mammal\nplace=pond")
    page.fill("Title", "Otters of the pond")
    page.press("Save title and tags")
    page.said("Saved, as commit 4.")
    assert page.value("Tags") == "kind=mammal\nplace=pond"
    page.check()
    page.fill("Tags", "no tag")
    page.press("Save title and tags")
    page.said("“no tag” is no tag: write key=value")
    page.fill("Tags", "place=pond")
    page.press("Save title and tags")
    page.said("Saved, as commit 5.")

    page.press("Forget this document")
    page.tab.until("document.querySelector('dialog').open")
    assert page.tab.run("document.activeElement.textContent") == "Cancel"
    page.press("Cancel")
    page.tab.until("!document.querySelector('dialog').open")
    page.press("Forget this document")
    page.press("Forget it")
    page.said("Otters of the pond is forgotten, as commit 6.")
    assert "otters.md" not in page.text()
    with memcodec.open(tmp_path / "birds.mp4") as memory:
        assert "otters.md" not in memory

    page.press("History")
    page.until("table")
    page.check()
    assert page.text("tbody tr").split("\t")[0] == "6"
    page.press("Roll back to commit 5")
    page.press("Roll back")
    page.said("Commit 5 is back, as commit 7.")
    with memcodec.open(tmp_path / "birds.mp4") as memory:
        assert memory.read("otters.md") == "An otter.\nThree otters.\n"
        assert dict(memory.document("otters.md").tags) == {"place": "pond"}
    page.fill("Compare", "2")
    page.fill("with", "3")
    page.press("Compare")
    page.until(".compare + section ul")
    assert "From commit 2 to commit 3: 1 changed" in page.text(".compare + section")
    page.press("Show the lines")
    page.until(".lines")
    lines = page.tab.run("document.querySelector('.lines').textContent").split("\n")
    assert lines[:3] == ["  An otter.", "gone: - Two otters.", "new: + Three otters."]
    page.check()


def test_the_lines_that_differ_are_those(page: Page, writing: Service) -> None:
    """Of texts in which all lines stand near one that changed: put together they are the texts again."""
    chance = random.Random(3)

    def text(middle: str) -> str:
        lines = [*chance.choices("abc", k=2), middle, *chance.choices("abc", k=3)]
        return "".join(f"{line}\n" for line in lines)

    pairs = {f"{number:02}.txt": (text("before"), text("after")) for number in range(12)}
    with writing.client() as client:
        for at in (0, 1):
            some = [{"text": pair[at], "uri": uri, "title": uri} for uri, pair in pairs.items()]
            assert client.post("/v1/documents", json={"documents": some}).status_code == 200
    page.go(f"{writing.url}/manage#view=history&from=2&to=3", ".compare + section ul")
    page.tab.run("for (const each of document.querySelectorAll('li button')) each.click()")
    page.tab.until(f"document.querySelectorAll('.lines').length === {len(pairs)}")
    shown: dict[str, list[str]] = page.tab.run(
        """Object.fromEntries([...document.querySelectorAll('li:has(.lines)')].map(each => [
            each.textContent.slice(0, 6),
            [...each.querySelectorAll('.lines > span')].map(line => [...line.childNodes].slice(-2)
                .map(node => node.textContent).join(''))]))"""
    )
    for uri, (before, after) in pairs.items():
        lines = shown[uri]
        assert "".join(each[2:] for each in lines if each[0] in " -") == before
        assert "".join(each[2:] for each in lines if each[0] in " +") == after


def test_files_are_dropped_and_chosen(page: Page, tmp_path: Path) -> None:
    path = made(tmp_path / "birds.mp4", 1)
    (tmp_path / "chosen.txt").write_text("The chosen one.\n")
    with served(path, "--write", "--limit", "20KB") as service:
        page.go(f"{service.url}/manage#view=add", ".drop")
        page.press("Where they go, and tags")
        page.fill("Before their names", "in/")
        page.fill("Tags", "from=me")
        page.drop(
            {
                "a.md": "# One\n\nA text.",
                "big.txt": "x" * 30_000,
                "broken.pdf": "%PDF-1.7 nothing",
                f"{HOSTILE}.md": HOSTILE,
            }
        )
        found = page.tab.send("Runtime.evaluate", expression="document.querySelector('#files')")["result"][
            "objectId"
        ]
        page.tab.send("DOM.setFileInputFiles", files=[str(tmp_path / "chosen.txt")], objectId=found)
        page.tab.until("document.querySelectorAll('.uploads .intact, .uploads .error').length === 5")
        told: list[str] = page.tab.run(
            "[...document.querySelectorAll('.uploads .told')].map(each => each.textContent)"
        )
        assert told[0] == told[3] == told[4] == "1 document added"
        assert told[1] == "has 30 kB, and the service takes 20 kB at most"
        assert told[2].startswith("in/broken.pdf: ")
        page.check()
        page.drop({"a.md": "# One\n\nA text."})
        page.tab.until("document.querySelectorAll('.uploads .intact').length === 4")
        assert "there already" in page.text(".uploads li:last-child")
    with memcodec.open(path) as memory:
        assert memory.read("in/chosen.txt") == "The chosen one.\n"
        assert memory.document("in/a.md").tags == {"from": "me"}
        assert "in/big.txt" not in memory


def test_who_may_read_sees_and_changes_nothing(page: Page, tmp_path: Path) -> None:
    path, file = made(tmp_path / "birds.mp4", 1), tmp_path / "tokens.json"
    had = tokens(file, "read", "write")
    with served(tmp_path, "--write", "--tokens", file) as service:
        before = path.read_bytes()

        def sign_in(role: str) -> None:
            page.tab.go(f"{service.url}/login")
            page.tab.run(
                f"document.querySelector('#token').value = '{had[role]}'; document.forms[0].submit()"
            )
            page.tab.until("document.querySelector('#q') !== null")

        sign_in("read")
        page.go(f"{service.url}/manage", ".documents")
        assert "You may read; changing takes a token for writing." in page.text("header")
        assert "New memory" not in page.text("header") and "Add" not in page.text("nav[aria-label=Views]")
        page.press("Herons")
        page.until(".body")
        assert "The grey heron nests in April" in page.text(".body")
        for view in ("add", "history", "state", "new"):
            page.go(f"{service.url}/manage#view={view}")
            assert page.tab.run("document.querySelectorAll('main textarea, main .grave').length") == 0
            assert "Roll back" not in page.text() and "Index by meaning" not in page.text()
        page.check()
        answer = page.tab.run(
            'fetch(\'v1/tag\', {method: \'POST\', body: \'{"path": ["*"], "tags": {"a": "b"}}\', '
            "headers: {'Content-Type': 'application/json'}}).then(answer => answer.status)"
        )
        assert answer == 403
        assert path.read_bytes() == before
        sign_in("write")
        page.go(f"{service.url}/manage#view=history", "table")
        assert "Roll back" not in page.text() and "Add" in page.text("nav[aria-label=Views]")


def test_what_others_write_is_told_and_loses_nothing(page: Page, writing: Service) -> None:
    page.go(f"{writing.url}/manage", ".documents")
    page.press("Herons")
    page.until("textarea")
    page.fill("Text", "What I typed.")
    with writing.client() as client:
        put(client, "What they wrote.", "birds/herons.md")
        page.said("Commit 2 has just been made.")
        page.press("Save")
        page.said("Somebody has changed it meanwhile.")
        assert page.value("Text") == "What I typed."
        page.press("← All documents")
        page.until(".documents")
        page.press("What they wrote.")
        page.until("textarea")
        assert page.value("Text") == "What they wrote."
        assert page.value("Your text, not saved: the document is another by now") == "What I typed."
        assert client.get("/v1/documents/birds/herons.md").json()["text"] == "What they wrote."


def test_names_texts_and_tags_put_no_markup_in(page: Page, writing: Service) -> None:
    with writing.client() as client:
        for number, text in enumerate(
            (f"# {HOSTILE}\n\n{HOSTILE}", f"{HOSTILE}\n</textarea><script>1</script>")
        ):
            answer = put(client, text, f"{HOSTILE}{number}.md")
            assert answer.status_code == 200
        client.post("/v1/tag", json={"path": ["*"], "tags": {HOSTILE: HOSTILE}, "title": HOSTILE})
        put(client, f"other {HOSTILE}", f"{HOSTILE}1.md")
    for view in ("documents", "history&from=1&to=5", "insight", "state"):
        page.go(f"{writing.url}/manage#view={view}", "main h2")
        assert page.tab.run("document.querySelectorAll('main img, main script').length") == 0
    page.go(f"{writing.url}/manage#view=history&from=3&to=5", ".compare + section ul")
    assert HOSTILE in page.text()
    page.press("Show the lines")
    page.until(".lines")
    page.go(f"{writing.url}/manage", ".documents")
    page.tab.run("[...document.querySelectorAll('.documents a')].at(-1).click()")
    page.until("textarea")
    assert HOSTILE in page.value("Text") + page.value("Title")
    assert page.tab.run("document.querySelectorAll('main img, script:not([src])').length") == 0
    page.check()


def test_where_bytes_went_and_what_it_says(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "birds.mp4"
    with memcodec.create(path, model="none") as memory:
        for uri, text in documents(60):
            memory.add(text, uri=uri)
    with served(path, "--write", "--rate", 0) as service:
        page.go(f"{service.url}/manage#view=state", ".bytes")
        with memcodec.open(path) as memory:
            info = memory.info()
        assert (
            page.tab.run(
                "[...document.querySelectorAll('meter')].map(each => Number(each.getAttribute('value')))"
                ".reduce((sum, each) => sum + each)"
            )
            == sum(info.parts.values())
            == info.size
        )
        page.check()
        page.press("Insight")
        page.until(".ask")
        page.press("Show the topics")
        page.until("tbody tr")
        page.press("By commit")
        page.tab.until("document.body.innerText.includes('Nothing changed beyond chance, over 1 commit.')")
        page.fill("What it is to be about", "heron")
        page.press("Put together")
        page.until(".said li a")
        page.check()
        cited = page.text(".said li .place a").rsplit(":", 1)[0]
        page.tab.run("document.querySelector('.said li .place a').click()")
        page.tab.until(f"document.querySelector('main p.place')?.textContent.startsWith({json.dumps(cited)})")
        for name, selector in (("graph", "svg.graph circle"), ("dashboard", "svg")):
            page.tab.go(f"{service.url}/insight/{name}?file=birds.mp4")
            page.tab.until(f"!!document.querySelector('{selector}')")
            asked: Any = page.tab.run(
                f"fetch('{service.url}/v1/files').then(answer => answer.status, () => 'refused')"
            )
            assert (page.tab.run("self.origin"), asked) == ("null", "refused")


def test_notes_are_a_link_away_where_they_are_edited_together(page: Page, tmp_path: Path) -> None:
    path = made(tmp_path / "birds.mp4", 1)
    with served(path, "--write", "--live") as service:
        page.go(f"{service.url}/manage", ".documents")
        page.press("Herons")
        page.until("textarea")
        page.press("Edit it together")
        page.tab.until(
            "location.pathname === '/notes/' && document.body?.innerText.includes('birds/herons.md')"
        )


def test_all_of_it_is_reached_by_keys_dark_and_on_a_phone(page: Page, writing: Service) -> None:
    tab = page.tab
    tab.size(390, 800, mobile=True)
    tab.dark(on=True)
    page.go(f"{writing.url}/manage", ".documents")
    reached = set[str]()
    for _ in range(30):
        for kind in ("rawKeyDown", "keyUp"):
            tab.send("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        reached.add(tab.run("document.activeElement.textContent || document.activeElement.id"))
    assert {"Search", "Download", "Documents", "Add", "History", "Insight", "Herons", "names"} <= reached
    for view in ("documents", "add", "history", "insight", "state"):
        page.go(f"{writing.url}/manage#view={view}", "main h2")
        assert tab.run("document.documentElement.scrollWidth") <= 390, view
        light, dark = tab.run(
            "[getComputedStyle(document.body).color, getComputedStyle(document.documentElement).backgroundColor]"
            ".map(each => each.match(/\\d+/g).reduce((sum, one) => sum + Number(one), 0))"
        )
        assert light > 500 > 200 > dark


def test_the_frame_of_the_page_lets_no_other_script_in(writing: Service) -> None:
    with writing.client() as client:
        answer = client.get("/manage")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy and "unsafe" not in policy
        script = client.get("/own/manage.js")
        assert script.headers["content-type"].startswith("text/javascript")
        for word in ("eval(", "new Function", "innerHTML", "http://", "https://"):
            assert word not in script.text


def test_a_folder_is_dropped_with_all_that_is_in_it(page: Page, tmp_path: Path) -> None:
    """From the desktop, as the browser is told of it: it tells at most a hundred files at a time."""
    path, folder = made(tmp_path / "birds.flac", 1), tmp_path / "field notes"
    for name in ("otters.md", "deep/deeper/herons.md", *(f"many/{number:03}.md" for number in range(120))):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}\n\nA text of {name}.\n")
    with served(path, "--write", "--rate", 0) as service:
        page.go(f"{service.url}/manage#view=add", ".drop")
        x, y = page.tab.run(
            "(box => [box.x + box.width / 2, box.y + box.height / 2])"
            "(document.querySelector('.drop').getBoundingClientRect())"
        )
        data = {"items": [], "files": [str(folder), str(tmp_path / "alone.md")], "dragOperationsMask": 1}
        (tmp_path / "alone.md").write_text("Alone.\n")
        for kind in ("dragEnter", "dragOver", "drop"):
            page.tab.send("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)
        page.tab.until("document.querySelectorAll('.uploads .intact, .uploads .error').length === 123")
        assert page.tab.run("document.querySelectorAll('.uploads .error').length") == 0
        page.check()
    with memcodec.open(path) as memory:
        assert memory.read("field notes/deep/deeper/herons.md").startswith("# deep/deeper/herons.md")
        assert memory.read("alone.md") == "Alone.\n"
        assert sum(document.uri.startswith("field notes/many/") for document in memory.documents()) == 120
