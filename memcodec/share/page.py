"""A web page that searches a memory file in the visitor's browser, by range reads or with the file inside.

The page's own code is TypeScript (``memcodec/web``), bundled before it is released; here it is only laid down.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import html
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

from memcodec.config.units import format_size
from memcodec.errors import CodecError, ConfigError, StorageError
from memcodec.file.index_run import open_lexical
from memcodec.file.reader import Reader, read_file
from memcodec.insight.page.nav import Link, nav
from memcodec.share.meaning import Laid, lay
from memcodec.share.panels import SEARCH, names, panels
from memcodec.storage import Target
from memcodec.storage.attributes import close_as, granted_by
from memcodec.storage.open import place_of

LIMIT = 50_000_000  #: bytes of a memory that a page carries inside, unless another number is told
_DIST = Path(__file__).parent.parent / "web" / "dist"
_NAME, _MAIN, _JOURNAL = "index.html", "memcodec.js", "journal.js"
#: fetched when a visitor needs them: to understand operators, to show what is opened, to correct symbols
_LATER = ("conditions.js", "views.js", "correction.js")
_DECODER = ("dav1d.js", "dav1d.wasm", "dav1d.txt")  # of AV1, where the browser has none; and its licence
_MOST_TAIL = 256 << 10  # bytes of the file's end that a page reads first
_NEAR = 32 << 10  # bytes before an opening that are read with it
_PIECE = 3 << 18  # bytes that are copied or encoded at once: a multiple of three, as base64 takes them
_READ = {"av1", "h264", "h265", "vp9", "flac"}  # some browsers decode these videos, the page itself sound
_NO_STEMS = {"none"}
_PLAIN = """<!doctype html>
<html lang="en" data-file="{file}" data-size="{size}" data-tail="{tail}" data-title="{title}"{more}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{nav}<h1>{title}</h1>
<p>This page searches a memory in your browser. If you can read this, scripts are switched off{reason}.</p>
<!-- scripts -->
</body>
</html>
"""
_PLACE = "<!-- scripts -->"


@dataclass(frozen=True, slots=True)
class PageOptions:
    """``single``: one HTML file with the memory inside, of at most ``limit`` bytes. ``copy``: the memory is laid beside
    the page. ``title``: what the page is called, else as the file is. ``insight``: graph, topics and dashboard are laid
    beside it. ``links``: to other pages. ``address``: where the page finds the memory, if not by the way from the page
    to it. ``semantic``: what searches by meaning is laid beside it; ``runtime`` names the npm package
    ``onnxruntime-web`` that this takes (``share/meaning.py``).
    """

    single: bool = False
    copy: bool = False
    title: str | None = None
    limit: int = LIMIT
    insight: bool = False
    links: tuple[Link, ...] = ()
    address: str | None = None
    semantic: bool = False
    runtime: str | None = None


@dataclass(frozen=True, slots=True)
class PageReport:
    """Files written, with their sizes, the page first; and where it looks for the memory: "" when that is inside."""

    files: tuple[tuple[Path, int], ...]
    memory: str


def write_page(
    file: str,
    out: str,
    options: PageOptions = PageOptions(),
    *,
    force: bool = False,
) -> PageReport:
    """Lay a page down in the folder ``out``; with ``single`` it may be the HTML file itself.

    ``file`` is a path or an http(s) URL. Raises CodecError for media no browser plays, ConfigError for options that go
    not together, StorageError when something is there that ``force`` does not replace; with ``insight`` MissingExtra,
    and ConfigError for text that terms cannot be found in; of a page that searches by meaning what ``meaning.lay``
    raises.
    """
    if options.single and options.copy:
        raise ConfigError("a page with the memory inside needs no copy beside it: choose one")
    if options.single and options.semantic:
        raise ConfigError("a page in one file carries no model to search by meaning; write a folder instead")
    reader = read_file(file)
    try:
        _check(reader)
        name, size = (
            PurePosixPath(urlsplit(file).path).name if reader.source.far else Path(file).name,
            _end(reader),
        )
        title = options.title if options.title is not None else name
        if options.single:
            return _write_single(reader, Path(out), title, options, force=force)
        if reader.source.far and not options.copy and urlsplit(file).scheme not in ("http", "https"):
            raise ConfigError(
                f"{reader.source.name}: browsers cannot open that; name its https URL, or have the memory copied"
            )
        return _write_folder(reader, file, Path(out), title, name, size, options, force=force)
    finally:
        reader.close()


def _check(reader: Reader) -> None:
    if reader.sealed:
        raise ConfigError(
            f"{reader.source.name}: is sealed, and pages open no sealed file; make a plain copy for one"
        )
    if reader.record.codec not in _READ:
        raise CodecError(
            f"{reader.source.name}: no browser plays {reader.record.codec}; `convert()` makes an AV1 file of it"
        )
    if reader.record.codec == "flac" and reader.record.profile != "dense":
        raise CodecError(
            f"{reader.source.name}: pages read sound of the dense profile alone; `convert()` makes such a file"
        )
    missing = [name for name in _languages(reader) if name not in _NO_STEMS and not _script(name).exists()]
    if missing:
        raise ConfigError(
            f"{reader.source.name}: pages know no word endings of {missing[0]}; "
            "`repair()` makes an index without, if the language is none"
        )


def _end(reader: Reader) -> int:
    """Where the file ends, as far as it is whole: with the journal behind the last commit."""
    journal = reader.media.journal
    return max(reader.end, journal.end) if journal is not None else reader.end


def _tail(reader: Reader, size: int) -> int:
    """How many of the file's last bytes open it: the newest commit's opening, its record, and the journal behind.

    0 where that is too much to be read before anything is known.
    """
    openings = reader.record.openings
    if not openings or reader.media.moved:
        return 0
    begin = openings[-1].place.offset
    # Tables of commits, and indexes, that lie right before it cost less with it than by themselves.
    near = [each.place.offset for each in reader.record.tables]
    near += [each.lexical.offset for each in reader.record.indexes if each.lexical is not None]
    tail = size - min([begin, *(each for each in near if 0 <= begin - each <= _NEAR)])
    # Where more openings are fetched after it, one that is far from the end comes with these.
    return tail if 0 < tail <= (_MOST_TAIL if len(openings) == 1 else 2 * _NEAR) else 0


def _loader() -> bytes:
    """What stands in the page itself, and fetches the script packed."""
    return (_DIST / "load.js").read_bytes()


def _has_journal(reader: Reader) -> bool:
    return _end(reader) > reader.end


def _languages(reader: Reader) -> list[str]:
    """Whose word endings the indexes have."""
    found = [
        open_lexical(blob, run.record.chunks).language
        for run in reader.indexes
        if (blob := run.lexical) is not None
    ]
    return sorted(set(found))


def _script(language: str) -> Path:
    return _DIST / "stems" / f"{language}.js"


def _code(reader: Reader, *, semantic: bool = False) -> bytes:
    """The script that every visitor loads: word endings of the memory's languages, what its kind needs, the rest."""
    # What stands in a journal before there is any index is taken to be English.
    languages = [name for name in _languages(reader) or ["english"] if name not in _NO_STEMS]
    paths = [*map(_script, languages), _DIST / _MAIN]
    paths[-1:-1] = [_DIST / "sound.js"] if reader.record.codec == "flac" else []
    paths[-1:-1] = [_DIST / _JOURNAL] if _has_journal(reader) else []
    paths[-1:-1] = [_DIST / "meaning.js"] if semantic else []
    return b"".join(path.read_bytes() for path in paths)


