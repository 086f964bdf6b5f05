"""Text, Markdown, code, notebooks, subtitles, archives: by hand and by the programs that people make them with."""

from __future__ import annotations

import ast
import io
import tarfile
import zipfile
from pathlib import Path

from tests.ingest import made
from tests.ingest.writers.words import LANGUAGE, WHEN, Made, Words
from tests.support.needs import library, needs


def text_by_hand(encoding: str) -> Made:
    words = Words()
    text = f"{words['body']} café\n\f{words['second page']}\r\n{words['word behind a tab']}\tx"
    return Made("Python", "a.txt", text.encode(encoding), tuple(words))


def markdown_by_hand() -> Made:
    words = Words()
    text = f"""---
title: {words["title"]}
author: {words["author"]}
date: {WHEN.isoformat()}
lang: {LANGUAGE}
keywords: [{words["keywords"]}]
---
# {words["heading"]}

{words["body"]}[^1] [{words["link"]}](http://a.example) ![{words["picture description"]}](x.png) ~~{words["deleted text"]}~~

- [ ] {words["list"]}

| {words["table header"]} |
|---|
| {words["table"]} |

```
{words["code"]}
```

<!-- {words["remark in the source"]} -->

[^1]: {words["footnote"]}
"""
    return Made("by hand", "a.md", text.encode(), (*words, "date", "language"))


def markdown_by_pandoc() -> Made:
    words = Words()
    page = f"<h1>{words['heading']}</h1><p>{words['body']} <a href='http://a.example'>{words['link']}</a></p>"
    page += f"<ul><li>{words['list']}</ul><pre>{words['code']}</pre>"
    data = made.run([needs("pandoc"), "-f", "html", "-t", "markdown"], page.encode())
    return Made("pandoc", "a.md", data, tuple(words))


def code_by_hand(name: str, source: str) -> Made:
    """``source`` has {0} for the comment, {1} for a name that is defined, {2} for a text."""
    words = Words()
    text = source.format(words["remark"], words["name that is defined"], words["text in quotes"])
    return Made("by hand", name, text.encode(), tuple(words))


def code_by_ast() -> Made:
    """Code that Python writes, which has no remarks."""
    words = Words()
    tree = ast.parse(f"def {words['name that is defined']}(): return {words['text in quotes']!r}")
    return Made("Python's ast", "a.py", ast.unparse(tree).encode(), tuple(words))


def notebook_by_nbformat() -> Made:
    words = Words()
    v4 = library("nbformat.v4")
    shown = v4.new_output("execute_result", {"text/plain": words["result"], "image/png": "iVBORw0KGgo="})
    said = v4.new_output("stream", text=words["printed text"])
    page = v4.new_output("display_data", {"text/html": f"<p>{words['result in HTML']}</p>"})
    wrong = v4.new_output("error", ename="E", evalue=words["error"], traceback=[])
    cells = [
        v4.new_markdown_cell(f"# {words['heading']}\n\n{words['body']}"),
        v4.new_code_cell(f"# {words['code']}", outputs=[shown, said, page, wrong]),
        v4.new_raw_cell(words["raw cell"]),
    ]
    said = {"title": words["title"], "authors": [{"name": words["author"]}]}
    return Made(
        "nbformat",
        "a.ipynb",
        library("nbformat").writes(v4.new_notebook(cells=cells, metadata=said)).encode(),
        tuple(words),
    )


