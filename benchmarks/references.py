"""What authors wrote about their own texts, to compare with: glossaries and their links, index entries, summaries.

It is taken out of the texts before they are stored, and so is the markup of cross-references.
"""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks import corpora

_ROLE = re.compile(r":[a-zA-Z][\w+.-]*(?::[\w+.-]+)*:`[!~.]*([^`<]+?)\s*(?:<[^>`]*>)?`")
_TERM = re.compile(r":term:`[!~.]*(?:[^`<]+?\s*<)?([^`<>]+)>?`")
_INDEX = re.compile(r"^[ \t]*\.\. (?:index::|_)[^\n]*(?:\n(?:[ \t]+[^\n]+))*\n?", re.M)
_ENTRY = re.compile(r"^[ \t]*\.\. index::([^\n]*(?:\n[ \t]+[^\n]+)*)", re.M)


class Glossary(NamedTuple):
    """A corpus without its glossary, the terms of that, and its links: pairs of terms."""

    name: str
    texts: dict[str, str]
    terms: list[str]
    links: set[frozenset[str]]


class Summed(NamedTuple):
    """A page without its summary, and that."""

    name: str
    text: str
    summary: str


class Indexed(NamedTuple):
    """A page without its index entries, and what they name."""

    name: str
    text: str
    entries: list[str]


def python_sources() -> dict[str, str]:
    folder = corpora.python_docs()
    return {
        str(path.relative_to(folder)).removesuffix(".txt"): path.read_text("utf-8", "replace")
        for path in corpora.files(folder)
    }


def without_references(text: str) -> str:
    """reStructuredText without roles, labels and index entries."""
    return _ROLE.sub(r"\1", _INDEX.sub("", text))


def python_glossary() -> Glossary:
    sources = python_sources()
    source = sources.pop("glossary.rst")
    blocks = re.split(r"\n(?=   \S)", source)
    defined = {
        _folded(head): body
        for head, _, body in (each.strip().partition("\n") for each in blocks)
        if body and _folded(head) not in ("", "_glossary")
    }
    links = {
        frozenset((term, other))
        for term, body in defined.items()
        for other in map(_folded, _TERM.findall(body))
        if other in defined and other != term
    }
    texts = {uri: without_references(text) for uri, text in sources.items()}
    return Glossary("Python documentation", texts, sorted(defined), links)


def postgres_glossary() -> Glossary:
    folder = corpora.postgres_docs()
    source = (folder / "glossary.html").read_text("utf-8")
    parts = re.split(r'<dt id="GLOSSARY-([A-Z0-9-]+)">', source)[1:]
    names, bodies = dict[str, str](), dict[str, str]()
    for key, body in zip(parts[::2], parts[1::2], strict=True):
        head, _, rest = body.partition("</dt>")
        names[key] = _folded(re.sub(r"\(.*?\)", "", _bare(head)))
        bodies[key] = rest
    links = {
        frozenset((names[key], names[other]))
        for key, body in bodies.items()
        for other in re.findall(r'href="glossary\.html#GLOSSARY-([A-Z0-9-]+)"', body)
        if other in names and names[other] != names[key]
    }
    texts = {
        path.name: re.sub(r"</?(?:a|em)\b[^>]*>", "", path.read_text("utf-8", "replace"))
        for path in corpora.files(folder)
        if path.suffix == ".html" and path.name not in ("glossary.html", "bookindex.html", "acronyms.html")
    }
    return Glossary("PostgreSQL manual", texts, sorted(set(names.values())), links)