def _later(reader: Reader) -> dict[str, bytes]:
    """The scripts that are fetched when a visitor needs them, by their names. A memory may get a journal later."""
    names = [each for each in _LATER if each != "correction.js" or reader.record.codec != "flac"]
    return {each: (_DIST / each).read_bytes() for each in [*names, _JOURNAL]}


def _decoder(reader: Reader) -> dict[str, bytes]:
    """What decodes AV1 in browsers that do not."""
    return {each: (_DIST / each).read_bytes() for each in _DECODER if reader.record.codec == "av1"}


def _hash(text: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"


def _html(
    *,
    file: str,
    size: int,
    tail: int,
    title: str,
    allowed: str,
    connect: str,
    links: tuple[Link, ...],
    reason: str = "",
    laid: Laid | None = None,
) -> tuple[str, str]:
    """The page before and behind where scripts stand in it, and before these the memory if it is inside."""
    style, more, workers = (_DIST / "page.css").read_text("utf-8").strip(), "", ""
    if laid is not None:
        style += (_DIST / "meaning.css").read_text("utf-8").strip()
        # A worker that the page makes of a script it has: the policy holds there too.
        more, workers = f' data-meaning="{html.escape(laid.config)}"', "worker-src blob:; "
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style.encode())}; connect-src {connect}; "
        f"{workers}base-uri 'none'; form-action 'none'"
    )
    page = _PLAIN.format(
        file=html.escape(file),
        size=size,
        tail=tail,
        title=html.escape(title),
        nav=nav(links, SEARCH),
        policy=html.escape(policy),
        style=style,
        more=more,
        reason=reason,
    )
    before, _, behind = page.partition(_PLACE)  # no text has it: those are escaped
    return before, behind