def subtitles_by_hand(kind: str) -> Made:
    words = Words()
    body, second, bold = words["body"], words["second line"], words["text with marks"]
    if kind == "srt":
        text = f"1\r\n00:00:01,000 --> 00:00:03,000\r\n{body}\r\n{second} <i>{bold}</i>\r\n"
    elif kind == "vtt":
        text = f"""WEBVTT

NOTE {words["remark"]}

STYLE
::cue {{ color: {words["style"]} }}

{words["name of a cue"]}
00:01.000 --> 00:03.000 align:start
<v {words["speaker"]}>{body}
{second} <c.x>{bold}</c>
"""
    elif kind == "sub":
        text = f"{{1}}{{1}}25\n{{25}}{{75}}{body}|{second} {{y:i}}{bold}\n"
    else:
        text = f"""[Script Info]
Title: {words["title"]}
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,{words["remark"]}
Dialogue: 0,0:00:01.00,0:00:03.00,Default,{words["speaker"]},0,0,0,,{body}\\N{second} {{\\i1}}{bold}{{\\i0}}
"""
    return Made("by hand", f"a.{kind}", text.encode(), tuple(words))


def subtitles_by_ffmpeg(folder: Path, kind: str) -> Made:
    source = subtitles_by_hand("srt")
    (folder / "given.srt").write_bytes(source.data)
    codec = {"srt": "subrip", "vtt": "webvtt", "ass": "ass", "ssa": "ass"}[kind]
    target = folder / f"ffmpeg.{kind}"
    made.run(
        [needs("ffmpeg"), "-y", "-v", "error", "-i", str(folder / "given.srt"), "-c:s", codec, str(target)]
    )
    return Made("FFmpeg", f"a.{kind}", target.read_bytes(), source.places)


def subtitles_by_pysubs2(kind: str) -> Made:
    words = Words()
    pysubs2 = library("pysubs2")
    said = f"{words['body']}\\N{words['second line']} {{\\i1}}{words['text with marks']}{{\\i0}}"
    subtitles = pysubs2.SSAFile()
    subtitles.append(pysubs2.SSAEvent(start=1000, end=3000, text=said))
    form = {"sub": "microdvd"}.get(kind, kind)
    return Made("pysubs2", f"a.{kind}", subtitles.to_string(form, fps=25).encode(), tuple(words))


def archive_by_zip(folder: Path) -> Made:
    words = Words()
    _packed(folder / "zipped", words)
    target = folder / "made.zip"
    made.run([needs("zip"), "-q", "-r", str(target), "."], folder=folder / "zipped")
    made.run([needs("zip"), "-q", "-z", str(target)], words["remark"].encode())
    return Made("zip", "a.zip", target.read_bytes(), tuple(words))


def archive_by_tar(folder: Path) -> Made:
    words = Words()
    _packed(folder / "tarred", words)
    return Made(
        "tar", "a.tar.gz", made.run([needs("tar"), "-cz", "."], folder=folder / "tarred"), tuple(words)
    )


def _packed(folder: Path, words: Words) -> None:
    """A folder to be packed."""
    (folder / "a").mkdir(parents=True)
    (folder / "a" / f"{words['name of a member']}.txt").write_text(f"{words['body']} {folder.name}")
    (folder / "b.md").write_text(f"# {words['second member']} {folder.name}")
    inner = f"{words['archive in the archive']} {folder.name}"
    (folder / "d.zip").write_bytes(made.zipped({"c.txt": inner.encode()}))


def archive_by_python(kind: str) -> Made:
    words, out = Words(), io.BytesIO()
    files = {
        f"a/{words['name of a member']}.txt": f"{words['body']} {kind}",
        "b.md": f"# {words['second member']} {kind}",
    }
    inner = made.zipped({"c.txt": f"{words['archive in the archive']} {kind}".encode()})
    if kind == "zip":
        with zipfile.ZipFile(out, "w") as opened:
            opened.comment = words["remark"].encode()
            for name, text in [*files.items(), ("d.zip", inner)]:
                opened.writestr(name, text)
    else:
        with tarfile.open(fileobj=out, mode=f"w:{kind.rpartition('.')[2]}" if "." in kind else "w") as opened:
            for name, text in [*files.items(), ("d.zip", inner)]:
                data = text if isinstance(text, bytes) else text.encode()
                info = tarfile.TarInfo(name)
                info.size = len(data)
                opened.addfile(info, io.BytesIO(data))
    return Made("Python", f"a.{kind}", out.getvalue(), tuple(words))