def git_glossary() -> Glossary:
    folder = corpora.git_docs()
    source = (folder / "glossary-content.txt").read_text("utf-8")
    parts = re.split(r"^\[\[def_([\w-]+)\]\]([^\n]*)::$", source, flags=re.M)[1:]
    names = {key: _folded(name) for key, name in zip(parts[::3], parts[1::3], strict=True)}
    links = {
        frozenset((names[key], names[other]))
        for key, body in zip(parts[::3], parts[2::3], strict=True)
        for other in re.findall(r"<<def_([\w-]+)", body)
        if other in names and names[other] != names[key]
    }
    texts = {
        path.name: re.sub(r"</?(?:a|em)\b[^>]*>", "", path.read_text("utf-8", "replace"))
        for path in corpora.files(folder)
        if path.suffix == ".html" and path.name not in ("gitglossary.html", "user-manual.html")  # has it, too
    }
    return Glossary("Git manual", texts, sorted(set(names.values())), links)


def apache_glossary() -> Glossary:
    folder = corpora.apache_docs()
    source = (folder / "glossary.html").read_text("utf-8", "replace")
    names, bodies = dict[str, str](), dict[str, str]()
    for head, body in re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", source, re.S):
        name = _folded(re.sub(r"\(.*?\)", "", _bare(head)))
        names |= dict.fromkeys(re.findall(r'id="([\w.-]+)"', head), name)
        bodies[name] = body
    links = {
        frozenset((name, names[other]))
        for name, body in bodies.items()
        for other in re.findall(r'href="(?:(?:\./)?glossary\.html)?#([\w.-]+)"', body)
        if other in names and names[other] != name
    }
    texts = {
        str(path.relative_to(folder)): re.sub(r"</?(?:a|em)\b[^>]*>", "", path.read_text("utf-8", "replace"))
        for path in corpora.files(folder)
        if path.suffix == ".html" and path.name != "glossary.html"
    }
    return Glossary("Apache manual", texts, sorted(bodies), links)


def sqlalchemy_glossary() -> Glossary:
    return _sphinx("SQLAlchemy documentation", corpora.sqlalchemy_docs(), ".rst")


def scikit_learn_glossary() -> Glossary:
    return _sphinx("scikit-learn documentation", corpora.scikit_learn_docs(), ".rst.txt")


def _sphinx(name: str, folder: Path, ending: str) -> Glossary:
    """Of sources with a page that has directives ``glossary``."""
    sources = {
        str(path.relative_to(folder)).removesuffix(".txt"): path.read_text("utf-8", "replace")
        for path in corpora.files(folder)
        if path.name.endswith(ending)
    }
    heads, bodies, inside = list[str](), dict[str, str](), False
    for line in sources.pop("glossary.rst").split("\n"):
        if line[:1].strip():
            inside, heads = line.startswith(".. glossary::"), []
        elif inside and re.match(r" {4}[^\s:]", line):  # several heads share a body
            heads = [*heads, _folded(line)] if heads and not bodies.get(heads[-1]) else [_folded(line)]
            bodies[heads[-1]] = ""
        elif line.strip():
            for head in heads:
                bodies[head] += line + "\n"
    links = {
        frozenset((term, other))
        for term, body in bodies.items()
        for other in map(_folded, _TERM.findall(body))
        if other in bodies and other != term
    }
    texts = {uri: without_references(text) for uri, text in sources.items()}
    return Glossary(name, texts, sorted(bodies), links)


def cmake_names() -> Glossary:
    """What CMake's manual has pages for, by its names, and which of them each page links to."""
    folder = corpora.cmake_docs()
    kinds = (
        "command",
        "module",
        "prop_cache",
        "prop_dir",
        "prop_gbl",
        "prop_inst",
        "prop_sf",
        "prop_test",
        "prop_tgt",
        "variable",
    )
    pages = {
        path: path.read_text("utf-8", "replace")
        for path in corpora.files(folder)
        if path.parent.name in kinds and path.suffix == ".html"
    }
    names = {f"{path.parent.name}/{path.stem}": _folded(path.stem.replace("_", " ")) for path in pages}
    links = set[frozenset[str]]()
    texts = dict[str, str]()
    for path, source in pages.items():
        own = f"{path.parent.name}/{path.stem}"
        body = re.search(r'<div class="body" role="main">(.*?)<div class="clearer">', source, re.S)
        text = body[1] if body else source
        for folder_name, other in re.findall(r'href="(?:\.\./(\w+)/)?([\w-]+)\.html', text):
            key = f"{folder_name or path.parent.name}/{other}"
            if key in names and names[key] != names[own]:
                links.add(frozenset((names[own], names[key])))
        texts[own + ".html"] = f"<html><body>{re.sub(r'</?a[^>]*>', '', text)}</body></html>"
    return Glossary("CMake manual", texts, sorted(set(names.values())), links)