def _write_folder(
    reader: Reader,
    file: str,
    out: Path,
    title: str,
    name: str,
    size: int,
    options: PageOptions,
    *,
    force: bool,
) -> PageReport:
    meaning = lay(reader, _DIST, options.runtime) if options.semantic else None
    code, loader, connect = _code(reader, semantic=options.semantic), _loader(), "'self'"
    later, decoder = _later(reader), _decoder(reader)
    if options.address is not None:
        memory = options.address
    elif options.copy:
        memory = quote(name)
    elif reader.source.far:
        memory, parts = file, urlsplit(file)
        connect = f"'self' {parts.scheme}://{parts.netloc}"
    else:
        memory = quote(os.path.relpath(Path(file).resolve(), out.resolve()).replace(os.sep, "/"))
    tag = f"<script>{loader.decode()}</script>"
    # Scripts come packed and are put in, which the policy lets be done with these very texts; or as the files they are.
    texts = [loader, code, *later.values(), *(data for name, data in decoder.items() if name.endswith(".js"))]
    compiles = ["'wasm-unsafe-eval'"] if decoder or meaning else []
    allowed = " ".join(["'self'", *map(_hash, texts), *compiles])
    why = ", or the page was opened as a file: put its folder on a web server"
    beside = names(_NAME)
    if options.insight:  # that takes a while: what is in the way is told before
        _refuse([out / each for each in beside], force=force)
    shown = panels(reader, title, beside, "?") if options.insight else {}
    before, behind = _html(
        file=memory,
        size=size,
        tail=_tail(reader, size),
        title=title,
        allowed=allowed,
        connect=connect,
        links=(*(beside.links if shown else ()), *options.links),
        reason=why,
        laid=meaning,
    )
    laid = {_MAIN: code, **later, **decoder}
    made = {_NAME: f"{before}{tag}{behind}".encode(), **shown, **laid}
    made |= {
        f"{each}.gz": gzip.compress(data, 9, mtime=0)
        for each, data in laid.items()
        if not each.endswith(".txt")
    }
    made |= meaning.files if meaning else {}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {each}\n" for each, data in sorted(made.items()))
    made["sha256sums"] = sums.encode()
    taken = [*made, *([name] if options.copy else [])]
    _refuse([out / each for each in taken], force=force)
    out.mkdir(parents=True, exist_ok=True)
    if options.copy:
        _copy(reader, out / name, size)
    for each, data in made.items():
        if each in shown:
            _lay(reader, out / each, data)
        else:
            _replace(out / each, data)
    return PageReport(tuple((out / each, (out / each).stat().st_size) for each in taken), memory)


def _write_single(reader: Reader, out: Path, title: str, options: PageOptions, *, force: bool) -> PageReport:
    size = _end(reader)
    if size > options.limit:
        raise ConfigError(
            f"{reader.source.name}: has {format_size(size)}, and a page with the memory inside at most "
            f"{format_size(options.limit)}; write a folder instead, or raise the limit"
        )
    target = out if out.suffix.lower() in (".html", ".htm") else out / _NAME
    beside = names(target.name)
    _refuse([target, *(target.with_name(each) for each in beside[1:] if options.insight)], force=force)
    shown = panels(reader, title, beside, "#") if options.insight else {}
    later = [data for name, data in _later(reader).items() if name != _JOURNAL]
    # Those that others call come first; there is no decoder among them, which is larger than most memories.
    scripts = [*later, (_DIST / "carried.js").read_bytes(), _code(reader)]
    tags = "\n".join(f"<script>{data.decode()}</script>" for data in scripts)
    allowed = " ".join(map(_hash, scripts))
    links = (*(beside.links if shown else ()), *options.links)
    before, behind = _html(
        file="", size=size, tail=0, title=title, allowed=allowed, connect="'none'", links=links
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    with _written(reader, target) as made:
        made.append(before.encode() + b'<script type="application/octet-stream" id="memory">')
        for at in range(0, size, _PIECE):
            made.append(base64.b64encode(reader.source.get_bytes(at, min(_PIECE, size - at))))
        made.append(f"</script>\n{tags}{behind}".encode())
    for name, data in shown.items():
        _lay(reader, target.with_name(name), data)
    written = [target, *map(target.with_name, shown)]
    return PageReport(tuple((each, each.stat().st_size) for each in written), "")


def _refuse(targets: list[Path], *, force: bool) -> None:
    for target in targets:
        if target.is_dir():
            raise StorageError(f"{target}: is a folder")
        if target.exists() and not force:
            raise StorageError(f"{target}: exists already; use `force=True` to replace it")


def _copy(reader: Reader, target: Path, size: int) -> None:
    if not reader.source.far and target.exists() and target.samefile(reader.source.name):
        return  # the page is made where the memory lies
    with _written(reader, target) as made:
        for at in range(0, size, _PIECE):
            made.append(reader.source.get_bytes(at, min(_PIECE, size - at)))


@contextlib.contextmanager
def _written(reader: Reader, path: Path) -> Iterator[Target]:
    """A file that has the memory in it: whole or not there, and open to nobody who may not read the memory."""
    with contextlib.closing(place_of(str(path)).create(replace=True)) as target:
        close_as(target, [granted_by(reader.source)])
        yield target
        target.sync()
        target.publish()


def _lay(reader: Reader, path: Path, data: bytes) -> None:
    """Something that tells what is in the memory."""
    with _written(reader, path) as made:
        made.append(data)


def _replace(target: Path, data: bytes) -> None:
    partial = target.with_name(f".{target.name}.memcodec-partial")
    try:
        partial.write_bytes(data)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