def _bare(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def _folded(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))


def python_entries() -> list[Indexed]:
    """Pages with three index entries at least."""
    found = list[Indexed]()
    for uri, text in python_sources().items():
        entries = list(dict.fromkeys(_entries(text)))
        if len(entries) >= 3:
            found.append(Indexed(uri, without_references(text), entries))
    return found


def _entries(text: str) -> Iterator[str]:
    for block in _ENTRY.findall(text):
        for line in block.split("\n"):
            kind, _, rest = line.strip().partition(":")
            names = (
                rest
                if rest and kind in ("single", "pair", "triple", "module", "object", "statement")
                else line
            )
            for name in re.split(r"[;,!]", names):
                if folded := _folded(re.sub(r"\(.*?\)", "", name)):
                    yield folded


def postgres_entries() -> list[Indexed]:
    """Pages of PostgreSQL's manual that the index at its end names three times at least."""
    folder = corpora.postgres_docs()
    source = (folder / "bookindex.html").read_text("utf-8")
    found, above, name = dict[str, dict[str, None]](), list[str](), ""
    for nesting, line in re.findall(r"(</?dd\b)|<dt\b[^>]*>(.*?)</dt>", source, re.S):
        if nesting == "<dd":
            above.append(name)
        elif nesting:
            above.pop()
        else:
            name = _folded(re.sub(r"\(.*?\)", "", _bare(re.split(r",?\s*<a |, <em>", line)[0])))
            for page in re.findall(r'<a class="indexterm" href="([^"#]+)', line):
                found.setdefault(page, {}).update(dict.fromkeys(filter(None, (*above, name))))
    return [
        Indexed(page, re.sub(r"</?(?:a|em)\b[^>]*>", "", (folder / page).read_text("utf-8")), list(entries))
        for page, entries in sorted(found.items())
        if len(entries) >= 3
    ]


def whats_new() -> list[Summed]:
    """What's New pages with a section "Summary", which is taken out."""
    return list(_summed(python_sources().items(), r"whatsnew/", r"Summary[^\n]*"))


def kernel_overviews() -> list[Summed]:
    """Pages of the kernel's documentation with a section that sums them up."""
    folder, pages = corpora.linux_docs(), dict[str, str]()
    for path in corpora.files(folder):
        if path.name.endswith((".rst", ".rst.gz")):
            data = path.read_bytes()
            text = gzip.decompress(data) if path.suffix == ".gz" else data
            pages[str(path.relative_to(folder))] = text.decode("utf-8", "replace")
    return list(_summed(pages.items(), "", r"(?:Abstract|Summary|Conclusion|Conclusions|TL;DR)"))


def _summed(pages: object, where: str, title: str) -> Iterator[Summed]:
    heading = re.compile(
        rf"^(?P<title>(?:\d[\d.]*\s+)?{title})\n(?P<under>([=\-~^\"'*#+])\3{{2,}})[ ]*\n", re.M | re.I
    )
    after = re.compile(r"^\S[^\n]*\n([=\-~^\"'*#+])\1{2,}[ ]*$", re.M)
    for name, text in pages:  # type: ignore[attr-defined]
        match = heading.search(text) if re.match(where, name) else None
        if match is None:
            continue
        end = after.search(text, match.end())
        summary = text[match.end() : end.start() if end else len(text)].strip()
        rest = without_references(text[: match.start()] + text[end.start() if end else len(text) :])
        summary = without_references(summary)
        if 25 <= len(summary.split()) <= 1500 and len(rest.split()) >= 4 * len(summary.split()):
            yield Summed(name, rest, summary)
